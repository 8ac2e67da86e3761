/** What random hosts and programs are set to before anything happens. */
import type { Draw } from './draw.ts';

const HOSTS = ['client', 'server'];

/** A sysctl, how often it is turned, and to what. */
const SYSCTLS: readonly (readonly [probability: number, name: string, values: readonly [string, ...string[]]])[] = [
  [0.25, 'tcp_sack', ['0']],
  [0.25, 'tcp_timestamps', ['0']],
  [0.2, 'tcp_early_retrans', ['0', '1', '4']],
  [0.2, 'tcp_recovery', ['0', '2', '4', '7']],
  [0.2, 'tcp_slow_start_after_idle', ['0']],
  [0.15, 'tcp_window_scaling', ['0']],
  [0.12, 'tcp_frto', ['0']],
  [0.12, 'tcp_dsack', ['0']],
  [0.12, 'tcp_reordering', ['1', '5', '10']],
  [0.12, 'tcp_retrans_collapse', ['0']],
  [0.1, 'tcp_congestion_control', ['reno']],
  [0.1, 'tcp_comp_sack_nr', ['0']],
  [0.1, 'tcp_pingpong_thresh', ['2', '3']],
  [0.1, 'tcp_fin_timeout', ['1s', '2s']],
  [0.1, 'tcp_retries2', ['2', '3']],
  [0.1, 'tcp_orphan_retries', ['1', '2']],
  [0.1, 'tcp_thin_linear_timeouts', ['1']],
  [0.1, 'tcp_rto_min_us', ['20ms', '50ms', '100ms']],
  [0.06, 'tcp_shrink_window', ['1']],
  [0.06, 'tcp_moderate_rcvbuf', ['0']],
  [0.06, 'tcp_notsent_lowat', ['4 KiB', '16 KiB']],
  [0.06, 'tcp_min_tso_segs', ['1', '4']],
  [0.06, 'tcp_tso_win_divisor', ['0', '8']],
];

/** A behaviour of a program, and how often one has it. */
const BEHAVIOURS: readonly (readonly [probability: number, of: (draw: Draw) => string])[] = [
  [0.65, () => 'ignores EOF'],
  [0.08, (draw) => `reads ${draw.pick([500, 1000, 3000])} B every ${draw.pick([20.7, 52.7, 100.7])}ms`],
  [0.08, (draw) => `answers ${draw.pick([100, 1000])} B with ${draw.pick([100, 2000])} B`],
  [0.04, (draw) => `greets with ${draw.pick([100, 3000])} B`],
  [0.04, (draw) => `streams ${draw.pick([100, 2000])} B every ${draw.pick([60.7, 300.7])}ms`],
  [0.05, () => 'never blocks'],
  [0.05, (draw) => `uses TCP_NOTSENT_LOWAT = ${draw.pick([2000, 10_000])} B`],
  [0.08, (draw) => `uses SO_SNDBUF = ${draw.pick([4608, 10_000, 20_000, 65_536])} B`],
  [0.1, (draw) => `uses SO_RCVBUF = ${draw.pick([4096, 8192, 16_384, 30_000, 65_536])} B`],
];

/** @returns statements without a time */
export function drawKnobs(draw: Draw): readonly string[] {
  // Most send buffers take all that is written: else little but full ones would be seen.
  const roomy = draw.chance(0.8) ? HOSTS.map((host) => `sysctl tcp_wmem = 4096 B 256 KiB 4 MiB on ${host}`) : [];
  return [...roomy, ...drawSysctls(draw), ...['app', 'web'].flatMap((program) => drawBehaviours(draw, program))];
}

function drawSysctls(draw: Draw): readonly string[] {
  return SYSCTLS.flatMap(([probability, name, values]) => {
    if (!draw.chance(probability)) return [];
    const value = draw.pick(values);
    return HOSTS.filter(() => draw.chance(0.7)).map((host) => `sysctl ${name} = ${value} on ${host}`);
  });
}

function drawBehaviours(draw: Draw, program: string): readonly string[] {
  const behaviours = BEHAVIOURS.filter(([probability]) => draw.chance(probability)).map(([, of]) => of(draw));
  return behaviours.map((behaviour) => `${program} ${behaviour}`);
}
