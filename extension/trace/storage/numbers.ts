/**
 * Numbers of a row, 32 bits each. Fields of the types `u16`, `u32`, `event` and `string` hold whole numbers that fit, and stand as they are.
 * All others stand `BIAS` higher, so that some below 0 fit too. What does not fit (times far ahead, fractions) is kept apart, and its place
 * in that list stands in the row.
 */
import type { FieldType } from '../schema.ts';

/** Added to what a field of any other type holds. */
export const BIAS = 2 ** 20;
/** What stands in a row from here on says where among the `large` ones of its block the number is. */
export const LARGE = 2 ** 32 - 2 ** 21;

/** Whether a field of this type fits without more ado. */
export function isPlain(type: FieldType): boolean {
  return type === 'u16' || type === 'u32' || type === 'event' || type === 'string';
}

/** Undoes `DraftBlock.packed`. */
export function unpacked(number: number, large: readonly number[]): number {
  return number < LARGE ? number - BIAS : (large[number - LARGE] as number);
}
