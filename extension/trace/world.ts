/** "What was the state of everything after event n?": the fold that tables, cards and expectations read. */
import { assertDefined } from '../base/assert.ts';
import type { CongestionState } from '../scenario/congestion.ts';
import { CONGESTION_STATES } from '../scenario/congestion.ts';
import type { Errno } from '../scenario/errno.ts';
import type { TcpState } from '../scenario/tcp-state.ts';
import type { EventId, EventOf, PlaceId, TraceEvent } from './event.ts';
import type { EventKind, TimerName, VariableName } from './schema.ts';
import { VARIABLES } from './schema.ts';
import type { Trace } from './trace.ts';

/** One end as its own kernel sees it: its belief. */
export interface EndState {
  readonly state: TcpState;
  /** False once the kernel forgot it (or lost power): then every other field is the last that was known. */
  readonly exists: boolean;
  readonly goneBecause?: EventOf<'end.gone'>['reason'];
  /** In VARIABLES' order, absolute sequence numbers; read with `variable()`. */
  readonly variables: readonly number[];
  /** Pending timers: name → absolute time in µs at which it fires. */
  readonly timers: ReadonlyMap<TimerName, number>;
  /** The last error that the kernel put on the socket. */
  readonly error?: Errno;
}

export interface World {
  /** The last event that is in it; -1 = none. */
  readonly after: EventId;
  /** Per place; only hosts, processes, links and ends have an entry. */
  readonly hostsOn: ReadonlyMap<PlaceId, boolean>;
  /** Virtual machines that are stopped. */
  readonly hostsFrozen: ReadonlySet<PlaceId>;
  readonly processesRunning: ReadonlyMap<PlaceId, boolean>;
  /** Per link: hosts whose sending direction is cut. */
  readonly linksCut: ReadonlyMap<PlaceId, ReadonlySet<PlaceId>>;
  readonly ends: ReadonlyMap<PlaceId, EndState>;
}

/** A variable's value, 0 before it was first set. */
export function variable(end: EndState, name: VariableName): number {
  return end.variables[VARIABLES.indexOf(name)] ?? 0;
}

/** What the sender of an end thinks of its path. */
export function congestionState(end: EndState): CongestionState {
  return CONGESTION_STATES[variable(end, 'ca_state')] ?? 'Open';
}

const CHECKPOINT_EVERY = 512;

/**
 * Answers for any event id in the time of as many steps as lie between two checkpoints, which are made when first needed. Each holds
 * all ends: the more of them there are, the further apart the checkpoints stand.
 */
export class WorldIndex {
  private readonly trace: Trace;
  private readonly checkpoints: World[];
  private readonly spacing: number;

  constructor(trace: Trace) {
    this.trace = trace;
    this.spacing = Math.max(CHECKPOINT_EVERY, trace.places.length);
    this.checkpoints = [initialWorld(trace)];
  }

  /** The world right after event `id`; -1 gives the world before the first. */
  after(id: EventId): World {
    const wanted = Math.floor((id + 1) / this.spacing);
    while (this.checkpoints.length <= wanted) {
      const from = (this.checkpoints.length - 1) * this.spacing;
      this.checkpoints.push(this.fold(assertDefined(this.checkpoints.at(-1), 'checkpoint'), from, from + this.spacing));
    }
    return this.fold(assertDefined(this.checkpoints[wanted], 'checkpoint'), wanted * this.spacing, id + 1);
  }

  /** The world at a time: after the last event that is not later. */
  at(time: number): World {
    return this.after(this.trace.lastEventAt(time));
  }

  private fold(world: World, from: EventId, to: EventId): World {
    const draft = draftOf(world);
    const end = Math.min(to, this.trace.length);
    for (let id = from; id < end; id++) {
      if (CHANGES_WORLD.has(this.trace.kindAt(id))) step(this.trace, draft, this.trace.event(id));
    }
    return { ...draft, after: end - 1 };
  }
}

