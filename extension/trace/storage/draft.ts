import type { EventId } from '../event.ts';
import { NO_CAUSE } from '../event.ts';
import type { SealedBlock } from './layout.ts';
import { BACK, BLOCK_EVENTS, HEAD, KIND, LONG, PAUSE, PLACE, SERIES } from './layout.ts';
import { BIAS, LARGE } from './numbers.ts';

/** How many series are remembered from block to block. */
const REMEMBERED = 4096;
/** How many guesses are kept of an event's series. */
const GUESSES = 4096;

/** Thrown when a trace has as many events as it may have. */
export class EventLimitReached extends Error {}

/** Events that share a key. */
interface DraftSeries {
  /** Its number in this block; -1: it has no event there yet. */
  number: number;
  /** Where its key stands in `keys`, and how long it is. */
  readonly key: number;
  readonly keyLength: number;
  /** How many numbers a row has. */
  readonly width: number;
  /** Another one whose key has the same hash. */
  readonly other: DraftSeries | undefined;
}

/** Stands for a guess not made yet: no key is so short. */
const NO_SERIES: DraftSeries = { number: 0, key: 0, keyLength: 0, width: 0, other: undefined };

/**
 * The block that is being written. What belongs to an event's key is put into `key`, its kind and its place first; `seat` finds the
 * series with that key and adds a row, into which the other numbers are put.
 */
export class DraftBlock {
  /** Number of events so far, those of the blocks before among them: the id of the next one. */
  length = 0;
  /** How many events are in the block. */
  count = 0;
  /** How many there may be in all, and up to how many are let into this block. */
  private most = Infinity;
  private room = BLOCK_EVENTS;
  /** The rows, in the order of the events. */
  values: Uint32Array = new Uint32Array(1024);
  /** The key of the event that is being put together. */
  key: Int32Array = new Int32Array(32);
  private valuesUsed = 0;
  /** See `SealedBlock`. */
  private readonly heads = new Uint16Array(HEAD * BLOCK_EVENTS);
  private readonly times: number[] = [];
  private readonly farCauses: number[] = [];
  private readonly large: number[] = [];
  /** Those that have events in the block, by their numbers. */
  private readonly series: DraftSeries[] = [];
  /** The keys of all series that are remembered. */
  private keys: Int32Array = new Int32Array(1024);
  private lastTime = 0;
  private from = 0;
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

  /** How many events there may be. */
  set limit(events: number) {
    this.most = events;
    this.makeRoom();
  }

  /** Makes room for so many numbers in the key. */
  reserve(length: number): void {
    this.key = grown(this.key, 2 * length);
  }

  /**
   * Finds the series of the event whose key was put together, and adds a row. All that is done for every event is in this one function,
   * which is too long for a compiler to put a copy of it into each that calls it.
   * @param keyLength how many numbers its key has
   * @param width how many numbers a row has, the elements of lists among them
   * @param hint a number that differs with the rest of the key where that often differs
   * @returns where the row begins in `values`
   * @throws EventLimitReached when there may be no other event; Error when `time` lies before the last event or `cause` is not an earlier
   *   event: a bug of the engine
   */
  seat(time: number, cause: EventId, keyLength: number, width: number, hint: number): number {
    if (this.count === this.room) this.beginBlock();
    const { length: id, count, lastTime, key, keys, likely, heads } = this;
    const back = id - cause;
    if (time < lastTime || back <= 0 || cause < NO_CAUSE) refuse(id, time < lastTime);

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
    if (series.number < 0) series.number = this.series.push(series) - 1;

    const head = HEAD * count;
    heads[head + SERIES] = series.number;
    heads[head + PAUSE] = time === lastTime ? 0 : this.pauseUntil(time);
    heads[head + BACK] = back < LONG && cause !== NO_CAUSE ? back : this.farCause(cause, back);
    this.length = id + 1;
    this.count = count + 1;
    const at = this.valuesUsed;
    this.valuesUsed = at + width;
    if (at + width > this.values.length) this.values = grown(this.values, 2 * (at + width));
    return at;
  }

  /** A number as it stands in a row, unless its field is a plain one (`numbers.ts`). −0 becomes 0. */
  packed(number: number): number {
    const biased = number + BIAS;
    const fits = biased >>> 0 === biased && biased < LARGE && biased - BIAS === number;
    return fits ? biased : LARGE + this.large.push(number) - 1;
  }

  /** A copy of the block as it is now. */
  seal(): SealedBlock {
    return {
      from: this.from,
      heads: this.heads.slice(0, HEAD * this.count),
      times: [...this.times],
      farCauses: [...this.farCauses],
      rows: this.values.slice(0, this.valuesUsed),
      large: [...this.large],
      keys: this.keysOfBlock(),
    };
  }

  private keysOfBlock(): Int32Array {
    const { series, keys } = this;
    const out = new Int32Array(series.reduce((sum, { keyLength }) => sum + 2 + keyLength, 0));
    let at = 0;
    for (const { width, key, keyLength } of series) {
      out[at] = width;
      out[at + 1] = keyLength;
      out.set(keys.subarray(key, key + keyLength), at + 2);
      at += 2 + keyLength;
    }
    return out;
  }

  private pauseUntil(time: number): number {
    const { lastTime } = this;
    this.lastTime = time;
    const pause = (time - lastTime) & LONG;
    if (lastTime + pause === time && pause < LONG) return pause;
    this.times.push(time);
    return LONG;
  }

  private farCause(cause: EventId, back: number): number {
    if (cause === NO_CAUSE) return 0;
    this.farCauses.push(back);
    return LONG;
  }

  /** @throws EventLimitReached when there may be no other event */
  private beginBlock(): void {
    if (this.length >= this.most) throw new EventLimitReached();
    this.onFull();
    this.clear();
    this.makeRoom();
  }

  private makeRoom(): void {
    const { count, length, most } = this;
    this.room = Math.min(Math.max(most - length + count, count), BLOCK_EVENTS);
  }

  private clear(): void {
    for (const series of this.series) series.number = -1;
    this.series.length = 0;
    this.from = this.lastTime;
    this.times.length = 0;
    this.farCauses.length = 0;
    this.large.length = 0;
    this.count = 0;
    this.valuesUsed = 0;
    if (this.remembered > REMEMBERED) {
      this.known.clear();
      this.likely.fill(NO_SERIES);
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
    const added: DraftSeries = { number: -1, key: this.keysUsed, keyLength, width, other: first };
    this.known.set(hash, added);
    this.remembered += 1;
    this.keysUsed += keyLength;
    if (this.keysUsed > this.keys.length) this.keys = grown(this.keys, 2 * this.keysUsed);
    for (let i = 0; i < keyLength; i++) this.keys[added.key + i] = key[i] as number;
    return added;
  }
}

function refuse(id: EventId, isBackward: boolean): never {
  throw new Error(isBackward ? `Trace: time goes backward at event ${id}` : `Trace: event ${id} has no earlier cause`);
}

function grown<A extends Uint32Array | Int32Array>(array: A, length: number): A {
  const larger = new (array.constructor as new (length: number) => A)(length);
  larger.set(array);
  return larger;
}
