/**
 * Header prediction (`tcp_rcv_established`): the next data in order, while this end has nothing under way, is what most segments of a
 * transfer are. None of the questions of the long way has an answer then; what they would leave behind is done here.
 */
import { powerOfTwo } from '../../base/power-of-two.ts';
import { onDataReceived } from './delayed-ack.ts';
import { pawsDiscards, rememberTimestamp } from './paws.ts';
import { measureByEcho } from './receive-autotuning.ts';
import { receiveWindow } from './receive-window.ts';
import type { Segment } from './segment.ts';
import { ACK, PSH } from './segment.ts';
import { add } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Whether the segment brings the next data and no other news. */
export function isNextData(tcb: Tcb, segment: Segment): boolean {
  const { snd, rcv, sent, recovery } = tcb;
  return (
    segment.seq === rcv.nxt &&
    segment.length > 0 &&
    (segment.flags === ACK || segment.flags === ACK + PSH) &&
    tcb.state === 'ESTABLISHED' &&
    segment.ack === snd.una &&
    sent.length === 0 &&
    !tcb.hasUnsent &&
    rcv.outOfOrder.length === 0 &&
    segment.window * powerOfTwo(snd.wscale) === snd.wnd &&
    segment.options.sack === undefined &&
    recovery.tlpHighSeq === undefined &&
    receiveWindow(tcb) > 0 &&
    !pawsDiscards(tcb, segment)
  );
}

/** Takes the next data. */
export function nextDataArrives(tcb: Tcb, segment: Segment): void {
  const { snd, rcv } = tcb;
  rememberTimestamp(tcb, segment);
  snd.wl1 = segment.seq;
  tcb.lastAckAt = tcb.now;
  tcb.probesOut = 0;
  tcb.softError = undefined;
  measureByEcho(tcb, segment);
  rcv.queue.take(segment.length, segment.length);
  rcv.nxt = add(segment.seq, segment.length);
  onDataReceived(tcb, segment);
}
