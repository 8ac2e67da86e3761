/** How much memory received data takes: that, and not its bytes, fills a receive buffer. */
import { HEADERS_LENGTH, TIMESTAMPS_LENGTH } from './constants.ts';

/** Drivers of ordinary network devices receive into halves of pages. */
const HALF_PAGE = 2048;
/** What of the first half is no payload: room before the frame (`NET_SKB_PAD`), its headers, `skb_shared_info` after it. */
const RESERVED = 64 + HEADERS_LENGTH + TIMESTAMPS_LENGTH + 320;
const SK_BUFF = 256;

/**
 * Memory of a received segment (`skb->truesize`): buffers of half a page, however little is in them, and the sk_buff. So a full
 * segment of 1448 bytes takes 2304, and one of 1000 bytes too.
 */
export function segmentMemory(length: number): number {
  return SK_BUFF + HALF_PAGE * Math.max(1, Math.ceil((RESERVED + length) / HALF_PAGE));
}

/** Memory of `bytes` that came in segments of `size`; the last, shorter one may fit behind the one before it (`skb_try_coalesce`). */
export function memoryOf(bytes: number, size: number): number {
  if (bytes === 0) return 0;
  const rest = bytes % size;
  const memory = ((bytes - rest) / size) * segmentMemory(size);
  const isApart = rest > 0 && (bytes < size || segmentMemory(size + rest) > segmentMemory(size));
  return isApart ? memory + segmentMemory(rest) : memory;
}
