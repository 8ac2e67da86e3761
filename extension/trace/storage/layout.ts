/**
 * How an event is stored. A trace is cut into blocks of `BLOCK_EVENTS` events. The events of a block belong to series, which share their
 * kind, their place and every field that repeats: the series' key. What is left of an event is when it was, what caused it, and a row of
 * the few numbers that differ. It stands in the block as it was written (`draft.ts`): nothing is done to it later, for that would cost
 * as much as writing it. `block.ts` reads it.
 *
 * Which fields repeat follows from their types: words, flags, places, ports, the lengths of lists, the names of what changed. Times
 * are stored as pauses since the event before, ids of events as how far they lie back.
 */
import type { EventId } from '../event.ts';
import type { EventKind, FieldType } from '../schema.ts';
import { EVENT_KINDS, EVENT_SCHEMA } from '../schema.ts';

/** Events of a block, but for the last of a trace: 2 to the power of this. */
export const BLOCK_BITS = 12;
export const BLOCK_EVENTS = 2 ** BLOCK_BITS;

/** What stands first in a key. */
export const KIND = 0;
export const PLACE = 1;
/** Where the fields begin. */
export const FIRST_KEY = 2;

/** Numbers that an event has in `heads`, and which is which. */
export const HEAD = 3;
export const SERIES = 0;
export const PAUSE = 1;
export const BACK = 2;

/** Stands for a pause, or for a way back to the cause, that does not fit into 16 bits. */
export const LONG = 0xffff;

/** A block, as plain data. Nobody changes it once it is there. */
export interface SealedBlock {
  /** The time of the event before the first one. */
  readonly from: number;
  /**
   * Three numbers per event: its series; µs since the event before; how many events back its cause is, 0 = none. LONG stands for a pause
   * or a way back that does not fit: the next of `times` says when it was, the next of `farCauses` how far back its cause is.
   */
  readonly heads: Uint16Array;
  readonly times: readonly number[];
  readonly farCauses: readonly number[];
  /** The rows, one after the other. */
  readonly rows: Uint32Array;
  /** Numbers that do not fit into a row (`numbers.ts`). */
  readonly large: readonly number[];
  /** Per series: how long a row of it is, how long its key, the key. */
  readonly keys: Int32Array;
}

export interface FieldLayout {
  readonly name: string;
  readonly type: FieldType;
  /** Of a list, its length is part of the key; its elements follow the other fields. */
  readonly role: 'key' | 'value' | 'list';
  /** Of a word: its numbers. */
  readonly codes: ReadonlyMap<string, number>;
}

const REPEATING: ReadonlySet<FieldType> = new Set<FieldType>(['bool', 'u8', 'place', 'connection', 'port']);

function roleOf(type: FieldType): FieldLayout['role'] {
  if (typeof type === 'object' || REPEATING.has(type)) return 'key';
  return type === 'numbers' || type === 'changes' ? 'list' : 'value';
}

/** Per kind, by its number (index into EVENT_KINDS): the fields in schema order. */
export const LAYOUTS: readonly (readonly FieldLayout[])[] = EVENT_KINDS.map((kind) =>
  Object.entries<FieldType>(EVENT_SCHEMA[kind]).map(([name, type]) => ({
    name,
    type,
    role: roleOf(type),
    codes: new Map(typeof type === 'object' ? type.enum.map((word, code) => [word, code]) : []),
  })),
);

export const KIND_CODES: ReadonlyMap<EventKind, number> = new Map(EVENT_KINDS.map((kind, code) => [kind, code]));

/** How many events before `id` the event `reference` lies; 0 for none (-1). */
export function stepsBack(reference: EventId, id: EventId): number {
  if (reference === -1) return 0;
  return reference === id ? id + 1 : id - reference;
}

/** Undoes `stepsBack`. */
export function eventBack(steps: number, id: EventId): EventId {
  if (steps === 0) return -1;
  return steps === id + 1 ? id : id - steps;
}
