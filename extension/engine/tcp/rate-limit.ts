import type { Segment } from './segment.ts';
import { endSeq, has, SYN } from './segment.ts';
import type { Tcb } from './tcb.ts';

/**
 * Whether a reply to an out-of-window segment may leave now: at most one per `tcp_invalid_ratelimit`, but segments with
 * data or a FIN are always answered, for they cannot be part of a loop of ACKs (`tcp_oow_rate_limited`).
 */
export function mayAnswerOutOfWindow(tcb: Tcb, segment: Segment): boolean {
  if (endSeq(segment) !== segment.seq && !has(segment, SYN)) return true;
  return mayChallenge(tcb);
}

/** Whether a challenge ACK may leave now: whatever the segment carries (`__tcp_oow_rate_limited`). */
export function mayChallenge(tcb: Tcb): boolean {
  const limit = tcb.kernel.sysctls.tcp_invalid_ratelimit * 1000;
  const last = tcb.lastOutOfWindowAckAt;
  if (last !== undefined && tcb.now - last < limit) return false;
  tcb.lastOutOfWindowAckAt = tcb.now;
  return true;
}
