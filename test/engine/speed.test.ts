import { describe, expect, it } from 'vitest';
import { at, calls, powerLoss, run, send, setOption } from './support/run.ts';

/** Milliseconds of the fastest of a few runs: the others pay for the compiler. */
function best(work: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

describe('a run takes no time that anybody notices', () => {
  it('2 MB over a link', () => {
    const transfer = () => run([at(1, send('app', 2_000_000))]);
    const bytes = calls(transfer(), 'web', 1).reduce((sum, line) => sum + Number(line.split(' ')[2]), 0);
    expect(bytes).toBe(2_000_000);
    expect(best(transfer)).toBeLessThan(500);
  });

  it('a keepalive failure of more than two hours', () => {
    const keepalive = () => run([at(0.02, setOption('app', 'SO_KEEPALIVE', 1)), at(1, powerLoss('server'))]);
    expect(best(keepalive)).toBeLessThan(20);
  });
});
