/**
 * Header prediction (`tcp_rcv_established`): the next data in order, while this end has nothing under way, is what most segments of a
 * transfer are. None of the questions of the long way has an answer then; what they would leave behind is done here.
 */
import { powerOfTwo } from '../../base/power-of-two.ts';
import { onDataReceived } from './delayed-ack.ts';
import { storeTimestamp } from './paws.ts';
import { measureByEcho } from './receive-autotuning.ts';
import { receiveWindow } from './receive-window.ts';
import type { Segment } from './segment.ts';
import { ACK, PSH } from './segment.ts';
import { add, after, diff, seq } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Whether the segment is an acknowledgement of something that is in flight, and nothing else. */
export function isPlainAck(tcb: Tcb, segment: Segment): boolean {
  const { timestamps: stamp, sack } = segment.options;
  return (
    segment.flags === ACK &&
    segment.length === 0 &&
    segment.seq === tcb.rcv.nxt &&
    after(segment.ack, tcb.snd.una) &&
    !after(segment.ack, tcb.snd.nxt) &&
    tcb.state === 'ESTABLISHED' &&
    !tcb.finQueued &&
    sack === undefined &&
    (!tcb.timestamps || stamp === undefined || diff(seq(stamp.tsVal), seq(tcb.tsRecent)) >= 0)
  );
}

/** Takes the segment if it brings the next data and no other news. @returns whether it did */
export function nextDataArrives(tcb: Tcb, segment: Segment): boolean {
  const { snd, rcv, now } = tcb;
  const { seq: at, length, flags } = segment;
  const { timestamps: stamp, sack } = segment.options;
  if (
    at !== rcv.nxt ||
    length === 0 ||
    (flags !== ACK && flags !== ACK + PSH) ||
    segment.ack !== snd.una ||
    tcb.state !== 'ESTABLISHED' ||
    tcb.sent.length > 0 ||
    rcv.outOfOrder.length > 0 ||
    sack !== undefined ||
    segment.window * powerOfTwo(snd.wscale) !== snd.wnd ||
    tcb.recovery.tlpHighSeq !== undefined ||
    tcb.hasUnsent ||
    receiveWindow(tcb) === 0
  )
    return false;
  if (tcb.timestamps && stamp !== undefined) {
    if (diff(seq(stamp.tsVal), seq(tcb.tsRecent)) < 0) return false;
    if (!after(at, rcv.wup)) storeTimestamp(tcb, stamp.tsVal);
  }
  snd.wl1 = at;
  tcb.lastAckAt = now;
  tcb.probesOut = 0;
  tcb.softError = undefined;
  if (stamp !== undefined && stamp.tsEcr !== tcb.autotuning.lastEcho) measureByEcho(tcb, segment);
  rcv.queue.take(length, length);
  rcv.nxt = add(at, length);
  onDataReceived(tcb, segment);
  return true;
}
