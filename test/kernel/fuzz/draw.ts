import { RandomStream } from '../../../extension/engine/random.ts';

/** What a seed decides: the same seed, the same draws. */
export class Draw {
  private readonly stream: RandomStream;

  constructor(seed: number) {
    this.stream = new RandomStream('kernel:fuzz', seed);
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.stream.next() * (most - least + 1));
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.int(0, choices.length - 1)] ?? choices[0];
  }

  chance(probability: number): boolean {
    return this.stream.next() < probability;
  }
}
