/** First in, first out, without moving what is in it. */
export class Ring<T> {
  private items: (T | undefined)[] = new Array<T | undefined>(16).fill(undefined);
  private start = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** The oldest. */
  get first(): T | undefined {
    return this.items[this.start];
  }

  push(item: T): void {
    if (this.count === this.items.length) this.grow();
    // eslint-disable-next-line no-bitwise -- The length is a power of two.
    this.items[(this.start + this.count) & (this.items.length - 1)] = item;
    this.count++;
  }

  /** Takes the oldest out. */
  shift(): T | undefined {
    const { first } = this;
    if (this.count === 0) return undefined;
    this.items[this.start] = undefined;
    // eslint-disable-next-line no-bitwise -- As above.
    this.start = (this.start + 1) & (this.items.length - 1);
    this.count--;
    return first;
  }

  some(test: (item: T) => boolean): boolean {
    return this.items.some((item) => item !== undefined && test(item));
  }

  clear(): void {
    this.items.fill(undefined);
    this.start = 0;
    this.count = 0;
  }

  private grow(): void {
    const { items, start } = this;
    const ordered = [...items.slice(start), ...items.slice(0, start)];
    this.items = [...ordered, ...new Array<T | undefined>(items.length).fill(undefined)];
    this.start = 0;
  }
}
