/** Compile-time constants of Linux 6.12 (include/net/tcp.h), in µs, bytes or counts. */
import { MILLISECOND, SECOND } from '../../base/time.ts';

/** Base of the give-up model, whatever the real RTO is. */
export const TCP_RTO_MIN = 200 * MILLISECOND;
/** RTO of SYN and SYN-ACK, and of anything sent before the first RTT sample. */
export const TCP_TIMEOUT_INIT = SECOND;
/** RTO of the first data when the handshake gave no sample (`tcp_init_metrics`). */
export const TCP_TIMEOUT_FALLBACK = 3 * SECOND;
/** Allowance of a loss probe when more than one segment is in flight, at every HZ. */
export const TCP_TIMEOUT_MIN_US = 2 * MILLISECOND;
/** Jiffies after which a SYN goes again when its first answer was for another connection. */
export const TCP_TIMEOUT_MIN_JIFFIES = 2;
/** Ceiling of every RTO before 6.15, later the default of tcp_rto_max_ms. */
export const TCP_RTO_MAX = 120 * SECOND;
/** Before another try where the own host had no room for what was to be sent. */
export const TCP_RESOURCE_PROBE_INTERVAL = SECOND / 2;
export const TCP_DELACK_MIN = 40 * MILLISECOND;
export const TCP_ATO_MIN = 40 * MILLISECOND;
export const TCP_DELACK_MAX = 200 * MILLISECOND;
/** Not tunable. */
export const TCP_TIMEWAIT_LEN = 60 * SECOND;
export const TCP_INIT_CWND = 10;
export const TCP_INFINITE_SSTHRESH = 0x7fffffff;
/** A stream with fewer segments in flight is thin (`tcp_stream_is_thin`). */
export const THIN_STREAM = 4;
/** So often a thin stream is repeated before its waits double, with `tcp_thin_linear_timeouts`. */
export const TCP_THIN_LINEAR_RETRIES = 6;
export const TCP_MAX_QUICKACKS = 16;
export const TCP_MSS_DEFAULT = 536;
export const TCP_MIN_MSS = 88;
/** No segment that is sent is made smaller, options and payload together (`tcp_min_snd_mss`); nor the payload in search of a way (`tcp_mtu_probe_floor`). */
export const TCP_MIN_SND_MSS = 48;
/** IPv4 and TCP without options: what an interface's MTU is larger than the MSS. */
export const HEADERS_LENGTH = 40;
/** What the timestamps option costs in every segment. */
export const TIMESTAMPS_LENGTH = 12;
/** Least memory of a receive buffer (`SOCK_MIN_RCVBUF`). */
export const SOCK_MIN_RCVBUF = 2304;
/** Least memory of a send buffer (`SOCK_MIN_SNDBUF`). */
export const SOCK_MIN_SNDBUF = 4608;
/** No piece of the send queue holds more bytes: 64 KiB without the headers (`sk_gso_max_size`). */
export const GSO_MAX_SIZE = 65_215;
/** `tcp_scaling_ratio_init`: half of a buffer's memory counts as payload, in 256ths. */
export const DEFAULT_PAYLOAD_SHARE = 128;
/** Backoff of a window probe never shifts further (`tcp_probe0_when`). */
export const MAX_PROBE_SHIFT = 10;
/** Default of `tcp_orphan_retries` 0 while the RTO is below its ceiling (`tcp_orphan_retries`). */
export const ORPHAN_RETRIES = 8;
