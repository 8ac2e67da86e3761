/** poll(): what is ready, or sleeping for it. */
import type { Micros } from '../../../extension/base/time.ts';
import { pollEvents } from '../../../extension/engine/host/poll.ts';
import { POLL_EVENTS, pollEventText } from '../../../extension/scenario/poll-event.ts';
import { fail, unsupported } from '../language/problem.ts';
import type { Expression } from '../language/script.ts';
import type { Arguments } from '../machine/arguments.ts';
import { numberIn, wordsIn } from '../machine/arguments.ts';
import type { Socket } from '../machine/sockets.ts';
import type { ScriptProcess, SystemCall } from './call.ts';

const MILLISECOND: Micros = 1000;
/** Told whether asked for or not. */
const ALWAYS = POLL_EVENTS.ERR + POLL_EVENTS.HUP;

interface Watched {
  readonly socket: Socket;
  readonly asked: number;
  readonly expected: number;
}

export const poll: SystemCall = (args, process) => {
  const list = args.at(0);
  if (list.kind !== 'list') fail('poll takes a list of {fd=…, events=…}');
  const watched = list.items.map((item) => readWatched(args, item, process));
  const timeout = args.number(2);
  const { world } = process;
  const until = timeout < 0 ? Infinity : world.now + timeout * MILLISECOND;
  if (timeout > 0) {
    world.lone.scheduler.at(until, () => {
      world.wake();
    });
  }
  return () => {
    const found = watched.map(({ socket, asked }) => readiness(socket) & (asked | ALWAYS));
    const ready = found.filter((bits) => bits !== 0).length;
    if (ready === 0 && world.now < until) return undefined;
    watched.forEach(({ expected }, i) => {
      if (expected !== found[i]) fail(`poll reports ${text(found[i] ?? 0)}, expected ${text(expected)}`);
    });
    return { value: ready };
  };
};

function readWatched(args: Arguments, item: Expression, { sockets }: ScriptProcess): Watched {
  const fd = numberIn(args.field(item, 'fd') ?? { kind: 'any' }) ?? fail('poll takes {fd=NUMBER, events=…}');
  return {
    socket: sockets.get(fd),
    asked: bits(args.field(item, 'events')),
    expected: bits(args.field(item, 'revents')),
  };
}

/** What is ready: of a listener, that a connection waits. */
function readiness({ listener, tcb }: Socket): number {
  if (listener !== undefined) return listener.queueLength > 0 ? POLL_EVENTS.IN : 0;
  return tcb === undefined ? POLL_EVENTS.OUT + POLL_EVENTS.HUP : pollEvents(tcb);
}

function bits(expression: Expression | undefined): number {
  const names = expression === undefined ? [] : (wordsIn(expression) ?? []);
  return names.reduce((sum, name) => {
    const bit = Object.entries(POLL_EVENTS).find(([event]) => `POLL${event}` === name)?.[1];
    return sum | (bit ?? unsupported(`the poll event ${name}`));
  }, 0);
}

function text(events: number): string {
  return events === 0 ? 'nothing' : pollEventText(events);
}
