import type { Segment } from './segment.ts';
import { has, SYN } from './segment.ts';
import type { Tcb } from './tcb.ts';

/**
 * Whether a reply to an out-of-window segment may leave now: at most one per `tcp_invalid_ratelimit`, but segments with
 * data are always answered (`tcp_oow_rate_limited`).
 */
export function mayAnswerOutOfWindow(tcb: Tcb, segment: Segment): boolean {
  if (segment.length > 0 && !has(segment, SYN)) return true;
  const limit = tcb.kernel.sysctls.tcp_invalid_ratelimit * 1000;
  const last = tcb.lastOutOfWindowAckAt;
  if (last !== undefined && tcb.now - last < limit) return false;
  tcb.lastOutOfWindowAckAt = tcb.now;
  return true;
}
