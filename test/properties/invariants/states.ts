import type { TcpState } from '../../../extension/scenario/tcp-state.ts';
import type { EventFields, TraceEvent } from '../../../extension/trace/event.ts';
import { RST, SYN } from '../../../extension/trace/schema.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { broken, type MakeInvariant } from './invariant.ts';

/** What RFC 9293 figure 5 allows, beside the ways out by RST, timeout and abort, which lead to CLOSED from anywhere. */
const EDGES: Readonly<Record<TcpState, readonly TcpState[]>> = {
  CLOSED: ['SYN_SENT', 'SYN_RECEIVED'],
  LISTEN: [],
  SYN_SENT: ['ESTABLISHED', 'SYN_RECEIVED'],
  SYN_RECEIVED: ['ESTABLISHED', 'FIN_WAIT_1'],
  ESTABLISHED: ['FIN_WAIT_1', 'CLOSE_WAIT'],
  FIN_WAIT_1: ['FIN_WAIT_2', 'CLOSING', 'TIME_WAIT'],
  FIN_WAIT_2: ['TIME_WAIT'],
  CLOSE_WAIT: ['LAST_ACK'],
  CLOSING: ['TIME_WAIT'],
  LAST_ACK: [],
  TIME_WAIT: [],
};

type Ground = (event: TraceEvent, trace: Trace, from: TcpState) => boolean;
type Reason = EventFields<'end.gone'>['reason'];

/** Where an end is without a program that would read. */
const ORPHANED: ReadonlySet<TcpState> = new Set(['FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSING', 'LAST_ACK']);

/** What must be found among the causes of an end that goes for such a reason. Absent: nothing in particular. */
const GROUNDS: Readonly<Partial<Record<Reason, Ground>>> = {
  // What arrives for an end that nobody reads any more is answered with a RST, which need not get through.
  reset: (event, trace, from) =>
    arrived(event, trace, RST) || (ORPHANED.has(from) && event.kind === 'segment.delivered'),
  refused: (event, trace) => arrived(event, trace, RST) || event.kind === 'icmp.delivered',
  unreachable: (event) => event.kind === 'icmp.delivered' || event.kind === 'neighbour.state',
  // An ICMP message that takes a doubling back may find that the shorter wait was over long ago.
  'timed-out': (event) => event.kind === 'timer.fired' || event.kind === 'icmp.delivered',
  'orphan-timed-out': (event) => event.kind === 'timer.fired' || event.kind === 'icmp.delivered',
  'time-wait-over': (event) => event.kind === 'timer.fired' && event.timer === 'time-wait',
  'fin-wait-2-timed-out': (event) => event.kind === 'timer.fired' && event.timer === 'fin-wait-2',
  'host-off': (event) => event.kind === 'host.state' && !event.on,
  replaced: (event, trace) => arrived(event, trace, SYN),
  'replaced-by-timestamp': (event, trace) => arrived(event, trace, SYN),
};

function arrived(event: TraceEvent, trace: Trace, flag: number): boolean {
  return event.kind === 'segment.delivered' && (trace.eventOf('segment.sent', event.segment).flags & flag) !== 0;
}

/** No end leaves a state but by an edge of RFC 9293's diagram, or with a reason for its end that is among the causes. */
export const states: MakeInvariant = (trace) => {
  const current = new Map<number, TcpState>();
  /** Ends that have just become CLOSED, and from which state. */
  const closing = new Map<number, TcpState>();
  return {
    see(event) {
      if (event.kind === 'tcp.state') {
        const { place, from, to } = event;
        if ((current.get(place) ?? 'CLOSED') !== from) broken(event, `the end was ${current.get(place)}, not ${from}`);
        if (to === 'CLOSED') closing.set(place, from);
        else if (!EDGES[from].includes(to)) broken(event, `${from} to ${to}`);
        current.set(place, to);
      }
      if (event.kind === 'end.gone') {
        const from = closing.get(event.place) ?? current.get(event.place) ?? 'CLOSED';
        closing.delete(event.place);
        const ground = GROUNDS[event.reason];
        if (ground !== undefined && !hasCause(event, trace, (cause) => ground(cause, trace, from)))
          broken(event, `nothing brought ${event.reason} about`);
      }
    },
    instantOver() {
      for (const [place] of closing) throw new Error(`end ${place} is CLOSED and not gone`);
    },
  };
};

function hasCause(event: TraceEvent, trace: Trace, isIt: (cause: TraceEvent) => boolean): boolean {
  for (let id = event.cause; id >= 0; id = trace.causeAt(id)) if (isIt(trace.event(id))) return true;
  return false;
}
