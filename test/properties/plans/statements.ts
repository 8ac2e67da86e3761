/** Random statements: anything that can happen to two or three hosts, the way between them, and their connections. */
import fc from 'fast-check';
import type { LinkSetting } from '../../../extension/scenario/link-setting.ts';
import { SEGMENT_CLASSES } from '../../../extension/scenario/expectation.ts';
import { ICMP_MESSAGES } from '../../../extension/scenario/icmp.ts';
import type { FilterPlan } from '../../../extension/scenario/middlebox.ts';
import type { Action } from '../../../extension/scenario/plan.ts';
import type { SocketOptionName } from '../../../extension/scenario/socket-option.ts';
import type { Statement } from '../../engine/support/run.ts';
import { SECOND } from '../../engine/support/run.ts';

/** Stands for whoever is before the one that is named. */
export const BEFORE = '';

const host = fc.constantFrom('client', 'server');
const anyHost = fc.constantFrom('client', 'server', 'client', 'server', 'laptop');
const process = fc.constantFrom('app', 'web', 'app', 'web', 'worker', 'guest');
const connection = fc.oneof(
  { weight: 9, arbitrary: fc.constant('conn') },
  { weight: 1, arbitrary: fc.constant('other') },
  { weight: 1, arbitrary: fc.constant('third') },
);
const bytes = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 60_000 }));
const maybeFrom = fc.option(host, { nil: undefined });

