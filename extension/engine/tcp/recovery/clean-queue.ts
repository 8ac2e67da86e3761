/** What an ACK covers leaves the retransmission queue; what that says of the round trip (`tcp_clean_rtx_queue`, `tcp_ack_update_rtt`). */
import type { Micros } from '../../../base/time.ts';
import { payloadPerSegment } from '../path-mtu.ts';
import { rttFromEcho, takeRttSample } from '../rtt-sample.ts';
import type { Segment } from '../segment.ts';
import type { Seq } from '../seq.ts';
import { after, before, diff } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import type { AckEvent } from './ack-event.ts';
import { countDelivered } from './delivery.ts';
import { advanceRack } from './rack.ts';
import { trimPiece } from './recut-piece.ts';
import { noteReordering, removeRenoSacks } from './scoreboard.ts';
import { wasResentInVain } from './undo.ts';

/** @param priorUna SND.UNA, @param priorHighest the highest SACK before this ACK. */
export function cleanQueue(tcb: Tcb, segment: Segment, event: AckEvent, priorUna: Seq, priorHighest: Seq): void {
  const { sent, recovery } = tcb;
  const { una } = tcb.snd;
  const priorSacked = sent.sackedOut;
  // When the first and the last of those that were sent once only and not SACKed before had left, and their lowest sequence number.
  let first: Micros | undefined;
  let last: Micros = 0;
  let lowest = tcb.snd.nxt;
  let head = sent.head;
  for (; head !== undefined && (!after(head.end, una) || trimPiece(tcb, head)); head = sent.head) {
    if (head.everRetransmitted) {
      event.resentAcked = true;
    } else if (!head.sacked) {
      first ??= head.lastSentAt;
      last = head.lastSentAt;
      if (before(head.seq, lowest)) lowest = head.seq;
      if (!after(head.end, recovery.highSeq)) event.originalDelivered = true;
    }
    if (!head.sacked && tcb.sackPermitted) {
      recovery.delivered++;
      if (!wasResentInVain(tcb, head, segment)) advanceRack(tcb, head);
    }
    event.acked++;
    countDelivered(head, event);
    sent.removeHead();
  }
  if (head?.sacked === true) event.reneging = true;
  event.maybeDelayed = looksDelayed(tcb, event, priorUna, priorSacked);
  const rtt = sample(tcb, segment, event, first, last);
  if (event.acked > 0) {
    event.setTimer = true;
    if (!tcb.sackPermitted) {
      removeRenoSacks(tcb, event.acked);
      // Nothing tells then which copy arrived.
      if (event.resentAcked) event.originalDelivered = false;
    } else if (before(lowest, priorHighest)) {
      noteReordering(tcb, lowest);
    }
  } else if (rtt !== undefined && head !== undefined && (event.firstSackedSentAt ?? Infinity) < head.lastSentAt) {
    // Measured by data older than the head's last copy: the timeout may count from now.
    event.setTimer = true;
  }
  tcb.congestionControl.onAcked?.({ acked: event.acked, rtt });
  if (recovery.resendFrom !== undefined && !after(recovery.resendFrom.end, una)) recovery.resendFrom = undefined;
}

/** One short segment alone after a quiet round trip: the peer may have waited with its ACK (`FLAG_ACK_MAYBE_DELAYED`). */
function looksDelayed(tcb: Tcb, event: AckEvent, priorUna: Seq, priorSacked: number): boolean {
  return (
    event.acked === 1 &&
    !event.resentAcked &&
    priorSacked === 0 &&
    diff(tcb.snd.una, priorUna) < payloadPerSegment(tcb) &&
    event.priorDelivered + 1 === tcb.recovery.delivered
  );
}

/**
 * Which ACKs give samples (`tcp_ack_update_rtt`): Karn's rule first, then a SACK of data sent once only, then the echo.
 * @param first when the first segment left that was sent once only, and @param last the last one
 * @returns the round trip of the segment delivered last; undefined when nothing can be told.
 */
function sample(
  tcb: Tcb,
  segment: Segment,
  event: AckEvent,
  first: Micros | undefined,
  last: Micros,
): Micros | undefined {
  const { now } = tcb;
  let measured: Micros | undefined;
  let latest: Micros | undefined;
  if (first !== undefined && !event.resentAcked) {
    measured = now - first;
    latest = now - last;
  }
  if (event.firstSackedSentAt !== undefined) {
    measured ??= now - event.firstSackedSentAt;
    latest = now - event.lastSackedSentAt;
  }
  if (measured === undefined && event.acked > 0) measured = latest = rttFromEcho(tcb, segment);
  if (measured !== undefined) takeRttSample(tcb, measured, latest, event.maybeDelayed);
  return latest;
}
