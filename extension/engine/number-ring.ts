/** Numbers, first in, first out, without an object for each. */
export class NumberRing {
  private items = new Float64Array(16);
  private start = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** The oldest; meaningful while there is one. */
  get first(): number {
    return this.items[this.start] as number;
  }

  push(item: number): void {
    if (this.count === this.items.length) this.grow();
    // eslint-disable-next-line no-bitwise -- The length is a power of two.
    this.items[(this.start + this.count) & (this.items.length - 1)] = item;
    this.count++;
  }

  /** Takes the oldest out, where there is one. */
  shift(): void {
    if (this.count === 0) return;
    // eslint-disable-next-line no-bitwise -- As above.
    this.start = (this.start + 1) & (this.items.length - 1);
    this.count--;
  }

  clear(): void {
    this.start = 0;
    this.count = 0;
  }

  private grow(): void {
    const { items, start } = this;
    const larger = new Float64Array(2 * items.length);
    larger.set(items.subarray(start));
    larger.set(items.subarray(0, start), items.length - start);
    this.items = larger;
    this.start = 0;
  }
}
