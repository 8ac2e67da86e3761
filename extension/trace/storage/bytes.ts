/** Float64Array as bytes, little-endian: single ones of as many bytes as they need, and columns of as many as their range needs. */

/** Whole numbers beyond this are stored as doubles. */
const WHOLE_LIMIT = 2 ** 48;
/** Width of a column of doubles; a narrower one holds whole numbers. */
const DOUBLES = 8;

/** A column of a sealed block: `width` bytes a row from `start` on, each the distance from `base`. Width 0: all are `base`. */
export interface Column {
  readonly width: number;
  readonly base: number;
  readonly start: number;
}

export class ByteWriter {
  bytes = new Uint8Array(1024);
  length = 0;
  /** The column in hand, its least and its largest value. */
  private gathered = new Float64Array(256);
  private readonly range = new Float64Array(2);

  clear(): void {
    this.length = 0;
  }

  /** A copy of what was written. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  append(other: ByteWriter): void {
    this.reserve(other.length);
    this.bytes.set(other.bytes.subarray(0, other.length), this.length);
    this.length += other.length;
  }

  /** A whole number of either sign, at most 2^48 (anything else becomes one). */
  whole(value: number): void {
    this.reserve(8);
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  /**
   * Of rows `from` up to `to` the value at `offset`, as a column: exactly, except that −0 becomes 0 where all are whole.
   * @param rows where each row begins in `values`
   */
  column(values: Float64Array, rows: Int32Array, from: number, to: number, offset: number): void {
    const count = to - from;
    if (count > this.gathered.length) this.gathered = new Float64Array(2 * count);
    const { gathered, range } = this;
    gather(values, rows, from, to, offset, gathered, range);
    const least = range[0] as number;
    const width = widthOf(least, range[1] as number);
    this.reserve(16 + width * count);
    this.bytes[this.length++] = width;
    if (width !== DOUBLES) this.whole(least);
    if (width === 1) putBytes(this.bytes, this.length, gathered, count, least);
    else if (width === 2) putPairs(this.bytes, this.length, gathered, count, least);
    else if (width === DOUBLES) putDoubles(this.bytes, this.length, gathered, count);
    else if (width > 0) putWider(this.bytes, this.length, gathered, count, least, width);
    this.length += width * count;
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

// Each loop is a function of its own and ends it: such are compiled while they run for the first time, and for good.

/** Gathers a column, and in `range` the least and the largest of its values; the latter is NaN when one is not whole. */
function gather(
  values: Float64Array,
  rows: Int32Array,
  from: number,
  to: number,
  offset: number,
  column: Float64Array,
  range: Float64Array,
): void {
  let least = from < to ? Infinity : 0;
  let largest = from < to ? -Infinity : 0;
  let isWhole = true;
  for (let i = from; i < to; i++) {
    const value = values[(rows[i] as number) + offset] as number;
    column[i - from] = value;
    if (value < least) least = value;
    if (value > largest) largest = value;
    if (value !== Math.floor(value)) isWhole = false;
  }
  range[0] = least;
  range[1] = isWhole ? largest : NaN;
}

/** Bytes that hold every distance from `least` up to `most`. */
function widthOf(least: number, most: number): number {
  if (!(least >= -WHOLE_LIMIT && most <= WHOLE_LIMIT)) return DOUBLES;
  const range = most - least;
  if (range === 0) return 0;
  if (range < 2 ** 8) return 1;
  if (range < 2 ** 16) return 2;
  if (range < 2 ** 24) return 3;
  if (range < 2 ** 32) return 4;
  if (range < 2 ** 40) return 5;
  return range < 2 ** 48 ? 6 : 7;
}

function putBytes(bytes: Uint8Array, to: number, values: Float64Array, count: number, base: number): void {
  for (let i = 0; i < count; i++) bytes[to + i] = (values[i] as number) - base;
}

function putPairs(bytes: Uint8Array, to: number, values: Float64Array, count: number, base: number): void {
  for (let i = 0; i < count; i++) {
    const distance = (values[i] as number) - base;
    bytes[to + 2 * i] = distance;
    bytes[to + 2 * i + 1] = distance >> 8;
  }
}

/** Three bytes or more. */
function putWider(
  bytes: Uint8Array,
  to: number,
  values: Float64Array,
  count: number,
  base: number,
  width: number,
): void {
  for (let i = 0, at = to; i < count; i++, at += width) {
    const distance = (values[i] as number) - base;
    bytes[at] = distance;
    bytes[at + 1] = distance >>> 8;
    bytes[at + 2] = distance >>> 16;
    if (width > 3) bytes[at + 3] = distance >>> 24;
    for (let byte = 4, high = distance / 2 ** 32; byte < width; byte++, high /= 256) bytes[at + byte] = high;
  }
}

function putDoubles(bytes: Uint8Array, to: number, values: Float64Array, count: number): void {
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) view.setFloat64(to + DOUBLES * i, values[i] as number, true);
}

/** Reads what a `ByteWriter` wrote, from `at` on. */
export class ByteReader {
  at: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  whole(): number {
    let value = 0;
    let scale = 1;
    let byte: number;
    do {
      byte = this.bytes[this.at++] as number;
      value += (byte % 128) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A column of `count` rows; the reader goes on behind it. */
  column(count: number): Column {
    const width = this.bytes[this.at++] as number;
    const base = width === DOUBLES ? 0 : this.whole();
    const start = this.at;
    this.at += width * count;
    return { width, base, start };
  }
}

/** The value in a row of a column. */
export function valueAt(bytes: Uint8Array, column: Column, row: number): number {
  const { width, base } = column;
  if (width === 0) return base;
  const at = column.start + width * row;
  const low = bytes[at] as number;
  if (width === 1) return base + low;
  if (width === 2) return base + (low | ((bytes[at + 1] as number) << 8));
  return width === DOUBLES ? doubleAt(bytes, at) : base + wideAt(bytes, at, width);
}

function doubleAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(at, true);
}

/** A whole number of three bytes or more. */
function wideAt(bytes: Uint8Array, at: number, width: number): number {
  let value = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
  let scale = 2 ** 24;
  for (let i = 3; i < width; i++) {
    value += scale * (bytes[at + i] as number);
    scale *= 256;
  }
  return value;
}
