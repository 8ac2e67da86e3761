/** An acknowledgement arrives: the retransmission queue shrinks, clocks are set, samples taken, windows moved (`tcp_ack`). */
import { powerOfTwo } from '../../base/power-of-two.ts';
import { updatePacingRate } from './congestion/pacing.ts';
import { giveBack } from './forward-allocation.ts';
import { restartAfterIdle } from './congestion/window.ts';
import { sendQueued } from './output.ts';
import { rememberTimestamp } from './paws.ts';
import { onAckWhileProbing } from './persist.ts';
import type { AckEvent } from './recovery/ack-event.ts';
import { beginAckEvent, isDuplicate } from './recovery/ack-event.ts';
import { cleanQueue } from './recovery/clean-queue.ts';
import { handleDubiousAck } from './recovery/fast-recovery.ts';
import type { Resend } from './recovery/loss.ts';
import { isReducing, reduceWindow } from './recovery/prr.ts';
import { adaptReorderingWindow } from './recovery/rack.ts';
import { resendLost } from './recovery/resend.ts';
import { takeSackBlocks } from './recovery/sack.ts';
import { highestSack } from './recovery/scoreboard.ts';
import { onAckOfLossProbe, scheduleLossProbe } from './recovery/tail-loss-probe.ts';
import { checkPrediction } from './receive-memory.ts';
import { armRetransmission } from './retransmit.ts';
import type { Segment } from './segment.ts';
import { endSeq } from './segment.ts';
import { add, after, before } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** What the acknowledgement turned out to be. Only 'acceptable' lets the rest of the segment count as confirmed. */
export type AckVerdict = 'acceptable' | 'old' | 'too-old' | 'of-unsent-data';

export function acknowledgementArrives(tcb: Tcb, segment: Segment): AckVerdict {
  const { snd, recovery } = tcb;
  if (before(segment.ack, snd.una)) {
    if (before(segment.ack, add(snd.una, -snd.maxWnd))) return 'too-old';
    oldAckArrives(tcb, segment);
    return 'old';
  }
  if (after(segment.ack, snd.nxt)) return 'of-unsent-data';
  const event = recovery.ackEvent;
  beginAckEvent(event, endSeq(segment) !== segment.seq, after(segment.ack, snd.una));
  if (event.advanced) tcb.retransmits = 0;
  const priorUna = snd.una;
  const priorHighest = tcb.sackPermitted ? highestSack(tcb) : snd.una;
  const hadInFlight = tcb.sent.length > 0;
  const { delivered, lost } = recovery;
  rememberTimestamp(tcb, segment);
  event.windowUpdate = updateWindow(tcb, segment);
  snd.una = segment.ack;
  if (segment.options.sack !== undefined) takeSackBlocks(tcb, segment, priorUna, event);
  recovery.delivered += event.sackDelivered;
  tcb.lastAckAt = tcb.now;
  tcb.probesOut = 0;
  tcb.softError = undefined;
  if (!hadInFlight) {
    // A DSACK may still show that a reduction was needless.
    if (event.dsack) handleDubiousAck(tcb, segment, event, 0, priorUna);
    onAckWhileProbing(tcb);
    onAckOfLossProbe(tcb, segment.ack, event);
    return 'acceptable';
  }
  cleanQueue(tcb, segment, event, priorUna, priorHighest);
  if (event.advanced) giveBack(tcb);
  adaptReorderingWindow(tcb, event.priorDelivered);
  if (recovery.tlpHighSeq !== undefined) onAckOfLossProbe(tcb, segment.ack, event);
  const resend = isDubious(tcb, event)
    ? handleDubiousAck(tcb, segment, event, duplicatesOf(event), priorUna)
    : 'nothing';
  if (event.setTimer && !scheduleLossProbe(tcb, true)) armRetransmission(tcb);
  moveWindow(tcb, event, recovery.delivered - delivered, recovery.lost - lost);
  updatePacingRate(tcb);
  sendAgain(tcb, resend);
  if (event.advanced || event.dataSacked || isDuplicate(event)) tcb.kernel.confirmNeighbour(tcb);
  return 'acceptable';
}

/** Overtaken by a later one: what it SACKs still counts (`old_ack` in `tcp_ack`). */
function oldAckArrives(tcb: Tcb, segment: Segment): void {
  rememberTimestamp(tcb, segment);
  if (segment.options.sack === undefined) return;
  const event = tcb.recovery.ackEvent;
  beginAckEvent(event, false, false);
  const { una } = tcb.snd;
  takeSackBlocks(tcb, segment, una, event);
  sendAgain(tcb, handleDubiousAck(tcb, segment, event, 0, una));
}

/** `tcp_ack_is_dubious`. */
function isDubious(tcb: Tcb, event: AckEvent): boolean {
  return isDuplicate(event) || event.dataSacked || event.dsack || tcb.recovery.state !== 'Open';
}

/** A duplicate ACK says nothing new at all; one that reports a duplicate is none. */
function duplicatesOf(event: AckEvent): 0 | 1 {
  return !event.advanced && isDuplicate(event) && !event.dsack ? 1 : 0;
}

/** The congestion window follows what was delivered (`tcp_cong_control`, `tcp_may_raise_cwnd`). */
function moveWindow(tcb: Tcb, event: AckEvent, delivered: number, lost: number): void {
  if (isReducing(tcb)) {
    reduceWindow(tcb, delivered, lost, event.advanced);
    return;
  }
  const { reordering } = tcb.recovery;
  // On a path that reorders, what arrives beyond a gap counts too.
  const countsSacked = reordering > tcb.kernel.sysctls.tcp_reordering;
  if (event.acked === 0 && !(countsSacked && event.dataSacked)) return;
  tcb.congestionControl.congAvoid(delivered);
  tcb.cwndUsage.stamp = tcb.now;
}

/** `tcp_xmit_recovery`. */
function sendAgain(tcb: Tcb, resend: Resend): void {
  if (resend === 'nothing') return;
  if (resend === 'new') {
    sendQueued(tcb, { purpose: 'data', reason: 'frto-new-data' }, 'past-nagle');
    if (after(tcb.snd.nxt, tcb.recovery.highSeq)) return;
    tcb.recovery.frto = false;
  }
  resendLost(tcb);
}

/** SND.WND follows the newest segment (RFC 9293 §3.10.7.4; `tcp_ack_update_window`). Returns whether this one was newest. */
function updateWindow(tcb: Tcb, segment: Segment): boolean {
  const { snd } = tcb;
  const window = segment.window * powerOfTwo(snd.wscale);
  // Of two that are equally new the wider window counts, or one that is closed.
  const isNewer =
    after(segment.ack, snd.una) ||
    after(segment.seq, snd.wl1) ||
    (segment.seq === snd.wl1 && (window > snd.wnd || window === 0));
  if (!isNewer) return false;
  snd.wl1 = segment.seq;
  if (snd.wnd !== window) {
    snd.wnd = window;
    tcb.rcv.predicts = false;
    checkPrediction(tcb);
    if (tcb.hasUnsent) restartAfterIdle(tcb);
  }
  if (window > snd.maxWnd) snd.maxWnd = window;
  return true;
}
