import type { IcmpMessageName } from '../../scenario/icmp.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { Recorder } from '../recorder.ts';
import type { Segment } from '../tcp/segment.ts';

/** An ICMP error on its way to the host that had sent the segment it quotes. */
export interface IcmpMessage {
  readonly message: IcmpMessageName;
  readonly quoted: Segment;
  /** What the next hop takes, bytes; 0: it says nothing of that. */
  readonly mtu: number;
  /** The event of its leaving. */
  readonly sent: EventId;
  /** What last happened to it. */
  readonly cause: EventId;
  /** The kernel tells itself. */
  readonly isOwn: boolean;
}

/** What an ICMP error is about. */
export interface Complaint {
  readonly message: IcmpMessageName;
  readonly segment: Segment;
  /** The `segment.sent` of it. */
  readonly segmentSent: EventId;
  /** The host that sent it. */
  readonly to: PlaceId;
  /** The event that is behind it; -1 = none. */
  readonly blame: EventId;
  readonly cause: EventId;
  /** What the next hop takes, bytes. */
  readonly mtu?: number;
}

/** The message leaves `place`. */
export function sendIcmp(recorder: Recorder, place: PlaceId, about: Complaint): IcmpMessage {
  const { message, segment, segmentSent, to, blame, cause, mtu = 0 } = about;
  const sent = recorder.record('icmp.sent', place, { message, segment: segmentSent, to, blame, mtu }, cause);
  return { message, quoted: segment, mtu, sent, cause: sent, isOwn: place === to };
}
