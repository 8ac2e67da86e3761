/** How much had been delivered when a segment left: the clock of round trips (tcp_rate.c, without its rates). */
import type { Tcb } from '../tcb.ts';
import type { AckEvent } from './ack-event.ts';
import type { SentSegment } from './retransmission-queue.ts';

/** A copy of the segment leaves (`tcp_rate_skb_sent`). */
export function noteSent(tcb: Tcb, segment: SentSegment): void {
  segment.deliveredBefore = tcb.recovery.delivered;
}

/** The segment was acknowledged or SACKed: the one sent last says what had been delivered by then (`tcp_rate_skb_delivered`). */
export function countDelivered(segment: SentSegment, event: AckEvent): void {
  if (segment.deliveredBefore < 0) return;
  if (segment.sendOrder > event.newestDelivered) {
    event.priorDelivered = segment.deliveredBefore;
    event.newestDelivered = segment.sendOrder;
  }
  // Once is enough: it will be acknowledged too.
  if (segment.sacked) segment.deliveredBefore = -1;
}
