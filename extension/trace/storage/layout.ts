/**
 * How an event is stored. A trace is cut into blocks of `BLOCK_EVENTS` events. The events of a block are sorted into series, which
 * share their kind, their place and every field that repeats: the series' key. What is left of an event is a row of the few
 * numbers that differ. While a block is being written, the rows stand as they are (`draft.ts`); when it is full, they become
 * columns, each as narrow as its values allow (`seal.ts`), from which any event can be read at once (`block.ts`).
 *
 * Which fields repeat follows from their types: words, flags, places, ports, the lengths of lists, the names of what changed. Ids
 * of events are stored as how far they lie back: within a series that hardly differs.
 */
import type { EventId } from '../event.ts';
import type { EventKind, FieldType } from '../schema.ts';
import { EVENT_KINDS, EVENT_SCHEMA } from '../schema.ts';

/** Events of a block, but for the last of a trace: 2 to the power of this. */
export const BLOCK_BITS = 12;
export const BLOCK_EVENTS = 2 ** BLOCK_BITS;

/** What stands first in a key, and in a row. */
export const KIND = 0;
export const PLACE = 1;
export const CAUSE = 0;
/** Where the fields begin. */
export const FIRST_KEY = 2;
export const FIRST_VALUE = 1;

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
