/** What differs between kernel releases, in one place: the releases themselves are compared nowhere else. */
import type { SysctlValues } from './sysctl.ts';

/** Kernel release as `[major, minor]`. */
export type KernelVersion = readonly [major: number, minor: number];

/** A behaviour of Linux that began with a release. */
export type KernelFeature = keyof typeof FEATURES;

/** The first release with each behaviour. Knobs that came with a release say so themselves (`SYSCTLS`). */
const FEATURES = {
  /** `net.core.somaxconn` is 4096; 128 before. */
  'somaxconn 4096': [5, 4],
  /** ssthresh is not taken from one connection to the next (`tcp_no_ssthresh_metrics_save`); always before. */
  'ssthresh forgotten': [5, 6],
  /** Neighbour entries go with the carrier (`arp_evict_nocarrier`). */
  'neighbours forgotten without a carrier': [5, 16],
  /** SYNs are repeated at one-second steps before the waits double (commit ccce324dabfe). */
  'linear SYN timeouts': [6, 5],
  /** TS.Recent counts for 2147 s (`TCP_PAWS_WRAP`); for 24 days before. */
  'PAWS wrap in seconds': [6, 6],
  /** A segment shows how much of a receive buffer's memory is payload (`tcp_measure_rcv_mss`); half of it before, for good. */
  'payload share measured': [6, 6],
  /** Data for which there is no memory is answered by a window of 0, and a bare FIN is taken (commit e2142825c120); dropped in silence before. */
  'window 0 without receive memory': [6, 6],
  /** A delayed ACK never waits longer than the least RTO (commit bbf80d713fe7). */
  'delayed ACK below the least RTO': [6, 7],
  /** A piece of the send queue that is shorter than a burst takes from the next one (`tcp_grow_skb`, commit 8ee602c63520). */
  'pieces grow before they leave': [6, 10],
  /** A FIN waits for the congestion window as all else (commit 22555032c513). */
  'FIN within the congestion window': [6, 10],
  /** The largest receive buffer by default; 6 MiB before. Windows are scaled by 2^10 instead of 2^7. */
  'tcp_rmem up to 32 MiB': [6, 16],
  /**
   * What waits to be read is not counted as read, and an echo within a millisecond tells of no round trip (`tcp_rcv_space_adjust`,
   * `tcp_rcv_rtt_measure_ts`); in updates of 6.12 too.
   */
  'autotuning by what was read': [6, 16],
  /** Receive buffers grow by twice what was read and by data beyond gaps, without a cushion (commits 65c5287892e9, aa251c84636c). */
  'autotuning for slow start': [6, 16],
  /** `net.core.rmem_max` and `wmem_max`; 208 KiB before. */
  'SO_RCVBUF up to 4 MiB': [6, 18],
  /** Segments beyond a gap count when sizes are measured (`tcp_measure_rcv_mss` in `tcp_data_queue_ofo`); in updates of 6.12 too. */
  'data beyond a gap measured': [6, 17],
  /** RACK decides for every connection with SACK, whatever tcp_recovery says of it (RFC 6675's counting went). */
  'RACK wherever there is SACK': [6, 17],
  /** An ACK alone that data overtook is dropped for its timestamp without a word (commit 124c4c32e9f3). */
  'late ACKs dropped in silence': [6, 14],
  /** TIME_WAIT entries count the time since the last timestamp in ms, against tcp_tw_reuse_delay; in whole seconds before. */
  'TIME_WAIT in milliseconds': [6, 14],
} as const satisfies Record<string, KernelVersion>;

/** Earlier releases whose updates brought a behaviour: those are played as they are kept up, and not as they were at first. */
const BACKPORTS: Partial<Record<KernelFeature, readonly KernelVersion[]>> = {
  'autotuning by what was read': [[6, 12]],
  'data beyond a gap measured': [[6, 12]],
};

export function hasFeature(version: KernelVersion, feature: KernelFeature): boolean {
  return (
    isAtLeast(version, FEATURES[feature]) ||
    BACKPORTS[feature]?.some(([major, minor]) => major === version[0] && minor === version[1]) === true
  );
}

/** Whether a kernel is this release or a later one. */
export function isAtLeast(version: KernelVersion, wanted: KernelVersion): boolean {
  return version[0] > wanted[0] || (version[0] === wanted[0] && version[1] >= wanted[1]);
}

/** Reads `6.15` or `linux-6.15`; undefined when it is no release. */
export function parseVersion(text: string): KernelVersion | undefined {
  const match = /^(?:linux-)?(\d{1,3})\.(\d{1,3})(?:\.\d+)?$/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/** Defaults of a kernel, where they are not those of `SYSCTLS`. */
export function defaultsOf(version: KernelVersion): Partial<SysctlValues> {
  return {
    ...(hasFeature(version, 'somaxconn 4096') ? {} : { somaxconn: 128 }),
    ...(hasFeature(version, 'ssthresh forgotten') ? {} : { tcp_no_ssthresh_metrics_save: 0 }),
    ...(hasFeature(version, 'tcp_rmem up to 32 MiB') ? { tcp_rmem: [4096, 131_072, 32 * 2 ** 20] as const } : {}),
    ...(hasFeature(version, 'SO_RCVBUF up to 4 MiB') ? { rmem_max: 4 * 2 ** 20, wmem_max: 4 * 2 ** 20 } : {}),
  };
}
