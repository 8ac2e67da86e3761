import { type Dimension, UNITS } from './units.ts';

/**
 * An exact value: microseconds, bytes or a plain number, as a fraction. Fractions stay exact through `rtt / 3 * 3`; whether the
 * result is a whole number of microseconds is asked once, at the end.
 */
export interface Quantity {
  readonly dimension: Dimension;
  readonly numerator: bigint;
  /** Always positive. */
  readonly denominator: bigint;
}

export type QuantityError =
  | { readonly kind: 'unknown-unit'; readonly unit: string; readonly number: string }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'divides-by-zero' }
  | { readonly kind: 'makes-no-sense' };

export type QuantityResult = Quantity | QuantityError;

export function isQuantity(result: QuantityResult): result is Quantity {
  return 'dimension' in result;
}

/** Reads `10ms`, `0.42 s`, `100 B` or `3`, exactly. */
export function parseQuantity(text: string): QuantityResult {
  const match = /^(\d+)(?:\.(\d+))?[ \t]*(.*)$/s.exec(text);
  const whole = match?.[1] ?? '0';
  const fraction = match?.[2] ?? '';
  const suffix = match?.[3] ?? '';
  if (whole.length + fraction.length > MAX_DIGITS) return { kind: 'too-long' };
  const unit = suffix === '' ? { dimension: 'number' as const, factor: 1n } : UNITS.get(suffix);
  if (unit === undefined) {
    return { kind: 'unknown-unit', unit: suffix, number: fraction === '' ? whole : `${whole}.${fraction}` };
  }
  return reduce(unit.dimension, BigInt(whole + fraction) * unit.factor, 10n ** BigInt(fraction.length));
}

/** `left operator right`, or why there is no such value. */
export function combine(left: Quantity, operator: '+' | '-' | '*' | '/', right: Quantity): QuantityResult {
  const a = left.numerator;
  const b = left.denominator;
  const c = right.numerator;
  const d = right.denominator;
  switch (operator) {
    case '+':
    case '-':
      if (left.dimension !== right.dimension) return { kind: 'makes-no-sense' };
      return reduce(left.dimension, operator === '+' ? a * d + c * b : a * d - c * b, b * d);
    case '*':
      if (left.dimension !== 'number' && right.dimension !== 'number') return { kind: 'makes-no-sense' };
      return reduce(left.dimension === 'number' ? right.dimension : left.dimension, a * c, b * d);
    case '/':
      if (c === 0n) return { kind: 'divides-by-zero' };
      if (right.dimension === 'number') return reduce(left.dimension, a * d, b * c);
      return left.dimension === right.dimension ? reduce('number', a * d, b * c) : { kind: 'makes-no-sense' };
  }
}

/** The value as a whole number of its base unit, if it is one that a double holds exactly. */
export function wholeNumber({ numerator, denominator }: Quantity): number | undefined {
  const whole = numerator / denominator;
  if (numerator % denominator !== 0n) return undefined;
  return whole <= MAX_SAFE && whole >= -MAX_SAFE ? Number(whole) : undefined;
}

/** Whether the value is whole but larger than any run can hold. */
export function isTooLarge({ numerator, denominator }: Quantity): boolean {
  const whole = numerator / denominator;
  return whole > MAX_SAFE || whole < -MAX_SAFE;
}

function reduce(dimension: Dimension, numerator: bigint, denominator: bigint): QuantityResult {
  let a = numerator < 0n ? -numerator : numerator;
  let b = denominator < 0n ? -denominator : denominator;
  if (a > MAX_MAGNITUDE || b > MAX_MAGNITUDE) return { kind: 'too-long' };
  while (b !== 0n) [a, b] = [b, a % b];
  const sign = denominator < 0n ? -1n : 1n;
  return { dimension, numerator: (sign * numerator) / a, denominator: (sign * denominator) / a };
}

const MAX_DIGITS = 30;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MAX_MAGNITUDE = 10n ** 80n;
