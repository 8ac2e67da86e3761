/**
 * The trace as columns: typed arrays that travel to the panel without being copied object by object, and cost a tenth of
 * the memory of objects. `TraceWriter` appends, `Trace` (trace.ts) reads.
 */
import type { EventKind, FieldType } from './schema.ts';
import { EVENT_KINDS, EVENT_SCHEMA } from './schema.ts';
import type { Connection, EventFields, EventId, Place, PlaceId } from './event.ts';
import { NO_CAUSE } from './event.ts';
import type { TraceHeader } from './header.ts';

export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Everything a trace is, as plain data: structured clone carries it between threads and to the panel. */
export interface TraceData {
  readonly header: TraceHeader;
  readonly places: readonly Place[];
  readonly connections: readonly Connection[];
  readonly length: number;
  readonly time: Float64Array;
  readonly kind: Uint8Array;
  readonly place: Uint32Array;
  readonly cause: Int32Array;
  /** Row of the event in its kind's table. */
  readonly row: Uint32Array;
  /** Per kind (index into EVENT_KINDS), per field in schema order. */
  readonly tables: readonly (readonly Column[])[];
  /** Lists of numbers: at each list's offset its length, then its values. Offset 0 is the empty list. */
  readonly lists: Float64Array;
  readonly strings: readonly string[];
}

function newColumn(type: FieldType, capacity: number): Column {
  switch (type) {
    case 'bool':
    case 'u8':
      return new Uint8Array(capacity);
    case 'u16':
      return new Uint16Array(capacity);
    case 'u32':
    case 'numbers':
    case 'string':
      return new Uint32Array(capacity);
    case 'i32':
      return new Int32Array(capacity);
    case 'f64':
      return new Float64Array(capacity);
    default:
      return new Uint8Array(capacity);
  }
}

function grown<C extends Column>(column: C, capacity: number): C {
  const larger = new (column.constructor as new (length: number) => C)(capacity);
  larger.set(column);
  return larger;
}

/** Rows of one kind of event. */
class Table {
  rows = 0;
  readonly columns: Column[];
  private capacity = 16;
  private readonly types: readonly FieldType[];
  readonly names: readonly string[];
  /** For enum fields: word → number. */
  private readonly codes: readonly (ReadonlyMap<string, number> | undefined)[];

  constructor(fields: Readonly<Record<string, FieldType>>) {
    this.names = Object.keys(fields);
    this.types = Object.values(fields);
    this.columns = this.types.map((type) => newColumn(type, this.capacity));
    this.codes = this.types.map((type) =>
      typeof type === 'object' ? new Map(type.enum.map((word, code) => [word, code])) : undefined,
    );
  }

  append(values: Readonly<Record<string, unknown>>, lists: NumberLists, strings: StringTable): number {
    if (this.rows === this.capacity) {
      this.capacity *= 2;
      for (const [i, column] of this.columns.entries()) this.columns[i] = grown(column, this.capacity);
    }
    const row = this.rows++;
    for (let i = 0; i < this.names.length; i++) {
      const column = this.columns[i] as Column;
      const value = values[this.names[i] as string];
      const codes = this.codes[i];
      if (codes !== undefined) column[row] = codes.get(value as string) as number;
      else if (this.types[i] === 'numbers') column[row] = lists.add(value as readonly number[]);
      else if (this.types[i] === 'string') column[row] = strings.intern(value as string);
      else column[row] = Number(value);
    }
    return row;
  }
}

class NumberLists {
  private used = 1;
  private values = new Float64Array(64);

  add(list: readonly number[]): number {
    if (list.length === 0) return 0;
    const offset = this.used;
    const end = offset + 1 + list.length;
    if (end > this.values.length) this.values = grown(this.values, Math.max(end, this.values.length * 2));
    this.values[offset] = list.length;
    this.values.set(list, offset + 1);
    this.used = end;
    return offset;
  }

  trimmed(): Float64Array {
    return this.values.slice(0, this.used);
  }
}

class StringTable {
  readonly strings: string[] = [];
  private readonly numbers = new Map<string, number>();

  intern(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.strings.push(text) - 1;
      this.numbers.set(text, number);
    }
    return number;
  }
}

const KIND_CODES = new Map(EVENT_KINDS.map((kind, code) => [kind, code]));

/** Appends events; `finish` gives the trace's data. Time never goes backward. */
export class TraceWriter {
  readonly places: Place[] = [{ kind: 'scenario' }];
  readonly connections: Connection[] = [];
  private readonly header: TraceHeader;
  private count = 0;
  private capacity = 256;
  private time = new Float64Array(this.capacity);
  private kind = new Uint8Array(this.capacity);
  private place = new Uint32Array(this.capacity);
  private cause = new Int32Array(this.capacity);
  private row = new Uint32Array(this.capacity);
  private readonly tables = EVENT_KINDS.map((kind) => new Table(EVENT_SCHEMA[kind]));
  private readonly lists = new NumberLists();
  private readonly strings = new StringTable();

  constructor(header: TraceHeader) {
    this.header = header;
  }

  /** Number of events so far: the id of the next one. */
  get length(): number {
    return this.count;
  }

  /** Adds a place that comes into being during the run. */
  addPlace(place: Place): PlaceId {
    return this.places.push(place) - 1;
  }

  /**
   * Appends one event.
   * @throws Error when `time` lies before the last event or `cause` is not an earlier event: a bug of the engine.
   */
  add<K extends EventKind>(kind: K, time: number, place: PlaceId, cause: EventId, fields: EventFields<K>): EventId {
    const id = this.count;
    if (id > 0 && time < (this.time[id - 1] as number)) throw new Error(`Trace: time goes backward at event ${id}`);
    if (cause >= id || cause < NO_CAUSE) throw new Error(`Trace: event ${id} has no earlier cause`);
    if (id === this.capacity) this.grow();
    const code = KIND_CODES.get(kind) as number;
    this.time[id] = time;
    this.kind[id] = code;
    this.place[id] = place;
    this.cause[id] = cause;
    this.row[id] = (this.tables[code] as Table).append(fields, this.lists, this.strings);
    this.count = id + 1;
    return id;
  }

  /** A copy of everything written so far. The writer may go on. */
  finish(): TraceData {
    return {
      header: this.header,
      places: this.places.map((place) => ({ ...place })),
      connections: this.connections.map((c) => ({
        name: c.name,
        sides: [{ ...c.sides[0] }, { ...c.sides[1] }] as const,
      })),
      length: this.count,
      time: this.time.slice(0, this.count),
      kind: this.kind.slice(0, this.count),
      place: this.place.slice(0, this.count),
      cause: this.cause.slice(0, this.count),
      row: this.row.slice(0, this.count),
      tables: this.tables.map((table) => table.columns.map((column) => column.slice(0, table.rows))),
      lists: this.lists.trimmed(),
      strings: [...this.strings.strings],
    };
  }

  private grow(): void {
    this.capacity *= 2;
    this.time = grown(this.time, this.capacity);
    this.kind = grown(this.kind, this.capacity);
    this.place = grown(this.place, this.capacity);
    this.cause = grown(this.cause, this.capacity);
    this.row = grown(this.row, this.capacity);
  }
}
