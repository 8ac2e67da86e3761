/** An acknowledgement arrives: the retransmission queue shrinks, clocks are set, samples taken (`tcp_ack`, `tcp_clean_rtx_queue`). */
import type { Micros } from '../../base/time.ts';
import { onAcked } from './congestion.ts';
import {
  armPersistIfStuck,
  armRetransmission,
  onAckOfLossProbe,
  resendLost,
  rttFromEcho,
  scheduleLossProbe,
} from './retransmit.ts';
import type { Segment } from './segment.ts';
import { add, after, before, diff, seq } from './seq.ts';
import type { SentSegment, Tcb } from './tcb.ts';

/** What the acknowledgement turned out to be. Only 'acceptable' lets the rest of the segment count as confirmed. */
export type AckVerdict = 'acceptable' | 'old' | 'too-old' | 'of-unsent-data';

export function acknowledgementArrives(tcb: Tcb, segment: Segment): AckVerdict {
  const { snd } = tcb;
  if (before(segment.ack, snd.una)) {
    return before(segment.ack, add(snd.una, -snd.maxWnd)) ? 'too-old' : 'old';
  }
  if (after(segment.ack, snd.nxt)) return 'of-unsent-data';
  const advanced = after(segment.ack, snd.una);
  const hadInFlight = tcb.sent.length > 0;
  const wasLimited = tcb.inFlight >= tcb.cwnd || (tcb.cwnd < tcb.ssthresh && tcb.cwnd < 2 * tcb.inFlight);
  const windowChanged = updateWindow(tcb, segment);
  snd.una = segment.ack;
  tcb.lastAckAt = tcb.now;
  tcb.probesOut = 0;
  if (advanced) tcb.retransmits = 0;
  if (hadInFlight) {
    markSacked(tcb, segment);
    const acked = clean(tcb);
    if (advanced) takeSample(tcb, segment, acked);
    leaveLossIfRepaired(tcb);
    onAckOfLossProbe(tcb, advanced, !windowChanged && segment.length === 0);
    if (advanced) {
      onAcked(tcb, acked.length, wasLimited);
      if (!scheduleLossProbe(tcb, true)) armRetransmission(tcb);
    }
    if (tcb.recovery === 'Loss') resendLost(tcb);
  } else {
    onAckWhileProbing(tcb);
  }
  return 'acceptable';
}

/** SND.WND follows the newest segment (RFC 9293 §3.10.7.4; `tcp_ack_update_window`). */
function updateWindow(tcb: Tcb, segment: Segment): boolean {
  const { snd } = tcb;
  const window = segment.window * 2 ** snd.wscale;
  const isNewer =
    after(segment.ack, snd.una) || after(segment.seq, snd.wl1) || (segment.seq === snd.wl1 && window > snd.wnd);
  if (!isNewer) return false;
  const changed = window !== snd.wnd;
  snd.wl1 = segment.seq;
  snd.wnd = window;
  snd.maxWnd = Math.max(snd.maxWnd, window);
  return changed;
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

function endOf(sent: SentSegment): ReturnType<typeof seq> {
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
  const first = acked[0];
  const clean = first !== undefined && acked.every((sent) => !sent.everRetransmitted);
  let measured: Micros | undefined;
  if (clean) measured = tcb.now - first.firstSentAt;
  else if (tcb.timestamps && segment.options.timestamps !== undefined && segment.options.timestamps.tsEcr !== 0) {
    measured = rttFromEcho(tcb, segment.options.timestamps.tsEcr);
  }
  if (measured !== undefined) takeRttSample(tcb, measured);
}

/** A valid sample also ends the backoff (`tcp_ack_update_rtt`). */
export function takeRttSample(tcb: Tcb, measured: Micros): void {
  tcb.rtt.sample(measured, tcb.snd.una, tcb.snd.nxt, tcb.rtoMin);
  tcb.rto = tcb.rtt.rto(tcb.kernel.jiffy, tcb.rtoMax);
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
