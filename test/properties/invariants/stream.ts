import { diff, seq } from '../../../extension/engine/tcp/seq.ts';
import type { TcpState } from '../../../extension/scenario/tcp-state.ts';
import type { EventOf } from '../../../extension/trace/event.ts';
import { FIN, SYN, VARIABLES } from '../../../extension/trace/schema.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { broken, type MakeInvariant } from './invariant.ts';

/** What is known of one end's stream, offsets from its first byte. */
interface Stream {
  /** Bytes that its application has handed over, or is about to. */
  offered: number;
  written: number;
  read: number;
  sawEof: boolean;
  /** The application may have lost bytes: an error, SHUT_RD, close. */
  careless: boolean;
  /** It may no longer be asked what is unread. */
  unwatched: boolean;
  state: TcpState;
  finCame: boolean;
  values: number[];
  /** Parts of the other end's stream that were delivered here, in order, apart from each other. */
  arrived: [from: number, to: number][];
}

const at = (name: (typeof VARIABLES)[number]): number => VARIABLES.indexOf(name);
const [IRS, RCV_NXT, UNREAD, SND_UNA, SND_NXT] = [
  at('rcv.irs'),
  at('rcv.nxt'),
  at('unread'),
  at('snd.una'),
  at('snd.nxt'),
];
const FIN_CAME: ReadonlySet<TcpState> = new Set(['CLOSE_WAIT', 'LAST_ACK', 'CLOSING', 'TIME_WAIT']);

/**
 * What an application reads is what the other one wrote: in order, once, a prefix; all of it when it reads EOF. The trace has
 * no bytes, so it is checked by their numbers: an end sends no byte that was not written, RCV.NXT covers no byte that was not
 * delivered, and read and unread together are exactly what RCV.NXT covers.
 */
export const stream: MakeInvariant = (trace) => {
  const streams = new Map<number, Stream>();
  const touched = new Set<number>();
  const of = (place: number): Stream => {
    const found = streams.get(place) ?? {
      offered: 0,
      written: 0,
      read: 0,
      sawEof: false,
      careless: false,
      unwatched: false,
      state: 'CLOSED' as const,
      finCame: false,
      values: VARIABLES.map(() => 0),
      arrived: [],
    };
    streams.set(place, found);
    touched.add(place);
    return found;
  };
  return {
    see(event) {
      switch (event.kind) {
        case 'call.entered':
          if (event.call === 'send') of(event.place).offered += event.value;
          if (event.detail === 'SHUT_RD') of(event.place).careless = of(event.place).unwatched = true;
          if (event.call === 'close') of(event.place).unwatched = true;
          return;
        case 'call.returned':
          if (event.errno !== 'OK') return;
          if (event.call === 'send') of(event.place).written += event.value;
          if (event.call === 'recv') of(event.place).read += event.value;
          if (event.call === 'recv' && event.value === 0) of(event.place).sawEof = true;
          return;
        case 'tcp.error':
          of(event.place).careless = true;
          return;
        case 'tcp.state':
          of(event.place).state = event.to;
          if (FIN_CAME.has(event.to)) of(event.place).finCame = true;
          return;
        case 'end.gone':
          of(event.place).unwatched = true;
          return;
        case 'tcp.variables': {
          const { values } = of(event.place);
          for (let i = 0; i < event.changes.length; i += 2) values[event.changes[i]!] = event.changes[i + 1]!;
          if (values[at('orphan')] === 1) of(event.place).unwatched = true;
          return;
        }
        case 'segment.sent':
          checkWritten(trace, event, streams);
          return;
        case 'segment.delivered': {
          const segment = trace.eventOf('segment.sent', event.segment);
          const [own, other] = sidesOf(trace, segment);
          if (isOrdinary(trace, segment.connection) && other.end >= 0 && own.iss >= 0 && segment.length > 0) {
            const from = diff(seq(segment.seq), seq(own.iss)) - 1 + ((segment.flags & SYN) === 0 ? 0 : 1);
            merge(of(other.end).arrived, from, from + segment.length);
          }
          return;
        }
        default:
      }
    },
    instantOver() {
      for (const place of touched) {
        const end = trace.endAt(place);
        if (end === undefined || !isOrdinary(trace, end.connection)) continue;
        if (lostItsBeginning(trace, place, streams.get(place)!)) continue;
        checkReceived(place, streams.get(place)!);
        checkQuiet(trace, end.connection, streams);
      }
      touched.clear();
    },
    end() {
      for (const [connection, { sides }] of trace.connections.entries()) {
        if (!isOrdinary(trace, connection)) continue;
        for (const [from, to] of [sides, [sides[1], sides[0]]] as const) {
          const all = streams.get(from.end)?.written ?? 0;
          const offered = streams.get(from.end)?.offered ?? 0;
          const got = streams.get(to.end);
          if (got === undefined || lostItsBeginning(trace, to.end, got)) continue;
          if (got.read > offered) throw new Error(`read ${got.read} of ${offered} bytes`);
          // recv returns 0 after the peer's FIN, and after an error that was reported. A send() that sleeps when its program closes has taken some.
          if (got.sawEof && !got.careless && got.read < all) throw new Error(`EOF after ${got.read} of ${all} bytes`);
        }
      }
    },
  };
};

