import { defaultsOf, type KernelVersion } from './kernel-version.ts';
import type { CongestionControlName } from './congestion.ts';
import { CONGESTION_CONTROLS } from './congestion.ts';

/** How a sysctl's number is to be read, and how a scenario file must write it. `congestion-control`: an index into CONGESTION_CONTROLS, written as its name. */
export type KnobUnit = 'count' | 's' | 'ms' | 'us' | 'B' | 'flag' | 'congestion-control';

/** What a knob is set to; a list where it has several values. */
export type SysctlValue = number | readonly number[];

/** One kernel knob: its real name, default and legal range. */
export interface SysctlDefinition {
  readonly unit: KnobUnit;
  readonly default: SysctlValue;
  /** What its values are, one after the other, where it has several. */
  readonly parts?: readonly string[];
  readonly min: number;
  readonly max: number;
  /** Where it is, unless `net.ipv4`. */
  readonly path?: string;
  /** First kernel that has it, as `6.15`; absent when older than every kernel modelled here. */
  readonly since?: string;
}

const INT_MAX = 2 ** 31 - 1;
const UINT_MAX = 2 ** 32 - 1;
const MIB = 2 ** 20;
/** The three numbers of a buffer that grows as needed. */
const GROWING = ['min', 'default', 'max'] as const;

/**
 * `net.ipv4.*` knobs (where nothing else is said) with the defaults of Linux 6.12 (`tcp_sk_init` in tcp_ipv4.c) and the ranges that
 * `ipv4_net_table` in sysctl_net_ipv4.c accepts. Knobs in seconds are stored by the kernel in jiffies.
 */
