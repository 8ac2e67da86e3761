/** What a host remembers of the ways to others, from one connection to the next (tcp_metrics.c; `ip tcp_metrics`; RFC 9040). */
import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import type { EventId } from '../../trace/event.ts';
import { TCP_INFINITE_SSTHRESH, TCP_TIMEOUT_FALLBACK } from './constants.ts';
import { isInSlowStart } from './congestion/window.ts';
import { floorToJiffy } from './jiffies.ts';
import type { Tcb } from './tcb.ts';

/** How long what was saved counts (`TCP_METRICS_TIMEOUT`). */
const TCP_METRICS_TIMEOUT = 3600 * SECOND;

/** What is known of one pair of addresses (`tcp_metrics_block`); 0 = nothing. */
interface Entry {
  /** 8 × SRTT and the deviation, in µs, in the estimator's fixed point. */
  rtt8: number;
  rttvar: number;
  /** Segments. */
  ssthresh: number;
  cwnd: number;
  reordering: number;
  /** When it was last saved, and the event of that. */
  savedAt: Micros;
  saved: EventId;
}

/** The entries of one host. They do not outlive its power. */
export class MetricsCache {
  private readonly entries = new Map<string, Entry>();

  /** The entry of a pair of addresses; what is older than an hour is nothing (`tcp_get_metrics`, `tcpm_check_stamp`). */
  find(local: string, remote: string, now: Micros): Entry | undefined {
    const key = keyOf(local, remote);
    const entry = this.entries.get(key);
    if (entry === undefined || now - entry.savedAt <= TCP_METRICS_TIMEOUT) return entry;
    this.entries.delete(key);
    return undefined;
  }

  /** The same, made if there is none (`tcpm_new`). */
  make(local: string, remote: string, now: Micros): Entry {
    const found = this.find(local, remote, now);
    if (found !== undefined) return found;
    const made = { rtt8: 0, rttvar: 0, ssthresh: 0, cwnd: 0, reordering: 0, savedAt: now, saved: -1 };
    this.entries.set(keyOf(local, remote), made);
    return made;
  }

  /** Whether an earlier connection proved that there is somebody at this address (`tcp_peer_is_proven`). */
  isProven(local: string, remote: string, now: Micros): boolean {
    const entry = this.find(local, remote, now);
    return entry !== undefined && entry.rtt8 !== 0;
  }
}

function keyOf(local: string, remote: string): string {
  return `${local} ${remote}`;
}

/**
 * A connection has come to its proper end, TIME_WAIT or the ACK of its last FIN: what it learned is kept (`tcp_update_metrics`).
 * One that was reset or gave up leaves nothing.
 */
export function updateMetrics(tcb: Tcb): void {
  const { kernel, local, remote, now } = tcb;
  if (kernel.sysctls.tcp_no_metrics_save !== 0) return;
  if (tcb.backoff > 0 || !tcb.rtt.hasSample) {
    // It never learned how long the way is: what others said of that no longer counts.
    const entry = kernel.metrics.find(local.address, remote.address, now);
    if (entry !== undefined) entry.rtt8 = 0;
    return;
  }
  const entry = kernel.metrics.make(local.address, remote.address, now);
  saveRoundTrip(tcb, entry);
  saveWindow(tcb, entry);
  entry.savedAt = now;
  entry.saved = kernel.recorder.record('metrics.saved', tcb.place, {
    rtt: entry.rtt8 / 8,
    rttvar: entry.rttvar / 4,
    ssthresh: entry.ssthresh,
    cwnd: entry.cwnd,
    reordering: entry.reordering,
  });
}

/** A longer round trip counts at once, a shorter one for an eighth: too long is better than too short. */
function saveRoundTrip({ rtt }: Tcb, entry: Entry): void {
  const less = entry.rtt8 - rtt.eightSrtt;
  entry.rtt8 = less <= 0 ? rtt.eightSrtt : entry.rtt8 - Math.floor(less / 8);
  const deviation = Math.max(Math.floor(Math.abs(less) / 2), rtt.meanDeviation4);
  if (deviation >= entry.rttvar) entry.rttvar = deviation;
  else entry.rttvar -= Math.floor((entry.rttvar - deviation) / 4);
}

function saveWindow(tcb: Tcb, entry: Entry): void {
  const { cwnd, ssthresh } = tcb;
  const keepsSsthresh = tcb.kernel.sysctls.tcp_no_ssthresh_metrics_save === 0;
  if (ssthresh >= TCP_INFINITE_SSTHRESH) {
    // Slow start has not ended.
    const half = Math.floor(cwnd / 2);
    if (keepsSsthresh && entry.ssthresh !== 0 && half > entry.ssthresh) entry.ssthresh = half;
    entry.cwnd = Math.max(entry.cwnd, cwnd);
  } else if (!isInSlowStart(tcb) && tcb.recovery.state === 'Open') {
    if (keepsSsthresh) entry.ssthresh = Math.max(Math.floor(cwnd / 2), ssthresh);
    entry.cwnd = Math.floor((entry.cwnd + cwnd) / 2);
  } else {
    // Still on the way up, or not over a loss: the window means nothing.
    entry.cwnd = Math.floor((entry.cwnd + ssthresh) / 2);
    if (keepsSsthresh && entry.ssthresh !== 0) entry.ssthresh = Math.max(entry.ssthresh, ssthresh);
    const { reordering } = tcb.recovery;
    if (reordering > entry.reordering && reordering !== tcb.kernel.sysctls.tcp_reordering)
      entry.reordering = reordering;
  }
}

/**
 * What a new connection begins with (`tcp_init_metrics`). Of the round trip only the first RTO is taken, where it is longer than
 * the handshake says: SYNs are small. What a repeated SYN did to ssthresh is forgotten.
 */
export function initializeMetrics(tcb: Tcb): void {
  const { kernel, rtt, recovery } = tcb;
  const entry = kernel.metrics.find(tcb.local.address, tcb.remote.address, tcb.now);
  const ssthresh = kernel.sysctls.tcp_no_ssthresh_metrics_save === 0 ? (entry?.ssthresh ?? 0) : 0;
  const reordering = entry?.reordering ?? 0;
  tcb.ssthresh = ssthresh === 0 ? TCP_INFINITE_SSTHRESH : ssthresh;
  const isReordered = reordering !== 0 && reordering !== recovery.reordering;
  if (isReordered) recovery.reordering = reordering;
  const isLonger = entry !== undefined && entry.rtt8 > rtt.eightSrtt;
  if (isLonger) {
    const cached = floorToJiffy(entry.rtt8 / 8, kernel.hz);
    tcb.rto = cached + Math.max(2 * cached, tcb.rtoMin);
  } else if (!rtt.hasSample) {
    // RFC 6298 §5.7.
    rtt.assume(TCP_TIMEOUT_FALLBACK);
    tcb.rto = TCP_TIMEOUT_FALLBACK;
    tcb.backoff = 0;
  }
  if (!isLonger && ssthresh === 0 && !isReordered) return;
  kernel.recorder.record('metrics.used', tcb.place, {
    saved: entry?.saved ?? -1,
    rto: isLonger ? tcb.rto : 0,
    ssthresh,
    reordering: isReordered ? reordering : 0,
  });
}