export const anyOption: fc.Arbitrary<readonly [SocketOptionName, number]> = fc.oneof(
  fc.tuple(fc.constant('SO_KEEPALIVE' as const), fc.integer({ min: 0, max: 1 })),
  fc.tuple(fc.constant('TCP_KEEPIDLE' as const), fc.integer({ min: 1, max: 60 })),
  fc.tuple(fc.constant('TCP_KEEPINTVL' as const), fc.integer({ min: 1, max: 20 })),
  fc.tuple(fc.constant('TCP_KEEPCNT' as const), fc.integer({ min: 1, max: 5 })),
  fc.tuple(fc.constant('TCP_USER_TIMEOUT' as const), fc.integer({ min: 0, max: 60_000 })),
  fc.tuple(fc.constant('TCP_NODELAY' as const), fc.integer({ min: 0, max: 1 })),
  fc.tuple(fc.constant('SO_LINGER' as const), fc.integer({ min: 0, max: 3 })),
  fc.tuple(fc.constant('TCP_LINGER2' as const), fc.integer({ min: -1, max: 120 })),
  fc.tuple(fc.constant('TCP_SYNCNT' as const), fc.integer({ min: 1, max: 4 })),
  fc.tuple(fc.constant('TCP_CORK' as const), fc.integer({ min: 0, max: 1 })),
  fc.tuple(fc.constantFrom('SO_RCVBUF' as const, 'SO_SNDBUF' as const), fc.integer({ min: 0, max: 60_000 })),
  fc.tuple(fc.constantFrom('SO_RCVLOWAT' as const, 'TCP_WINDOW_CLAMP' as const), fc.integer({ min: 1, max: 20_000 })),
  fc.tuple(fc.constant('TCP_DEFER_ACCEPT' as const), fc.integer({ min: 0, max: 20 })),
  fc.tuple(fc.constant('TCP_RTO_MAX_MS' as const), fc.integer({ min: 1000, max: 120_000 })),
  fc.tuple(
    fc.constantFrom('TCP_RTO_MIN_US' as const, 'TCP_DELACK_MAX_US' as const),
    fc.integer({ min: 1, max: 200_000 }),
  ),
  fc.tuple(fc.constant('TCP_THIN_LINEAR_TIMEOUTS' as const), fc.integer({ min: 0, max: 1 })),
  fc.tuple(fc.constant('TCP_MAXSEG' as const), fc.integer({ min: 88, max: 2000 })),
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

/** Between which two of those that stand on the link, or in which direction; the plan finds who they are (plans.ts). */
const stretch: fc.Arbitrary<{ from?: string; between?: readonly [string, string] }> = fc.oneof(
  { weight: 3, arbitrary: maybeFrom.map((from) => (from === undefined ? {} : { from })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('edge', 'wall', 'box', 'server')
      .map((second) => ({ between: [BEFORE, second] as const })),
  },
);

export const filter: fc.Arbitrary<FilterPlan> = fc
  .record({
    effect: fc.oneof(
      fc.constantFrom({ kind: 'drop' as const }, { kind: 'reset' as const }),
      fc.constantFrom(...ICMP_MESSAGES).map((message) => ({ kind: 'icmp' as const, message })),
    ),
    class: fc.constantFrom(...SEGMENT_CLASSES),
    from: maybeFrom,
    port: fc.option(fc.constant(80), { nil: undefined }),
    until: fc.option(fc.integer({ min: 0, max: 60 * SECOND }), { nil: undefined }),
  })
  .map(({ effect, class: what, from, port, until }) => ({
    effect,
    class: what,
    ...(from === undefined ? {} : { from }),
    ...(port === undefined ? {} : { port }),
    ...(until === undefined ? {} : { until }),
  }));

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
    arbitrary: fc.tuple(process, connection, anyOption).map(([p, c, [name, value]]) => ({
      kind: 'set-option' as const,
      process: p,
      connection: c,
      option: name,
      value,
    })),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stop-reading' as const), process, connection }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume-reading' as const), process, connection }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('connect-again' as const), process, connection }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('get-error' as const), process, connection }) },
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
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('host-power-loss' as const), host: anyHost }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('host-shutdown' as const), host }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('host-boot' as const), host: anyHost }) },
  {
    weight: 3,
    arbitrary: stretch.map((where) => ({ kind: 'link-cut' as const, link: 'wire', ...where })),
  },
  {
    weight: 4,
    arbitrary: stretch.map((where) => ({ kind: 'link-restore' as const, link: 'wire', ...where })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('link-cut' as const, 'link-restore' as const),
      link: fc.constant('side'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('host-carrier' as const), host, up: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('host-queue' as const), host, full: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('host-route' as const),
      host: fc.constant('client'),
      to: fc.constant('server'),
      present: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ message: fc.constantFrom(...ICMP_MESSAGES), to: fc.option(host, { nil: undefined }) })
      .map(({ message, to }) => ({
        kind: 'router-report' as const,
        middlebox: 'edge',
        message,
        ...(to === undefined ? {} : { host: to }),
      })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'router-forward' as const, middlebox: 'edge' }) },
  {
    weight: 2,
    arbitrary: filter.map((rule) => ({ kind: 'firewall-rule' as const, middlebox: 'wall', ...rule })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'firewall-open' as const, middlebox: 'wall' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      { kind: 'nat-forget' as const, middlebox: 'box' },
      { kind: 'nat-forget' as const, middlebox: 'box', connection: 'conn' },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('stop-accepting' as const, 'resume-accepting' as const), process }),
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
    weight: 1,
    arbitrary: fc.constant({
      kind: 'connect' as const,
      process: 'guest',
      host: 'server',
      port: 80,
      connection: 'third',
    }),
  },
  {
    // Both at once, or a socket with itself.
    weight: 1,
    arbitrary: fc.constantFrom(
      { kind: 'connect' as const, process: 'web', host: 'client', port: 40_000, connection: 'conn', localPort: 80 },
      { kind: 'connect' as const, process: 'app', host: 'client', port: 40_000, connection: 'own', localPort: 40_000 },
    ),
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

export const anyStatement: fc.Arbitrary<Statement> = fc
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

const sendSoon = (count: fc.Arbitrary<number>, latest: number): fc.Arbitrary<Statement> =>
  fc
    .tuple(fc.integer({ min: 20_000, max: latest }), fc.constantFrom('app', 'app', 'app', 'web'), count)
    .map(([at, sender, size]) => ({
      trigger: { kind: 'at' as const, time: at },
      kind: 'send' as const,
      process: sender,
      connection: 'conn',
      bytes: size,
    }));

/** A send soon after the connection is open: a large one, or a small one among others. */
export const anySend = sendSoon(bytes, SECOND);
export const anySmallSend = sendSoon(fc.integer({ min: 1, max: 400 }), SECOND / 5);

/** Both ends send small segments at once. */
export const NO_NAGLE: readonly Statement[] = ['app', 'web'].map((program) => ({
  trigger: {
    kind: 'when' as const,
    connection: 'conn',
    host: program === 'app' ? 'client' : 'server',
    state: 'ESTABLISHED' as const,
  },
  kind: 'set-option' as const,
  process: program,
  connection: 'conn',
  option: 'TCP_NODELAY' as const,
  value: 1,
}));
