/** Random plans for the properties: two hosts, one or two connections, and anything that can happen to them. */
import fc from 'fast-check';
import { hash32 } from '../../../extension/engine/random.ts';
import type { LinkSetting } from '../../../extension/scenario/link-setting.ts';
import { SEGMENT_CLASSES } from '../../../extension/scenario/expectation.ts';
import type { Action, RunPlan } from '../../../extension/scenario/plan.ts';
import type { SocketOptionName } from '../../../extension/scenario/socket-option.ts';
import type { PlanOptions, Statement } from './run.ts';
import { planOf, SECOND } from './run.ts';

/** Initial sequence numbers advance every 64 ns. */
const ISS_PER_MICRO = 1000 / 64;

const host = fc.constantFrom('client', 'server');
const process = fc.constantFrom('app', 'web', 'app', 'web', 'worker');
const connection = fc.oneof(
  { weight: 9, arbitrary: fc.constant('conn') },
  { weight: 1, arbitrary: fc.constant('other') },
);
const bytes = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 60_000 }));
const maybeFrom = fc.option(host, { nil: undefined });

const option: fc.Arbitrary<readonly [SocketOptionName, number]> = fc.oneof(
  fc.tuple(fc.constant('SO_KEEPALIVE' as const), fc.integer({ min: 0, max: 1 })),
  fc.tuple(fc.constant('TCP_KEEPIDLE' as const), fc.integer({ min: 1, max: 60 })),
  fc.tuple(fc.constant('TCP_KEEPINTVL' as const), fc.integer({ min: 1, max: 20 })),
  fc.tuple(fc.constant('TCP_KEEPCNT' as const), fc.integer({ min: 1, max: 5 })),
  fc.tuple(fc.constant('TCP_USER_TIMEOUT' as const), fc.integer({ min: 0, max: 60_000 })),
  fc.tuple(fc.constant('TCP_NODELAY' as const), fc.integer({ min: 0, max: 1 })),
  fc.tuple(fc.constant('SO_LINGER' as const), fc.integer({ min: 0, max: 3 })),
  fc.tuple(fc.constant('TCP_LINGER2' as const), fc.integer({ min: -1, max: 120 })),
  fc.tuple(fc.constant('TCP_SYNCNT' as const), fc.integer({ min: 1, max: 4 })),
);

const chance = fc.integer({ min: 0, max: 300_000 });
const linkSetting: fc.Arbitrary<LinkSetting> = fc.oneof(
  fc.record({ kind: fc.constant('delay' as const), delay: fc.integer({ min: 0, max: SECOND }) }),
  fc.record({ kind: fc.constant('bandwidth' as const), rate: fc.integer({ min: 10_000, max: 1e9 }) }),
  fc.record({
    kind: fc.constant('queue' as const),
    unit: fc.constantFrom('packets' as const, 'bytes' as const),
    limit: fc.integer({ min: 1, max: 5000 }),
  }),
  fc.record({ kind: fc.constant('jitter' as const), jitter: fc.integer({ min: 0, max: 20_000 }) }),
  fc.record({ kind: fc.constantFrom('loss' as const, 'duplication' as const), chance }),
  fc.record({ kind: fc.constant('reordering' as const), chance, by: fc.integer({ min: 1, max: 20_000 }) }),
  fc.record({ kind: fc.constant('mtu' as const), bytes: fc.integer({ min: 128, max: 1500 }) }),
);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('send' as const), process, connection, bytes }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), process, connection }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('shutdown-write' as const), process, connection }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('shutdown-read' as const), process, connection }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('poll' as const), process, connection }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('host-freeze' as const), host }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('host-resume' as const), host }) },
  {
    weight: 2,
    arbitrary: fc.constant({ kind: 'process-fork' as const, process: 'web', child: 'worker' }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(process, connection, option).map(([p, c, [name, value]]) => ({
      kind: 'set-option' as const,
      process: p,
      connection: c,
      option: name,
      value,
    })),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stop-reading' as const), process, connection }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume-reading' as const), process, connection }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('heartbeat' as const),
      process,
      connection,
      bytes: fc.integer({ min: 1, max: 200 }),
      interval: fc.integer({ min: 100_000, max: 5 * SECOND }),
      misses: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('process-kill' as const), process }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('process-exit' as const), process }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('process-start' as const), process }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('host-power-loss' as const), host }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('host-shutdown' as const), host }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('host-boot' as const), host }) },
  {
    weight: 3,
    arbitrary: maybeFrom.map((from) => ({
      kind: 'link-cut' as const,
      link: 'wire',
      ...(from === undefined ? {} : { from }),
    })),
  },
  {
    weight: 4,
    arbitrary: maybeFrom.map((from) => ({
      kind: 'link-restore' as const,
      link: 'wire',
      ...(from === undefined ? {} : { from }),
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(linkSetting, maybeFrom).map(([setting, from]) => ({
      kind: 'link-change' as const,
      link: 'wire',
      setting,
      ...(from === undefined ? {} : { from }),
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        kind: fc.constant('link-rule' as const),
        link: fc.constant('wire'),
        effect: fc.oneof(
          fc.constant({ kind: 'drop' as const }),
          fc.constant({ kind: 'duplicate' as const }),
          fc.record({ kind: fc.constant('delay' as const), by: fc.integer({ min: 1, max: SECOND }) }),
        ),
        class: fc.constantFrom(...SEGMENT_CLASSES),
        which: fc.oneof(
          fc.record({ kind: fc.constant('next' as const), count: fc.integer({ min: 1, max: 4 }) }),
          fc.constant({ kind: 'every' as const }),
          fc.record({ kind: fc.constant('number' as const), number: fc.integer({ min: 1, max: 5 }) }),
        ),
        from: maybeFrom,
        until: fc.option(fc.integer({ min: 0, max: 60 * SECOND }), { nil: undefined }),
      })
      .map(({ from, until, ...rule }) => ({
        ...rule,
        ...(from === undefined ? {} : { from }),
        ...(until === undefined ? {} : { until }),
      })),
  },
  {
    weight: 2,
    arbitrary: fc.boolean().map((reuseAddress) => ({
      kind: 'listen' as const,
      process: 'web',
      port: 80,
      reuseAddress,
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(connection, fc.option(fc.constant(40_000), { nil: undefined })).map(([name, localPort]) => ({
      kind: 'connect' as const,
      process: 'app',
      host: 'server',
      port: 80,
      connection: name,
      ...(localPort === undefined ? {} : { localPort }),
    })),
  },
);

/** Mostly while things are under way, on a grid that makes events meet. */
const time = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 20_000, max: 2 * SECOND }) },
  { weight: 4, arbitrary: fc.integer({ min: 4, max: 100 }).map((n) => n * 5000) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 60 * SECOND }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 30_000 }) },
);

