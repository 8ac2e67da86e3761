/** What left in one piece is cut anew when segments have become smaller (tcp_output.c). */
import { add, after, diff } from '../seq.ts';
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

/**
 * Where SND.UNA stands within `head`, the first segment of a piece, what is left of the piece begins there, and is cut anew in segments of
 * the same size (`tcp_tso_acked`, `tcp_trim_head`). A segment alone stays as it is until it goes again.
 * @returns whether they are one fewer: then all of `head` is acknowledged
 */
export function trimPiece(tcb: Tcb, head: SentSegment): boolean {
  const { sent, snd } = tcb;
  if (!head.joinsNext || !after(snd.una, head.seq)) return false;
  const count = pieceLength(tcb, 0);
  if (count === 1) return false;
  const mss = head.length;
  const last = sent.at(count - 1) as SentSegment;
  const { end } = last;
  const left = diff(end, snd.una) - (last.fin ? 1 : 0);
  const isFewer = left <= (count - 1) * mss;
  const first = isFewer ? 1 : 0;
  for (let i = first; i < count; i++) {
    const segment = sent.at(i) as SentSegment;
    segment.seq = add(snd.una, (i - first) * mss);
    segment.length = segment === last ? left - (i - first) * mss : mss;
    segment.end = segment === last ? end : add(segment.seq, mss);
  }
  if (isFewer) head.end = snd.una;
  return isFewer;
}
