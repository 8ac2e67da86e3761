/**
 * A segment arrives (RFC 9293 §3.10.7; `tcp_rcv_state_process`, `tcp_validate_incoming`). In the RFC's order: sequence
 * number, RST, SYN, ACK, text, FIN; one function per step.
 */
import { acknowledgementArrives } from './ack.ts';
import { onReset } from './close.ts';
import { acknowledgeIfDue, enterQuickAckMode } from './delayed-ack.ts';
import { nextDataArrives } from './header-prediction.ts';
import { isWorthReading } from './low-water.ts';
import { updateMetrics } from './metrics.ts';
import { completeSimultaneousOpen, synReceivedArrives, synSentArrives } from './open.ts';
import type { SendWhy } from './output.ts';
import { sendAck, sendQueued } from './output.ts';
import { isLateAck, pawsDiscards } from './paws.ts';
import { armPersistIfStuck } from './persist.ts';
import { isPlainAck, plainAckArrives } from './plain-ack.ts';
import { mayAnswerOutOfWindow, mayChallenge } from './rate-limit.ts';
import { measureByEcho } from './receive-autotuning.ts';
import { receiveText } from './receive.ts';
import { receiveWindow } from './receive-window.ts';
import type { Segment } from './segment.ts';
import { ACK, endSeq, FIN, has, RST, SYN } from './segment.ts';
import { add, after, before, diff } from './seq.ts';
import type { Tcb } from './tcb.ts';
import type { Touched } from './variables.ts';
import { isWriteable } from './send-buffer.ts';
import { enterFinWait2AsOrphan, enterTimeWait, timeWaitArrives } from './time-wait.ts';

/** Takes one segment for this end, and publishes what it changed. */
export function segmentArrives(tcb: Tcb, segment: Segment): void {
  tcb.lastReceivedAt = tcb.kernel.scheduler.toRunTime(tcb.now);
  let touched: Touched = 'anything';
  if (segment.length > 0 && nextDataArrives(tcb, segment)) {
    acknowledgeIfDue(tcb);
    if (tcb.writerSleeps) wakeWriter(tcb);
    tellReader(tcb);
    touched = 'receiving';
  } else if (isPlainAck(tcb, segment)) {
    plainAckArrives(tcb, segment);
    measureByEcho(tcb, segment);
    goOn(tcb);
  } else {
    handle(tcb, segment);
  }
  tcb.entered(touched);
}

function handle(tcb: Tcb, segment: Segment): void {
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
      if (!tcb.isRequest || synReceivedArrives(tcb, segment)) synchronizedArrives(tcb, segment, true);
      return;
    default:
      synchronizedArrives(tcb, segment);
  }
}

/** ESTABLISHED and later. */
function synchronizedArrives(tcb: Tcb, segment: Segment, isHandshake = false): void {
  if (!isAcceptable(tcb, segment)) return;
  if (has(segment, RST)) {
    resetArrives(tcb, segment);
    return;
  }
  if (has(segment, SYN) && !isCrossingSynAck(tcb, segment)) {
    challenge(tcb, 'syn-in-synchronized-state');
    return;
  }
  if (!has(segment, ACK)) {
    tcb.kernel.ignored(tcb, 'not-for-this-state');
    return;
  }
  if (!ackArrives(tcb, segment)) return;
  // What ends the handshake is no measure yet, nor is its timestamp remembered (`tcp_rcv_state_process`).
  if (tcb.state === 'ESTABLISHED' && !isHandshake) measureByEcho(tcb, segment);
  textArrives(tcb, segment);
  // Data for nobody, or the FIN, may have ended the connection.
  if (hasEnded(tcb)) return;
  goOn(tcb);
  if (segment.length > 0 && tcb.rcv.queue.bytes > 0) tellReader(tcb);
}

const WINDOW_OPENED: SendWhy = { purpose: 'data', reason: 'window-opened' };

/** What an acknowledgement allows leaves, then what is owed for the segment (`tcp_data_snd_check`, `tcp_ack_snd_check`). */
function goOn(tcb: Tcb): void {
  sendQueued(tcb, WINDOW_OPENED);
  armPersistIfStuck(tcb);
  if (tcb.delack.scheduled) acknowledgeIfDue(tcb);
  if (tcb.writerSleeps) wakeWriter(tcb);
}

/** `tcp_check_space`. */
function wakeWriter(tcb: Tcb): void {
  if (isWriteable(tcb)) tcb.kernel.writable(tcb);
}

/** `tcp_data_ready`. */
function tellReader(tcb: Tcb): void {
  if (tcb.option('SO_RCVLOWAT') === undefined || isWorthReading(tcb)) tcb.kernel.readable(tcb);
}

/** The answer to our SYN where both sides sent one: it repeats the SYN that we have (`tcp_validate_incoming`). */
function isCrossingSynAck(tcb: Tcb, segment: Segment): boolean {
  return (
    tcb.state === 'SYN_RECEIVED' &&
    has(segment, ACK) &&
    endSeq(segment) === tcb.rcv.nxt &&
    segment.seq === tcb.rcv.irs &&
    segment.ack === tcb.snd.nxt
  );
}

/** Nothing of a socket is left to handle the rest of a segment. */
function hasEnded(tcb: Tcb): boolean {
  return tcb.state === 'CLOSED' || tcb.isTimeWaitEntry;
}

