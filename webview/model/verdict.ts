/** Belief against truth: what one end of a connection thinks, how it really is, and when it finds out. */
import type { Errno } from '../../extension/scenario/errno.ts';
import type { TcpState } from '../../extension/scenario/tcp-state.ts';
import type { EventId, EventOf, PlaceId } from '../../extension/trace/event.ts';
import type { Trace } from '../../extension/trace/trace.ts';
import type { EndState, World } from '../../extension/trace/world.ts';
import type { Cursor, RunView } from './run-view.ts';

/** One end of a connection at the cursor, with what is really at its place. */
export interface EndTruth {
  readonly host: PlaceId;
  /** -1 before it exists. */
  readonly place: PlaceId;
  /** Undefined before it exists. */
  readonly end: EndState | undefined;
  readonly hostOn: boolean;
  /** False once the process that owned it is dead. */
  readonly processRunning: boolean;
  /** What it sends is lost. */
  readonly cutOff: boolean;
  /** Since when it is gone, its process dead or its cable cut; undefined while all is well. */
  readonly since: number | undefined;
}

export type Belief = 'agrees' | 'half-open' | 'cut-off' | 'gone' | 'none';

const SYNCHRONIZED: ReadonlySet<TcpState> = new Set([
  'ESTABLISHED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'CLOSE_WAIT',
  'CLOSING',
  'LAST_ACK',
]);

/** Both ends of a connection at the cursor, the opener first. */
export function truths(view: RunView, connection: number, cursor: Cursor): readonly EndTruth[] {
  const world = view.world(cursor);
  const shown = view.shownEvent(cursor);
  return view.trace.connection(connection).sides.map(({ host, end }) => endTruth(view.trace, world, shown, host, end));
}

function endTruth(trace: Trace, world: World, shown: EventId, host: PlaceId, place: PlaceId): EndTruth {
  const process = trace.endAt(place)?.process ?? -1;
  const end = world.ends.get(place);
  const hostOn = world.hostsOn.get(host) ?? true;
  const processRunning = process < 0 || (world.processesRunning.get(process) ?? true);
  const cutOff = [...world.linksCut].some(([, cut]) => cut.has(host));
  const truth = { host, place, end, hostOn, processRunning, cutOff };
  return { ...truth, since: lastChange(trace, shown, truth, process) };
}

/** When the worst that is true of an end became so. */
function lastChange(
  trace: Trace,
  shown: EventId,
  { host, place, end, hostOn, processRunning, cutOff }: Omit<EndTruth, 'since'>,
  process: PlaceId,
): number | undefined {
  for (let id = shown; id >= 0; id--) {
    const kind = trace.kindAt(id);
    const at = trace.placeAt(id);
    if (!hostOn) {
      if (kind === 'host.state' && at === host) return trace.timeAt(id);
    } else if (end?.exists === false) {
      if (kind === 'end.gone' && at === place) return trace.timeAt(id);
    } else if (!processRunning) {
      if (kind === 'process.state' && at === process) return trace.timeAt(id);
    } else if (cutOff) {
      if (kind === 'link.state' && !trace.eventOf('link.state', id).up) return trace.timeAt(id);
    } else return undefined;
  }
  return undefined;
}

/** What an end believes, held against the other one. */
export function beliefOf(own: EndTruth, other: EndTruth): Belief {
  if (own.end === undefined) return 'none';
  if (!own.end.exists || !own.hostOn) return 'gone';
  if (!SYNCHRONIZED.has(own.end.state)) return 'agrees';
  if (!other.hostOn || other.end?.exists === false) return 'half-open';
  return own.cutOff || other.cutOff ? 'cut-off' : 'agrees';
}

/** What goes wrong in a run, and at which side of a connection. */
export interface Fault {
  readonly event: EventId;
  readonly time: number;
  /** Index into the connection's sides; undefined when it is the network. */
  readonly side: 0 | 1 | undefined;
}

/** The first thing that goes wrong for a connection. */
export function faultOf(trace: Trace, connection: number): Fault | undefined {
  const { sides } = trace.connection(connection);
  const side = (host: PlaceId): 0 | 1 | undefined =>
    sides[0].host === host ? 0 : sides[1].host === host ? 1 : undefined;
  for (let id = 0; id < trace.length; id++) {
    const time = trace.timeAt(id);
    switch (trace.kindAt(id)) {
      case 'host.state':
        if (!trace.eventOf('host.state', id).on && side(trace.placeAt(id)) !== undefined)
          return { event: id, time, side: side(trace.placeAt(id)) };
        break;
      case 'process.state': {
        const process = trace.places[trace.placeAt(id)];
        const at = process?.kind === 'process' ? side(process.host) : undefined;
        if (!trace.eventOf('process.state', id).running && at !== undefined) return { event: id, time, side: at };
        break;
      }
      case 'link.state':
        if (!trace.eventOf('link.state', id).up) return { event: id, time, side: undefined };
        break;
      default:
        break;
    }
  }
  return undefined;
}

/** How an end learns that something is wrong. */
export interface Discovery {
  readonly event: EventId;
  readonly time: number;
  readonly how: Errno | 'EOF' | 'gave-up';
  /** Since the last segment that it had received; undefined when it never received one. */
  readonly sinceReceived: number | undefined;
}

/** The first sign that reaches an end, or the program behind it, after the fault; undefined when none ever does. */
export function discoveryOf(view: RunView, connection: number, side: 0 | 1, fault: Fault): Discovery | undefined {
  const { trace } = view;
  const { end } = trace.connection(connection).sides[side];
  for (let id = fault.event; id < trace.length; id++) {
    if (!concerns(trace, id, end)) continue;
    const how = signOf(trace, id);
    if (how === undefined) continue;
    const time = trace.timeAt(id);
    const received = view.lastArrival(end, id);
    return { event: id, time, how, sinceReceived: received === undefined ? undefined : time - received };
  }
  return undefined;
}

function concerns(trace: Trace, id: EventId, end: PlaceId): boolean {
  return end >= 0 && trace.placeAt(id) === end;
}

function signOf(trace: Trace, id: EventId): Discovery['how'] | undefined {
  const event = trace.event(id);
  switch (event.kind) {
    case 'tcp.error':
      return event.soft || event.errno === 'OK' ? undefined : event.errno;
    case 'call.returned':
      return callSign(event);
    case 'app.decided':
      return event.what === 'gave-up' ? 'gave-up' : undefined;
    default:
      return undefined;
  }
}

function callSign({ call, errno, value }: EventOf<'call.returned'>): Discovery['how'] | undefined {
  if (errno !== 'OK') return errno === 'EAGAIN' || errno === 'EINPROGRESS' ? undefined : errno;
  return call === 'recv' && value === 0 ? 'EOF' : undefined;
}
