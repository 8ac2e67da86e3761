/**
 * Whether what arrives still fits the receive buffer (tcp_input.c). A window that was offered is kept, so that it does as a rule; where
 * segments take much more memory than their payload, or SO_RCVBUF was made smaller since, room is made, or the segment is dropped.
 */
import { collapsed } from './collapse.ts';
import { reserve } from './forward-allocation.ts';
import { advertisedMss, payloadIn, usedMemory } from './receive-window.ts';
import { LARGEST_COPY, segmentMemory } from './segment-memory.ts';
import type { Segment } from './segment.ts';
import { add, after } from './seq.ts';
import type { OutOfOrderRange, Tcb } from './tcb.ts';

/** The buffer is relieved by so much at a time: an eighth of it. */
const EIGHTH = 8;

/** Whether the buffer is not overfull: then it takes one segment more (`tcp_can_ingest`; 6.17 and the first 6.18 asked for more room). */
export function hasRoom(tcb: Tcb): boolean {
  return usedMemory(tcb) <= tcb.rcv.buffer;
}

/** Whether a segment can be kept, after making room for it if need be (`tcp_try_rmem_schedule`, `tcp_prune_queue`). */
export function makesRoomFor(tcb: Tcb, segment: Segment): boolean {
  if (hasRoom(tcb) || makesRoom(tcb, segment)) {
    reserve(tcb, segmentMemory(segment.length));
    return true;
  }
  tcb.rcv.predicts = false;
  return false;
}

function makesRoom(tcb: Tcb, segment: Segment): boolean {
  clampToWhatIsUsed(tcb);
  if (hasRoom(tcb)) return true;
  collapseBeyondGaps(tcb);
  tcb.rcv.queue.collapse((memory) => payloadIn(tcb, memory));
  if (hasRoom(tcb)) return true;
  prune(tcb, segment);
  return hasRoom(tcb);
}

/** Data in order was taken, or the peer's window has moved: may the next segment be predicted (`tcp_fast_path_check`)? */
export function checkPrediction(tcb: Tcb): void {
  const { rcv } = tcb;
  if (rcv.outOfOrder.length === 0 && rcv.wnd > 0 && usedMemory(tcb) < tcb.rcv.buffer) rcv.predicts = true;
}

/** A buffer that the kernel chose is as large as what is in it; in one that is overfull two segments more are the most (`tcp_clamp_window`). */
function clampToWhatIsUsed(tcb: Tcb): void {
  const { rcv, delack, kernel } = tcb;
  const [, , largest] = kernel.sysctls.tcp_rmem;
  delack.quick = 0;
  const used = usedMemory(tcb);
  if (rcv.buffer < largest && tcb.option('SO_RCVBUF') === undefined) rcv.buffer = Math.min(used, largest);
  if (used > tcb.rcv.buffer) rcv.threshold = Math.min(rcv.clamp, 2 * advertisedMss(tcb));
}

/** Stretches of several pieces; single small ones are let be (`tcp_collapse_ofo_queue`). */
function collapseBeyondGaps(tcb: Tcb): void {
  let tiny = 0;
  for (const range of tcb.rcv.outOfOrder) {
    let bytes = 0;
    for (const { length } of range.pieces) bytes += length;
    if (range.pieces.length > 1 || bytes >= LARGEST_COPY) {
      range.pieces = [...collapsed(range.pieces, (memory) => payloadIn(tcb, memory), false)];
      range.memory = memoryOf(range);
    } else {
      tiny += range.memory;
      if (tiny > Math.floor(tcb.rcv.buffer / EIGHTH)) return;
    }
  }
}

function memoryOf({ pieces }: Pick<OutOfOrderRange, 'pieces'>): number {
  let memory = 0;
  for (const piece of pieces) memory += piece.memory;
  return memory;
}

/** What lies beyond gaps is thrown away from its end, an eighth of the buffer at a time, but not what lies before the segment (`tcp_prune_ofo_queue`). */
function prune(tcb: Tcb, segment: Segment): void {
  const { rcv } = tcb;
  const goal = Math.floor(tcb.rcv.buffer / EIGHTH);
  let left = goal;
  let isPruned = false;
  for (let last = rcv.outOfOrder.at(-1); last !== undefined; last = rcv.outOfOrder.at(-1)) {
    const piece = last.pieces.at(-1);
    const start = piece === undefined ? last.start : add(last.end, -piece.length - (last.fin ? 1 : 0));
    if (after(segment.seq, start)) break;
    isPruned = true;
    left -= piece?.memory ?? 0;
    dropLast(rcv.outOfOrder, last);
    if (rcv.outOfOrder.length > 0 && left > 0) continue;
    if (hasRoom(tcb)) break;
    left = goal;
  }
  if (!isPruned) return;
  // The sender is told nothing of what is left, as if it had not come.
  rcv.blocks = [];
  rcv.dsack = undefined;
}

function dropLast(ranges: OutOfOrderRange[], last: OutOfOrderRange): void {
  const piece = last.pieces.pop();
  if (piece === undefined || last.pieces.length === 0) {
    ranges.pop();
    return;
  }
  last.end = add(last.end, -piece.length - (last.fin ? 1 : 0));
  last.fin = false;
  last.memory -= piece.memory;
}
