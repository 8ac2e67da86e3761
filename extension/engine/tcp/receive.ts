/** The receive queue: data in sequence, data beyond gaps, the FIN at the end (`tcp_data_queue`, `tcp_fin`). */
import { enterQuickAckMode, onDataBeyondGap, onDataReceived } from './delayed-ack.ts';
import { onFin } from './close.ts';
import { forgetReachedBlocks, noteBeyondGap, noteDuplicate } from './received-blocks.ts';
import { makeRoomBeyondGap } from './receive-autotuning.ts';
import { receiveWindow } from './receive-window.ts';
import type { Segment } from './segment.ts';
import { endSeq, FIN, has } from './segment.ts';
import { add, after, before, diff, max } from './seq.ts';
import type { OutOfOrderRange, Tcb } from './tcb.ts';

/** Takes the text and FIN of an acceptable segment. */
export function receiveText(tcb: Tcb, segment: Segment): void {
  const end = endSeq(segment);
  if (end === segment.seq) return;
  const { rcv } = tcb;
  if (!after(end, rcv.nxt)) {
    // Wholly old: a retransmission of what is here. Acknowledge at once, so that the sender stops.
    rcv.dsack = [segment.seq, end];
    discard(tcb);
    return;
  }
  const textEnd = add(segment.seq, segment.length);
  const window = receiveWindow(tcb);
  // Beyond the window: it is not for us to keep. A closed window lets nothing in but a bare FIN.
  if (segment.seq === rcv.nxt ? window === 0 && segment.length > 0 : !before(segment.seq, add(rcv.nxt, window))) {
    tcb.kernel.ignored(tcb, 'beyond-window');
    discard(tcb);
    return;
  }
  if (after(segment.seq, rcv.nxt)) {
    onDataBeyondGap(tcb, segment);
    insertOutOfOrder(tcb, { start: segment.seq, end: textEnd, fin: has(segment, FIN) });
    if (tcb.sackPermitted) noteBeyondGap(tcb, segment.seq, end);
    makeRoomBeyondGap(tcb);
    return;
  }
  if (before(segment.seq, rcv.nxt)) {
    rcv.dsack = [segment.seq, rcv.nxt];
    if (window === 0) {
      discard(tcb);
      return;
    }
  }
  const fresh = diff(textEnd, rcv.nxt);
  if (fresh > 0) {
    rcv.unread += fresh;
    rcv.nxt = textEnd;
    onDataReceived(tcb, segment);
  }
  if (has(segment, FIN)) takeFin(tcb);
  if (rcv.outOfOrder.length === 0) return;
  drainOutOfOrder(tcb);
  forgetReachedBlocks(tcb);
  if (rcv.outOfOrder.length === 0) tcb.delack.now = true;
}

/** Nothing of it is taken: the sender is told at once where we are. */
function discard(tcb: Tcb): void {
  enterQuickAckMode(tcb);
  tcb.delack.scheduled = true;
}

function takeFin(tcb: Tcb): void {
  tcb.rcv.nxt = add(tcb.rcv.nxt, 1);
  tcb.rcv.fin = true;
  tcb.rcv.outOfOrder.length = 0;
  tcb.rcv.blocks = [];
  onFin(tcb);
}

function insertOutOfOrder(tcb: Tcb, range: OutOfOrderRange): void {
  const merged: OutOfOrderRange = { ...range };
  const rest: OutOfOrderRange[] = [];
  for (const other of tcb.rcv.outOfOrder) {
    if (before(other.end, merged.start) || after(other.start, merged.end)) {
      rest.push(other);
    } else {
      noteOverlap(tcb, range, other);
      if (before(other.start, merged.start)) merged.start = other.start;
      merged.end = max(other.end, merged.end);
      merged.fin ||= other.fin;
    }
  }
  rest.push(merged);
  tcb.rcv.outOfOrder = rest.sort((a, b) => diff(a.start, b.start));
}

/** What is here already beyond a gap came again: reported as a duplicate too (`tcp_data_queue_ofo`). */
function noteOverlap(tcb: Tcb, range: OutOfOrderRange, other: OutOfOrderRange): void {
  const start = max(range.start, other.start);
  const end = before(range.end, other.end) ? range.end : other.end;
  if (before(start, end)) noteDuplicate(tcb, [start, end]);
}

/** What fits now; where data in sequence covers it, it had come before, and is reported as a duplicate (`tcp_ofo_queue`). */
function drainOutOfOrder(tcb: Tcb): void {
  const { rcv } = tcb;
  let covered = rcv.nxt;
  for (let first = rcv.outOfOrder[0]; first !== undefined && !after(first.start, rcv.nxt); first = rcv.outOfOrder[0]) {
    rcv.outOfOrder.shift();
    if (before(first.start, covered)) {
      noteDuplicate(tcb, [first.start, covered]);
      if (before(first.end, covered)) covered = first.end;
    }
    const fresh = diff(first.end, rcv.nxt);
    if (fresh > 0) {
      rcv.unread += fresh;
      rcv.nxt = first.end;
    }
    if (first.fin) {
      takeFin(tcb);
      return;
    }
  }
}
