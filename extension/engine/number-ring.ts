/** Numbers, first in, first out, without an object for each. */
export class NumberRing {
  /** Changed by nobody else. */
  length = 0;
  private items = new Float64Array(16);
  private start = 0;

  /** The oldest; meaningful while there is one. */
  get first(): number {
    return this.items[this.start] as number;
  }

  push(item: number): void {
    if (this.length === this.items.length) this.grow();
    // eslint-disable-next-line no-bitwise -- The length is a power of two.
    this.items[(this.start + this.length) & (this.items.length - 1)] = item;
    this.length++;
  }

  /** Takes the oldest out, where there is one. */
  shift(): void {
    if (this.length === 0) return;
    // eslint-disable-next-line no-bitwise -- As above.
    this.start = (this.start + 1) & (this.items.length - 1);
    this.length--;
  }

  clear(): void {
    this.start = 0;
    this.length = 0;
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
