/** How much had been delivered when a segment left: the clock of round trips (tcp_rate.c, without its rates). */
import type { Seq } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import type { AckEvent } from './ack-event.ts';
import type { SentSegment } from './retransmission-queue.ts';
import { sentAfter } from './retransmission-queue.ts';

/** A copy of the segment leaves (`tcp_rate_skb_sent`). @param isFirst nothing else is in flight. */
export function noteSent(tcb: Tcb, segment: SentSegment, isFirst: boolean): void {
  const { recovery } = tcb;
  if (isFirst) recovery.lastDeliveredSentAt = segment.lastSentAt;
  segment.deliveredBefore = recovery.delivered;
}

/** The segment was acknowledged or SACKed: the one sent last says what had been delivered by then (`tcp_rate_skb_delivered`). */
export function countDelivered(tcb: Tcb, segment: SentSegment, event: AckEvent): void {
  if (segment.deliveredBefore < 0) return;
  const { recovery } = tcb;
  const sentAt = segment.lastSentAt;
  const isNewest =
    event.priorDelivered === 0 ||
    sentAfter(sentAt, segment.end, recovery.lastDeliveredSentAt, event.priorDeliveredEnd as Seq);
  if (isNewest) {
    event.priorDelivered = segment.deliveredBefore;
    event.priorDeliveredEnd = segment.end;
    recovery.lastDeliveredSentAt = sentAt;
  }
  // Once is enough: it will be acknowledged too.
  if (segment.sacked) segment.deliveredBefore = -1;
}
