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
import type { SentSegment } from './retransmission-queue.ts';
import { noteReordering, removeRenoSacks } from './scoreboard.ts';
import { wasResentInVain } from './undo.ts';

/** When the first and the last of the acknowledged segments that were sent once only and not SACKed before had left. */
interface FirstCopies {
  first: Micros | undefined;
  last: Micros;
  /** Lowest sequence number among them. */
  lowest: Seq;
}

/** @param priorUna SND.UNA, @param priorHighest the highest SACK before this ACK. */
export function cleanQueue(tcb: Tcb, segment: Segment, event: AckEvent, priorUna: Seq, priorHighest: Seq): void {
  const { sent, recovery } = tcb;
  const priorSacked = sent.sackedOut;
  const copies: FirstCopies = { first: undefined, last: 0, lowest: tcb.snd.nxt };
  let head = sent.head;
  for (; head !== undefined && !after(head.end, tcb.snd.una); head = sent.head) {
    takeOut(tcb, head, segment, copies, event);
  }
  if (head !== undefined && after(tcb.snd.una, head.seq) && trimPiece(tcb, head)) {
    takeOut(tcb, head, segment, copies, event);
    head = sent.head;
  }
  if (head?.sacked === true) event.reneging = true;
  event.maybeDelayed = looksDelayed(tcb, event, priorUna, priorSacked);
  const rtt = sample(tcb, segment, event, copies);
  if (event.acked > 0) {
    event.setTimer = true;
    if (!tcb.sackPermitted) {
      removeRenoSacks(tcb, event.acked);
      // Nothing tells then which copy arrived.
      if (event.resentAcked) event.originalDelivered = false;
    } else if (before(copies.lowest, priorHighest)) {
      noteReordering(tcb, copies.lowest);
    }
  } else if (rtt !== undefined && head !== undefined && (event.firstSackedSentAt ?? Infinity) < head.lastSentAt) {
    // Measured by data older than the head's last copy: the timeout may count from now.
    event.setTimer = true;
  }
  tcb.congestionControl.onAcked?.({ acked: event.acked, rtt });
  if (recovery.resendFrom !== undefined && !after(recovery.resendFrom.end, tcb.snd.una))
    recovery.resendFrom = undefined;
}

function takeOut(tcb: Tcb, head: SentSegment, segment: Segment, copies: FirstCopies, event: AckEvent): void {
  const { sent, recovery } = tcb;
  if (head.everRetransmitted) {
    event.resentAcked = true;
  } else if (!head.sacked) {
    copies.first ??= head.lastSentAt;
    copies.last = head.lastSentAt;
    if (before(head.seq, copies.lowest)) copies.lowest = head.seq;
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
 * @returns the round trip of the segment delivered last; undefined when nothing can be told.
 */
function sample(tcb: Tcb, segment: Segment, event: AckEvent, copies: FirstCopies): Micros | undefined {
  const { now } = tcb;
  let measured: Micros | undefined;
  let latest: Micros | undefined;
  if (copies.first !== undefined && !event.resentAcked) {
    measured = now - copies.first;
    latest = now - copies.last;
  }
  if (event.firstSackedSentAt !== undefined) {
    measured ??= now - event.firstSackedSentAt;
    latest = now - event.lastSackedSentAt;
  }
  if (measured === undefined && event.acked > 0) measured = latest = rttFromEcho(tcb, segment);
  if (measured !== undefined) takeRttSample(tcb, measured, latest, event.maybeDelayed);
  return latest;
}
