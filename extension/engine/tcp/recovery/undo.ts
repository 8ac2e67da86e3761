/**
 * Taking back a reduction that was not needed: an echo shows that the first copy arrived (Eifel, RFC 3522), or DSACKs that
 * every retransmission was one too many (RFC 3708; tcp_input.c).
 */
import type { UndoReason } from '../../../trace/schema.ts';
import { stampAt } from '../output.ts';
import type { Segment } from '../segment.ts';
import { before, seq } from '../seq.ts';
import type { Seq } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import { RECOVERY_THRESHOLD } from './rack.ts';
import type { SentSegment } from './retransmission-queue.ts';
import { anyRetransmissionDone, noteReordering, unmarkLost } from './scoreboard.ts';
import { setState, tryKeepOpen } from './transitions.ts';

/** From now on it can be undone: what was resent so far is counted (`tcp_init_undo`). */
export function beginUndo(tcb: Tcb): void {
  const { recovery, sent } = tcb;
  recovery.undoMarker = tcb.snd.una;
  const probe = recovery.tlpHighSeq !== undefined && recovery.tlpRetransmitted ? 1 : 0;
  recovery.undoRetrans = sent.retransOut + probe;
  // 0 would mean: all of it was needless.
  if (recovery.undoRetrans === 0) recovery.undoRetrans = -1;
}

/** The echo of the ACK is older than what left at `time` (`tcp_tsopt_ecr_before`). */
function echoesBefore(tcb: Tcb, segment: Segment, time: number): boolean {
  const echo = segment.options.timestamps?.tsEcr ?? 0;
  return tcb.timestamps && echo !== 0 && before(seq(echo), stampAt(tcb, time));
}

/** What the segment was resent for had arrived already: its ACK echoes an earlier copy (`tcp_skb_spurious_retrans`). */
export function wasResentInVain(tcb: Tcb, sent: SentSegment, segment: Segment): boolean {
  return sent.everRetransmitted && echoesBefore(tcb, segment, sent.lastSentAt);
}

/** Nothing was resent yet, or the ACK answers something sent before the first retransmission (`tcp_packet_delayed`). */
function wasOnlyDelayed(tcb: Tcb, segment: Segment): boolean {
  if (tcb.retransStamp !== undefined) return echoesBefore(tcb, segment, tcb.retransStamp);
  return tcb.sackPermitted || before(tcb.snd.una, tcb.recovery.highSeq);
}

/** Why it may be undone now, or undefined (`tcp_may_undo`). */
function undoReason(tcb: Tcb, segment: Segment): UndoReason | undefined {
  const { recovery } = tcb;
  if (recovery.undoMarker === undefined) return undefined;
  if (recovery.undoRetrans === 0) return 'dsack';
  return wasOnlyDelayed(tcb, segment) ? 'timestamps' : undefined;
}

/** Restores what the reduction took (`tcp_undo_cwnd_reduction`). */
function undoReduction(tcb: Tcb, reason: UndoReason, forgetLosses: boolean): void {
  const { recovery } = tcb;
  if (forgetLosses) unmarkLost(tcb);
  if (recovery.priorSsthresh > 0) {
    tcb.cwnd = tcb.congestionControl.undoCwnd();
    tcb.ssthresh = Math.max(tcb.ssthresh, recovery.priorSsthresh);
  }
  tcb.cwndUsage.stamp = tcb.now;
  recovery.undoMarker = undefined;
  recovery.rack.advanced = true;
  tcb.kernel.recorder.record('tcp.undo', tcb.place, { reason });
}

/**
 * Without SACK the state holds until something above `highSeq` is acknowledged: duplicates of what was resent would start
 * another recovery (RFC 6582 §3.2; `tcp_is_non_sack_preventing_reopen`).
 */
function mustStay(tcb: Tcb): boolean {
  if (tcb.sackPermitted || tcb.snd.una !== tcb.recovery.highSeq) return false;
  if (!anyRetransmissionDone(tcb)) tcb.retransStamp = undefined;
  return true;
}

/** Everything in flight on entry is acknowledged (`tcp_try_undo_recovery`). Returns true when the state must hold. */
export function tryUndoRecovery(tcb: Tcb, segment: Segment): boolean {
  const { recovery } = tcb;
  const reason = undoReason(tcb, segment);
  if (reason !== undefined) undoReduction(tcb, reason, false);
  else if (recovery.rack.persist > 0) recovery.rack.persist--;
  if (mustStay(tcb)) return true;
  setState(tcb, 'Open');
  recovery.isReneging = false;
  return false;
}

/** Every retransmission was reported as a duplicate (`tcp_try_undo_dsack`). */
export function tryUndoDsack(tcb: Tcb): boolean {
  const { recovery } = tcb;
  if (recovery.undoMarker === undefined || recovery.undoRetrans !== 0) return false;
  recovery.rack.persist = Math.min(RECOVERY_THRESHOLD, recovery.rack.persist + 1);
  undoReduction(tcb, 'dsack', false);
  return true;
}

/** The timeout was spurious, by F-RTO or by the echo (`tcp_try_undo_loss`). */
export function tryUndoLoss(tcb: Tcb, segment: Segment, byFrto: boolean): boolean {
  const reason = byFrto ? 'frto' : undoReason(tcb, segment);
  if (reason === undefined) return false;
  undoReduction(tcb, reason, true);
  tcb.retransmits = 0;
  if (mustStay(tcb)) return true;
  if (byFrto || tcb.sackPermitted) {
    setState(tcb, 'Open');
    tcb.recovery.isReneging = false;
  }
  return true;
}

/** A partial ACK of a fast recovery (`tcp_try_undo_partial`). Returns true when nothing more is to be marked or resent now. */
export function tryUndoPartial(tcb: Tcb, segment: Segment, priorUna: Seq): boolean {
  if (tcb.recovery.undoMarker === undefined || !wasOnlyDelayed(tcb, segment)) return false;
  // The hole was filled by the first copy: what came before it overtook it.
  noteReordering(tcb, priorUna);
  if (tcb.sent.retransOut > 0) return true;
  if (!anyRetransmissionDone(tcb)) tcb.retransStamp = undefined;
  undoReduction(tcb, 'timestamps', true);
  tryKeepOpen(tcb);
  return false;
}
