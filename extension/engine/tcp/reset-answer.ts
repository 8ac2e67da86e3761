import type { Segment } from './segment.ts';
import { ACK, endSeq, has, RST } from './segment.ts';
import { seq } from './seq.ts';

/** The RST that answers a segment without a socket (`tcp_v4_send_reset`; RFC 9293 §3.5.2): no window, no options. */
export function resetFor(to: Segment): Segment {
  const acknowledges = has(to, ACK);
  return {
    fromPort: to.toPort,
    toPort: to.fromPort,
    seq: acknowledges ? to.ack : seq(0),
    ack: acknowledges ? seq(0) : endSeq(to),
    flags: acknowledges ? RST : RST + ACK,
    length: 0,
    window: 0,
    options: {},
  };
}
