/** What stands between the two hosts of a random plan, and who else there is. */
import fc from 'fast-check';
import { ICMP_MESSAGES } from '../../../extension/scenario/icmp.ts';
import type { MiddleboxPlan } from '../../../extension/scenario/middlebox.ts';
import { SECOND } from '../../engine/support/run.ts';
import { filter } from './statements.ts';

type WithoutPlace<T> = T extends unknown ? Omit<T, 'link' | 'range' | 'distance'> : never;
export type Box = WithoutPlace<MiddleboxPlan>;

export interface Network {
  /** From the client to the server. */
  readonly boxes: readonly Box[];
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

export const anyNetwork: fc.Arbitrary<Network> = fc
  .record({
    boxes,
    shared: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    laptop: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    wheel: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  })
  .map((network) => ({ ...network, shared: network.shared && network.boxes.length === 0 }));
