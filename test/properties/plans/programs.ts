/** Random programs, and the sysctls of the hosts that they run on. */
import fc from 'fast-check';
import { anyOption } from './statements.ts';
import { SECOND } from '../../engine/support/run.ts';

const behaviour = fc.oneof(
  fc.constant({ kind: 'ignores-eof' as const }),
  fc.record({ kind: fc.constant('closes-after-eof' as const), delay: fc.integer({ min: 0, max: 3 * SECOND }) }),
  fc.constant({ kind: 'never-reads' as const }),
  fc.constant({ kind: 'never-accepts' as const }),
  fc.record({
    kind: fc.constant('reads-slowly' as const),
    bytes: fc.integer({ min: 1, max: 20_000 }),
    interval: fc.integer({ min: 1000, max: 2 * SECOND }),
  }),
  fc.record({ kind: fc.constant('accepts-every' as const), interval: fc.integer({ min: 1000, max: 5 * SECOND }) }),
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
  fc.constant({ kind: 'dies-of-sigpipe' as const }),
  anyOption.map(([option, value]) => ({ kind: 'uses-option' as const, option, value })),
  fc.constant({ kind: 'uses-option' as const, option: 'SO_KEEPALIVE' as const, value: 1 }),
  fc.constant({ kind: 'uses-option' as const, option: 'TCP_KEEPIDLE' as const, value: 2 }),
  fc.record({ kind: fc.constant('closes-idle' as const), idle: fc.integer({ min: 100_000, max: 20 * SECOND }) }),
);
export const anyBehaviours = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(behaviour, { maxLength: 3 }) },
);

export const anySysctls = fc.record(
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
    tcp_tw_reuse: fc.integer({ min: 0, max: 2 }),
    tcp_syncookies: fc.integer({ min: 0, max: 2 }),
    tcp_max_syn_backlog: fc.constantFrom(1, 2, 1024),
    somaxconn: fc.constantFrom(0, 1, 4096),
    tcp_abort_on_overflow: fc.constantFrom(0, 1),
    tcp_no_metrics_save: fc.constantFrom(0, 1),
    tcp_no_ssthresh_metrics_save: fc.constantFrom(0, 1),
    tcp_rfc1337: fc.constantFrom(0, 1),
  },
  { requiredKeys: [] },
);
