import type { EventId } from '../event.ts';
import { NO_CAUSE } from '../event.ts';
import { BLOCK_EVENTS, CAUSE, KIND, PLACE, stepsBack } from './layout.ts';

/** How many series are remembered from block to block. */
const REMEMBERED = 4096;
/** How many guesses are kept of an event's series. */
const GUESSES = 4096;

/** Thrown when a trace has as many events as it may have. */
export class EventLimitReached extends Error {}

/** Events that share a key. */
export interface DraftSeries {
  /** Its number in this block. */
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

/** Stands for a guess not made yet: no key is so short. */
const NO_SERIES: DraftSeries = { number: 0, key: 0, keyLength: 0, width: 0, rows: 0, other: undefined };

/**
 * The block that is being written. What belongs to an event's key is put into `key`, its kind and its place first; `seat` finds the
 * series with that key and adds a row, into which the other numbers are put.
 */
export class DraftBlock {
  /** Number of events so far, those of the blocks before among them: the id of the next one. */
  length = 0;
  /** How many there may be. */
  limit = Infinity;
  /** How many events are in the block. */
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
  private lastTime = -Infinity;
  private valuesUsed = 0;
  private keysUsed = 0;
  private remembered = 0;
  /** By the hash of their keys. */
  private readonly known = new Map<number, DraftSeries>();
  /** By kind, place and what else a door knows of the key: the series that such an event belonged to last time. Most likely it does again. */
  private readonly likely = new Array<DraftSeries>(GUESSES).fill(NO_SERIES);
  /** Takes the block when it is full; it is cleared then. */
  private readonly onFull: () => void;

  constructor(onFull: () => void) {
    this.onFull = onFull;
  }

  /** Room for so many numbers in the key. */
  reserve(length: number): void {
    if (length > this.key.length) this.key = grown(this.key, 2 * length);
  }

  /**
   * Finds the series of the event whose key was put together, and adds a row. All that is done for every event is in this one function,
   * which is too long for a compiler to put a copy of it into each that calls it.
   * @param keyLength how many numbers its key has
   * @param width how many numbers a row has, the cause and the elements of lists among them
   * @param hint a number that differs with the rest of the key where that often differs
   * @returns where the row begins in `values`; its cause is in it
   * @throws EventLimitReached when there may be no other event; Error when `time` lies before the last event or `cause` is not an earlier
   *   event: a bug of the engine
   */
  seat(time: number, cause: EventId, keyLength: number, width: number, hint: number): number {
    const id = this.length;
    if (id >= this.limit) throw new EventLimitReached();
    if (time < this.lastTime) throw new Error(`Trace: time goes backward at event ${id}`);
    if (cause >= id || cause < NO_CAUSE) throw new Error(`Trace: event ${id} has no earlier cause`);
    if (this.count === BLOCK_EVENTS) {
      this.onFull();
      this.clear();
    }
    const { count, key, keys, likely } = this;
    if (count === this.times.length) this.grow();

    const guess = ((key[KIND] as number) + 61 * (key[PLACE] as number) + 499 * hint) & (GUESSES - 1);
    let series = likely[guess] as DraftSeries;
    let same = 0;
    if (series.keyLength === keyLength) {
      const from = series.key;
      while (same < keyLength && keys[from + same] === key[same]) same++;
    }
    if (same < keyLength) {
      series = this.find(keyLength, width);
      likely[guess] = series;
    }
    if (series.rows === 0) {
      series.number = this.series.length;
      this.series.push(series);
    }
    series.rows += 1;
    this.length = id + 1;
    this.lastTime = time;
    this.count = count + 1;
    this.times[count] = time;
    this.seriesOf[count] = series.number;
    const at = this.valuesUsed;
    this.valuesUsed = at + width;
    if (at + width > this.values.length) this.values = grown(this.values, 2 * (at + width));
    this.values[at + CAUSE] = stepsBack(cause, id);
    return at;
  }

  private clear(): void {
    for (const series of this.series) series.rows = 0;
    this.series.length = 0;
    this.count = 0;
    this.valuesUsed = 0;
    if (this.remembered > REMEMBERED) {
      this.known.clear();
      this.likely.fill(NO_SERIES);
      this.remembered = 0;
      this.keysUsed = 0;
    }
  }

  private grow(): void {
    this.times = grown(this.times, 2 * this.count);
    this.seriesOf = grown(this.seriesOf, 2 * this.count);
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
    const added: DraftSeries = {
      number: 0,
      key: this.keysUsed,
      keyLength,
      width,
      rows: 0,
      other: first,
    };
    this.known.set(hash, added);
    this.remembered += 1;
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
