import type { EventId, PlaceId } from '../event.ts';
import { CAUSE, KIND, PLACE, stepsBack } from './layout.ts';

/** Room of the series that are remembered from block to block, in numbers. */
const REMEMBERED = 2 ** 19;

/** Events of a draft that share a key: their rows. */
export class DraftSeries {
  readonly key: Int32Array;
  /** How many numbers a row has. */
  readonly width: number;
  /** Row by row. */
  values: Float64Array;
  rows = 0;
  /** Its number in the block. */
  number = 0;
  /** The series that came after it last time, and another one before: most likely it is one of them again. */
  next: DraftSeries | undefined;
  nextButOne: DraftSeries | undefined;
  /** Another one whose key has the same hash. */
  readonly other: DraftSeries | undefined;

  constructor(key: Int32Array, width: number, other: DraftSeries | undefined) {
    this.key = key;
    this.width = width;
    this.values = new Float64Array(4 * width);
    this.other = other;
  }

  has(key: Int32Array, length: number): boolean {
    const own = this.key;
    if (own.length !== length) return false;
    for (let i = 0; i < length; i++) if (own[i] !== key[i]) return false;
    return true;
  }

  append(row: Float64Array): void {
    const { width } = this;
    const at = width * this.rows++;
    if (at === this.values.length) this.values = grown(this.values, 2 * at);
    const { values } = this;
    for (let i = 0; i < width; i++) values[at + i] = row[i] as number;
  }
}

/**
 * The block that is being written. An event is put together in `key` and `row`: `begin`, then the fields, each into the one or
 * the other by its role and in schema order, then the elements of lists, then `end`.
 */
export class DraftBlock {
  /** How many events are in it. */
  count = 0;
  times = new Float64Array(32);
  /** Per event: the number of its series. */
  seriesOf = new Uint16Array(32);
  /** In the order in which they came. */
  readonly series: DraftSeries[] = [];
  key = new Int32Array(32);
  keys = 0;
  row = new Float64Array(32);
  values = 0;
  /** The event that is being put together. */
  id = 0;
  /** By the hash of their keys, those of earlier blocks too. */
  private readonly known = new Map<number, DraftSeries>();
  private last: DraftSeries | undefined;

  begin(id: EventId, kind: number, place: PlaceId, time: number, cause: EventId): void {
    if (this.count === this.times.length) {
      this.times = grown(this.times, 2 * this.count);
      this.seriesOf = grown(this.seriesOf, 2 * this.count);
    }
    this.times[this.count] = time;
    this.id = id;
    this.key[KIND] = kind;
    this.key[PLACE] = place;
    this.row[CAUSE] = stepsBack(cause, id);
  }

  /** A list of numbers. */
  list(elements: readonly number[]): void {
    this.reserve(elements.length);
    for (const element of elements) this.row[this.values++] = element;
  }

  /** Pairs: which one, and its value. */
  pairs(elements: readonly number[]): void {
    this.reserve(elements.length);
    const { key, row } = this;
    let { keys, values } = this;
    for (let i = 0; i < elements.length; i += 2) {
      key[keys++] = elements[i] as number;
      if (i + 1 < elements.length) row[values++] = elements[i + 1] as number;
    }
    this.keys = keys;
    this.values = values;
  }

  end(): void {
    const found = this.expected() ?? this.find();
    if (found.rows === 0) found.number = this.series.push(found) - 1;
    found.append(this.row);
    this.seriesOf[this.count++] = found.number;
    const { last } = this;
    if (last !== undefined && last.next !== found) {
      last.nextButOne = last.next;
      last.next = found;
    }
    this.last = found;
  }

  clear(): void {
    for (const series of this.series) series.rows = 0;
    this.series.length = 0;
    this.count = 0;
    let room = 0;
    for (const { values } of this.known.values()) room += values.length;
    if (room > REMEMBERED) {
      this.known.clear();
      this.last = undefined;
    }
  }

  /** The series of the event, when it is one of those that are likely. */
  private expected(): DraftSeries | undefined {
    const { last, key, keys } = this;
    if (last?.next?.has(key, keys) === true) return last.next;
    if (last?.nextButOne?.has(key, keys) !== true) return undefined;
    return last.nextButOne;
  }

  private find(): DraftSeries {
    const { key, keys } = this;
    let hash = 0;
    for (let i = 0; i < keys; i++) hash = Math.imul(hash ^ (key[i] as number), 0x9e3779b1) ^ (hash >>> 15);
    const first = this.known.get(hash);
    for (let series = first; series !== undefined; series = series.other) if (series.has(key, keys)) return series;
    const added = new DraftSeries(key.slice(0, keys), this.values, first);
    this.known.set(hash, added);
    return added;
  }

  private reserve(count: number): void {
    if (this.keys + count > this.key.length) this.key = grown(this.key, 2 * (this.keys + count));
    if (this.values + count > this.row.length) this.row = grown(this.row, 2 * (this.values + count));
  }
}

function grown<A extends Float64Array | Int32Array | Uint16Array>(array: A, length: number): A {
  const larger = new (array.constructor as new (length: number) => A)(length);
  larger.set(array);
  return larger;
}
