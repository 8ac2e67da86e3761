// Assertions for tests that run where there is no Node.

/** Fails unless both are the same, plain data compared by what it holds. */
export function equal(actual: unknown, expected: unknown, what = 'value'): void {
  if (Object.is(actual, expected)) return;
  const [got, wanted] = [JSON.stringify(actual, null, 2), JSON.stringify(expected, null, 2)];
  if (got !== wanted || typeof actual !== 'object') throw new Error(`${what}: expected ${wanted}, got ${got}`);
}

/** Fails unless the condition holds. */
export function ok(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(what);
}
