/**
 * A socket reserves memory in whole pages, and gives back the pages that it does not need (`__sk_mem_schedule`, `sk_mem_reclaim`;
 * net/core/sock.c). What is left of its last page decides whether header prediction takes a segment.
 */
import { usedMemory } from './receive-window.ts';
import { segmentMemory } from './segment-memory.ts';
import type { Tcb } from './tcb.ts';

const PAGE = 4096;

/** Memory of a piece to send besides its bytes: an empty buffer (`tcp_stream_alloc_skb`). */
const PIECE_MEMORY = segmentMemory(0);

/** Bytes that are reserved and not in use (`sk_forward_alloc`). */
export function forwardAllocation(tcb: Tcb): number {
  const used = usedMemory(tcb) + sendMemory(tcb);
  return Math.max(tcb.reservedMemory, inPages(used)) - used;
}

/** Pages are reserved for what arrives, though it may find room in a buffer that is there (`sk_rmem_schedule`). */
export function reserve(tcb: Tcb, bytes: number): void {
  const missing = bytes - forwardAllocation(tcb);
  if (missing <= 0) return;
  tcb.reservedMemory = Math.max(tcb.reservedMemory, inPages(usedMemory(tcb) + sendMemory(tcb))) + inPages(missing);
}

/** Something was read, or acknowledged: whole pages that are not in use are given back (`sk_mem_uncharge`). */
export function giveBack(tcb: Tcb): void {
  tcb.reservedMemory = 0;
}

function inPages(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}

/** What waits to leave, and what left and is not acknowledged (`sk_wmem_queued`). */
function sendMemory({ sendQueue, sent, unsent }: Tcb): number {
  let memory = sendQueue.count * PIECE_MEMORY + unsent;
  for (let i = 0; i < sent.length; i++) {
    const segment = sent.at(i);
    if (segment !== undefined) memory += segment.length + (segment.joinsNext ? 0 : PIECE_MEMORY);
  }
  return memory;
}