export const SYSCTLS = {
  tcp_retries1: { unit: 'count', default: 3, min: 0, max: 255 },
  tcp_retries2: { unit: 'count', default: 15, min: 0, max: 255 },
  tcp_syn_retries: { unit: 'count', default: 6, min: 1, max: 127 },
  tcp_syn_linear_timeouts: { unit: 'count', default: 4, min: 0, max: 127, since: '6.5' },
  somaxconn: { unit: 'count', default: 4096, min: 0, max: INT_MAX, path: 'net.core' },
  tcp_max_syn_backlog: { unit: 'count', default: 1024, min: 0, max: INT_MAX },
  tcp_syncookies: { unit: 'count', default: 1, min: 0, max: 2 },
  tcp_abort_on_overflow: { unit: 'flag', default: 0, min: 0, max: 1 },
  tcp_synack_retries: { unit: 'count', default: 5, min: 0, max: 255 },
  tcp_orphan_retries: { unit: 'count', default: 0, min: 0, max: 255 },
  /** What an idle host with some memory computes (`tcp_init`); it depends on the machine. */
  tcp_max_orphans: { unit: 'count', default: 131_072, min: 0, max: INT_MAX },
  tcp_fin_timeout: { unit: 's', default: 60, min: 0, max: INT_MAX / 1000 },
  tcp_keepalive_time: { unit: 's', default: 7200, min: 1, max: 32767 },
  tcp_keepalive_intvl: { unit: 's', default: 75, min: 1, max: 32767 },
  tcp_keepalive_probes: { unit: 'count', default: 9, min: 1, max: 127 },
  tcp_early_retrans: { unit: 'count', default: 3, min: 0, max: 4 },
  tcp_sack: { unit: 'flag', default: 1, min: 0, max: 1 },
  tcp_comp_sack_nr: { unit: 'count', default: 44, min: 0, max: 255 },
  /** In ns, as the kernel has it. */
  tcp_comp_sack_delay_ns: { unit: 'count', default: 1_000_000, min: 0, max: INT_MAX },
  tcp_timestamps: { unit: 'count', default: 1, min: 0, max: 2 },
  tcp_window_scaling: { unit: 'flag', default: 1, min: 0, max: 1 },
  tcp_invalid_ratelimit: { unit: 'ms', default: 500, min: 0, max: INT_MAX },
  tcp_pingpong_thresh: { unit: 'count', default: 1, min: 1, max: 255, since: '6.7' },
  tcp_tw_reuse: { unit: 'count', default: 2, min: 0, max: 2 },
  tcp_tw_reuse_delay: { unit: 'ms', default: 1_000, min: 0, max: 60_000, since: '6.14' },
  tcp_rfc1337: { unit: 'flag', default: 0, min: 0, max: 1 },
  tcp_congestion_control: { unit: 'congestion-control', default: 1, min: 0, max: CONGESTION_CONTROLS.length - 1 },
  tcp_recovery: { unit: 'count', default: 1, min: 0, max: 255 },
  tcp_reordering: { unit: 'count', default: 3, min: 1, max: INT_MAX },
  tcp_max_reordering: { unit: 'count', default: 300, min: 1, max: INT_MAX },
  tcp_no_metrics_save: { unit: 'flag', default: 0, min: 0, max: 1 },
  tcp_no_ssthresh_metrics_save: { unit: 'flag', default: 1, min: 0, max: 1, since: '5.6' },
  tcp_frto: { unit: 'count', default: 2, min: 0, max: 255 },
  tcp_thin_linear_timeouts: { unit: 'flag', default: 0, min: 0, max: 1 },
  tcp_dsack: { unit: 'flag', default: 1, min: 0, max: 1 },
  tcp_slow_start_after_idle: { unit: 'flag', default: 1, min: 0, max: 1 },
  tcp_retrans_collapse: { unit: 'flag', default: 1, min: 0, max: 1 },
  tcp_min_rtt_wlen: { unit: 's', default: 300, min: 0, max: 86_400 },
  /** Memory of a receive buffer. On a host with some memory (`tcp_init`); the default is what a socket begins with. */
  tcp_rmem: { unit: 'B', default: [4096, 131_072, 6 * MIB], parts: GROWING, min: 4096, max: INT_MAX },
  tcp_shrink_window: { unit: 'flag', default: 0, min: 0, max: 1, since: '6.5' },
  tcp_moderate_rcvbuf: { unit: 'flag', default: 1, min: 0, max: 1 },
  /** Memory of a send buffer. */
  tcp_wmem: { unit: 'B', default: [4096, 16_384, 4 * MIB], parts: GROWING, min: 1, max: INT_MAX },
  /** The most that SO_RCVBUF can ask for (`SK_RMEM_MAX`). The least is `SOCK_MIN_RCVBUF`. */
  rmem_max: { unit: 'B', default: 212_992, min: 2304, max: INT_MAX, path: 'net.core' },
  /** The same of SO_SNDBUF. */
  wmem_max: { unit: 'B', default: 212_992, min: 4608, max: INT_MAX, path: 'net.core' },
  /** Segments that a burst to the device may have, however slow the path. */
  tcp_min_tso_segs: { unit: 'count', default: 2, min: 1, max: 255 },
  /** Such a part of the window leaves at once rather than wait for more (`tcp_tso_should_defer`). */
  tcp_tso_win_divisor: { unit: 'count', default: 3, min: 0, max: 255 },
  /** Unlimited. */
  tcp_notsent_lowat: { unit: 'B', default: UINT_MAX, min: 0, max: UINT_MAX },
  tcp_mtu_probing: { unit: 'count', default: 0, min: 0, max: 1 },
  /** Payload of a segment that a path is thought to take whatever else it swallows (`TCP_BASE_MSS`). */
  tcp_base_mss: { unit: 'B', default: 1024, min: 48, max: 65_535 },
  tcp_rto_min_us: { unit: 'us', default: 200_000, min: 1, max: INT_MAX, since: '6.11' },
  tcp_rto_max_ms: { unit: 'ms', default: 120_000, min: 1_000, max: 120_000, since: '6.15' },
} as const satisfies Record<string, SysctlDefinition>;

export type SysctlName = keyof typeof SYSCTLS;

/** Knobs with one value. */
export type ScalarSysctl = { [N in SysctlName]: (typeof SYSCTLS)[N]['default'] extends number ? N : never }[SysctlName];

/** Values of all knobs, in the knob's own unit. */
export type SysctlValues = {
  readonly [N in SysctlName]: N extends ScalarSysctl ? number : BufferSizes;
};

/** Of `tcp_rmem` and `tcp_wmem`, in bytes. */
export type BufferSizes = readonly [min: number, initial: number, max: number];

/** The defaults of a kernel with `changes` applied. */
export function sysctlValues(changes: Partial<SysctlValues> = {}, version: KernelVersion = [6, 12]): SysctlValues {
  const defaults = Object.fromEntries(Object.entries(SYSCTLS).map(([name, knob]) => [name, knob.default]));
  return { ...(defaults as unknown as SysctlValues), ...defaultsOf(version), ...changes };
}

/** The congestion control that `values` name. */
export function congestionControlOf({ tcp_congestion_control: index }: SysctlValues): CongestionControlName {
  return CONGESTION_CONTROLS[index] ?? 'cubic';
}
