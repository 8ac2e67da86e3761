/** A trace of the engine in the terms of a recording. */
import type { Micros } from '../../extension/base/time.ts';
import type { EndPlace, EventId, PlaceId } from '../../extension/trace/event.ts';
import { ACK, FIN, PSH, RST, SYN } from '../../extension/trace/schema.ts';
import type { Trace } from '../../extension/trace/trace.ts';
import type { ArpItem, Item, SegmentItem } from './recording.ts';

const LETTERS = [
  [SYN, 'S'],
  [FIN, 'F'],
  [RST, 'R'],
  [PSH, 'P'],
  [ACK, 'A'],
] as const;

/** Why a segment never leaves its host. */
const HELD: readonly string[] = ['no-carrier', 'no-neighbour', 'device-queue-full'];

/** An item, and the event of the trace that it was read from. */
export type ObservedItem = Item & { readonly event: EventId };

/** Segments, states, calls and statements of a run, in order. */
export function itemsOf(trace: Trace): readonly ObservedItem[] {
  const items: ObservedItem[] = [];
  const fates = new Map<number, Pick<SegmentItem, 'fate' | 'fateTime'>>();
  const arpFates = new Map<number, Pick<ArpItem, 'fate' | 'fateTime'>>();
  const firstTimestamps = new Map<string, number>();
  const states = new Map<number, string>();
  for (const event of trace.events()) {
    // A copy's fate is not the segment's, which goes before.
    if (event.kind === 'segment.delivered' && !fates.has(event.segment))
      fates.set(event.segment, { fate: 'delivered', fateTime: event.time });
    if (event.kind === 'segment.dropped' && !fates.has(event.segment)) {
      const isHeld = HELD.includes(event.reason) && event.place === trace.eventOf('segment.sent', event.segment).from;
      fates.set(event.segment, { fate: isHeld ? 'held' : event.reason, fateTime: event.time });
    }
    if (event.kind === 'arp.delivered') arpFates.set(event.arp, { fate: 'delivered', fateTime: event.time });
    if (event.kind === 'arp.dropped') {
      const isHeld = event.place === trace.placeAt(event.arp);
      arpFates.set(event.arp, { fate: isHeld ? 'held' : event.reason, fateTime: event.time });
    }
  }
  const setState = (event: EventId, place: PlaceId, time: Micros, to: string): void => {
    const from = states.get(place) ?? 'CLOSED';
    states.set(place, to);
    const end = trace.endAt(place);
    if (from !== to && end !== undefined) items.push({ event, kind: 'state', time, ...nameEnd(trace, end), from, to });
  };
  for (const event of trace.events()) {
    switch (event.kind) {
      case 'segment.sent': {
        const fate = fates.get(event.id) ?? { fate: 'under-way' as const, fateTime: trace.endTime };
        const item = { event: event.id, ...segmentItem(trace, event.id, fate, firstTimestamps) };
        const before = items.at(-1);
        if (before?.kind === 'segment' && isSameBurst(before, item)) items[items.length - 1] = join(before, item);
        else items.push(item);
        break;
      }
      case 'tcp.state':
        setState(event.id, event.place, event.time, event.to);
        break;
      case 'end.gone':
        setState(event.id, event.place, event.time, 'CLOSED');
        break;
      case 'call.returned': {
        const end = trace.endAt(event.place);
        items.push({
          event: event.id,
          kind: 'call',
          time: event.time,
          process: trace.placeName(event.process),
          connection: end === undefined ? '-' : nameEnd(trace, end).connection,
          call: event.call,
          value: event.value,
          errno: event.errno,
        });
        break;
      }
      case 'arp.sent': {
        // The recorder's router answers at once, so that a request to it has no fate of its own.
        const fate = arpFates.get(event.id) ?? { fate: 'delivered' as const, fateTime: event.time };
        // Without a carrier the kernel throws it away where nobody sees it (`noop_enqueue`).
        if (fate.fate === 'held') break;
        const host = trace.placeName(event.place);
        items.push({ event: event.id, kind: 'arp', time: event.time, host, what: event.what, ...fate });
        break;
      }
      // A statement was due, also where there was nothing for it to do.
      case 'scenario.action':
      case 'scenario.skipped':
        items.push({ event: event.id, kind: 'action', time: event.time, index: event.action });
        break;
      default:
        break;
    }
  }
  return items;
}

/** A burst that the device's queue refuses is one packet there (TSO), and so it is seen. */
function isSameBurst(before: SegmentItem, next: SegmentItem): boolean {
  return (
    before.fate === 'held' &&
    next.fate === 'held' &&
    before.time === next.time &&
    before.host === next.host &&
    before.connection === next.connection &&
    before.length > 0 &&
    next.length > 0 &&
    before.seq + before.length === next.seq
  );
}

function join<T extends SegmentItem>(before: T, next: SegmentItem): T {
  return { ...before, flags: next.flags, length: before.length + next.length };
}

function nameEnd(trace: Trace, end: EndPlace): { host: string; connection: string } {
  return { host: trace.placeName(end.host), connection: trace.connection(end.connection).name };
}

function segmentItem(
  trace: Trace,
  id: number,
  fate: Pick<SegmentItem, 'fate' | 'fateTime'>,
  firstTimestamps: Map<string, number>,
): SegmentItem {
  const segment = trace.eventOf('segment.sent', id);
  const { seq, ack } = trace.relative(segment);
  const sides = trace.connection(segment.connection).sides;
  const peer = sides.find((side) => side.host !== segment.from || side.port !== segment.fromPort);
  // A socket connected to itself has one side.
  const base = Math.max(0, (peer ?? sides[0]).iss);
  const sender = `${segment.from}:${segment.fromPort}-${segment.toPort}`;
  const receiver = `${segment.to}:${segment.toPort}-${segment.fromPort}`;
  if (segment.timestamps && !firstTimestamps.has(sender)) firstTimestamps.set(sender, segment.tsVal);
  const relative = (owner: string, value: number): number => (value - (firstTimestamps.get(owner) ?? 0)) | 0;
  const blocks: (readonly [number, number])[] = [];
  for (let i = 0; i + 1 < segment.sack.length; i += 2) {
    blocks.push([((segment.sack[i] ?? 0) - base) >>> 0, ((segment.sack[i + 1] ?? 0) - base) >>> 0]);
  }
  return {
    kind: 'segment',
    time: segment.time,
    host: trace.placeName(segment.from),
    connection: trace.connection(segment.connection).name,
    flags: LETTERS.map(([flag, letter]) => ((segment.flags & flag) === 0 ? '' : letter)).join(''),
    // A half-open connection that is forgotten makes way for one with another number.
    seq: (segment.flags & SYN) === 0 ? seq : 0,
    ack: (segment.flags & ACK) === 0 ? undefined : ack,
    length: segment.length,
    window: segment.window,
    mss: segment.mss === 0 ? undefined : segment.mss,
    wscale: segment.wscale === 255 ? undefined : segment.wscale,
    sackPermitted: segment.sackPermitted,
    timestamps: segment.timestamps
      ? [
          relative(sender, segment.tsVal),
          segment.tsEcr === 0 || !firstTimestamps.has(receiver) ? undefined : relative(receiver, segment.tsEcr),
        ]
      : undefined,
    sack: blocks,
    ...fate,
  };
}
