import type { EventId, PlaceId, TraceEvent } from '../event.ts';
import type { Column } from './bytes.ts';
import { ByteReader, valueAt } from './bytes.ts';
import { Series } from './sealed-series.ts';

/** What is looked up most, of the blocks that have been opened, by the ids of the events. */
export class EventIndex {
  readonly times: Float64Array;
  /** Indexes into EVENT_KINDS. */
  readonly kinds: Uint8Array;
  /** Each one's series in its block, and which of that one's rows it is. */
  readonly series: Uint16Array;
  readonly rows: Uint16Array;

  constructor(length: number) {
    this.times = new Float64Array(length);
    this.kinds = new Uint8Array(length);
    this.series = new Uint16Array(length);
    this.rows = new Uint16Array(length);
  }
}

/** A sealed block, to be read: any of its events at once. `seal.ts` says what is in it. */
export class Block {
  readonly first: EventId;
  readonly length: number;
  private readonly bytes: Uint8Array;
  private readonly index: EventIndex;
  /** Per series: kind, place, how many events it has, where its entry begins. */
  private readonly kinds: number[];
  private readonly places: PlaceId[];
  private readonly sizes: number[];
  private readonly begins: Column;
  private readonly entries: number;
  private readonly opened: (Series | undefined)[] = [];

  /** @param first the id of its first event */
  constructor(bytes: Uint8Array, first: EventId, index: EventIndex) {
    this.bytes = bytes;
    this.first = first;
    this.index = index;
    const reader = new ByteReader(bytes);
    this.length = reader.whole();
    const count = reader.whole();
    const series = reader.column(this.length);
    const times = reader.column(this.length);
    this.kinds = allOf(bytes, reader.column(count), count);
    this.places = allOf(bytes, reader.column(count), count);
    this.begins = reader.column(count);
    this.entries = reader.at;
    this.sizes = this.enter(series, times, count);
  }

  placeOf(id: EventId): PlaceId {
    return this.places[this.index.series[id] as number] as number;
  }

  causeOf(id: EventId): EventId {
    return this.series(this.index.series[id] as number).cause(this.index.rows[id] as number, id);
  }

  event(id: EventId, strings: readonly string[]): TraceEvent {
    const series = this.series(this.index.series[id] as number);
    return series.event(this.index.rows[id] as number, id, this.index.times[id] as number, strings);
  }

  /** Whether there is an event of that kind in it. */
  has(kind: number): boolean {
    return this.kinds.includes(kind);
  }

  /** Enters its events into the index. @returns how many each series has */
  private enter(seriesOf: Column, timeOf: Column, count: number): number[] {
    const { bytes, first } = this;
    const { times, kinds, series, rows } = this.index;
    const sizes = new Array<number>(count).fill(0);
    for (let i = 0; i < this.length; i++) {
      const own = valueAt(bytes, seriesOf, i);
      const row = sizes[own] as number;
      sizes[own] = row + 1;
      series[first + i] = own;
      rows[first + i] = row;
      kinds[first + i] = this.kinds[own] as number;
      times[first + i] = valueAt(bytes, timeOf, i);
    }
    return sizes;
  }

  private series(number: number): Series {
    return (this.opened[number] ??= this.open(number));
  }

  private open(number: number): Series {
    return new Series(
      this.bytes,
      this.entries + valueAt(this.bytes, this.begins, number),
      this.kinds[number] as number,
      this.places[number] as number,
      this.sizes[number] as number,
    );
  }
}

function allOf(bytes: Uint8Array, column: Column, count: number): number[] {
  const values: number[] = [];
  for (let row = 0; row < count; row++) values.push(valueAt(bytes, column, row));
  return values;
}
