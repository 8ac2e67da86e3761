import type { KnobUnit, ScalarSysctl } from './sysctl.ts';

/** One socket option: how a scenario writes its value, and what it may be. */
export interface SocketOptionDefinition {
  readonly unit: KnobUnit;
  readonly min: number;
  readonly max: number;
  /** The sysctl that is in force while the option is not set. */
  readonly sysctl?: string;
  /** The sysctl beyond which the kernel takes nothing, and does not say so. */
  readonly limit?: ScalarSysctl;
  /** First kernel that has it, as `6.15`: to those before it is ENOPROTOOPT. Absent when older than every kernel modelled here. */
  readonly since?: string;
}

/** Socket options that a scenario can set (`do_tcp_setsockopt` in tcp.c, `sk_setsockopt` in net/core/sock.c). */
export const SOCKET_OPTIONS = {
  SO_KEEPALIVE: { unit: 'flag', min: 0, max: 1 },
  TCP_KEEPIDLE: { unit: 's', min: 1, max: 32767, sysctl: 'tcp_keepalive_time' },
  TCP_KEEPINTVL: { unit: 's', min: 1, max: 32767, sysctl: 'tcp_keepalive_intvl' },
  TCP_KEEPCNT: { unit: 'count', min: 1, max: 127, sysctl: 'tcp_keepalive_probes' },
  TCP_USER_TIMEOUT: { unit: 'ms', min: 0, max: 2 ** 31 - 1 },
  /** Set means on (`l_onoff`); 0 = abort. */
  SO_LINGER: { unit: 's', min: 0, max: 32767 },
  /** Negative: no stay in FIN_WAIT_2. */
  TCP_LINGER2: { unit: 's', min: -1, max: 120, sysctl: 'tcp_fin_timeout' },
  /** The kernel takes twice as much, and lets the buffer grow no more. Half of what an int holds, so that it can be doubled. */
  SO_RCVBUF: { unit: 'B', min: 0, max: 2 ** 30 - 1, limit: 'rmem_max' },
  SO_SNDBUF: { unit: 'B', min: 0, max: 2 ** 30 - 1, limit: 'wmem_max' },
  /** 0: as the sysctl says. */
  TCP_NOTSENT_LOWAT: { unit: 'B', min: 0, max: 2 ** 31 - 1, sysctl: 'tcp_notsent_lowat' },
  TCP_NODELAY: { unit: 'flag', min: 0, max: 1 },
  TCP_CORK: { unit: 'flag', min: 0, max: 1 },
  /** What is said of acknowledgements now; later data may change it. */
  TCP_QUICKACK: { unit: 'flag', min: 0, max: 1 },
  /** How long recv() sleeps at most; 0 = for ever. */
  SO_RCVTIMEO: { unit: 'ms', min: 0, max: 2 ** 31 - 1 },
  /** The same for send() and connect(). */
  SO_SNDTIMEO: { unit: 'ms', min: 0, max: 2 ** 31 - 1 },
  /** What ICMP says is told at once (ip(7)). */
  IP_RECVERR: { unit: 'flag', min: 0, max: 1 },
  /** Of a listener: connections are accepted when data has come, or after about so long. The kernel counts SYN-ACKs instead. */
  TCP_DEFER_ACCEPT: { unit: 's', min: 0, max: 2 ** 31 - 1 },
  TCP_RTO_MAX_MS: { unit: 'ms', min: 1_000, max: 120_000, sysctl: 'tcp_rto_max_ms', since: '6.15' },
  /** In whole ticks, of which there must be two at least. */
  TCP_RTO_MIN_US: { unit: 'us', min: 1, max: 200_000, sysctl: 'tcp_rto_min_us', since: '6.15' },
  TCP_DELACK_MAX_US: { unit: 'us', min: 1, max: 200_000, since: '6.15' },
  TCP_THIN_LINEAR_TIMEOUTS: { unit: 'flag', min: 0, max: 1, sysctl: 'tcp_thin_linear_timeouts' },
  /** 0 counts as 1. */
  SO_RCVLOWAT: { unit: 'B', min: 0, max: 2 ** 31 - 1 },
  /** Counts for SYNs, so before connecting or listening; 0: not set. */
  TCP_MAXSEG: { unit: 'B', min: 88, max: 32_767 },
  TCP_WINDOW_CLAMP: { unit: 'B', min: 1, max: 2 ** 31 - 1 },
  TCP_SYNCNT: { unit: 'count', min: 1, max: 127, sysctl: 'tcp_syn_retries' },
} as const satisfies Record<string, SocketOptionDefinition>;

export type SocketOptionName = keyof typeof SOCKET_OPTIONS;
