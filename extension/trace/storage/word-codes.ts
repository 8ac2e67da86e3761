/** Only so many words are remembered, by their lengths: a power of two. */
const LENGTHS = 32;

/**
 * Numbers of the words of a field. Of the words of one length it remembers the one asked for last: words of traces hardly ever differ in
 * nothing but letters from one event to the next, and a look into a map takes longer than a comparison.
 */
export class WordCodes {
  private readonly codes: ReadonlyMap<string, number>;
  private readonly words = new Array<string>(LENGTHS).fill('');
  private readonly numbers = new Int32Array(LENGTHS);

  constructor(codes: ReadonlyMap<string, number>) {
    this.codes = codes;
  }

  of(word: string): number {
    const slot = word.length & (LENGTHS - 1);
    if (this.words[slot] !== word) this.learn(word, slot);
    return this.numbers[slot] as number;
  }

  private learn(word: string, slot: number): void {
    this.words[slot] = word;
    this.numbers[slot] = this.codes.get(word) as number;
  }
}
