import type { RunPlan } from '../../extension/scenario/plan.ts';

const NOWHERE = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** A plan that never rests: a byte every millisecond for most of a year. */
export function runawayPlan(): RunPlan {
  const host = (name: string, address: string) =>
    ({ name, address, kernel: [6, 12], hz: 1000, sysctls: {}, range: NOWHERE }) as const;
  const at = (time: number) => ({ trigger: { kind: 'at', time }, range: NOWHERE, text: '' }) as const;
  return {
    scenario: { en: 'Endless' },
    range: NOWHERE,
    hosts: [host('client', '10.0.0.1'), host('server', '10.0.0.2')],
    links: [{ name: 'wire', ends: ['client', 'server'], delay: 5_000, range: NOWHERE }],
    processes: [
      { name: 'web', host: 'server', behaviours: [], range: NOWHERE },
      { name: 'app', host: 'client', behaviours: [], range: NOWHERE },
    ],
    actions: [
      { ...at(0), kind: 'listen', process: 'web', port: 80, reuseAddress: true },
      { ...at(10_000), kind: 'connect', process: 'app', host: 'server', port: 80, connection: 'conn' },
      {
        trigger: { kind: 'every', interval: 1_000, from: 1_000_000 },
        range: NOWHERE,
        text: 'every 1ms from 1s app sends 1 B on conn',
        kind: 'send',
        process: 'app',
        connection: 'conn',
        bytes: 1,
      },
    ],
    expectations: [],
    until: 300 * 24 * 3600 * 1_000_000,
    seed: 1,
  };
}
