/**
 * Bursts: Linux hands several segments to the device as one (TSO) and the last of them carries PSH (tcp_output.c). On the wire
 * they are ordinary segments; the burst decides which are pushed, and whether the rest of a window is filled.
 */
import { scaledDown } from '../../base/power-of-two.ts';
import { MILLISECOND } from '../../base/time.ts';
import { hasFeature } from '../../scenario/kernel-version.ts';
import { GSO_MAX_SIZE } from './constants.ts';
import { isHeldByNagle } from './nagle.ts';
import type { SendMode } from './output.ts';
import { add, diff } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** A burst is worth so much of a second at the pacing rate (`sk_pacing_shift` 10). */
const BURSTS_A_SECOND = 1024;
/** Near peers get longer bursts, half as long for each such piece of the round trip, in µs (`tcp_tso_rtt_log` 9). */
const TSO_RTT = 512;
/** Whatever is shifted so far is gone. */
const MAX_SHIFT = 30;

/** Without `tcp_tso_win_divisor` more than so many segments need not wait to become more (`tcp_max_tso_deferred_mss`). */
const MAX_DEFERRED_SEGMENTS = 3;

/** How many segments a burst has at most (`tcp_tso_autosize`). */
export function tsoSegments(tcb: Tcb, mss: number): number {
  const near = scaledDown(GSO_MAX_SIZE, Math.min(Math.floor(tcb.recovery.minRtt.value / TSO_RTT), MAX_SHIFT));
  const bytes = Math.min(Math.floor(tcb.pacingRate / BURSTS_A_SECOND) + near, GSO_MAX_SIZE);
  return Math.max(Math.floor(bytes / mss), tcb.kernel.sysctls.tcp_min_tso_segs);
}

/** What the windows and Nagle's algorithm let go next: so many bytes, 0 for a FIN alone; or nothing. */
export type Burst = number | 'nothing' | 'waits-for-congestion-window';

/**
 * The burst that leaves next (the body of `tcp_write_xmit`). A burst of several segments, unlike one alone, may fill what is left of
 * the window, however little; but one that would be shorter than it might be waits for the next ACK, if that makes it longer a moment later
 * (`tcp_tso_should_defer`). That is what most ACKs of a transfer lead to, so it stands here and not in a function of its own.
 * @param most segments that a burst may have
 */
export function nextBurst(tcb: Tcb, mss: number, most: number, inFlight: number, mode: SendMode): Burst {
  const { sendQueue, snd, finQueued, cwnd } = tcb;
  // The congestion window lets half of it go, so that two bursts can be under way (`tcp_cwnd_test`).
  const half = Math.floor(cwnd / 2);
  let quota = cwnd - inFlight;
  if (quota > half && half > 0) quota = half;
  if (quota <= 0) {
    if (mode !== 'probe' && !isExemptFin(tcb, mss)) return 'waits-for-congestion-window';
    quota = 1;
  }
  const allowed = mss * (quota < most ? quota : most);
  let length = sendQueue.headLength;
  if (length < allowed && sendQueue.count > 1 && hasFeature(tcb.kernel.version, 'pieces grow before they leave')) {
    sendQueue.growHead(allowed - length);
    length = sendQueue.headLength;
  }
  if (length === 0 && !finQueued) return 'nothing';
  const isLast = sendQueue.count <= 1;
  const room = diff(add(snd.una, snd.wnd), snd.nxt);
  if (length <= mss) {
    const fin = finQueued && isLast ? 1 : 0;
    if (length + fin > room) return 'nothing';
    return isLast && length < mss && fin === 0 && isHeld(tcb, mode) ? 'nothing' : length;
  }
  if (mss > room) return 'nothing';
  const { state } = tcb.recovery;
  const { head } = tcb.sent;
  const { now } = tcb.clock;
  if (
    mode !== 'one-burst' &&
    mode !== 'probe' &&
    state !== 'Recovery' &&
    state !== 'Loss' &&
    head !== undefined &&
    // Only while sending goes on. What is a millisecond ago by the clock of a run is a little longer ago on any machine.
    now - tcb.lastSentAt < MILLISECOND
  ) {
    const cwndRoom = (cwnd - inFlight) * mss;
    const limit = Math.min(room, cwndRoom);
    const { srtt } = tcb.rtt;
    const divisor = tcb.kernel.sysctls.tcp_tso_win_divisor;
    // A share of the windows is enough.
    const enough = divisor > 0 ? Math.floor(Math.min(snd.wnd, cwnd * mss) / divisor) : MAX_DEFERRED_SEGMENTS * mss + 1;
    if (
      limit < most * mss &&
      (isLast || limit < length) &&
      limit < enough &&
      // Else the next ACK would be too long in coming.
      head.lastSentAt + srtt - now <= Math.min(srtt / 2, MILLISECOND)
    ) {
      if (cwndRoom < room) {
        if (cwndRoom <= length) return 'waits-for-congestion-window';
      } else if (room <= length) {
        return 'nothing';
      }
      if (!finQueued || !isLast) return 'nothing';
    }
  }
  // `tcp_mss_split_point`.
  if (allowed <= room && !isLast) return Math.min(allowed, length);
  const wanted = Math.min(length, room);
  if (allowed <= wanted) return allowed;
  const partial = wanted % mss;
  return partial > 0 && isHeld(tcb, mode) ? wanted - partial : wanted;
}

/** Before 6.10 the congestion window did not hold a FIN back, nor the data in its segment (`tcp_cwnd_test`). */
function isExemptFin({ sendQueue, finQueued, kernel }: Tcb, mss: number): boolean {
  return (
    finQueued &&
    sendQueue.count <= 1 &&
    sendQueue.headLength <= mss &&
    !hasFeature(kernel.version, 'FIN within the congestion window')
  );
}

/** Whether what does not fill a segment has to wait. */
function isHeld(tcb: Tcb, mode: SendMode): boolean {
  return mode === 'whole-segments' || (mode === 'all' && isHeldByNagle(tcb));
}
