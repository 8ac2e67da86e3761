/** An acknowledgement arrives: the retransmission queue shrinks, clocks are set, samples taken (`tcp_ack`, `tcp_clean_rtx_queue`). */
import type { Micros } from '../../base/time.ts';
import { onAcked } from './congestion.ts';
import { rememberTimestamp } from './paws.ts';
import {
  armPersistIfStuck,
  armRetransmission,
  onAckOfLossProbe,
  resendLost,
  rttFromEcho,
  scheduleLossProbe,
} from './retransmit.ts';
import type { Segment } from './segment.ts';
import { endSeq } from './segment.ts';
import type { Seq } from './seq.ts';
import { add, after, before, diff } from './seq.ts';
import type { SentSegment, Tcb } from './tcb.ts';

/** What the acknowledgement turned out to be. Only 'acceptable' lets the rest of the segment count as confirmed. */
export type AckVerdict = 'acceptable' | 'old' | 'too-old' | 'of-unsent-data';

export function acknowledgementArrives(tcb: Tcb, segment: Segment): AckVerdict {
  const { snd } = tcb;
  if (before(segment.ack, snd.una)) {
    return before(segment.ack, add(snd.una, -snd.maxWnd)) ? 'too-old' : 'old';
  }
  if (after(segment.ack, snd.nxt)) return 'of-unsent-data';
  rememberTimestamp(tcb, segment);
  const advanced = after(segment.ack, snd.una);
  const hadInFlight = tcb.sent.length > 0;
  const wasLimited = tcb.inFlight >= tcb.cwnd || (tcb.cwnd < tcb.ssthresh && tcb.cwnd < 2 * tcb.inFlight);
  const windowUpdated = updateWindow(tcb, segment);
  snd.una = segment.ack;
  tcb.lastAckAt = tcb.now;
  tcb.probesOut = 0;
  if (advanced) tcb.retransmits = 0;
  const duplicate = !advanced && !windowUpdated && endSeq(segment) === segment.seq;
  if (!hadInFlight) {
    onAckWhileProbing(tcb);
    onAckOfLossProbe(tcb, { duplicate, dsack: dsackOf(segment) });
    return 'acceptable';
  }
  markSacked(tcb, segment);
  const acked = clean(tcb);
  if (acked.length > 0) takeSample(tcb, segment, acked);
  leaveLossIfRepaired(tcb);
  onAckOfLossProbe(tcb, { duplicate, dsack: dsackOf(segment) });
  if (acked.length > 0) {
    onAcked(tcb, acked.length, wasLimited);
    if (!scheduleLossProbe(tcb, true)) armRetransmission(tcb);
  }
  if (tcb.recovery === 'Loss') resendLost(tcb);
  return 'acceptable';
}

/** A first block that lies before the acknowledgement reports a duplicate (RFC 2883 §4; `tcp_check_dsack`). */
function dsackOf({ ack, options }: Segment): readonly [Seq, Seq] | undefined {
  const first = options.sack?.[0];
  return first !== undefined && before(first[0], ack) ? first : undefined;
}

/** SND.WND follows the newest segment (RFC 9293 §3.10.7.4; `tcp_ack_update_window`). Returns whether this one was newest. */
function updateWindow(tcb: Tcb, segment: Segment): boolean {
  const { snd } = tcb;
  const window = segment.window * 2 ** snd.wscale;
  const isNewer =
    after(segment.ack, snd.una) || after(segment.seq, snd.wl1) || (segment.seq === snd.wl1 && window > snd.wnd);
  if (!isNewer) return false;
  snd.wl1 = segment.seq;
  snd.wnd = window;
  snd.maxWnd = Math.max(snd.maxWnd, window);
  return true;
}

function markSacked(tcb: Tcb, segment: Segment): void {
  for (const [left, right] of segment.options.sack ?? []) {
    for (const sent of tcb.sent) {
      if (!before(sent.seq, left) && !after(endOf(sent), right)) {
        sent.sacked = true;
        sent.lost = false;
        sent.retransmitOut = false;
      }
    }
  }
}

function endOf(sent: SentSegment): Seq {
  return add(sent.seq, sent.length + (sent.syn ? 1 : 0) + (sent.fin ? 1 : 0));
}

/** Removes what is wholly acknowledged and returns it. */
function clean(tcb: Tcb): SentSegment[] {
  const removed: SentSegment[] = [];
  for (let head = tcb.sent[0]; head !== undefined; head = tcb.sent[0]) {
    if (after(endOf(head), tcb.snd.una)) {
      trim(tcb, head);
      break;
    }
    tcb.sent.shift();
    removed.push(head);
  }
  return removed;
}

/** An ACK in the middle of a segment: the rest stays (`tcp_trim_head`). */
function trim(tcb: Tcb, head: SentSegment): void {
  const covered = diff(tcb.snd.una, head.seq);
  if (covered <= 0) return;
  tcb.sent[0] = { ...head, seq: tcb.snd.una, length: head.length - covered };
}

/** Which ACKs give samples (`tcp_ack_update_rtt`): Karn's rule first, then the timestamp's echo. */
function takeSample(tcb: Tcb, segment: Segment, acked: readonly SentSegment[]): void {
  const first = acked.find((sent) => !sent.sacked);
  const isClean = first !== undefined && acked.every((sent) => !sent.everRetransmitted);
  const measured = isClean ? tcb.now - first.firstSentAt : rttFromEcho(tcb, segment);
  if (measured !== undefined) takeRttSample(tcb, measured);
}

/** A valid sample also ends the backoff (`tcp_ack_update_rtt`). */
export function takeRttSample(tcb: Tcb, measured: Micros): void {
  tcb.rtt.sample(measured, tcb.snd.una, tcb.snd.nxt, tcb.rtoMin);
  tcb.rto = tcb.rtt.rto(tcb.kernel.hz, tcb.rtoMax);
  tcb.backoff = 0;
}

/** Everything that was in flight on entering Loss is acknowledged (`tcp_try_undo_recovery`). */
function leaveLossIfRepaired(tcb: Tcb): void {
  if (tcb.recovery === 'Loss') {
    if (before(tcb.snd.una, tcb.highSeq)) return;
    tcb.recovery = 'Open';
    tcb.cwndCount = 0;
  }
  tcb.retransStamp = undefined;
}

/** Nothing was in flight: the answer to a probe, or a window update (`tcp_ack_probe`). */
function onAckWhileProbing(tcb: Tcb): void {
  tcb.probesStamp = undefined;
  if (tcb.retransmitTimer.pending !== 'persist') return;
  if (diff(add(tcb.snd.una, tcb.snd.wnd), tcb.snd.nxt) > 0) {
    tcb.backoff = 0;
    tcb.retransmitTimer.cancel();
  } else {
    tcb.retransmitTimer.cancel();
    armPersistIfStuck(tcb);
  }
}
