import type { Segment } from '../tcp/segment.ts';

const IP_HEADER = 20;
const TCP_HEADER = 20;

/** Length of the IP packet that carries a segment, bytes, with the options as Linux lays them out (`tcp_options_write`). */
export function packetSize({ length, options }: Segment): number {
  const { mss, windowScale, sackPermitted, timestamps, sack } = options;
  let size = IP_HEADER + TCP_HEADER + length;
  if (mss !== undefined) size += 4;
  // SACK-permitted takes the place of the two NOPs before the timestamps.
  if (timestamps !== undefined) size += 12;
  else if (sackPermitted === true) size += 4;
  if (windowScale !== undefined) size += 4;
  if (sack !== undefined && sack.length > 0) size += 4 + 8 * sack.length;
  return size;
}
