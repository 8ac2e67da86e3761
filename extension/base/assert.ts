/** Marks a place that the compiler proves unreachable: the end of a switch over a union. */
export function assertNever(value: never, what = 'value'): never {
  throw new Error(`Unexpected ${what}: ${JSON.stringify(value)}`);
}

/**
 * Returns `value`, which the caller knows to be there.
 * @throws Error naming `what` when it is not: that is a bug of ours, never a user's mistake.
 */
export function assertDefined<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) {
    throw new Error(`Missing: ${what}`);
  }
  return value;
}
