import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDuration } from '../../extension/base/time.ts';
import {
  combine,
  isQuantity,
  parseQuantity,
  type Quantity,
  wholeNumber,
} from '../../extension/language/values/quantity.ts';
import { parseScenarios } from '../../extension/language/parse.ts';

function quantity(text: string): Quantity {
  const result = parseQuantity(text);
  if (!isQuantity(result)) throw new Error(`${text}: ${result.kind}`);
  return result;
}

it.each([
  ['1us', 1],
  ['0.001ms', 1],
  ['935.04s', 935_040_000],
  ['333.332ms', 333_332],
  ['1.5min', 90_000_000],
  ['30d', 2_592_000_000_000],
  ['100 B', 100],
  ['1.5 KB', 1500],
  ['7', 7],
])('%s is %d', (text, value) => {
  expect(wholeNumber(quantity(text))).toBe(value);
});

// Beyond 2^52 µs (142 years) a double's seconds no longer have six exact decimals.
it('every duration that we write is read back as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 52 }), (micros) => {
      expect(wholeNumber(quantity(formatDuration(micros)))).toBe(micros);
    }),
  );
});

it('a decimal is whole microseconds exactly when its digits say so', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 12 }), (digits, places) => {
      const text = `${digits}`.padStart(places + 1, '0');
      const point = text.length - places;
      const written = places === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`;
      const value = wholeNumber(quantity(`${written}s`));
      const micros = BigInt(digits) * 10n ** 6n;
      const unit = 10n ** BigInt(places);
      expect(value).toBe(micros % unit === 0n ? Number(micros / unit) : undefined);
    }),
  );
});

it('arithmetic is exact: (a / n) * n is a', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 12 }), fc.integer({ min: 1, max: 10 ** 6 }), (micros, n) => {
      const part = combine(quantity(`${micros}us`), '/', quantity(`${n}`)) as Quantity;
      const whole = combine(part, '*', quantity(`${n}`)) as Quantity;
      expect(wholeNumber(whole)).toBe(micros);
    }),
  );
});

it.each([
  ['1s', '+', '1 B', 'makes-no-sense'],
  ['1s', '*', '1s', 'makes-no-sense'],
  ['1', '/', '1s', 'makes-no-sense'],
  ['1s', '/', '0', 'divides-by-zero'],
] as const)('%s %s %s: %s', (left, operator, right, kind) => {
  expect(combine(quantity(left), operator, quantity(right))).toEqual({ kind });
});

it('numbers that no run can hold are refused, however long', () => {
  for (const text of ['9'.repeat(31), `0.${'1'.repeat(40)}`, '9'.repeat(100_000)]) {
    expect(parseQuantity(`${text}s`)).toEqual({ kind: 'too-long' });
  }
});

it('operators bind as usual', () => {
  const { scenarios } = parseScenarios('scenario "x"\nlet a = 2 * 3s + 10s / 4 - (1s - 500ms) * 2\nrun until a\n');
  expect(scenarios[0]?.runs[0]?.until).toBe(7_500_000);
});
