/** 2^n for a whole n from 0 to 30: a shift, where `2 ** n` would call a function of the C library. */
export function powerOfTwo(n: number): number {
  // eslint-disable-next-line no-bitwise -- A shift is what it is about.
  return 1 << n;
}

/** The smallest power of two that is not less than a whole number from 1 to 2^30. */
export function ceilToPowerOfTwo(value: number): number {
  return powerOfTwo(32 - Math.clz32(value - 1));
}

/** A whole number up to 2^30, divided by 2^n and rounded down. */
export function scaledDown(value: number, n: number): number {
  // eslint-disable-next-line no-bitwise -- As above.
  return value >> n;
}
