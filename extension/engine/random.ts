/** Deterministic numbers that look random: the same inputs give the same 32 bits on every machine. */

/** FNV-1a over UTF-16 units with a final avalanche (the finalizer of MurmurHash3). */
export function hash32(...parts: readonly (string | number)[]): number {
  let h = 0x811c9dc5;
  for (const char of parts.join('\u0000')) {
    h = Math.imul(h ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A stream of numbers of its own: what others draw does not move it (mulberry32, seeded by `hash32`). */
export class RandomStream {
  private state: number;

  constructor(...seed: readonly (string | number)[]) {
    this.state = hash32(...seed);
  }

  /** The next number, from 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}
