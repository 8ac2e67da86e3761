import fc from 'fast-check';
import { TraceWriter } from '../../extension/trace/columns.ts';
import type { EventFields } from '../../extension/trace/event.ts';
import type { EventKind, FieldType } from '../../extension/trace/schema.ts';
import { EVENT_KINDS, EVENT_SCHEMA, SYN, TRACE_VERSION, VARIABLES } from '../../extension/trace/schema.ts';
import { EventDoors } from '../../extension/trace/storage/doors.ts';
import { Trace } from '../../extension/trace/trace.ts';

/** Times, sizes, and what no column of whole numbers can hold. */
const anyNumber = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -1, max: 2 ** 49 }) },
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0),
);

/** Any value that a column of the type can hold. */
function fieldValue(type: FieldType): fc.Arbitrary<unknown> {
  if (typeof type === 'object') return fc.constantFrom(...type.enum);
  switch (type) {
    case 'bool':
      return fc.boolean();
    case 'u8':
      return fc.integer({ min: 0, max: 255 });
    case 'u16':
    case 'port':
      return fc.integer({ min: 0, max: 65_535 });
    case 'u32':
      return fc.integer({ min: 0, max: 2 ** 32 - 1 });
    case 'event':
      // Mostly one that there is.
      return fc.oneof(fc.integer({ min: -1, max: 20 }), fc.integer({ min: -1, max: 2 ** 31 - 1 }));
    case 'place':
      return fc.integer({ min: -1, max: 2 ** 31 - 1 });
    case 'connection':
      return fc.nat();
    case 'f64':
      return anyNumber;
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 6 });
    case 'numbers':
      return fc.array(anyNumber, { maxLength: 5 });
    case 'changes':
      return fc
        .array(fc.tuple(fc.nat({ max: VARIABLES.length - 1 }), anyNumber), { maxLength: 5 })
        .map((pairs) => pairs.flat());
  }
}

/** One event as it is handed to the writer, its time as a step and its cause as a fraction of the events before. */
export interface DrawnEvent {
  readonly kind: EventKind;
  readonly step: number;
  readonly place: number;
  readonly back: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Places: scenario, two hosts, a process, a link, two ends. */
export const PLACES = 7;

function fieldsOf(kind: EventKind): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries<FieldType>(EVENT_SCHEMA[kind]).map(([name, type]) => [name, fieldValue(type)]);
  return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>);
}

/** The segment as most are: no other option than timestamps, no arguments to its reason. */
function plain(sent: Record<string, unknown>): Record<string, unknown> {
  const none = sent.timestamps === true ? {} : { tsVal: 0, tsEcr: 0 };
  return { ...sent, mss: 0, wscale: 255, sackPermitted: false, sack: [], args: [], ...none };
}

export const drawnEvents: fc.Arbitrary<readonly DrawnEvent[]> = fc.array(
  fc.constantFrom(...EVENT_KINDS).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      step: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10_000_000_000 })),
      place: fc.integer({ min: 0, max: PLACES - 1 }),
      back: fc.double({ min: 0, max: 1, noNaN: true }),
      fields: kind === 'segment.sent' ? fc.oneof(fieldsOf(kind), fieldsOf(kind).map(plain)) : fieldsOf(kind),
    }),
  ),
  { maxLength: 60 },
);