/**
 * Two ends, one stream each way. Not so: a socket that is connected to itself; and a SYN cookie for which a late ACK of a
 * connection that is over was good once more.
 */
function isOrdinary(trace: Trace, connection: number): boolean {
  const [a, b] = trace.connection(connection).sides;
  return a.host !== b.host && (endsOf.get(trace)?.get(connection) ?? countEnds(trace).get(connection) ?? 0) <= 2;
}

/**
 * The ACK of a SYN cookie was overtaken by data, and a cookie is good for sequence numbers a little higher too
 * (`check_tcp_syn_cookie`): the stream begins without the bytes before.
 */
function lostItsBeginning(trace: Trace, place: number, { values }: Stream): boolean {
  const end = trace.endAt(place);
  if (end === undefined) return false;
  const peer = trace.connection(end.connection).sides.find((side) => side.end !== place);
  return peer !== undefined && values[IRS] !== 0 && values[IRS] !== peer.iss;
}

const endsOf = new WeakMap<Trace, ReadonlyMap<number, number>>();

function countEnds(trace: Trace): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { end } of trace.ends()) counts.set(end.connection, (counts.get(end.connection) ?? 0) + 1);
  endsOf.set(trace, counts);
  return counts;
}

function sidesOf(trace: Trace, segment: EventOf<'segment.sent'>): readonly [own: Side, other: Side] {
  const [a, b] = trace.connection(segment.connection).sides;
  return a.host === segment.from && (a.host !== b.host || a.port === segment.fromPort) ? [a, b] : [b, a];
}
type Side = Trace['connections'][number]['sides'][number];

/** No byte beyond what was written, and the FIN right behind it. */
function checkWritten(trace: Trace, event: EventOf<'segment.sent'>, streams: ReadonlyMap<number, Stream>): void {
  const [own] = sidesOf(trace, event);
  const isEnd = trace.places[event.place]?.kind === 'end';
  if (!isOrdinary(trace, event.connection) || !isEnd || own.iss < 0 || (event.flags & SYN) !== 0) return;
  const first = diff(seq(event.seq), seq(own.iss)) - 1;
  const offered = streams.get(event.place)?.offered ?? 0;
  if (event.length > 0 && (first < 0 || first + event.length > offered))
    broken(event, `bytes ${first} to ${first + event.length} of ${offered}`);
  if ((event.flags & FIN) !== 0 && first + event.length > offered)
    broken(event, `FIN behind ${first} of ${offered} bytes`);
}

function checkReceived(place: number, { values, arrived, read, unwatched, finCame }: Stream): void {
  if (values[IRS] === 0 || values[RCV_NXT] === 0) return;
  const covered = diff(seq(values[RCV_NXT]!), seq(values[IRS]!)) - 1 - (finCame ? 1 : 0);
  const prefix = arrived[0]?.[0] === 0 ? arrived[0][1] : 0;
  if (covered > prefix) throw new Error(`end ${place}: RCV.NXT covers ${covered} bytes, ${prefix} were delivered`);
  if (!unwatched && read + values[UNREAD]! !== covered)
    throw new Error(`end ${place}: ${read} read, ${values[UNREAD]} unread, RCV.NXT covers ${covered}`);
}

/** Nothing in flight, both ESTABLISHED: each one's SND.NXT is the other's RCV.NXT. */
function checkQuiet(trace: Trace, connection: number, streams: ReadonlyMap<number, Stream>): void {
  const { name, sides } = trace.connection(connection);
  const [a, b] = sides.map((side) => streams.get(side.end)) as [Stream | undefined, Stream | undefined];
  if (a?.state !== 'ESTABLISHED' || b?.state !== 'ESTABLISHED') return;
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const isQuiet = from.values[SND_UNA] === from.values[SND_NXT];
    if (isQuiet && from.values[SND_NXT] !== to.values[RCV_NXT])
      throw new Error(`${name}: all is acknowledged, but not all received`);
  }
}

/** Adds a range to ranges that are in order and apart from each other. */
function merge(ranges: [number, number][], from: number, to: number): void {
  let first = ranges.findIndex((range) => range[1] >= from);
  if (first < 0) first = ranges.length;
  let last = first;
  while (last < ranges.length && ranges[last]![0] <= to) last++;
  const joined = ranges.slice(first, last);
  ranges.splice(first, last - first, [Math.min(from, joined[0]?.[0] ?? from), Math.max(to, joined.at(-1)?.[1] ?? to)]);
}