const statement: fc.Arbitrary<Statement> = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: time.map((at) => ({ kind: 'at' as const, time: at })) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('every' as const),
          interval: fc.integer({ min: 10_000, max: 10 * SECOND }),
          from: time,
          until: fc.integer({ min: 0, max: 100 * SECOND }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('when' as const),
          connection: fc.constant('conn'),
          host,
          state: fc.constantFrom(
            'ESTABLISHED' as const,
            'CLOSE_WAIT' as const,
            'FIN_WAIT_2' as const,
            'CLOSED' as const,
          ),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('after' as const),
          action: fc.integer({ min: 0, max: 5 }),
          delay: time,
        }),
      },
    ),
    action,
  )
  .map(([trigger, what]) => ({ trigger, ...what }));

const behaviour = fc.oneof(
  fc.constant({ kind: 'ignores-eof' as const }),
  fc.record({ kind: fc.constant('closes-after-eof' as const), delay: fc.integer({ min: 0, max: 3 * SECOND }) }),
  fc.constant({ kind: 'never-reads' as const }),
  fc.constant({ kind: 'never-accepts' as const }),
  fc.record({
    kind: fc.constant('answers' as const),
    request: fc.integer({ min: 50, max: 2000 }),
    response: fc.integer({ min: 1, max: 5000 }),
  }),
  fc.record({
    kind: fc.constant('answers' as const),
    request: fc.constant(100),
    response: fc.integer({ min: 1, max: 5000 }),
    delay: fc.integer({ min: 0, max: SECOND }),
  }),
  fc.record({ kind: fc.constant('greets' as const), bytes: fc.integer({ min: 1, max: 5000 }) }),
  fc.record({
    kind: fc.constant('streams' as const),
    bytes: fc.integer({ min: 1, max: 5000 }),
    interval: fc.integer({ min: SECOND, max: 20 * SECOND }),
  }),
  fc.record({ kind: fc.constant('reconnects' as const), delay: fc.integer({ min: SECOND, max: 20 * SECOND }) }),
  fc.constant({ kind: 'never-blocks' as const }),
  fc.record({ kind: fc.constant('closes-idle' as const), idle: fc.integer({ min: 100_000, max: 20 * SECOND }) }),
);
const behaviours = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(behaviour, { maxLength: 2 }) },
);

const sysctls = fc.record(
  {
    tcp_retries2: fc.integer({ min: 0, max: 15 }),
    tcp_syn_retries: fc.integer({ min: 1, max: 6 }),
    tcp_synack_retries: fc.integer({ min: 0, max: 5 }),
    tcp_orphan_retries: fc.integer({ min: 0, max: 8 }),
    tcp_max_orphans: fc.constantFrom(0, 1, 1000),
    tcp_fin_timeout: fc.integer({ min: 0, max: 130 }),
    tcp_early_retrans: fc.constantFrom(0, 3),
    tcp_timestamps: fc.constantFrom(0, 1),
    tcp_sack: fc.constantFrom(0, 1),
    tcp_congestion_control: fc.constantFrom(0, 1),
    tcp_recovery: fc.constantFrom(0, 1, 1, 1),
    tcp_dsack: fc.constantFrom(0, 1),
    tcp_window_scaling: fc.constantFrom(0, 1),
    tcp_invalid_ratelimit: fc.constantFrom(0, 500),
    tcp_pingpong_thresh: fc.integer({ min: 1, max: 3 }),
    tcp_rfc1337: fc.constantFrom(0, 1),
  },
  { requiredKeys: [] },
);

const options: fc.Arbitrary<PlanOptions> = fc.record({
  delayMs: fc.oneof(
    fc.constant(0),
    fc.constant(5),
    fc.integer({ min: 1, max: 50_000 }).map((us) => us / 1000),
    fc.integer({ min: 1, max: 800_000 }).map((us) => us / 1000),
  ),
  client: sysctls,
  server: sysctls,
  kernel: fc.constantFrom([6, 1] as const, [6, 12] as const, [6, 18] as const),
  hz: fc.constantFrom(100, 250, 300, 1000),
  app: behaviours,
  web: behaviours,
  seed: fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(...wrappingSeeds())),
  bare: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  until: fc.constantFrom(10, 300, 4000),
});

export const anyPlan: fc.Arbitrary<RunPlan> = fc
  .tuple(fc.array(statement, { maxLength: 20 }), options)
  .map(([statements, chosen]) => planOf(statements, { ...chosen, worker: true }));

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
