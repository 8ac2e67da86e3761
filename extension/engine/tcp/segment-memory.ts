/** How much memory received data takes: that, and not its bytes, fills a receive buffer. */
import { ceilToPowerOfTwo, powerOfTwo } from '../../base/power-of-two.ts';
import { HEADERS_LENGTH, TIMESTAMPS_LENGTH } from './constants.ts';

const PAGE = 4096;
/** `SMP_CACHE_BYTES`: what stands in a buffer is rounded up to it. */
const CACHE_LINE = 64;
/** Room before the packet (`NET_SKB_PAD`), and what follows it in the same buffer (`skb_shared_info`). */
const PAD = 64;
const SHARED_INFO = 320;
const SK_BUFF = 256;
/** What a buffer of one page holds of a packet that is larger than that (`SKB_MAX_HEAD`). */
const HEAD_OF_LARGE = PAGE - PAD - SHARED_INFO;
/** The largest piece of memory for the rest of it (`PAGE_ALLOC_COSTLY_ORDER`). */
const LARGEST_PIECE = 8 * PAGE;
/** Buffers of the smallest packets (`skbuff_small_head`), without drivers that need more room before a header. */
const SMALL_HEAD = 576;

/** The packet around so much payload. */
function packetOf(length: number): number {
  return HEADERS_LENGTH + TIMESTAMPS_LENGTH + length;
}

function isLarge(packet: number): boolean {
  return PAD + packet >= PAGE;
}

function roundedUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

/** Memory for packet, room before and information after it: as the kernel's allocator has it, in powers of two (`kmalloc_reserve`). */
function bufferOf(packet: number): number {
  return bufferFor(roundedUp(PAD + packet, CACHE_LINE) + SHARED_INFO);
}

function bufferFor(needed: number): number {
  return needed <= SMALL_HEAD ? SMALL_HEAD : ceilToPowerOfTwo(needed);
}

/** Whole pages, in pieces as large as can be filled (`alloc_skb_with_frags`). */
function pagesFor(bytes: number): number {
  const whole = Math.floor(bytes / LARGEST_PIECE) * LARGEST_PIECE;
  let memory = whole;
  for (let rest = bytes - whole; rest > 0;) {
    const pages = Math.ceil(rest / PAGE);
    const piece = PAGE * powerOfTwo(31 - Math.clz32(pages));
    memory += piece;
    rest -= piece;
  }
  return memory;
}

/** Those of the length asked for last: most segments of a transfer have the same. */
const latest = { length: -1, memory: 0, room: 0 };

/** Works both out anew. */
function reckon(length: number): void {
  const packet = packetOf(length);
  latest.length = length;
  latest.memory = SK_BUFF + (isLarge(packet) ? PAGE + pagesFor(packet - HEAD_OF_LARGE) : bufferOf(packet));
  latest.room = isLarge(packet) ? 0 : bufferOf(packet) - SHARED_INFO - PAD - packet;
}

/**
 * Memory of a received segment (`skb->truesize`): its buffer and the sk_buff. So a full segment of 1448 bytes takes 2304, and one of
 * 700 bytes too; one of 500 takes 1280. What does not fit in a page has the rest in pages of its own.
 */
export function segmentMemory(length: number): number {
  if (latest.length !== length) reckon(length);
  return latest.memory;
}

/** The most that is copied into one buffer (`SKB_MAX_ORDER(0, 0)`). */
export const LARGEST_COPY = PAGE - SHARED_INFO;

/** Memory of a buffer that so many bytes were copied into, without room before them (`alloc_skb`). */
export function memoryOfCopy(length: number): number {
  return SK_BUFF + bufferFor(roundedUp(length, CACHE_LINE) + SHARED_INFO);
}

/** Bytes that it still has room for behind them. */
export function roomBehindCopy(length: number): number {
  return memoryOfCopy(length) - SK_BUFF - SHARED_INFO - length;
}

/** Bytes that its buffer still has room for behind the packet (`skb_tailroom`). */
export function roomBehind(length: number): number {
  if (latest.length !== length) reckon(length);
  return latest.room;
}
