/** Plays a script against one end of the engine, in virtual time. */
import type { Micros } from '../../extension/base/time.ts';
import { SECOND } from '../../extension/base/time.ts';
import type { Attempt, Outcome, ScriptProcess } from './calls/call.ts';
import { SYSTEM_CALLS } from './calls/table.ts';
import { fail, Problem, unsupported } from './language/problem.ts';
import { parseScript } from './language/parser.ts';
import { parsePython } from './language/python.ts';
import type { CallAction, PacketAction, Script, ScriptEvent, When } from './language/script.ts';
import { settingsOf } from './language/shell.ts';
import { Arguments, numberIn } from './machine/arguments.ts';
import { configure, type Configuration } from './machine/configuration.ts';
import { injectIcmp } from './machine/icmp.ts';
import { expectPacket, inject } from './machine/packets.ts';
import { Sockets } from './machine/sockets.ts';
import { applyKnob } from './machine/sysctls.ts';
import { InfoNames } from './machine/tcp-info.ts';
import type { Machine } from './machine/world.ts';
import { World } from './machine/world.ts';

/** How a script went. */
export interface Verdict {
  readonly outcome: 'passed' | 'failed' | 'unsupported';
  /** Where and why, unless it passed. */
  readonly line?: number;
  readonly message?: string;
}

/** How much longer than the script says it is waited for a packet, */
const PATIENCE = 2 * SECOND;
/** and for a call to return before the next one, or before the end. */
const GRACE = SECOND;

/** @param folder where the script is: its commands name files from there */
export function playScript(text: string, folder: string, machine: Machine): Verdict {
  try {
    new Player(parseScript(text), folder, machine).play();
    return { outcome: 'passed' };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { outcome: error.outcome, line: error.line ?? 1, message: error.message };
  }
}

/** A call that sleeps. */
interface Sleeping {
  readonly line: number;
  readonly action: CallAction;
  readonly attempt: Attempt;
  readonly since: Micros;
  readonly due: Micros;
}

class Player {
  private readonly script: Script;
  private readonly folder: string;
  private readonly configuration: Configuration;
  private readonly world: World;
  private readonly process: ScriptProcess;
  private readonly names: InfoNames;
  private sleeping: Sleeping | undefined;
  /** The script's time of the event before: tolerance grows with the distance. */
  private lastEventAt: Micros = 0;

  constructor(script: Script, folder: string, machine: Machine) {
    this.script = script;
    this.folder = folder;
    this.configuration = configure(script.options);
    this.world = new World(machine);
    this.world.mtu = this.configuration.mtu;
    this.world.onWake = () => {
      this.wakeSleeper();
    };
    const sockets = new Sockets();
    this.process = { world: this.world, sockets };
    this.names = new InfoNames(() => sockets.underTest);
  }

  play(): void {
    for (const event of this.script.events) this.at(event.line, () => this.playEvent(event));
    this.awaitSleeper('the script ends');
  }

  private at(line: number, work: () => void): void {
    try {
      work();
    } catch (error) {
      throw error instanceof Problem ? error.at(line) : error;
    }
  }

  private playEvent({ line, when, action }: ScriptEvent): void {
    const { world } = this;
    const begins = world.now;
    if (action.kind === 'packet' && action.beyond !== undefined) unsupported(action.beyond);
    if (action.kind === 'packet' && action.direction === 'out') {
      this.expect(when, action);
      this.lastEventAt = dueAt(when, begins);
      return;
    }
    if (when.kind === 'any' || when.kind === 'between') fail('only packets that the host sends may come at any time');
    const due = dueAt(when, begins);
    world.advanceTo(Math.max(due, world.now));
    if (world.now > due + this.toleranceFor(due)) fail(`it is ${seconds(world.now)} already`);
    this.lastEventAt = due;
    switch (action.kind) {
      case 'packet':
        inject(world, action);
        break;
      case 'icmp':
        injectIcmp(world, action);
        break;
      case 'call':
        this.call(line, action, when, begins);
        break;
      case 'command':
        this.command(action.text);
        break;
      case 'code':
        this.check(line, action.text);
        break;
    }
    world.settle();
  }

