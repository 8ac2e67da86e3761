import type { PlaceId } from '../event.ts';
import { EVENT_KINDS } from '../schema.ts';
import type { FieldLayout } from './layout.ts';
import { eventBack, FIRST_KEY, KIND, LAYOUTS, PLACE } from './layout.ts';
import { isPlain, unpacked } from './numbers.ts';

/** How a field is read: all events of the series have this value; the number at this place of the row; a list of both. */
type FieldReader =
  | { readonly name: string; readonly is: 'same'; readonly value: unknown }
  | { readonly name: string; readonly is: 'plain' | 'number' | 'event' | 'string'; readonly at: number }
  | { readonly name: string; readonly is: 'list'; readonly elements: readonly ListElement[] };

type ListElement = { readonly is: 'same'; readonly value: number } | { readonly is: 'number'; readonly at: number };

/** Events of a block that share their kind, their place and every field that repeats. */
export class Series {
  /** Index into EVENT_KINDS. */
  readonly kind: number;
  readonly place: PlaceId;
  /** How many numbers a row has. */
  readonly width: number;
  private readonly key: Int32Array;
  private readers: readonly FieldReader[] | undefined;

  constructor(key: Int32Array, width: number) {
    this.key = key;
    this.width = width;
    this.kind = key[KIND] as number;
    this.place = key[PLACE] as number;
  }

  /** Puts the fields of the event whose row begins at `at` into `event`. @param large see `SealedBlock` */
  read(
    event: Record<string, unknown>,
    id: number,
    rows: Uint32Array,
    at: number,
    large: readonly number[],
    strings: readonly string[],
  ): void {
    this.readers ??= readersOf(LAYOUTS[this.kind] as readonly FieldLayout[], this.key);
    for (const reader of this.readers) {
      switch (reader.is) {
        case 'same':
          event[reader.name] = reader.value;
          break;
        case 'plain':
          event[reader.name] = rows[at + reader.at];
          break;
        case 'number':
          event[reader.name] = unpacked(rows[at + reader.at] as number, large);
          break;
        case 'event':
          // One that comes later lies back less than nothing.
          event[reader.name] = eventBack((rows[at + reader.at] as number) | 0, id);
          break;
        case 'string':
          event[reader.name] = strings[rows[at + reader.at] as number];
          break;
        case 'list':
          event[reader.name] = reader.elements.map((element) =>
            element.is === 'same' ? element.value : unpacked(rows[at + element.at] as number, large),
          );
      }
    }
  }

  get name(): (typeof EVENT_KINDS)[number] {
    return EVENT_KINDS[this.kind] as (typeof EVENT_KINDS)[number];
  }
}

function readersOf(layout: readonly FieldLayout[], key: Int32Array): readonly FieldReader[] {
  let keys = FIRST_KEY;
  const keyOf = new Map<FieldLayout, number>();
  for (const field of layout) if (field.role !== 'value') keyOf.set(field, key[keys++] as number);
  let at = 0;
  const placeOf = new Map<FieldLayout, number>();
  for (const field of layout) if (field.role === 'value') placeOf.set(field, at++);
  return layout.map((field): FieldReader => {
    const { name, type, role } = field;
    if (role === 'key') return { name, is: 'same', value: valueOf(field, keyOf.get(field) as number) };
    if (role === 'list') {
      const elements = Array.from({ length: keyOf.get(field) as number }, (_, element): ListElement => {
        // Of pairs, the first is a name, which is part of the key.
        const isName = type === 'changes' && element % 2 === 0;
        return isName ? { is: 'same', value: key[keys++] as number } : { is: 'number', at: at++ };
      });
      return { name, is: 'list', elements };
    }
    const own = placeOf.get(field) as number;
    if (type === 'event' || type === 'string') return { name, is: type, at: own };
    return { name, is: isPlain(type) ? 'plain' : 'number', at: own };
  });
}

function valueOf({ type }: FieldLayout, key: number): unknown {
  if (typeof type === 'object') return type.enum[key];
  return type === 'bool' ? key !== 0 : key;
}
