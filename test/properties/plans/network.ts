/** What stands between the two hosts of a random plan, and who else there is. */
import fc from 'fast-check';
import { ICMP_MESSAGES } from '../../../extension/scenario/icmp.ts';
import type { LinkSettingPlan } from '../../../extension/scenario/link-setting.ts';
import type { MiddleboxPlan } from '../../../extension/scenario/middlebox.ts';
import { SECOND } from '../../engine/support/run.ts';
import { filter } from './statements.ts';

type WithoutPlace<T> = T extends unknown ? Omit<T, 'link' | 'range' | 'distance'> : never;
export type Box = WithoutPlace<MiddleboxPlan>;

export interface Network {
  /** From the client to the server. */
  readonly boxes: readonly Box[];
  /** What the wire does from the beginning. */
  readonly settings: readonly LinkSettingPlan[];
  /** The two find each other by ARP. Only without boxes. */
  readonly shared: boolean;
  /** A third host, with a link of its own to the server. */
  readonly laptop: boolean;
  /** The timers of the client are late as those of the kernel's wheel. */
  readonly wheel: boolean;
}

const router: fc.Arbitrary<Box> = fc
  .option(fc.record({ message: fc.constantFrom(...ICMP_MESSAGES), after: fc.integer({ min: 0, max: 5 * SECOND }) }), {
    nil: undefined,
  })
  .map((reports) => ({ kind: 'router', name: 'edge', ...(reports === undefined ? {} : { reports }) }));

const firewall: fc.Arbitrary<Box> = fc
  .array(filter, { maxLength: 2 })
  .map((rules) => ({ kind: 'firewall', name: 'wall', rules }));

const nat: fc.Arbitrary<Box> = fc
  .record({
    idle: fc.option(fc.integer({ min: 10_000, max: 30 * SECOND }), { nil: undefined }),
    unknown: fc.constantFrom('drop' as const, 'reset' as const, 'remap' as const),
  })
  .map(({ idle, unknown }) => ({ kind: 'nat', name: 'box', unknown, ...(idle === undefined ? {} : { idle }) }));

const boxes: fc.Arbitrary<readonly Box[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: router.map((box) => [box]) },
  { weight: 1, arbitrary: firewall.map((box) => [box]) },
  { weight: 1, arbitrary: nat.map((box) => [box]) },
  {
    weight: 1,
    arbitrary: fc.tuple(router, firewall, nat).chain((all) => fc.shuffledSubarray(all)),
  },
);

/** A way that is bad, but not so bad that nothing gets through. */
const poor: fc.Arbitrary<readonly LinkSettingPlan[]> = fc
  .record(
    {
      loss: fc.integer({ min: 1000, max: 150_000 }).map((chance) => ({ kind: 'loss' as const, chance })),
      duplication: fc.integer({ min: 1000, max: 100_000 }).map((chance) => ({ kind: 'duplication' as const, chance })),
      reordering: fc.record({
        kind: fc.constant('reordering' as const),
        chance: fc.integer({ min: 1000, max: 300_000 }),
        by: fc.integer({ min: 100, max: 50_000 }),
      }),
      jitter: fc.integer({ min: 1, max: 10_000 }).map((jitter) => ({ kind: 'jitter' as const, jitter })),
      bandwidth: fc.integer({ min: 100_000, max: 1e8 }).map((rate) => ({ kind: 'bandwidth' as const, rate })),
      queue: fc
        .integer({ min: 1, max: 30 })
        .map((limit) => ({ kind: 'queue' as const, unit: 'packets' as const, limit })),
      mtu: fc.constantFrom(256, 576, 1500).map((bytes) => ({ kind: 'mtu' as const, bytes })),
    },
    { requiredKeys: [] },
  )
  .map((settings) => Object.values(settings));

export const anyNetwork: fc.Arbitrary<Network> = fc
  .record({
    boxes,
    settings: fc.oneof(fc.constant([]), poor),
    shared: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    laptop: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    wheel: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  })
  .map((network) => ({ ...network, shared: network.shared && network.boxes.length === 0 }));
