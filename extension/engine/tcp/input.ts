/**
 * A segment arrives (RFC 9293 §3.10.7; `tcp_rcv_state_process`, `tcp_validate_incoming`). In the RFC's order: sequence
 * number, RST, SYN, ACK, text, FIN; one function per step.
 */
import { acknowledgementArrives } from './ack.ts';
import { finTimeout, onReset } from './close.ts';
import { acknowledgeIfDue, enterQuickAckMode } from './delayed-ack.ts';
import { synReceivedArrives, synSentArrives } from './open.ts';
import { receiveWindow, sendAck, sendQueued } from './output.ts';
import { mayAnswerOutOfWindow } from './rate-limit.ts';
import { receiveText } from './receive.ts';
import { armPersistIfStuck } from './retransmit.ts';
import type { Segment } from './segment.ts';
import { ACK, endSeq, FIN, has, RST, SYN } from './segment.ts';
import { add, after, before, diff } from './seq.ts';
import type { Tcb } from './tcb.ts';
import { enterTimeWait, timeWaitArrives } from './time-wait.ts';
import { TCP_PAWS_WRAP, TCP_TIMEWAIT_LEN } from './constants.ts';

/** Takes one segment for this end. */
export function segmentArrives(tcb: Tcb, segment: Segment): void {
  tcb.lastReceivedAt = tcb.now;
  if (tcb.isTimeWaitEntry) {
    timeWaitArrives(tcb, segment);
    return;
  }
  switch (tcb.state) {
    case 'CLOSED':
    case 'LISTEN':
    case 'TIME_WAIT':
      return;
    case 'SYN_SENT':
      synSentArrives(tcb, segment);
      return;
    case 'SYN_RECEIVED':
      if (synReceivedArrives(tcb, segment)) synchronizedArrives(tcb, segment);
      return;
    default:
      synchronizedArrives(tcb, segment);
  }
}

/** ESTABLISHED and later. */
function synchronizedArrives(tcb: Tcb, segment: Segment): void {
  if (!isAcceptable(tcb, segment)) return;
  if (has(segment, RST)) {
    resetArrives(tcb, segment);
    return;
  }
  if (has(segment, SYN)) {
    challenge(tcb, segment, 'syn-in-synchronized-state');
    return;
  }
  if (!has(segment, ACK)) {
    tcb.kernel.ignored(tcb, 'not-for-this-state');
    return;
  }
  rememberTimestamp(tcb, segment);
  if (!ackArrives(tcb, segment) || tcb.state === 'CLOSED' || tcb.isTimeWaitEntry) return;
  if (meetsNobody(tcb, segment)) return;
  receiveText(tcb, segment);
  // The FIN may have ended the connection.
  if (tcb.isTimeWaitEntry) return;
  const readableBytes = segment.length > 0 && tcb.rcv.unread > 0;
  sendQueued(tcb, { purpose: 'data', reason: 'window-opened' });
  armPersistIfStuck(tcb);
  acknowledgeIfDue(tcb);
  if (readableBytes) tcb.kernel.readable(tcb);
}

/** First: the timestamp and the sequence number (`tcp_paws_discard`, `tcp_sequence`). A RST skips the timestamp. */
function isAcceptable(tcb: Tcb, segment: Segment): boolean {
  const { rcv } = tcb;
  const stamp = segment.options.timestamps;
  if (tcb.timestamps && stamp !== undefined && !has(segment, RST) && isOlderStamp(tcb, stamp.tsVal)) {
    tcb.kernel.ignored(tcb, 'paws');
    answerUnacceptable(tcb, segment);
    return false;
  }
  const isOld = before(endSeq(segment), rcv.wup);
  const isBeyond = after(segment.seq, add(rcv.nxt, receiveWindow(tcb)));
  if (!isOld && !isBeyond) return true;
  if (!has(segment, RST)) {
    if (has(segment, SYN)) challenge(tcb, segment, 'syn-in-synchronized-state');
    else answerUnacceptable(tcb, segment);
  } else if (isLateReset(tcb, segment)) {
    onReset(tcb);
  } else {
    tcb.kernel.ignored(tcb, 'rst-out-of-window');
  }
  return false;
}

/** `tcp_paws_check`. A stored timestamp that is too old to compare with counts as none. */
function isOlderStamp({ tsRecent, tsRecentAt, now }: Tcb, tsVal: number): boolean {
  return tsRecent !== 0 && now - tsRecentAt < TCP_PAWS_WRAP && diff(tsVal, tsRecent) < -1;
}

