/** What left in one piece is cut anew when segments have become smaller (tcp_output.c). */
import { add, diff } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import type { SentSegment } from './retransmission-queue.ts';

/** How many segments, from `index` on, the kernel has in one piece: they left together and fared the same since. */
export function pieceLength({ sent }: Tcb, index: number): number {
  const { sacked, lost, retransmitOut } = sent.at(index) as SentSegment;
  let count = 1;
  while (sent.at(index + count - 1)?.joinsNext === true) {
    const next = sent.at(index + count);
    if (next?.sacked !== sacked || next.lost !== lost || next.retransmitOut !== retransmitOut) break;
    count++;
  }
  return count;
}

/**
 * Cuts the piece that begins at `index` into segments of `mss` bytes, the last with what is left (`tcp_set_skb_tso_segs`). One that would
 * be fewer segments then stays as it is.
 */
export function recutPiece(tcb: Tcb, index: number, mss: number): void {
  const { sent } = tcb;
  const before = pieceLength(tcb, index);
  const last = sent.at(index + before - 1) as SentSegment;
  const { end, fin, push, joinsNext } = last;
  const { seq: start, length: cut } = sent.at(index) as SentSegment;
  const length = diff(end, start) - (fin ? 1 : 0);
  if (cut === mss || length <= (before - 1) * mss) return;
  const count = Math.max(before, Math.ceil(length / mss));
  const unordered = { sentBefore: undefined, sentAfter: undefined, inSendOrder: false };
  for (let i = before; i < count; i++) sent.insertAfter(index + before - 1, { ...last, ...unordered });
  for (let i = 0; i < count; i++) {
    const segment = sent.at(index + i) as SentSegment;
    const isLast = i === count - 1;
    segment.seq = add(start, i * mss);
    segment.length = isLast ? length - i * mss : mss;
    segment.end = isLast ? end : add(segment.seq, mss);
    segment.fin = fin && isLast;
    segment.push = push && isLast;
    segment.joinsNext = isLast ? joinsNext : true;
  }
}
