import type { EventFields, EventId } from '../../trace/event.ts';

/** A question for a hardware address, or the answer (RFC 826). */
export interface ArpFrame {
  readonly what: EventFields<'arp.sent'>['what'];
  /** The event of its leaving. */
  readonly sent: EventId;
}
