/**
 * The states of loss recovery and what moves between them (`tcp_fastretrans_alert`; RFC 5681 §3.2, RFC 6675 §5, RFC 8985
 * §6). It decides what counts as lost; how much is sent, the window does.
 */
import type { Segment } from '../segment.ts';
import type { Seq } from '../seq.ts';
import { before } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import { currentSsthresh } from '../congestion/window.ts';
import { jiffies } from '../jiffies.ts';
import { MILLISECOND } from '../../../base/time.ts';
import type { AckEvent } from './ack-event.ts';
import type { Resend } from './loss.ts';
import { processLoss } from './loss.ts';
import { beginReduction, endReduction, isReducing } from './prr.ts';
import { isGapTooWide, isRackOn, markLostByCount, markLostByNewReno, markLostByRack } from './rack.ts';
import { addRenoSack, anyRetransmissionDone } from './scoreboard.ts';
import { setState, tryToOpen } from './transitions.ts';
import { beginUndo, tryUndoDsack, tryUndoPartial, tryUndoRecovery } from './undo.ts';

/**
 * An ACK that is not quite ordinary. Returns what is to be sent again.
 * @param duplicates 1 for a duplicate ACK, else 0. @param priorUna SND.UNA before it.
 */
export function handleDubiousAck(
  tcb: Tcb,
  segment: Segment,
  event: AckEvent,
  duplicates: number,
  priorUna: Seq,
): Resend {
  const { recovery, sent } = tcb;
  let countsLosses = duplicates > 0 || (event.dataSacked && isGapTooWide(tcb));
  if (sent.length === 0) sent.sackedOut = 0;
  if (waitsOutReneging(tcb, event)) return 'nothing';
  if (recovery.state === 'Open') {
    tcb.retransStamp = undefined;
  } else if (!before(tcb.snd.una, recovery.highSeq) && leavesState(tcb, segment)) {
    return 'nothing';
  }
  let isFirst = false;
  switch (recovery.state) {
    case 'Recovery':
      if (!event.advanced) {
        if (!tcb.sackPermitted) addRenoSack(tcb, duplicates);
      } else {
        if (tryUndoPartial(tcb, segment, priorUna)) return 'nothing';
        countsLosses ||= isGapTooWide(tcb);
      }
      if (tryUndoDsack(tcb)) tryToOpen(tcb);
      identifyLosses(tcb, event);
      if (stateNow(tcb) !== 'Recovery') {
        if (!isTimeToRecover(tcb)) return 'nothing';
        enterRecovery(tcb);
      }
      break;
    case 'Loss': {
      const resend = processLoss(tcb, segment, event, duplicates);
      identifyLosses(tcb, event);
      if (stateNow(tcb) !== 'Open' && !event.lostRetransmission) return resend;
      // The window was restored, or retransmissions were lost: look at it as at any other ACK.
      if (!startsRecovery(tcb, event, duplicates)) return resend;
      isFirst = true;
      break;
    }
    default:
      if (!startsRecovery(tcb, event, duplicates)) return 'nothing';
      isFirst = true;
  }
  if (!isRackOn(tcb) && countsLosses) markLostByCount(tcb, isFirst);
  return 'lost';
}

/** The state after something that may have changed it; the type checker believes in the one before. */
function stateNow(tcb: Tcb): Tcb['recovery']['state'] {
  return tcb.recovery.state;
}

/** Neither in Recovery nor in Loss: does a recovery begin? */
function startsRecovery(tcb: Tcb, event: AckEvent, duplicates: number): boolean {
  const { recovery, sent } = tcb;
  if (!tcb.sackPermitted) {
    if (event.advanced) sent.sackedOut = 0;
    addRenoSack(tcb, duplicates);
  }
  if (recovery.state === 'Open' || recovery.state === 'Disorder') tryUndoDsack(tcb);
  identifyLosses(tcb, event);
  if (!isTimeToRecover(tcb)) {
    tryToOpen(tcb);
    return false;
  }
  enterRecovery(tcb);
  return true;
}

/** What the state was entered for is acknowledged. Returns true when nothing more is to be done. */
function leavesState(tcb: Tcb, segment: Segment): boolean {
  const { recovery } = tcb;
  if (recovery.state === 'CWR') {
    if (tcb.snd.una === recovery.highSeq) return false;
    endReduction(tcb);
    setState(tcb, 'Open');
  } else if (recovery.state === 'Recovery') {
    if (!tcb.sackPermitted) tcb.sent.sackedOut = 0;
    if (tryUndoRecovery(tcb, segment)) return true;
    endReduction(tcb);
  }
  return false;
}

/** `tcp_identify_packet_loss`. */
function identifyLosses(tcb: Tcb, event: AckEvent): void {
  const { sent } = tcb;
  if (sent.length === 0) return;
  if (!tcb.sackPermitted) {
    markLostByNewReno(tcb, event.advanced);
  } else if (isRackOn(tcb)) {
    const before = sent.retransOut;
    if (markLostByRack(tcb)) event.setTimer = false;
    if (before > sent.retransOut) event.lostRetransmission = true;
  }
}

/** `tcp_time_to_recover`. */
function isTimeToRecover(tcb: Tcb): boolean {
  const { sent, recovery } = tcb;
  return sent.lostOut > 0 || (!isRackOn(tcb) && sent.sackedOut + 1 > recovery.reordering);
}

/** Fast recovery begins (`tcp_enter_recovery`). */
export function enterRecovery(tcb: Tcb): void {
  const { recovery } = tcb;
  // The clock of giving up starts with the fast retransmission.
  if (!anyRetransmissionDone(tcb)) tcb.retransStamp = undefined;
  recovery.priorSsthresh = 0;
  beginUndo(tcb);
  if (!isReducing(tcb)) {
    recovery.priorSsthresh = currentSsthresh(tcb);
    beginReduction(tcb);
  }
  setState(tcb, 'Recovery');
}

/**
 * SND.UNA stands before a segment that was SACKed: the receiver seems to have dropped it. It gets a little time to say so
 * again; then the timer forgets all SACKs (`tcp_check_sack_reneging`).
 */
function waitsOutReneging(tcb: Tcb, event: AckEvent): boolean {
  if (!event.reneging || !event.advanced) return false;
  const { hz } = tcb.kernel;
  const half = Math.ceil((Math.floor(tcb.rtt.srtt / 2) * hz) / 1_000_000);
  const least = Math.ceil((10 * MILLISECOND * hz) / 1_000_000);
  tcb.retransmitTimer.arm('retransmission', tcb.now + jiffies(Math.max(half, least), hz), tcb.backoff);
  event.setTimer = false;
  return true;
}
