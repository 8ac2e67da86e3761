/** What waits in many buffers is copied into a few when there is no room for more (`tcp_collapse`). */
import type { Piece } from './receive-queue.ts';
import { LARGEST_COPY, memoryOfCopy, roomBehindCopy } from './segment-memory.ts';

/**
 * From the first piece on whose buffer is mostly empty, all of it is copied into buffers of a page; a FIN, which has no bytes, ends that.
 * @param payloadIn bytes of payload that so much memory should hold
 * @param partlyRead the first piece was: it is copied too
 */
export function collapsed(
  pieces: readonly Piece[],
  payloadIn: (memory: number) => number,
  partlyRead: boolean,
): readonly Piece[] {
  const from = pieces.findIndex(({ length, memory }, i) => (partlyRead && i === 0) || payloadIn(memory) > length);
  if (from < 0 || pieces[from]?.length === 0) return pieces;
  const fin = pieces.findIndex(({ length }, i) => i > from && length === 0);
  const to = fin < 0 ? pieces.length : fin;
  let left = 0;
  for (const { length } of pieces.slice(from, to)) left += length;
  const copies: Piece[] = [];
  for (; left > 0; left -= LARGEST_COPY) {
    const length = Math.min(left, LARGEST_COPY);
    copies.push({ length, memory: memoryOfCopy(length), room: roomBehindCopy(length) });
  }
  return [...pieces.slice(0, from), ...copies, ...pieces.slice(to)];
}
