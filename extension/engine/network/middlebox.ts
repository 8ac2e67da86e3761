import type { EventId, PlaceId } from '../../trace/event.ts';
import type { LinkEnd } from './link.ts';
import type { Packet } from './packet.ts';
import type { Freight } from './stretch.ts';

/** Index of the link's end that a segment comes from. */
export type Side = 0 | 1;

/** A segment at a middlebox: where it comes from, and what can be done with it. */
export interface Crossing {
  readonly packet: Packet;
  readonly side: Side;
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  /** The event that makes it impossible to go on from here now (a cut, or the power loss of the host behind); undefined: there is none. */
  obstacle(): EventId | undefined;
  onward(packet: Packet): void;
  /** Sends something back to where the segment came from. */
  answer(freight: Freight): void;
}

/** Something on a link that looks at segments: a router, a firewall, a NAT. ICMP messages pass all of them. */
export interface Middlebox {
  readonly name: string;
  readonly place: PlaceId;
  /** Decides what becomes of a segment that has come to it. */
  take(crossing: Crossing): void;
  /** Packets that it passes on may have so many bytes from now on. The current cause is to blame. Absent: it knows nothing of packets' size. */
  setMtu?(bytes: number): void;
}