/** A RST just before RCV.NXT is taken once the peer's FIN was (`tcp_reset_check`). */
function isLateReset(tcb: Tcb, segment: Segment): boolean {
  return (
    segment.seq === add(tcb.rcv.nxt, -1) &&
    (tcb.state === 'CLOSE_WAIT' || tcb.state === 'LAST_ACK' || tcb.state === 'CLOSING')
  );
}

/** A duplicate ACK for what cannot be used, so that the sender learns where we are (`tcp_send_dupack`). */
function answerUnacceptable(tcb: Tcb, segment: Segment): void {
  if (!mayAnswerOutOfWindow(tcb, segment)) {
    tcb.kernel.ignored(tcb, 'rate-limited');
    return;
  }
  if (segment.length > 0 && before(segment.seq, tcb.rcv.nxt)) {
    enterQuickAckMode(tcb);
    const end = endSeq(segment);
    tcb.rcv.dsack = [segment.seq, after(end, tcb.rcv.nxt) ? tcb.rcv.nxt : end];
  }
  sendAck(tcb, { purpose: 'duplicate-ack', reason: 'unacceptable-segment' });
}

/** Second: RST. Exactly at RCV.NXT it ends the connection, elsewhere in the window it is questioned (RFC 5961 §3). */
function resetArrives(tcb: Tcb, segment: Segment): void {
  if (segment.seq === tcb.rcv.nxt || segment.seq === highestSackEdge(tcb)) onReset(tcb);
  else challenge(tcb, segment, 'inexact-rst');
}

function highestSackEdge(tcb: Tcb): number | undefined {
  return tcb.sackPermitted ? tcb.rcv.outOfOrder.at(-1)?.end : undefined;
}

/** An ACK that says where we are and changes nothing (`tcp_send_challenge_ack`). */
function challenge(
  tcb: Tcb,
  segment: Segment,
  reason: 'syn-in-synchronized-state' | 'inexact-rst' | 'unacceptable-ack',
): void {
  if (mayAnswerOutOfWindow(tcb, { ...segment, length: 0 })) sendAck(tcb, { purpose: 'challenge-ack', reason });
  else tcb.kernel.ignored(tcb, 'rate-limited');
}

/** TS.Recent follows segments that start at or before the last ACK sent (RFC 7323 §4.3). */
function rememberTimestamp(tcb: Tcb, segment: Segment): void {
  const stamp = segment.options.timestamps;
  if (tcb.timestamps && stamp !== undefined && !after(segment.seq, tcb.rcv.wup)) tcb.storeTimestamp(stamp.tsVal);
}

/** Fifth: ACK. Returns false when the segment is to be dropped. */
function ackArrives(tcb: Tcb, segment: Segment): boolean {
  const verdict = acknowledgementArrives(tcb, segment);
  switch (verdict) {
    case 'too-old':
      challenge(tcb, segment, 'unacceptable-ack');
      return false;
    case 'of-unsent-data':
      tcb.kernel.ignored(tcb, 'ack-of-unsent-data');
      return false;
    case 'old':
      return true;
    case 'acceptable':
      if (tcb.finQueued && diff(tcb.snd.una, tcb.queueEnd) === 0) finAcknowledged(tcb, segment);
      return true;
  }
}

/** Our FIN is acknowledged. */
function finAcknowledged(tcb: Tcb, segment: Segment): void {
  switch (tcb.state) {
    case 'FIN_WAIT_1':
      tcb.setState('FIN_WAIT_2');
      // An orphan keeps no socket for the wait, unless this very segment brings the FIN.
      if (tcb.orphan && !bringsText(tcb, segment) && !has(segment, FIN)) {
        enterTimeWait(tcb, 'fin-wait-2', finTimeout(tcb));
      }
      break;
    case 'CLOSING':
      enterTimeWait(tcb, 'time-wait', TCP_TIMEWAIT_LEN);
      break;
    case 'LAST_ACK':
      tcb.done('closed');
      break;
    default:
      break;
  }
}

function bringsText(tcb: Tcb, segment: Segment): boolean {
  return segment.length > 0 && after(add(segment.seq, segment.length), tcb.rcv.nxt);
}

/** Data for a closed socket: nobody can ever read it (RFC 1122 §4.2.2.13). Returns true when that ended the connection. */
function meetsNobody(tcb: Tcb, segment: Segment): boolean {
  if (!tcb.orphan || !bringsText(tcb, segment)) return false;
  tcb.kernel.resetUnknown(segment, 'data-after-close');
  tcb.done('reset');
  return true;
}
