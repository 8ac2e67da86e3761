import type { Micros } from '../../base/time.ts';

/** What waits in a queue, without an object for each: when its first bit leaves, and its bytes. First in, first out. */
export class WaitingPackets {
  /** How many there are, and how many bytes they have. Changed by nobody else. */
  count = 0;
  bytes = 0;
  private beginnings = new Float64Array(16);
  private sizes = new Float64Array(16);
  private start = 0;

  push(begins: number, bytes: number): void {
    if (this.count === this.sizes.length) this.grow();
    // eslint-disable-next-line no-bitwise -- The length is a power of two.
    const place = (this.start + this.count) & (this.sizes.length - 1);
    this.beginnings[place] = begins;
    this.sizes[place] = bytes;
    this.count++;
    this.bytes += bytes;
  }

  /** Takes out those whose turn has come. */
  letGo(now: Micros): void {
    const { beginnings, sizes } = this;
    while (this.count > 0 && (beginnings[this.start] as number) <= now) {
      this.bytes -= sizes[this.start] as number;
      this.count--;
      // eslint-disable-next-line no-bitwise -- As above.
      this.start = (this.start + 1) & (sizes.length - 1);
    }
  }

  clear(): void {
    this.start = 0;
    this.count = 0;
    this.bytes = 0;
  }

  private grow(): void {
    this.beginnings = twice(this.beginnings, this.start);
    this.sizes = twice(this.sizes, this.start);
    this.start = 0;
  }
}

/** A ring with twice the room, which begins at its beginning. */
function twice(items: Float64Array<ArrayBuffer>, start: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * items.length);
  larger.set(items.subarray(start));
  larger.set(items.subarray(0, start), items.length - start);
  return larger;
}
