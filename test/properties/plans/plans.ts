/** Random plans for the properties: two or three hosts, what stands on the way between them, and anything that can happen. */
import fc from 'fast-check';
import { hash32 } from '../../../extension/engine/random.ts';
import type { MiddleboxPlan } from '../../../extension/scenario/middlebox.ts';
import type { Action, RunPlan } from '../../../extension/scenario/plan.ts';
import type { PlanOptions, Statement } from '../../engine/support/run.ts';
import { planOf } from '../../engine/support/run.ts';
import { anyNetwork, type Network } from './network.ts';
import { anyBehaviours, anySysctls } from './programs.ts';
import { anySend, anySmallSend, anyStatement, BEFORE, NO_NAGLE } from './statements.ts';

/** Initial sequence numbers advance every 64 ns. */
const ISS_PER_MICRO = 1000 / 64;

const options: fc.Arbitrary<PlanOptions> = fc
  .record({
    delayMs: fc.oneof(
      fc.constant(0),
      fc.constant(5),
      fc.integer({ min: 1, max: 50_000 }).map((us) => us / 1000),
      fc.integer({ min: 1, max: 800_000 }).map((us) => us / 1000),
    ),
    client: anySysctls,
    server: anySysctls,
    kernel: fc.constantFrom([6, 1] as const, [6, 12] as const, [6, 18] as const),
    hz: fc.constantFrom(100, 250, 300, 1000),
    app: anyBehaviours,
    web: anyBehaviours,
    seed: fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(...wrappingSeeds())),
    bare: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    until: fc.constantFrom(10, 300, 4000, 'idle' as const),
  })
  .map(({ until, ...others }) => ({ ...others, ...(until === 'idle' ? {} : { until }) }));

/** Much to send for one or both, and what happens meanwhile. */
const busy = fc
  .tuple(fc.array(anySend, { minLength: 2, maxLength: 12 }), fc.array(anyStatement, { maxLength: 8 }))
  .map((parts) => parts.flat());
/** Many small segments, which go together when they are sent again. */
const chatty = fc
  .tuple(fc.array(anySmallSend, { minLength: 5, maxLength: 20 }), fc.array(anyStatement, { maxLength: 5 }))
  .map(([sends, others]) => [...NO_NAGLE, ...sends, ...others]);
/** What all hosts' routes say; mostly nothing. */
const anyRoutes = fc.option(
  fc
    .record(
      {
        rto_min: fc.integer({ min: 1, max: 1000 }),
        quickack: fc.constant(1),
        initcwnd: fc.integer({ min: 1, max: 40 }),
        initrwnd: fc.integer({ min: 1, max: 60 }),
      },
      { requiredKeys: [] },
    )
    .map((metrics) => [{ metrics }]),
  { freq: 1, nil: undefined },
);
const anyStatements = fc.oneof(fc.array(anyStatement, { maxLength: 20 }), busy, chatty);

export const anyPlan: fc.Arbitrary<RunPlan> = fc
  .tuple(anyStatements, options, anyNetwork, anyRoutes)
  .map(([statements, chosen, network, routes]) => {
    const plan = within(network, statements, { ...chosen, worker: true });
    return { ...plan, hosts: plan.hosts.map((host) => ({ ...host, ...(routes === undefined ? {} : { routes }) })) };
  });

/** The plan on that network, without the statements about what it does not have. */
function within(network: Network, statements: readonly Statement[], chosen: PlanOptions): RunPlan {
  const { boxes, settings, shared, laptop, wheel } = network;
  const standing = ['client', ...boxes.map(({ name }) => name), 'server'];
  const fitting = statements.flatMap((statement) => {
    const fits = fitted(statement, standing, laptop);
    return fits === undefined ? [] : [{ ...statement, ...fits }];
  });
  const plan = planOf(fitting, chosen);
  const [client, server] = plan.hosts as [RunPlan['hosts'][number], RunPlan['hosts'][number]];
  const [wire] = plan.links as [RunPlan['links'][number]];
  const { range } = plan;
  return {
    ...plan,
    hosts: [
      { ...client, ...(wheel ? { timers: 'wheel' as const } : {}) },
      server,
      ...(laptop ? [{ ...client, name: 'laptop', address: '10.0.0.3' }] : []),
    ],
    links: [
      { ...wire, settings, ...(shared ? { shared } : {}) },
      ...(laptop ? [{ name: 'side', ends: ['laptop', 'server'] as const, delay: 3000, range }] : []),
    ],
    ...(boxes.length === 0
      ? {}
      : { middleboxes: boxes.map((box): MiddleboxPlan => ({ ...box, link: 'wire', range })) }),
    processes: [...plan.processes, ...(laptop ? [{ name: 'guest', host: 'laptop', behaviours: [], range }] : [])],
  };
}

/** The action as it can be said of what stands on the wire; undefined: it cannot. */
function fitted(action: Action, standing: readonly string[], laptop: boolean): Action | undefined {
  if ('middlebox' in action && !standing.includes(action.middlebox)) return undefined;
  const names = [
    'process' in action && action.process,
    'host' in action && action.host,
    'link' in action && action.link,
  ];
  if (!laptop && (names.includes('guest') || names.includes('laptop') || names.includes('side'))) return undefined;
  if (!('between' in action)) return action;
  const second = action.between[0] === BEFORE ? standing.indexOf(action.between[1]) : -1;
  return second < 1 ? undefined : { ...action, between: [standing[second - 1]!, standing[second]!] };
}

/** Seeds with which one side of the first connection, opened at 10 ms, begins shortly before 2^32. */
function wrappingSeeds(): number[] {
  const client = '10.0.0.1';
  const server = '10.0.0.2';
  const found: number[] = [];
  for (let seed = 1; found.length < 8; seed++) {
    const first = hash32(seed, client, 'port') % 28_232;
    const port = 32_768 + first - (first % 2);
    const sides = [
      hash32(seed, 'iss', client, server, port, 80) + 10_000 * ISS_PER_MICRO,
      hash32(seed, 'iss', server, client, 80, port) + 15_000 * ISS_PER_MICRO,
    ];
    if (sides.some((iss) => iss % 2 ** 32 > 2 ** 32 - 20_000)) found.push(seed);
  }
  return found;
}