/** Writes an event through the door of its kind, if that has one. */
function addByDoor(
  writer: TraceWriter,
  doors: EventDoors,
  kind: EventKind,
  time: number,
  place: number,
  cause: number,
  fields: object,
): void {
  switch (kind) {
    case 'segment.sent': {
      const sent = fields as EventFields<'segment.sent'>;
      // A segment has pairs of edges, and stamps only where it has the option.
      const hasPairs = sent.sack.length % 2 === 0 && sent.sack.every((edge) => edge === edge >>> 0);
      if (!hasPairs || (!sent.timestamps && sent.tsVal + sent.tsEcr > 0)) break;
      const { connection, from, to, windowBytes, purpose, reason, args, mss, wscale, sack, tsVal, tsEcr } = sent;
      const options = {
        ...(mss === 0 ? {} : { mss }),
        ...(wscale === 255 ? {} : { windowScale: wscale }),
        ...(sent.sackPermitted ? { sackPermitted: true } : {}),
        ...(sent.timestamps ? { timestamps: { tsVal: tsVal | 0, tsEcr: tsEcr | 0 } } : {}),
        ...(sack.length === 0 ? {} : { sack: pairsOf(sack) }),
      };
      // What only SYNs have.
      if ((sent.flags & SYN) === 0 && (mss !== 0 || wscale !== 255 || sent.sackPermitted)) break;
      const segment = { ...sent, seq: sent.seq | 0, ack: sent.ack | 0, options };
      const sender = { place, connection, remote: { host: to } };
      doors.sent(sender, from, segment, windowBytes, purpose, reason, args);
      return;
    }
    case 'segment.delivered':
      if (!isEarlier(writer, (fields as EventFields<'segment.delivered'>).segment)) break;
      doors.delivered(place, (fields as EventFields<'segment.delivered'>).segment, cause);
      return;
    case 'segment.queued': {
      const { segment, wait, ahead, bytes } = fields as EventFields<'segment.queued'>;
      if (!isEarlier(writer, segment)) break;
      doors.queued(place, segment, wait, ahead, bytes, cause);
      return;
    }
    case 'timer.armed': {
      const { timer, deadline, backoff, late } = fields as EventFields<'timer.armed'>;
      doors.timerArmed(place, timer, deadline, backoff, late, cause);
      return;
    }
    case 'timer.cancelled':
      doors.timerCancelled(place, (fields as EventFields<'timer.cancelled'>).timer);
      return;
    case 'call.returned': {
      const { call, process, value, errno } = fields as EventFields<'call.returned'>;
      doors.returned(place, call, process, value, errno);
      return;
    }
    case 'tcp.variables': {
      const { changes } = fields as EventFields<'tcp.variables'>;
      const names = changes.filter((_, i) => i % 2 === 0);
      // Each variable once, with its value.
      if (changes.length === 0 || changes.length % 2 === 1 || new Set(names).size < names.length) break;
      const values: number[] = [];
      for (const [i, name] of names.entries()) values[name] = changes[2 * i + 1] as number;
      doors.variables(place, names, values, []);
      return;
    }
    default:
      break;
  }
  writer.add(kind, time, place, cause, fields);
}

function isEarlier(writer: TraceWriter, event: number): boolean {
  return event >= 0 && event < writer.length;
}

function pairsOf(numbers: readonly number[]): (readonly [number, number])[] {
  return numbers.flatMap((left, i) => (i % 2 === 0 ? [[left | 0, (numbers[i + 1] ?? 0) | 0] as const] : []));
}

/**
 * The trace of drawn events, over and over until there are `atLeast` so many, and the events as they were written.
 * @param how through the door of their kind, or by the names of their fields
 */
export function written(
  drawn: readonly DrawnEvent[],
  atLeast = drawn.length,
  how: 'doors' | 'names' = 'names',
): { readonly trace: Trace; readonly events: readonly object[] } {
  const writer = new TraceWriter({
    version: TRACE_VERSION,
    scenario: { en: 'any' },
    hosts: [],
    actions: [],
    expectations: [],
  });
  writer.addPlace({ kind: 'host', name: 'a', address: '10.0.0.1' });
  writer.addPlace({ kind: 'host', name: 'b', address: '10.0.0.2' });
  writer.addPlace({ kind: 'process', name: 'p', host: 1 });
  writer.addPlace({ kind: 'link', name: 'l', hosts: [1, 2] });
  writer.addPlace({ kind: 'end', host: 1, process: 3, connection: 0 });
  writer.addPlace({ kind: 'end', host: 2, process: -1, connection: 0 });
  const clock = { now: 0 };
  const doors = new EventDoors(writer.draft, clock);
  const rounds = drawn.length === 0 ? 0 : Math.ceil(atLeast / drawn.length);
  const all = Array.from({ length: rounds }, () => drawn).flat();
  const events = all.map(({ kind, step, place, back, fields }, id) => {
    clock.now += step;
    const time = clock.now;
    const cause = id === 0 ? -1 : Math.floor(back * (id + 1)) - 1;
    const safe = Math.min(cause, id - 1);
    doors.cause = safe;
    if (how === 'doors') addByDoor(writer, doors, kind, time, place, safe, fields);
    else writer.add(kind, time, place, safe, fields);
    return { id, time, kind, place, cause: safe, ...fields };
  });
  return { trace: new Trace(writer.finish()), events };
}
