import type { EventId, PlaceId } from '../event.ts';
import { CAUSE, KIND, PLACE, stepsBack } from './layout.ts';

/** How many series are remembered from block to block. */
const REMEMBERED = 4096;
/** How many guesses are kept of which series comes next. */
const GUESSES = 1024;
const GUESSES_PER_SERIES = 64;

/** Events that share a key. */
export interface DraftSeries {
  /** Its number among all that are remembered, and in this block. */
  readonly id: number;
  number: number;
  /** Where its key stands in `keys`, and how long it is. */
  readonly key: number;
  readonly keyLength: number;
  /** How many numbers a row has. */
  readonly width: number;
  /** How many events it has in this block. */
  rows: number;
  /** Another one whose key has the same hash. */
  readonly other: DraftSeries | undefined;
}

/**
 * The block that is being written. An event comes in with `begin`; then its kind and what else belongs to it are put into `key`;
 * `seat` finds the series with that key and adds a row, into which the other numbers are put.
 */
export class DraftBlock {
  /** How many events are in it. */
  count = 0;
  /** Per event: its time, the number of its series. */
  times: Float64Array = new Float64Array(128);
  seriesOf: Float64Array = new Float64Array(128);
  /** The rows, in the order of the events. */
  values: Float64Array = new Float64Array(1024);
  /** In the order in which they came. */
  readonly series: DraftSeries[] = [];
  /** The keys of all series that are remembered. */
  keys: Int32Array = new Int32Array(1024);
  /** The key of the event that is being put together. */
  key: Int32Array = new Int32Array(32);
  id = 0;
  private cause = 0;
  private valuesUsed = 0;
  private keysUsed = 0;
  private remembered = 0;
  /** By the hash of their keys. */
  private readonly known = new Map<number, DraftSeries>();
  /** The series that an event of some kind belonged to last time it followed on one of some series: most likely it does again. */
  private readonly likely = new Array<DraftSeries | undefined>(GUESSES);
  /** The series of the last event, by its id. */
  private last = 0;

  begin(id: EventId, place: PlaceId, time: number, cause: EventId): void {
    if (this.count === this.times.length) {
      this.times = grown(this.times, 2 * this.count);
      this.seriesOf = grown(this.seriesOf, 2 * this.count);
    }
    this.times[this.count] = time;
    this.id = id;
    this.key[PLACE] = place;
    this.cause = stepsBack(cause, id);
  }

  /** Room for so many numbers in the key. */
  reserve(length: number): void {
    if (length > this.key.length) this.key = grown(this.key, 2 * length);
  }

  /**
   * Finds the series of the event, and adds a row.
   * @param keyLength how many numbers its key has
   * @param width how many numbers a row has, the cause and the elements of lists among them
   * @returns where the row begins in `values`; its cause is in it
   */
  seat(keyLength: number, width: number): number {
    const guess = (GUESSES_PER_SERIES * this.last + (this.key[KIND] as number)) % GUESSES;
    let series = this.likely[guess];
    if (series === undefined || !this.fits(series, keyLength)) {
      series = this.find(keyLength, width);
      this.likely[guess] = series;
    }
    this.last = series.id;
    if (series.rows++ === 0) series.number = this.series.push(series) - 1;
    this.seriesOf[this.count++] = series.number;
    const at = this.valuesUsed;
    this.valuesUsed += width;
    if (this.valuesUsed > this.values.length) this.values = grown(this.values, 2 * this.valuesUsed);
    this.values[at + CAUSE] = this.cause;
    return at;
  }

  clear(): void {
    for (const series of this.series) series.rows = 0;
    this.series.length = 0;
    this.count = 0;
    this.valuesUsed = 0;
    if (this.remembered > REMEMBERED) {
      this.known.clear();
      this.likely.fill(undefined);
      this.remembered = 0;
      this.keysUsed = 0;
    }
  }

  private fits(series: DraftSeries, keyLength: number): boolean {
    if (series.keyLength !== keyLength) return false;
    const { keys, key } = this;
    const from = series.key;
    for (let i = 0; i < keyLength; i++) if (keys[from + i] !== key[i]) return false;
    return true;
  }

  private find(keyLength: number, width: number): DraftSeries {
    const { key } = this;
    let hash = 0;
    for (let i = 0; i < keyLength; i++) hash = Math.imul(hash ^ (key[i] as number), 0x9e3779b1) ^ (hash >>> 15);
    const first = this.known.get(hash);
    for (let series = first; series !== undefined; series = series.other) {
      if (this.fits(series, keyLength)) return series;
    }
    const added = {
      id: this.remembered++,
      number: 0,
      key: this.keysUsed,
      keyLength,
      width,
      rows: 0,
      other: first,
    };
    this.known.set(hash, added);
    this.keysUsed += keyLength;
    if (this.keysUsed > this.keys.length) this.keys = grown(this.keys, 2 * this.keysUsed);
    for (let i = 0; i < keyLength; i++) this.keys[added.key + i] = key[i] as number;
    return added;
  }
}

function grown<A extends Float64Array | Int32Array>(array: A, length: number): A {
  const larger = new (array.constructor as new (length: number) => A)(length);
  larger.set(array);
  return larger;
}