  /** @throws Problem when the packet is not sent, is another, or is early or late */
  private expect(when: When, packet: PacketAction): void {
    const { world } = this;
    const begins = world.now;
    const due = dueAt(when, begins);
    const latest = when.kind === 'between' ? (when.relative ? begins : 0) + when.to : due;
    const waitUntil = when.kind === 'any' ? Infinity : Math.max(latest, begins) + PATIENCE;
    const sentAt = expectPacket(world, packet, waitUntil, {
      micros: Math.max(this.configuration.toleranceMicros, this.configuration.tolerancePart * due),
      tickMicros: this.configuration.tickMicros,
    });
    if (when.kind === 'any') return;
    const tolerance = this.toleranceFor(due);
    if (sentAt >= due - tolerance && sentAt <= latest + tolerance) return;
    const expected = latest === due ? seconds(due) : `${seconds(due)} to ${seconds(latest)}`;
    fail(`it was sent at ${seconds(sentAt)}, expected at ${expected} (tolerance ${seconds(tolerance)})`);
  }

  private toleranceFor(due: Micros): Micros {
    const { toleranceMicros, tolerancePart } = this.configuration;
    return Math.max(toleranceMicros, tolerancePart * (due - this.lastEventAt));
  }

  private call(line: number, action: CallAction, when: When, begins: Micros): void {
    this.awaitSleeper('the next call comes');
    const enter = SYSTEM_CALLS[action.name] ?? unsupported(`the system call ${action.name}`);
    const attempt = enter(new Arguments(action), this.process);
    const outcome = attempt();
    if (action.returnsAt !== undefined) {
      const due = when.kind === 'at' && when.relative ? begins + action.returnsAt : action.returnsAt;
      this.sleeping = { line, action, attempt, since: this.world.now, due };
      if (outcome !== undefined) this.returns(this.sleeping, outcome);
    } else if (outcome === undefined) {
      fail(`${action.name} would sleep; "...TIME" after the event's time says until when`);
    } else {
      this.compare(action, outcome);
    }
  }

  /** The process has one thread: a call that sleeps has a little time left to return. @throws Problem when it does not */
  private awaitSleeper(what: string): void {
    const { sleeping, world } = this;
    if (sleeping === undefined || world.waitFor(() => this.sleeping === undefined, world.now + GRACE)) return;
    fail(`${sleeping.action.name} still sleeps when ${what}`, sleeping.line);
  }

  private wakeSleeper(): void {
    const { sleeping } = this;
    if (sleeping === undefined) return;
    this.at(sleeping.line, () => {
      const outcome = sleeping.attempt();
      if (outcome !== undefined) this.returns(sleeping, outcome);
    });
  }

  private returns({ action, since, due }: Sleeping, outcome: Outcome): void {
    this.sleeping = undefined;
    this.compare(action, outcome);
    const { toleranceMicros, tolerancePart } = this.configuration;
    const tolerance = Math.max(toleranceMicros, tolerancePart * (due - since));
    if (Math.abs(this.world.now - due) > tolerance)
      fail(`${action.name} returned at ${seconds(this.world.now)}, expected at ${seconds(due)}`);
  }

  private compare({ name, result, errno }: CallAction, outcome: Outcome): void {
    const returned = outcome.errno === undefined ? String(outcome.value) : `-1 ${outcome.errno}`;
    if (outcome.socket !== undefined) {
      const fd = numberIn(result);
      if (fd === undefined) return;
      if (fd < 0) fail(`${name} returned a descriptor, expected ${fd} ${errno ?? ''}`);
      this.process.sockets.add(fd, outcome.socket);
      return;
    }
    const wanted = numberIn(result);
    const isAsWanted =
      (wanted === undefined || wanted === outcome.value) && (errno === undefined || errno === outcome.errno);
    if (!isAsWanted) fail(`${name} returned ${returned}, expected ${[wanted ?? '...', errno].join(' ').trim()}`);
  }

  private command(text: string): void {
    for (const setting of settingsOf(text, this.folder)) {
      if (setting.kind === 'queue') this.world.queueIsFull = !setting.takes;
      else applyKnob(this.world.sysctls, setting);
    }
  }

  private check(line: number, text: string): void {
    for (const statement of parsePython(text)) this.at(line + statement.line, () => statement.run(this.names));
  }
}

/** When an event is due, in µs from the beginning. */
function dueAt(when: When, begins: Micros): Micros {
  switch (when.kind) {
    case 'now':
    case 'any':
      return begins;
    case 'at':
    case 'between':
      return (when.relative ? begins : 0) + when.from;
  }
}

function seconds(micros: Micros): string {
  return `${(micros / SECOND).toFixed(6)} s`;
}
