/** Sending again: one segment, or what is marked lost as far as the window goes (tcp_output.c). */
import type { SegmentPurpose } from '../../../trace/schema.ts';
import type { LocalFailure } from '../local-failure.ts';
import type { SendWhy } from '../output.ts';
import { currentMss, flagsOf, sendSegment } from '../output.ts';
import { ACK, PSH, SYN } from '../segment.ts';
import { add, after, diff } from '../seq.ts';
import { rememberSoftError } from '../soft-error.ts';
import type { Tcb } from '../tcb.ts';
import { noteSent } from './delivery.ts';
import { isReducing } from './prr.ts';
import { recutPiece } from './recut-piece.ts';
import { ALONE, ResendBurst } from './resend-burst.ts';
import type { SentSegment } from './retransmission-queue.ts';

/** Why a segment did not go again: its host (`LocalFailure`), or the window, or a copy that has not left yet. */
export type ResendFailure = LocalFailure | 'window' | 'still-here';

/** Sends a segment again and counts the copy as in flight (`tcp_retransmit_skb`). Returns why not; undefined: it left. */
export function retransmit(tcb: Tcb, segment: SentSegment, why: SendWhy, place = ALONE): ResendFailure | undefined {
  const { recovery, sent } = tcb;
  const failure = resend(tcb, segment, why, place);
  if (failure === undefined) {
    if (!segment.retransmitOut) sent.retransOut++;
    segment.retransmitOut = true;
  }
  // Of a copy that did not leave: the time of the one before.
  tcb.retransStamp ??= segment.lastSentAt;
  recovery.undoRetrans = Math.max(recovery.undoRetrans, 0) + 1;
  return failure;
}

/**
 * Sends a segment again (`__tcp_retransmit_skb`): what is not acknowledged of it, fitted to the window, merged with small neighbours.
 * @param place in its burst: the last of several is pushed
 */
export function resend(
  tcb: Tcb,
  segment: SentSegment,
  why: SendWhy,
  { follows, ends } = ALONE,
): ResendFailure | undefined {
  const { snd, recovery } = tcb;
  const stuck = whyStuck(tcb, segment);
  if (stuck !== undefined) return stuck;
  trim(tcb, segment);
  const mss = currentMss(tcb);
  if (segment.length > mss || segment.joinsNext) recutPiece(tcb, tcb.sent.indexFrom(segment.seq), mss);
  let room = diff(add(snd.una, snd.wnd), segment.seq);
  if (room <= 0) {
    if (segment.seq !== snd.una) return 'window';
    // Into a window that shrank to nothing one segment goes all the same: as a probe.
    room = mss;
  }
  const limit = Math.min(room, mss);
  if (segment.length > limit) split(tcb, segment, limit);
  // The last of a piece that goes again whole is no small neighbour of what comes behind.
  else if (segment.length < limit && !follows) collapse(tcb, segment, limit);
  recovery.totalRetransmissions++;
  if (segment.syn) tcb.synCopies++;
  // Also where it does not leave the host: a sample would begin with what never was sent.
  segment.everRetransmitted = true;
  recovery.resentUpTo = snd.nxt;
  segment.lastSentAt = tcb.now;
  // Crossing SYNs: the acknowledgement goes with the copy.
  const flags = segment.syn ? SYN + (tcb.state === 'SYN_SENT' ? 0 : ACK) : flagsOf(segment);
  const push = ends && !segment.push ? PSH : 0;
  const failure = sendSegment(tcb, { seq: segment.seq, flags: flags + push, length: segment.length, follows }, why);
  if (failure !== undefined) return failure;
  tcb.sent.sentNow(segment);
  noteSent(tcb, segment);
  return undefined;
}

/** Its last copy still waits in this host (`skb_still_in_host_queue`), or there is no route; then the error of the route is all that comes of it. */
function whyStuck(tcb: Tcb, segment: SentSegment): 'still-here' | 'no-way' | undefined {
  if (tcb.kernel.holdsBack(tcb, segment.seq)) return 'still-here';
  if (tcb.kernel.hasRoute(tcb)) return undefined;
  rememberSoftError(tcb, 'ENETUNREACH');
  return 'no-way';
}

/** Its beginning may be acknowledged already (`tcp_trim_head`). */
function trim(tcb: Tcb, segment: SentSegment): void {
  const covered = diff(tcb.snd.una, segment.seq);
  if (covered <= 0 || segment.syn) return;
  segment.seq = tcb.snd.una;
  segment.length -= covered;
}

