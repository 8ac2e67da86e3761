/** The receive queue: data in sequence, data beyond gaps, the FIN at the end (`tcp_data_queue`, `tcp_fin`). */
import { hasFeature } from '../../scenario/kernel-version.ts';
import { enterQuickAckMode, onDataBeyondGap, onDataReceived } from './delayed-ack.ts';
import { onFin } from './close.ts';
import { forgetReachedBlocks, noteBeyondGap, noteDuplicate } from './received-blocks.ts';
import { pieceOf } from './receive-queue.ts';
import { makeRoomBeyondGap } from './receive-autotuning.ts';
import { checkPrediction, makesRoomFor } from './receive-memory.ts';
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
    if (!makesRoomFor(tcb, segment)) {
      tcb.kernel.ignored(tcb, 'no-receive-memory');
      return;
    }
    rcv.predicts = false;
    onDataBeyondGap(tcb, segment, isKnownBeyondGap(tcb, segment));
    insertOutOfOrder(tcb, segment);
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
  if (!canTakeNext(tcb, segment)) return;
  const fresh = diff(textEnd, rcv.nxt);
  if (fresh > 0) {
    rcv.queue.take(segment.length, fresh);
    rcv.nxt = textEnd;
    onDataReceived(tcb, segment);
  }
  if (has(segment, FIN)) takeFin(tcb);
  if (rcv.outOfOrder.length > 0) {
    drainOutOfOrder(tcb);
    forgetReachedBlocks(tcb);
    if (rcv.outOfOrder.length === 0) tcb.delack.now = true;
  }
  checkPrediction(tcb);
}

/** Whether there is room for what is next, or it is taken all the same. */
function canTakeNext(tcb: Tcb, segment: Segment): boolean {
  if (hasFeature(tcb.kernel.version, 'window 0 without receive memory'))
    return makesRoomFor(tcb, segment) || isForcedIn(tcb, segment);
  if (tcb.rcv.queue.bytes === 0 || makesRoomFor(tcb, segment)) return true;
  tcb.kernel.ignored(tcb, 'no-receive-memory');
  return false;
}

/** There is no room for what is next. Unless nothing waits, or it is but a FIN, it is dropped; the sender is told at once, with a window of 0. */
function isForcedIn(tcb: Tcb, segment: Segment): boolean {
  const { delack, rcv } = tcb;
  rcv.noMemory = true;
  delack.now = true;
  delack.scheduled = true;
  if (rcv.queue.bytes === 0 || segment.length === 0) return true;
  tcb.kernel.ignored(tcb, 'no-receive-memory');
  return false;
}

/** Nothing of it is taken: the sender is told at once where we are. */
function discard(tcb: Tcb): void {
  enterQuickAckMode(tcb);
  tcb.delack.scheduled = true;
}

function takeFin(tcb: Tcb): void {
  tcb.rcv.queue.takeFin();
  tcb.rcv.nxt = add(tcb.rcv.nxt, 1);
  tcb.rcv.fin = true;
  tcb.rcv.outOfOrder.length = 0;
  tcb.rcv.blocks = [];
  onFin(tcb);
}

/** Whether all of it waits beyond a gap already, its FIN too. */
function isKnownBeyondGap({ rcv }: Tcb, segment: Segment): boolean {
  const end = endSeq(segment);
  return rcv.outOfOrder.some((range) => !before(segment.seq, range.start) && !after(end, range.end));
}

/** Data beyond a gap, or a FIN: joined with what it touches (`tcp_data_queue_ofo`). */
function insertOutOfOrder(tcb: Tcb, segment: Segment): void {
  const { rcv } = tcb;
  const end = endSeq(segment);
  const last = rcv.outOfOrder.at(-1);
  const range: OutOfOrderRange = { start: segment.seq, end, fin: has(segment, FIN), pieces: [], memory: 0 };
  if (last?.end === range.start && !last.fin) {
    last.end = end;
    last.fin = range.fin;
    addPiece(last, segment.length, segment.length);
    return;
  }
  const merged: OutOfOrderRange = { ...range };
  const rest: OutOfOrderRange[] = [];
  const touched: OutOfOrderRange[] = [];
  /** Bytes, and the FIN as one more. */
  let fresh = diff(end, segment.seq);
  for (const other of rcv.outOfOrder) {
    if (before(other.end, merged.start) || after(other.start, merged.end)) {
      rest.push(other);
    } else {
      noteOverlap(tcb, range, other);
      fresh -= overlapOf(range, other);
      touched.push(other);
      if (before(other.start, merged.start)) merged.start = other.start;
      merged.end = max(other.end, merged.end);
      merged.fin ||= other.fin;
    }
  }
  joinPieces(merged, touched, segment, fresh > 0 ? Math.min(fresh, segment.length) : undefined);
  rest.push(merged);
  rcv.outOfOrder = rest.sort((a, b) => diff(a.start, b.start));
}

/**
 * The segment's own piece stands between those before it and those after it.
 * @param fresh new bytes in it; undefined: all of it is here already and is thrown away
 */
function joinPieces(
  merged: OutOfOrderRange,
  touched: OutOfOrderRange[],
  segment: Segment,
  fresh: number | undefined,
): void {
  let isIn = fresh === undefined;
  const putIn = (): void => {
    if (!isIn) addPiece(merged, segment.length, fresh ?? 0);
    isIn = true;
  };
  for (const { start, pieces, memory } of touched) {
    if (!before(start, segment.seq)) putIn();
    merged.pieces.push(...pieces);
    merged.memory += memory;
  }
  putIn();
}

/** A segment's payload joins the piece before it, where it has room (`tcp_ooo_try_coalesce`), or is one of its own. */
function addPiece(range: OutOfOrderRange, length: number, fresh: number): void {
  const last = range.pieces.at(-1);
  if (last !== undefined && length === fresh && length <= last.room) {
    last.length += length;
    last.room -= length;
    return;
  }
  const piece = pieceOf(length, fresh);
  range.pieces.push(piece);
  range.memory += piece.memory;
}

/** What both have: bytes, and the FIN. */
function overlapOf(range: OutOfOrderRange, other: OutOfOrderRange): number {
  const end = before(range.end, other.end) ? range.end : other.end;
  return Math.max(0, diff(end, max(range.start, other.start)));
}

/** What is new of a stretch that is reached now. */
function takePieces({ rcv }: Tcb, { start, end, fin, pieces }: OutOfOrderRange): void {
  let known = Math.max(0, diff(rcv.nxt, start));
  for (const piece of pieces) {
    if (known < piece.length) rcv.queue.takePiece(piece, piece.length - known);
    known = Math.max(0, known - piece.length);
  }
  rcv.nxt = max(rcv.nxt, fin ? add(end, -1) : end);
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
    takePieces(tcb, first);
    if (first.fin) {
      takeFin(tcb);
      return;
    }
  }
}