const CHANGES_WORLD: ReadonlySet<EventKind> = new Set<EventKind>([
  'host.state',
  'host.frozen',
  'process.state',
  'link.state',
  'end.opened',
  'end.gone',
  'tcp.state',
  'timer.armed',
  'timer.fired',
  'timer.cancelled',
  'tcp.variables',
  'tcp.error',
]);

function initialWorld(trace: Trace): World {
  const hostsOn = new Map<PlaceId, boolean>();
  const processesRunning = new Map<PlaceId, boolean>();
  const linksCut = new Map<PlaceId, ReadonlySet<PlaceId>>();
  for (const [id, place] of trace.places.entries()) {
    if (place.kind === 'host') hostsOn.set(id, true);
    if (place.kind === 'process') processesRunning.set(id, place.forked !== true);
    if (place.kind === 'link') linksCut.set(id, new Set());
  }
  return { after: -1, hostsOn, hostsFrozen: new Set(), processesRunning, linksCut, ends: new Map() };
}

const NEW_END: EndState = { state: 'CLOSED', exists: true, variables: VARIABLES.map(() => 0), timers: new Map() };

/** A world whose maps may be changed, since nobody else holds them. */
interface Draft extends World {
  readonly hostsOn: Map<PlaceId, boolean>;
  readonly hostsFrozen: Set<PlaceId>;
  readonly processesRunning: Map<PlaceId, boolean>;
  readonly linksCut: Map<PlaceId, ReadonlySet<PlaceId>>;
  readonly ends: Map<PlaceId, EndState>;
}

function draftOf({ hostsOn, hostsFrozen, processesRunning, linksCut, ends, after }: World): Draft {
  return {
    after,
    hostsOn: new Map(hostsOn),
    hostsFrozen: new Set(hostsFrozen),
    processesRunning: new Map(processesRunning),
    linksCut: new Map(linksCut),
    ends: new Map(ends),
  };
}

/** Adds one more event. What stands in the maps is never changed, only replaced: checkpoints share it. */
function step(trace: Trace, world: Draft, event: TraceEvent): void {
  switch (event.kind) {
    case 'host.state':
      world.hostsOn.set(event.place, event.on);
      world.hostsFrozen.delete(event.place);
      return;
    case 'host.frozen':
      if (event.frozen) world.hostsFrozen.add(event.place);
      else world.hostsFrozen.delete(event.place);
      return;
    case 'process.state':
      world.processesRunning.set(event.place, event.running);
      return;
    case 'link.state': {
      const place = trace.places[event.place];
      if (place?.kind !== 'link') return;
      const cut = new Set(world.linksCut.get(event.place));
      for (const host of event.from === -1 ? place.hosts : [event.from]) {
        if (event.up) cut.delete(host);
        else cut.add(host);
      }
      world.linksCut.set(event.place, cut);
      return;
    }
    default: {
      const end = world.ends.get(event.place) ?? NEW_END;
      const changed = endAfter(end, event);
      if (changed !== end) world.ends.set(event.place, changed);
    }
  }
}

function endAfter(end: EndState, event: TraceEvent): EndState {
  switch (event.kind) {
    case 'end.opened':
      return { ...NEW_END };
    case 'end.gone':
      return { ...end, exists: false, goneBecause: event.reason, state: 'CLOSED', timers: new Map() };
    case 'tcp.state':
      return { ...end, state: event.to };
    case 'timer.armed':
      return { ...end, timers: with_(end.timers, event.timer, event.deadline + event.late) };
    case 'timer.fired':
    case 'timer.cancelled': {
      const timers = new Map(end.timers);
      timers.delete(event.timer);
      return { ...end, timers };
    }
    case 'tcp.variables': {
      const variables = [...end.variables];
      for (let i = 0; i + 1 < event.changes.length; i += 2)
        variables[event.changes[i] as number] = event.changes[i + 1] as number;
      return { ...end, variables };
    }
    case 'tcp.error':
      return event.soft || event.errno === 'OK' ? end : { ...end, error: event.errno };
    default:
      return end;
  }
}

function with_<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}
