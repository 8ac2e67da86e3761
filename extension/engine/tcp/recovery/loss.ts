/** After the retransmission timer fired: the state Loss, and F-RTO's search for proof that it fired in vain (RFC 5682; tcp_input.c). */
import { addRenoSack, markLost } from './scoreboard.ts';
import type { Segment } from '../segment.ts';
import { add, after, before } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import type { AckEvent } from './ack-event.ts';
import { currentSsthresh } from '../congestion/window.ts';
import { isRackOn, rackTimeout } from './rack.ts';
import type { SentSegment } from './retransmission-queue.ts';
import { setState } from './transitions.ts';
import { beginUndo, tryUndoLoss, tryUndoRecovery } from './undo.ts';

/** What is to be sent again after an ACK (`REXMIT_NONE`, `REXMIT_LOST`, `REXMIT_NEW`). */
export type Resend = 'nothing' | 'lost' | 'new';

/** The timer fired: everything that is not too young counts as lost, one segment may be in flight (`tcp_enter_loss`). */
export function enterLoss(tcb: Tcb): void {
  const { recovery, sent } = tcb;
  const isOrderly = recovery.state === 'Open' || recovery.state === 'Disorder';
  const isNewRecovery = isOrderly || recovery.state === 'CWR';
  markTimedOut(tcb);
  // Once per window of data.
  if (isOrderly || !after(recovery.highSeq, tcb.snd.una) || (recovery.state === 'Loss' && tcb.retransmits === 0)) {
    recovery.priorSsthresh = currentSsthresh(tcb);
    recovery.priorCwnd = tcb.cwnd;
    tcb.ssthresh = tcb.congestionControl.ssthresh();
    beginUndo(tcb);
  }
  tcb.cwnd = sent.inFlight + 1;
  tcb.cwndCount = 0;
  tcb.cwndUsage.stamp = tcb.now;
  // So many duplicates and yet a timeout: the path reorders less than was thought.
  const { tcp_reordering: least, tcp_frto: frto } = tcb.kernel.sysctls;
  if (isOrderly && sent.sackedOut >= least) recovery.reordering = Math.min(recovery.reordering, least);
  setState(tcb, 'Loss');
  recovery.highSeq = tcb.snd.nxt;
  recovery.tlpHighSeq = undefined;
  recovery.frto = frto !== 0 && (isNewRecovery || tcb.retransmits > 0);
}

/** `tcp_timeout_mark_lost`. A SACKed head means that the receiver took its SACKs back. */
function markTimedOut(tcb: Tcb): void {
  const { sent, recovery } = tcb;
  const { head } = sent;
  const reneged = head?.sacked === true;
  if (reneged) recovery.isReneging = true;
  if (reneged || !tcb.sackPermitted) sent.sackedOut = 0;
  const sparesYoung = !reneged && isRackOn(tcb);
  for (let index = 0; index < sent.length; index++) {
    const segment = sent.at(index) as SentSegment;
    if (reneged) segment.sacked = false;
    else if (sparesYoung && index > 0 && rackTimeout(tcb, segment, 0) > 0) continue;
    markLost(tcb, segment, 'timeout');
  }
  recovery.resendFrom = undefined;
}

/** An ACK in Loss: spurious, repaired, or on with it (`tcp_process_loss`). */
export function processLoss(tcb: Tcb, segment: Segment, event: AckEvent, duplicates: number): Resend {
  const { recovery, snd } = tcb;
  const isRepaired = !before(snd.una, recovery.highSeq);
  if (event.advanced && tryUndoLoss(tcb, segment, false)) return 'nothing';
  if (recovery.frto) {
    // Step 3.b: data that was sent once only arrived, so not all was lost.
    if (event.originalDelivered && tryUndoLoss(tcb, segment, true)) return 'nothing';
    if (after(snd.nxt, recovery.highSeq)) {
      // Step 3.a: even new data draws duplicates.
      if (event.dataSacked || duplicates > 0) recovery.frto = false;
    } else if (event.advanced && !isRepaired) {
      recovery.highSeq = snd.nxt;
      // Step 2.b: new data, if there is any and the window lets it go.
      if (tcb.hasUnsent && after(add(snd.una, snd.wnd), snd.nxt)) return 'new';
      recovery.frto = false;
    }
  }
  if (isRepaired) {
    tryUndoRecovery(tcb, segment);
    return 'nothing';
  }
  if (!tcb.sackPermitted) {
    // A duplicate means that new data of step 2.b arrived.
    if (after(snd.nxt, recovery.highSeq) && duplicates > 0) addRenoSack(tcb, duplicates);
    else if (event.advanced) tcb.sent.sackedOut = 0;
  }
  return 'lost';
}
