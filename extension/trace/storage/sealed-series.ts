import type { EventId, PlaceId, TraceEvent } from '../event.ts';
import { EVENT_KINDS } from '../schema.ts';
import type { Column } from './bytes.ts';
import { ByteReader, valueAt } from './bytes.ts';
import type { FieldLayout } from './layout.ts';
import { eventBack, LAYOUTS } from './layout.ts';

/** How a field is read: all events of the series have this value; a column; a list of such. */
type FieldReader =
  | { readonly name: string; readonly is: 'same'; readonly value: unknown }
  | { readonly name: string; readonly is: 'number' | 'event' | 'string'; readonly column: Column }
  | { readonly name: string; readonly is: 'list'; readonly elements: readonly (number | Column)[] };

/** Events of a sealed block that share their kind, their place and every field that repeats. */
export class Series {
  private readonly bytes: Uint8Array;
  private readonly kind: (typeof EVENT_KINDS)[number];
  private readonly place: PlaceId;
  private readonly causes: Column;
  private readonly fields: readonly FieldReader[];

  /** @param at where its entry begins @param kind index into EVENT_KINDS @param rows how many events it has */
  constructor(bytes: Uint8Array, at: number, kind: number, place: PlaceId, rows: number) {
    this.bytes = bytes;
    this.kind = EVENT_KINDS[kind] as (typeof EVENT_KINDS)[number];
    this.place = place;
    const layout = LAYOUTS[kind] as readonly FieldLayout[];
    const reader = new ByteReader(bytes, at);
    const keys = new Map<FieldLayout, number>();
    for (const field of layout) if (field.role !== 'value') keys.set(field, reader.whole());
    const names = layout.map((field) =>
      field.type === 'changes'
        ? Array.from({ length: Math.ceil((keys.get(field) as number) / 2) }, () => reader.whole())
        : [],
    );
    this.causes = reader.column(rows);
    const columns = new Map<FieldLayout, Column>();
    for (const field of layout) if (field.role === 'value') columns.set(field, reader.column(rows));
    this.fields = layout.map((field, i) => {
      const { name, type, role } = field;
      if (role === 'key') return { name, is: 'same', value: valueOf(field, keys.get(field) as number) };
      if (role === 'value')
        return {
          name,
          is: type === 'event' || type === 'string' ? type : 'number',
          column: columns.get(field) as Column,
        };
      const elements = Array.from({ length: keys.get(field) as number }, (_, element) =>
        type === 'changes' && element % 2 === 0 ? (names[i]?.[element / 2] as number) : reader.column(rows),
      );
      return { name, is: 'list', elements };
    });
  }

  cause(row: number, id: EventId): EventId {
    return eventBack(valueAt(this.bytes, this.causes, row), id);
  }

  event(row: number, id: EventId, time: number, strings: readonly string[]): TraceEvent {
    const { bytes, kind, place, fields } = this;
    const event: Record<string, unknown> = { id, time, kind, place, cause: this.cause(row, id) };
    for (const field of fields) {
      switch (field.is) {
        case 'same':
          event[field.name] = field.value;
          break;
        case 'number':
          event[field.name] = valueAt(bytes, field.column, row);
          break;
        case 'event':
          event[field.name] = eventBack(valueAt(bytes, field.column, row), id);
          break;
        case 'string':
          event[field.name] = strings[valueAt(bytes, field.column, row)];
          break;
        case 'list':
          event[field.name] = this.list(field.elements, row);
      }
    }
    return event as unknown as TraceEvent;
  }

  private list(elements: readonly (number | Column)[], row: number): number[] {
    const list: number[] = [];
    for (const element of elements) {
      list.push(typeof element === 'number' ? element : valueAt(this.bytes, element, row));
    }
    return list;
  }
}

function valueOf({ type }: FieldLayout, key: number): unknown {
  if (typeof type === 'object') return type.enum[key];
  return type === 'bool' ? key !== 0 : key;
}
