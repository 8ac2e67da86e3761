import type { Micros } from '../../base/time.ts';
import type { EventFields, EventId } from '../../trace/event.ts';
import type { SegmentPurpose } from '../../trace/schema.ts';
import type { Segment } from '../tcp/segment.ts';
import { seq } from '../tcp/seq.ts';

/** A segment on its way through the stages of a link, each of which moves it on. */
export interface Packet {
  segment: Segment;
  purpose: SegmentPurpose;
  /** Length of the IP packet, bytes. */
  bytes: number;
  /** The event of its leaving. */
  sent: EventId;
  /** What last happened to it: its leaving, its being copied, its being held up. What becomes of it is caused by that. */
  cause: EventId;
  /** When it has passed the stages so far: at first the present. Only stages that take time move it on. */
  at: Micros;
  /** So much longer it will take by itself; those behind it do not wait for it. */
  heldUp: Micros;
  /** Its turn among all that is to happen at one time, once it is under way. */
  order: number;
}

/** A packet that is still to be filled. */
export function newPacket(): Packet {
  return { segment: NO_SEGMENT, purpose: 'data', bytes: 0, sent: -1, cause: -1, at: 0, heldUp: 0, order: 0 };
}

const NO_SEGMENT: Segment = {
  fromPort: 0,
  toPort: 0,
  seq: seq(0),
  ack: seq(0),
  flags: 0,
  length: 0,
  window: 0,
  options: {},
};

/** A stage of a link, or what stands behind the last one. A stage passes on what it does not lose. */
export interface Stage {
  /** The packet is the caller's, who uses it again: what is kept of it is copied. */
  push(packet: Packet): void;
}

/** Why a link lost a packet, and the event that made it so (−1 = none: chance, or the way the link is). */
export interface Loss {
  readonly reason: EventFields<'segment.dropped'>['reason'];
  readonly blame: EventId;
}

/** How a stage tells of what it does to packets. */
export interface LinkLog {
  lost(packet: Packet, loss: Loss): void;
  /** @returns the event: what becomes of the copy is caused by it. */
  copied(packet: Packet, by: EventFields<'segment.duplicated'>['by'], blame: EventId): EventId;
  /** @returns the event: what becomes of the packet is caused by it. */
  heldUp(packet: Packet, by: EventFields<'segment.delayed'>['by'], delay: Micros, blame: EventId): EventId;
  /** `ahead`, `bytes`: what waits before it. @returns the event: what becomes of the packet is caused by it. */
  queued(packet: Packet, wait: Micros, ahead: number, bytes: number): EventId;
}
