import type { Segment, SegmentOptions } from '../tcp/segment.ts';

const IP_HEADER = 20;
const TCP_HEADER = 20;

/** Length of the IP packet that carries a segment, bytes. */
export function packetSize({ length, options }: Segment): number {
  return length + headersLength(options);
}

/** Length of both headers, with the options as Linux lays them out (`tcp_options_write`). */
export function headersLength({ mss, windowScale, sackPermitted, timestamps, sack }: SegmentOptions): number {
  let size = IP_HEADER + TCP_HEADER;
  if (mss !== undefined) size += 4;
  // SACK-permitted takes the place of the two NOPs before the timestamps.
  if (timestamps !== undefined) size += 12;
  else if (sackPermitted === true) size += 4;
  if (windowScale !== undefined) size += 4;
  if (sack !== undefined && sack.length > 0) size += 4 + 8 * sack.length;
  return size;
}
