import { ACK, FIN, PSH, RST, SYN } from '../../trace/schema.ts';
import type { Seq } from './seq.ts';
import { add } from './seq.ts';

export { ACK, FIN, PSH, RST, SYN };

/** A TCP segment as it travels (RFC 9293 §3.1). Payload has a length and no content. */
export interface Segment {
  readonly fromPort: number;
  readonly toPort: number;
  readonly seq: Seq;
  /** Meaningful when `flags` has ACK, else 0. */
  readonly ack: Seq;
  readonly flags: number;
  /** Bytes of payload. */
  readonly length: number;
  /** The field on the wire, 16 bits, unscaled. */
  readonly window: number;
  readonly options: SegmentOptions;
}

export interface SegmentOptions {
  /** Only on segments with SYN. */
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  /** RFC 7323 §3. */
  readonly timestamps?: { readonly tsVal: number; readonly tsEcr: number };
  /** RFC 2018: [left, right) pairs, newest first. */
  readonly sack?: readonly (readonly [Seq, Seq])[];
}

export function has(segment: Segment, flag: number): boolean {
  return hasFlag(segment.flags, flag);
}

export function hasFlag(flags: number, flag: number): boolean {
  // eslint-disable-next-line no-bitwise -- Flags are bits of one field.
  return (flags & flag) !== 0;
}

/** SEG.LEN: payload plus SYN and FIN, each of which takes a sequence number. */
export function segmentLength(segment: Segment): number {
  return segment.length + (has(segment, SYN) ? 1 : 0) + (has(segment, FIN) ? 1 : 0);
}

/** The sequence number after the segment's last. */
export function endSeq(segment: Segment): Seq {
  return add(segment.seq, segmentLength(segment));
}
