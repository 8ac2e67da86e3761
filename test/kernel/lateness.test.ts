/** Where the lateness of the kernel's timers decides what happens. */
import { describe, expect, it } from 'vitest';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import { catalogueFile, scenarioOf, variantName } from '../support/catalogue.ts';
import { compare, compareWith } from './compare.ts';
import type { Recording } from './recording.ts';
import { recordings } from './recordings.ts';

function recorded(name: string): readonly [RunPlan, Recording] {
  const { recording } = recordings().find(({ file }) => file === name)!;
  const { name: scenarioFile, text } = catalogueFile(recording.scenario);
  return [scenarioOf(scenarioFile, text).runs.find((run) => variantName(run) === recording.variant)!, recording];
}

const lines = (comparison: ReturnType<typeof compareWith>): number => comparison.times.length;

describe.each([
  // One retransmission less: the waits before it, each a little longer, are the limit already.
  'C3-tcp_retries2-3-rtt-10-ms.txt',
  // The last wait is what the probes before it left of TCP_USER_TIMEOUT.
  'G5-tcp_user_timeout-30s-and-nobody-dies.txt',
])('%s', (name) => {
  const [run, recording] = recorded(name);

  it('ideal timers alone would give up at another time than the kernel', () => {
    expect(lines(compareWith('ideal', run, recording))).toBeGreaterThan(0);
    expect(lines(compareWith('ideal', run, recording, compareWith('wheel', run, recording)))).toBe(0);
  });

  it('when the kernel gave up is still held against the wheel', () => {
    const items = recording.items.map((item) =>
      item.kind === 'call' && item.errno === 'ETIMEDOUT' ? { ...item, time: item.time + 50_000 } : item,
    );
    expect(compare(run, { ...recording, items })).toEqual([
      expect.stringMatching(/^time: app's recv .*\(wheel timers\)$/),
    ]);
  });
});
