/**
 * Header prediction (`tcp_rcv_established`): the next data in order and nothing else that is new. While this end has nothing under way
 * that is what most segments of a transfer are, and none of the questions of the long way has an answer; what they would leave behind is
 * done here. With something under way the kernel does not ask them either, if the segment fits the memory that it has reserved: what waits
 * to leave goes on waiting.
 */
import { powerOfTwo } from '../../base/power-of-two.ts';
import { onDataReceived } from './delayed-ack.ts';
import { forwardAllocation, reserve } from './forward-allocation.ts';
import { storeTimestamp } from './paws.ts';
import { measureByEcho } from './receive-autotuning.ts';
import { hasRoom } from './receive-memory.ts';
import { segmentMemory } from './segment-memory.ts';
import type { Segment } from './segment.ts';
import { ACK, PSH } from './segment.ts';
import { add, after, diff, seq } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Takes a segment with data if it brings the next and no other news, or none that the kernel would look for. @returns whether it did */
export function nextDataArrives(tcb: Tcb, segment: Segment): boolean {
  const { seq: at, length, flags, options } = segment;
  const { snd, rcv } = tcb;
  if (
    at !== rcv.nxt ||
    segment.ack !== snd.una ||
    (flags !== ACK && flags !== ACK + PSH) ||
    tcb.state !== 'ESTABLISHED' ||
    rcv.outOfOrder.length > 0 ||
    options.sack !== undefined ||
    segment.window * powerOfTwo(snd.wscale) !== snd.wnd ||
    !after(add(rcv.wup, rcv.wnd), at)
  )
    return false;
  const isIdle = tcb.sent.length === 0 && !tcb.hasUnsent && tcb.recovery.tlpHighSeq === undefined;
  if (!(isIdle && hasRoom(tcb)) && !isPredicted(tcb, length)) return false;
  const { timestamps: stamp } = options;
  if (tcb.timestamps && stamp !== undefined) {
    if (diff(seq(stamp.tsVal), seq(tcb.tsRecent)) < 0) return false;
    if (!after(at, rcv.wup)) storeTimestamp(tcb, stamp.tsVal);
  }
  snd.wl1 = at;
  if (isIdle) {
    tcb.lastAckAt = tcb.now;
    tcb.probesOut = 0;
    tcb.softError = undefined;
  }
  if (stamp !== undefined && stamp.tsEcr !== tcb.autotuning.lastEcho) measureByEcho(tcb, segment);
  // What is put into a buffer of its own takes what it reserves.
  if (rcv.queue.take(length, length)) reserve(tcb, segmentMemory(length));
  rcv.nxt = add(at, length);
  onDataReceived(tcb, segment);
  return true;
}

/** Whether the kernel takes it by prediction. While something is in flight and that is all, the long way leaves behind the same. */
function isPredicted(tcb: Tcb, length: number): boolean {
  const { rcv, recovery, sent, hasUnsent } = tcb;
  if (!rcv.predicts || (sent.length > 0 && !hasUnsent && recovery.state === 'Open' && hasRoom(tcb))) return false;
  return segmentMemory(length) <= forwardAllocation(tcb);
}