/** Cuts a segment in two (`tcp_fragment`). Both halves have left, and count, as the whole did. */
function split(tcb: Tcb, segment: SentSegment, length: number): void {
  const { sent } = tcb;
  const at = add(segment.seq, length);
  const rest: SentSegment = {
    ...segment,
    seq: at,
    length: segment.length - length,
    sentBefore: undefined,
    sentAfter: undefined,
    inSendOrder: false,
  };
  segment.length = length;
  segment.end = at;
  segment.push = false;
  segment.fin = false;
  segment.joinsNext = false;
  sent.insertAfter(sent.indexFrom(segment.seq), rest);
}

/** Small neighbours ride along up to one full segment (`tcp_retrans_try_collapse`). */
function collapse(tcb: Tcb, segment: SentSegment, limit: number): void {
  if (segment.syn || segment.sacked || tcb.kernel.sysctls.tcp_retrans_collapse === 0) return;
  const { sent, recovery, snd } = tcb;
  const index = sent.indexFrom(segment.seq);
  for (let next = sent.at(index + 1); next !== undefined; next = sent.at(index + 1)) {
    if (next.sacked || next.joinsNext || segment.length + next.length > limit) return;
    if (after(next.end, add(snd.una, snd.wnd))) return;
    // Its flags move over with its bytes.
    segment.length += next.length;
    segment.end = next.end;
    segment.push ||= next.push;
    segment.fin ||= next.fin;
    segment.joinsNext = next.joinsNext;
    segment.everRetransmitted ||= next.everRetransmitted;
    if (recovery.resendFrom === next) recovery.resendFrom = segment;
    sent.remove(index + 1);
    if (!tcb.sackPermitted) sent.sackedOut = Math.max(0, sent.sackedOut - 1);
  }
}

/**
 * Resends what is marked lost while the window has room (`tcp_xmit_retransmit_queue`).
 * @param keepsTimer the reordering timer is being handled: the caller sets the clock.
 */
export function resendLost(tcb: Tcb, keepsTimer = false): void {
  const { sent, recovery } = tcb;
  const head = sent.head;
  if (head === undefined) return;
  const burst = new ResendBurst(tcb);
  let resentHead = false;
  let hole = false;
  const mss = currentMss(tcb);
  let index = recovery.resendFrom === undefined ? 0 : sent.indexFrom(recovery.resendFrom.seq);
  for (let segment = sent.at(index); segment !== undefined; segment = sent.at(++index)) {
    if (!hole) recovery.resendFrom = segment;
    if (sent.inFlight >= tcb.cwnd || sent.retransOut >= sent.lostOut) break;
    if (!segment.lost) {
      if (!segment.retransmitOut && !segment.sacked) hole = true;
      continue;
    }
    if (segment.sacked || segment.retransmitOut) continue;
    if (segment.length > mss || segment.joinsNext) recutPiece(tcb, index, mss);
    if (retransmit(tcb, segment, whyAgain(tcb, segment), burst.add(segment, index)) !== undefined) break;
    if (isReducing(tcb)) recovery.prrOut++;
    if (segment === head) resentHead = true;
  }
  if (resentHead && !keepsTimer && tcb.retransmitTimer.pending !== 'reordering')
    tcb.retransmitTimer.arm('retransmission', tcb.now + Math.min(tcb.rto, tcb.rtoMax), tcb.backoff);
}

/** Why a lost segment goes again, for the trace. */
function whyAgain(tcb: Tcb, segment: SentSegment): SendWhy {
  const { recovery } = tcb;
  const purpose: SegmentPurpose = recovery.state === 'Loss' ? 'rto-retransmission' : 'fast-retransmission';
  switch (segment.lostBy) {
    case 'timeout':
      return { purpose, reason: 'slow-start-after-timeout', args: [tcb.cwnd] };
    case 'rack':
    case 'reordering-timer':
      return {
        purpose,
        reason: segment.lostBy === 'rack' ? 'rack-loss' : 'reordering-timer',
        args: [tcb.now - segment.lastSentAt, recovery.rack.rtt],
      };
    case 'duplicate-acks':
      return { purpose, reason: 'duplicate-acks', args: [recovery.reordering] };
    case 'partial-ack':
      return { purpose, reason: 'partial-ack' };
    case 'too-big':
      return { purpose: 'path-mtu-retransmission', reason: 'too-big-for-path', args: [tcb.path.mtu] };
  }
}
