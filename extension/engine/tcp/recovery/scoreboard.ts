/** Marks on the segments in flight: lost, or delivered; without SACK, duplicate ACKs stand for SACKs (tcp_input.c; RFC 6675, RFC 6582). */
import { payloadPerSegment } from '../path-mtu.ts';
import type { Seq } from '../seq.ts';
import { before, diff } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import type { LossEvidence, SentSegment } from './retransmission-queue.ts';

/** End of the highest SACKed segment; SND.UNA when none is SACKed (`tcp_highest_sack_seq`). */
export function highestSack(tcb: Tcb): Seq {
  return tcb.sent.sackedOut === 0 ? tcb.snd.una : tcb.recovery.highestSackedEnd;
}

/** The segment, or its retransmitted copy, is thought lost (`tcp_mark_skb_lost`). */
export function markLost(tcb: Tcb, segment: SentSegment, evidence: LossEvidence): void {
  if (segment.sacked) return;
  const { sent, recovery } = tcb;
  noteForResending(tcb, segment);
  if (segment.lost) {
    if (!segment.retransmitOut) return;
    segment.retransmitOut = false;
    sent.retransOut--;
  } else {
    segment.lost = true;
    sent.lostOut++;
  }
  segment.lostBy = evidence;
  recovery.lost++;
}

/** Sending again goes on from here where this is what comes next (`tcp_verify_retransmit_hint`). */
function noteForResending(tcb: Tcb, segment: SentSegment): void {
  const { sent, recovery } = tcb;
  const next = recovery.resendFrom;
  if (next === undefined ? sent.retransOut >= sent.lostOut : before(segment.seq, next.seq))
    recovery.resendFrom = segment;
}

/** All marks of loss go: the reduction was undone (`tcp_undo_cwnd_reduction`). */
export function unmarkLost(tcb: Tcb): void {
  const { sent } = tcb;
  for (let index = 0; index < sent.length; index++) (sent.at(index) as SentSegment).lost = false;
  sent.lostOut = 0;
  tcb.recovery.resendFrom = undefined;
}

/** Something above was delivered before never resent data from `low` on: the path reorders (`tcp_check_sack_reordering`). */
export function noteReordering(tcb: Tcb, low: Seq): void {
  const distance = diff(highestSack(tcb), low);
  if (distance <= 0) return;
  const { recovery } = tcb;
  const mss = payloadPerSegment(tcb);
  if (distance > recovery.reordering * mss)
    recovery.reordering = Math.min(Math.ceil(distance / mss), tcb.kernel.sysctls.tcp_max_reordering);
  recovery.reorderingSeen++;
}

/** Without SACK a duplicate ACK says that one more segment arrived (`tcp_add_reno_sack`). */
export function addRenoSack(tcb: Tcb, duplicates: number): void {
  if (duplicates === 0) return;
  const { sent, recovery } = tcb;
  const prior = sent.sackedOut;
  sent.sackedOut += duplicates;
  checkRenoReordering(tcb, 0);
  recovery.delivered += Math.max(0, sent.sackedOut - prior);
}

/** `acked` segments were acknowledged: one filled the hole, the rest had been counted by duplicates (`tcp_remove_reno_sacks`). */
export function removeRenoSacks(tcb: Tcb, acked: number): void {
  const { sent, recovery } = tcb;
  if (acked > 0) {
    recovery.delivered += Math.max(acked - sent.sackedOut, 1);
    sent.sackedOut = Math.max(0, sent.sackedOut - (acked - 1));
  }
  checkRenoReordering(tcb, acked);
}

/** No more duplicates count than segments that could have caused them (`tcp_limit_reno_sacked`). @returns whether there were more */
export function limitRenoSacks({ sent }: Tcb): boolean {
  const holes = Math.min(Math.max(sent.lostOut, 1), sent.length);
  if (sent.sackedOut + holes <= sent.length) return false;
  sent.sackedOut = sent.length - holes;
  return true;
}

/** More duplicates than segments that could have caused them: they were reordered (`tcp_check_reno_reordering`). */
function checkRenoReordering(tcb: Tcb, acked: number): void {
  const { sent, recovery } = tcb;
  if (!limitRenoSacks(tcb)) return;
  recovery.reordering = Math.min(sent.length + acked, tcb.kernel.sysctls.tcp_max_reordering);
  recovery.reorderingSeen++;
}

/** Whether a retransmission is known to have been made: a copy is out, or the head was resent (`tcp_any_retrans_done`). */
export function anyRetransmissionDone(tcb: Tcb): boolean {
  return tcb.sent.retransOut > 0 || tcb.sent.head?.everRetransmitted === true;
}
