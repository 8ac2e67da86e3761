import type { Verdict } from './play.ts';

/** Counts per family of scripts: the folder that they are in. */
export function table(results: readonly { readonly family: string; readonly verdict: Verdict }[]): string[] {
  const families = [...new Set(results.map(({ family }) => family))].sort();
  const width = Math.max(5, ...families.map(({ length }) => length));
  const row = (name: string, of: readonly { readonly verdict: Verdict }[]): string => {
    const counts = (['passed', 'failed', 'unsupported'] as const).map((outcome) => {
      return String(of.filter(({ verdict }) => verdict.outcome === outcome).length).padStart(outcome.length);
    });
    return [name.padEnd(width), ...counts].join('  ');
  };
  return [
    ['family'.padEnd(width), 'passed', 'failed', 'unsupported'].join('  '),
    ...families.map((family) =>
      row(
        family,
        results.filter((result) => result.family === family),
      ),
    ),
    row('all', results),
  ];
}
