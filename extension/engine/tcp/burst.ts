/**
 * Bursts: Linux hands several segments to the device as one (TSO) and the last of them carries PSH (tcp_output.c). On the wire
 * they are ordinary segments; the burst decides which are pushed, and whether the rest of a window is filled.
 */
import { powerOfTwo } from '../../base/power-of-two.ts';
import { hasFeature } from '../../scenario/kernel-version.ts';
import { GSO_MAX_SIZE } from './constants.ts';
import { isHeldByNagle } from './nagle.ts';
import { add, after, diff } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** `sysctl_tcp_min_tso_segs`. */
const MIN_TSO_SEGMENTS = 2;
/** A burst is worth so much of a second at the pacing rate (`sk_pacing_shift` 10). */
const BURSTS_A_SECOND = 1024;
/** Near peers get longer bursts, half as long for each such piece of the round trip, in µs (`tcp_tso_rtt_log` 9). */
const TSO_RTT = 512;
/** Whatever is shifted so far is gone. */
const MAX_SHIFT = 30;

/** How many segments a burst has at most (`tcp_tso_autosize`). */
export function tsoSegments(tcb: Tcb, mss: number): number {
  const near = GSO_MAX_SIZE / powerOfTwo(Math.min(Math.floor(tcb.recovery.minRtt.value / TSO_RTT), MAX_SHIFT));
  const bytes = Math.min(Math.floor(tcb.pacingRate / BURSTS_A_SECOND) + Math.floor(near), GSO_MAX_SIZE);
  return Math.max(Math.floor(bytes / mss), MIN_TSO_SEGMENTS);
}

/** How many segments the congestion window has room for: at most half of it, so that two bursts can be under way (`tcp_cwnd_test`). */
export function cwndQuota(tcb: Tcb): number {
  const room = tcb.cwnd - tcb.sent.inFlight;
  return room <= 0 ? 0 : Math.min(Math.max(Math.floor(tcb.cwnd / 2), 1), room);
}

/**
 * Bytes of the burst that leaves next (the body of `tcp_write_xmit`); 0 for a FIN alone, undefined where there is nothing, or where
 * the window or Nagle's algorithm holds it back. A burst of several segments, unlike one alone, may fill what is left of the window, however little.
 * @param quota segments that it may have
 */
export function nextBurst(tcb: Tcb, mss: number, quota: number, pastNagle: boolean): number | undefined {
  const { sendQueue, snd } = tcb;
  const most = mss * quota;
  if (sendQueue.headLength < most && hasFeature(tcb.kernel.version, 'pieces grow before they leave'))
    sendQueue.growHead(most - sendQueue.headLength);
  const length = sendQueue.headLength;
  if (length === 0 && !tcb.finQueued) return undefined;
  const isLast = sendQueue.count <= 1;
  const isBurst = length > mss;
  const fin = tcb.finQueued && isLast && !isBurst ? 1 : 0;
  const windowEnd = add(snd.una, snd.wnd);
  if (after(add(snd.nxt, isBurst ? mss : length + fin), windowEnd)) return undefined;
  if (!isBurst) return isLast && length < mss && fin === 0 && !pastNagle && isHeldByNagle(tcb) ? undefined : length;
  // `tcp_mss_split_point`.
  const room = diff(windowEnd, snd.nxt);
  if (most <= room && !isLast) return Math.min(most, length);
  const wanted = Math.min(length, room);
  if (most <= wanted) return most;
  const partial = wanted % mss;
  return partial > 0 && !pastNagle && isHeldByNagle(tcb) ? wanted - partial : wanted;
}
