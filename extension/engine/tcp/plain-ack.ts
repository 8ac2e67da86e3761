/**
 * The short way of what most acknowledgements of a transfer are: something that is in flight was received, nothing of what is there was
 * lost, SACKed or sent again, and the window is as it was (`tcp_ack` without FLAG_SLOWPATH). None of the questions of recovery has an answer
 * then; what they would leave behind is done here.
 */
import { powerOfTwo } from '../../base/power-of-two.ts';
import { updatePacingRate } from './congestion/pacing.ts';
import { giveBack } from './forward-allocation.ts';
import { payloadPerSegment } from './path-mtu.ts';
import { storeTimestamp } from './paws.ts';
import { adaptReorderingWindow } from './recovery/rack.ts';
import { trimPiece } from './recovery/recut-piece.ts';
import type { SentSegment } from './recovery/retransmission-queue.ts';
import { scheduleLossProbe } from './recovery/tail-loss-probe.ts';
import { armRetransmission } from './retransmit.ts';
import { takeRttSample } from './rtt-sample.ts';
import type { Segment } from './segment.ts';
import { ACK } from './segment.ts';
import { after, before, diff, seq } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Whether the segment is such an acknowledgement. */
export function isPlainAck(tcb: Tcb, segment: Segment): boolean {
  const { snd, rcv, sent, recovery } = tcb;
  const { ack: una } = segment;
  const { timestamps: stamp, sack } = segment.options;
  const { head } = sent;
  return (
    segment.flags === ACK &&
    segment.length === 0 &&
    segment.seq === rcv.nxt &&
    sack === undefined &&
    segment.window * powerOfTwo(snd.wscale) === snd.wnd &&
    head !== undefined &&
    !before(head.seq, snd.una) &&
    !after(head.end, una) &&
    !after(una, snd.nxt) &&
    tcb.state === 'ESTABLISHED' &&
    !tcb.finQueued &&
    tcb.sackPermitted &&
    recovery.state === 'Open' &&
    !before(snd.una, recovery.resentUpTo) &&
    sent.sackedOut === 0 &&
    sent.lostOut === 0 &&
    recovery.tlpHighSeq === undefined &&
    recovery.resendFrom === undefined &&
    (!tcb.timestamps || stamp === undefined || diff(seq(stamp.tsVal), seq(tcb.tsRecent)) >= 0)
  );
}

/** Takes it. */
export function plainAckArrives(tcb: Tcb, segment: Segment): void {
  const { snd, sent, recovery } = tcb;
  const { now } = tcb.clock;
  const { ack: una } = segment;
  const { timestamps: stamp } = segment.options;
  if (tcb.timestamps && stamp !== undefined && !after(segment.seq, tcb.rcv.wup)) storeTimestamp(tcb, stamp.tsVal);
  tcb.retransmits = 0;
  tcb.lastAckAt = now;
  tcb.probesOut = 0;
  tcb.softError = undefined;
  snd.wl1 = segment.seq;
  const fresh = diff(una, snd.una);
  snd.una = una;

  // The retransmission queue (`tcp_clean_rtx_queue`): they arrived in the order in which they left.
  const { length } = sent;
  const first = sent.head as SentSegment;
  let last = sent.removePlain(una) as SentSegment;
  const next = sent.head;
  if (next !== undefined && after(una, next.seq) && trimPiece(tcb, next)) last = sent.removePlain(una) as SentSegment;
  const acked = length - sent.length;
  const latest = now - last.lastSentAt;
  const { rack } = recovery;
  recovery.delivered += acked;
  rack.advanced = true;
  rack.rtt = latest;
  if (last.sendOrder > rack.sendOrder) rack.sendOrder = last.sendOrder;
  const maybeDelayed = acked === 1 && fresh < payloadPerSegment(tcb) && last.deliveredBefore + 1 === recovery.delivered;
  takeRttSample(tcb, now - first.lastSentAt, latest, maybeDelayed);
  tcb.congestionControl.onAcked?.({ acked, rtt: latest });
  giveBack(tcb);
  // A window that is as narrow as at first stays so.
  if (rack.dsackSeen || rack.steps > 1) adaptReorderingWindow(tcb, last.deliveredBefore);

  if (!scheduleLossProbe(tcb, true)) armRetransmission(tcb);
  tcb.congestionControl.congAvoid(acked);
  tcb.cwndUsage.stamp = now;
  updatePacingRate(tcb);
  tcb.kernel.confirmNeighbour(tcb);
}