/** First: the timestamp and the sequence number (`tcp_paws_discard`, `tcp_sequence`). A RST skips the timestamp. */
function isAcceptable(tcb: Tcb, segment: Segment): boolean {
  const { rcv } = tcb;
  if (!has(segment, RST) && pawsDiscards(tcb, segment)) {
    tcb.kernel.ignored(tcb, 'paws');
    if (has(segment, SYN)) challenge(tcb, 'syn-in-synchronized-state');
    else if (!isLateAck(tcb, segment)) answerUnacceptable(tcb, segment);
    return false;
  }
  const isOld = before(endSeq(segment), rcv.wup);
  const isBeyond = after(segment.seq, add(rcv.nxt, receiveWindow(tcb)));
  if (!isOld && !isBeyond) return true;
  if (!has(segment, RST)) {
    if (has(segment, SYN)) challenge(tcb, 'syn-in-synchronized-state');
    else answerUnacceptable(tcb, segment);
  } else if (isLateReset(tcb, segment)) {
    onReset(tcb);
  } else {
    tcb.kernel.ignored(tcb, 'rst-out-of-window');
  }
  return false;
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
  const end = endSeq(segment);
  if (end !== segment.seq && before(segment.seq, tcb.rcv.nxt)) {
    enterQuickAckMode(tcb);
    tcb.rcv.dsack = [segment.seq, after(end, tcb.rcv.nxt) ? tcb.rcv.nxt : end];
  }
  sendAck(tcb, { purpose: 'duplicate-ack', reason: 'unacceptable-segment' });
}

/** Second: RST. Exactly at RCV.NXT it ends the connection, elsewhere in the window it is questioned (RFC 5961 §3). */
function resetArrives(tcb: Tcb, segment: Segment): void {
  if (segment.seq === tcb.rcv.nxt || isLateReset(tcb, segment) || segment.seq === highestSackEdge(tcb)) onReset(tcb);
  else challenge(tcb, 'inexact-rst');
}

function highestSackEdge(tcb: Tcb): number | undefined {
  return tcb.sackPermitted ? tcb.rcv.outOfOrder.at(-1)?.end : undefined;
}

/** An ACK that says where we are and changes nothing (`tcp_send_challenge_ack`). */
function challenge(tcb: Tcb, reason: 'syn-in-synchronized-state' | 'inexact-rst' | 'unacceptable-ack'): void {
  if (mayChallenge(tcb)) sendAck(tcb, { purpose: 'challenge-ack', reason });
  else tcb.kernel.ignored(tcb, 'rate-limited');
}

/** Fifth: ACK. Returns false when nothing more is to be done with the segment. */
function ackArrives(tcb: Tcb, segment: Segment): boolean {
  const opening = tcb.state === 'SYN_RECEIVED';
  const verdict = acknowledgementArrives(tcb, segment);
  if (opening && (verdict !== 'acceptable' || tcb.snd.una === tcb.snd.iss)) {
    tcb.kernel.resetUnknown(segment, 'bad-ack-while-opening');
    return false;
  }
  switch (verdict) {
    case 'too-old':
      challenge(tcb, 'unacceptable-ack');
      return false;
    case 'of-unsent-data':
      tcb.kernel.ignored(tcb, 'ack-of-unsent-data');
      // RFC 9293 wants an ACK everywhere; the kernel sends it only once a FIN has passed (`tcp_rcv_state_process`).
      if (tcb.state !== 'ESTABLISHED') challenge(tcb, 'unacceptable-ack');
      return false;
    case 'old':
      return true;
    case 'acceptable':
      if (opening) completeSimultaneousOpen(tcb, segment);
      if (tcb.finQueued && diff(tcb.snd.una, tcb.queueEnd) === 0) finAcknowledged(tcb, segment);
      return !hasEnded(tcb);
  }
}

/** Our FIN is acknowledged. */
function finAcknowledged(tcb: Tcb, segment: Segment): void {
  switch (tcb.state) {
    case 'FIN_WAIT_1':
      tcb.setState('FIN_WAIT_2');
      if (tcb.orphan && tcb.knob('TCP_LINGER2', 0) < 0) {
        // Nobody waits for the peer's FIN: whatever it still has to say is refused (measured on 6.18).
        tcb.kernel.resetUnknown(segment, 'linger2-negative');
        tcb.done('aborted');
        break;
      }
      // An orphan keeps no socket for the wait, unless this very segment brings the FIN.
      if (tcb.orphan && !bringsText(tcb, segment) && !has(segment, FIN)) enterFinWait2AsOrphan(tcb);
      break;
    case 'CLOSING':
      enterTimeWait(tcb);
      break;
    case 'LAST_ACK':
      updateMetrics(tcb);
      tcb.done('closed');
      break;
    default:
      break;
  }
}

/** Bytes beyond RCV.NXT, or a FIN beyond a gap. */
function bringsText(tcb: Tcb, segment: Segment): boolean {
  return endSeq(segment) !== segment.seq && after(add(segment.seq, segment.length), tcb.rcv.nxt);
}

/** Seventh and eighth: text and FIN, where the state lets them in. */
function textArrives(tcb: Tcb, segment: Segment): void {
  switch (tcb.state) {
    case 'ESTABLISHED':
      // Even after shutdown(SHUT_RD): taken and acknowledged, and nobody is told.
      receiveText(tcb, segment);
      return;
    case 'CLOSE_WAIT':
    case 'CLOSING':
    case 'LAST_ACK':
      // Nothing can follow a FIN; what came before it may come again.
      if (!before(segment.seq, tcb.rcv.nxt)) return;
      break;
    default:
      break;
  }
  if (tcb.shutdownReceive && bringsText(tcb, segment)) {
    // Nobody can ever read it (RFC 1122 §4.2.2.13).
    tcb.kernel.resetUnknown(segment, 'data-after-close');
    onReset(tcb);
    return;
  }
  receiveText(tcb, segment);
}
