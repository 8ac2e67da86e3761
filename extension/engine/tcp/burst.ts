/**
 * Bursts: Linux hands several segments to the device as one (TSO) and the last of them carries PSH (tcp_output.c). On the wire
 * they are ordinary segments; the burst decides which are pushed, and whether the rest of a window is filled.
 */
import { powerOfTwo } from '../../base/power-of-two.ts';
import { SECOND } from '../../base/time.ts';
import { GSO_MAX_SIZE } from './constants.ts';
import { add, diff } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** `sysctl_tcp_min_tso_segs`. */
const MIN_TSO_SEGMENTS = 2;
/** `sk_pacing_shift`: a burst is worth 1/1024 s of the pacing rate. */
const PACING_SHIFT = 10;
/** `sysctl_tcp_tso_rtt_log`: near peers get longer bursts. */
const TSO_RTT_LOG = 9;
/** Whatever is shifted so far is gone. */
const MAX_SHIFT = 30;

/** How many segments a burst has at most (`tcp_tso_autosize`). */
function tsoSegments(tcb: Tcb, mss: number): number {
  const srtt = Math.max(1, tcb.rtt.srtt);
  // `tcp_update_pacing_rate`: twice the window each round trip in slow start, 1.2 times later. Bytes per second.
  const gain = tcb.cwnd < tcb.ssthresh / 2 ? 2 : 1.2;
  const rate = (mss * Math.max(tcb.cwnd, tcb.sent.length) * gain * SECOND) / srtt;
  const near = GSO_MAX_SIZE / powerOfTwo(Math.min(Math.floor(srtt / powerOfTwo(TSO_RTT_LOG)), MAX_SHIFT));
  const bytes = Math.min(rate / powerOfTwo(PACING_SHIFT) + Math.floor(near), GSO_MAX_SIZE);
  return Math.max(Math.floor(bytes / mss), MIN_TSO_SEGMENTS);
}

/**
 * Bytes of the burst that begins now (`tcp_mss_split_point`): more than a segment, else 0. Unlike a segment alone, its end may
 * fill what is left of the window, however little that is.
 * @param holdsSmall Nagle's algorithm holds a small segment back.
 */
export function burstBytes(tcb: Tcb, mss: number, holdsSmall: boolean): number {
  const room = diff(add(tcb.snd.una, tcb.snd.wnd), tcb.snd.nxt);
  const quota = Math.min(Math.max(Math.floor(tcb.cwnd / 2), 1), tcb.cwnd - tcb.sent.inFlight);
  const most = mss * Math.min(tsoSegments(tcb, mss), quota);
  const wanted = Math.min(tcb.unsent, room, restOfPiece(tcb));
  const bytes = wanted >= most ? most : holdsSmall ? wanted - (wanted % mss) : wanted;
  return bytes > mss ? bytes : 0;
}

/** No burst spans two pieces of the send queue. */
function restOfPiece(tcb: Tcb): number {
  const { pieceEnds, snd } = tcb;
  while (pieceEnds[0] !== undefined && diff(pieceEnds[0], snd.nxt) <= 0) pieceEnds.shift();
  return pieceEnds[0] === undefined ? Infinity : diff(pieceEnds[0], snd.nxt);
}
