/** How any event gets into a draft: its fields are looked up by name. Those that come with every packet have doors (`doors.ts`). */
import type { EventId, PlaceId } from '../event.ts';
import type { DraftBlock } from './draft.ts';
import type { FieldLayout } from './layout.ts';
import { FIRST_KEY, KIND, KIND_CODES, LAYOUTS, PLACE, stepsBack } from './layout.ts';
import { isPlain } from './numbers.ts';
import type { StringTable } from './string-table.ts';

/** Adds an event to the draft; not one with `changes`. @param kind index into EVENT_KINDS @returns its id */
export function putByName(
  draft: DraftBlock,
  strings: StringTable,
  kind: number,
  time: number,
  place: PlaceId,
  cause: EventId,
  fields: Readonly<Record<string, unknown>>,
): EventId {
  const layout = LAYOUTS[kind] as readonly FieldLayout[];
  const id = draft.length;
  draft.key[KIND] = kind;
  draft.key[PLACE] = place;
  let keys = FIRST_KEY;
  let width = 0;
  for (const field of layout) {
    const value = fields[field.name];
    if (field.role !== 'value') draft.key[keys++] = keyOf(field, value);
    width += field.role === 'list' ? (value as readonly number[]).length : field.role === 'value' ? 1 : 0;
  }
  let at = draft.seat(time, cause, keys, width, 0);
  for (const field of layout) {
    if (field.role === 'value') draft.values[at++] = valueOf(draft, id, field, fields[field.name], strings);
  }
  for (const { name, role } of layout) {
    if (role !== 'list') continue;
    for (const element of fields[name] as readonly number[]) draft.values[at++] = draft.packed(element);
  }
  return id;
}

/** The event that only has `changes`: pairs (index into VARIABLES, value), flattened. */
export function putVariables(
  draft: DraftBlock,
  time: number,
  place: PlaceId,
  cause: EventId,
  changes: readonly number[],
): EventId {
  const id = draft.length;
  const names = changes.filter((_, i) => i % 2 === 0);
  const values = changes.filter((_, i) => i % 2 === 1);
  if (FIRST_KEY + 1 + names.length > draft.key.length) draft.reserve(FIRST_KEY + 1 + names.length);
  draft.key.set([KIND_CODES.get('tcp.variables') as number, place, changes.length, ...names]);
  const at = draft.seat(time, cause, FIRST_KEY + 1 + names.length, values.length, 0);
  for (const [i, value] of values.entries()) draft.values[at + i] = draft.packed(value);
  return id;
}

function keyOf({ type, role, codes }: FieldLayout, value: unknown): number {
  if (typeof type === 'object') return codes.get(value as string) as number;
  return role === 'list' ? (value as readonly number[]).length : Number(value);
}

function valueOf(draft: DraftBlock, id: EventId, { type }: FieldLayout, value: unknown, strings: StringTable): number {
  if (type === 'string') return strings.intern(value as string);
  if (type === 'event') return stepsBack(value as number, id);
  return isPlain(type) ? Number(value) : draft.packed(Number(value));
}
