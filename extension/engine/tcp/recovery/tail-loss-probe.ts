/** The tail loss probe: where the end of a flight may be lost, something is sent to draw an answer before the RTO (RFC 8985 §7; tcp_output.c, tcp_input.c). */
import type { Micros } from '../../../base/time.ts';
import { TCP_TIMEOUT_INIT, TCP_TIMEOUT_MIN_US } from '../constants.ts';
import { ceilToJiffy } from '../jiffies.ts';
import { currentMss, hasRoomForNext, sendQueued } from '../output.ts';
import { rtoRemaining, rtoWait } from '../retransmit.ts';
import { after, before } from '../seq.ts';
import type { Seq } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import type { AckEvent } from './ack-event.ts';
import { isDuplicate } from './ack-event.ts';
import { beginReduction, endReduction } from './prr.ts';
import { pieceLength, recutPiece } from './recut-piece.ts';
import { resend } from './resend.ts';
import type { SentSegment } from './retransmission-queue.ts';
import { setState, tryKeepOpen } from './transitions.ts';

/**
 * Arms the probe in place of the RTO where one is due (`tcp_schedule_loss_probe`).
 * @param advancing an ACK moved SND.UNA: the RTO would count from now.
 */
export function scheduleLossProbe(tcb: Tcb, advancing: boolean): boolean {
  const { tcp_early_retrans: mode } = tcb.kernel.sysctls;
  const { recovery, state } = tcb;
  if ((mode !== 3 && mode !== 4) || tcb.sent.length === 0 || !tcb.sackPermitted) return false;
  if (recovery.state !== 'Open' && recovery.state !== 'CWR') return false;
  if (state === 'SYN_SENT' || state === 'SYN_RECEIVED') return false;
  let wait: Micros = TCP_TIMEOUT_INIT;
  const { eightSrtt } = tcb.rtt;
  if (eightSrtt > 0) {
    // Two round trips, not twice a rounded one. One segment alone may meet a delayed ACK: allow for it.
    wait = Math.floor(eightSrtt / 4) + (tcb.sent.length === 1 ? tcb.rtoMin : TCP_TIMEOUT_MIN_US);
  }
  const untilRto = advancing ? tcb.rto : rtoRemaining(tcb);
  if (untilRto > 0 && untilRto < wait) wait = untilRto;
  wait = ceilToJiffy(wait, tcb.kernel.hz);
  if (wait > tcb.rtoMax) wait = tcb.rtoMax;
  tcb.retransmitTimer.arm('tail-loss-probe', tcb.clock.now + wait);
  return true;
}

/** The probe itself (`tcp_send_loss_probe`): new data if there is any and the window lets it go, else the last segment again. */
export function sendLossProbe(tcb: Tcb): void {
  const sent = tcb.recovery.tlpHighSeq === undefined && probe(tcb);
  if (sent) tcb.recovery.tlpHighSeq = tcb.snd.nxt;
  if (tcb.sent.length === 0) return;
  // After a probe a full RTO from now; without one, what the RTO had left.
  const wait = sent ? tcb.rto : rtoWait(tcb);
  tcb.retransmitTimer.arm('retransmission', tcb.now + Math.min(wait, tcb.rtoMax), tcb.backoff);
}

function probe(tcb: Tcb): boolean {
  const { recovery } = tcb;
  const why = { purpose: 'tail-loss-probe', reason: 'tail-loss-probe-timer' } as const;
  recovery.tlpRetransmitted = false;
  if (hasRoomForNext(tcb)) return sendQueued(tcb, why, 'probe') > 0;
  const last = lastSegment(tcb);
  if (last === undefined || resend(tcb, last, why) !== undefined) return false;
  last.joinsNext = false;
  recovery.tlpRetransmitted = true;
  return true;
}

/** What the probe repeats: the last segment, cut off its piece; where segments have become smaller or larger, so are those of the piece (`tcp_fragment`). */
function lastSegment(tcb: Tcb): SentSegment | undefined {
  const { sent } = tcb;
  let first = sent.length - 1;
  while (first > 0 && first - 1 + pieceLength(tcb, first - 1) > first) first--;
  const count = sent.length - first;
  if (count > 1) {
    recutPiece(tcb, first, currentMss(tcb));
    (sent.at(first + count - 2) as SentSegment).joinsNext = false;
  }
  return sent.at(first + count - 1);
}

/** An ACK arrived while a probe was outstanding (`tcp_process_tlp_ack`; RFC 8985 §7.4). */
export function onAckOfLossProbe(tcb: Tcb, ack: Seq, event: AckEvent): void {
  const { recovery } = tcb;
  const high = recovery.tlpHighSeq;
  if (high === undefined || before(ack, high)) return;
  if (!recovery.tlpRetransmitted || event.dsackOfProbe) {
    // New data was probed with, or both copies arrived: nothing was lost.
    recovery.tlpHighSeq = undefined;
  } else if (after(ack, high)) {
    // Data sent after the probe was acknowledged: the probe had repaired a loss.
    beginReduction(tcb);
    setState(tcb, 'CWR');
    endReduction(tcb);
    tryKeepOpen(tcb);
  } else if (!event.advanced && isDuplicate(event) && !event.dataSacked) {
    recovery.tlpHighSeq = undefined;
  }
}
