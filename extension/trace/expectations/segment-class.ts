import type { SegmentClass } from '../../scenario/expectation.ts';
import type { EventFields } from '../event.ts';
import type { SegmentPurpose } from '../schema.ts';
import { ACK, FIN, RST, SYN } from '../schema.ts';

/** Everything that was sent before and is sent again. A loss probe is one unless it carries new data. */
const RETRANSMISSIONS: ReadonlySet<SegmentPurpose> = new Set<SegmentPurpose>([
  'syn-retransmission',
  'syn-ack-retransmission',
  'rto-retransmission',
  'fast-retransmission',
  'path-mtu-retransmission',
  'tail-loss-probe',
]);

const PROBES: ReadonlySet<SegmentPurpose> = new Set<SegmentPurpose>(['keepalive-probe', 'window-probe']);

/** What a segment's class is decided by. `isNew`: it carries sequence numbers that were never sent before. */
export type ClassifiedSegment = Pick<EventFields<'segment.sent'>, 'flags' | 'length' | 'window' | 'purpose'> & {
  readonly isNew: boolean;
};

/**
 * Whether a segment belongs to a class of the scenario language. Classes overlap: a repeated FIN is a FIN, a
 * retransmission and an RTO retransmission.
 *
 * - `SYN`, `SYN-ACK`, `FIN`, `RST`: by flags, copies included.
 * - `ACK`: ACK and nothing else (PSH aside), no data, and not a probe: what only acknowledges. Challenge ACKs are ACKs too.
 * - `data segment`: length above 0, copies included, FIN or not.
 * - `retransmission`: sent again for whatever reason; a tail loss probe too, unless it carried new data.
 * - `zero window`: whatever offers no window and neither opens nor ends the connection.
 * - the rest: by purpose.
 */
export function isOfClass(segment: ClassifiedSegment, wanted: SegmentClass): boolean {
  const { flags, length, window, purpose } = segment;
  switch (wanted) {
    case 'segment':
      return true;
    case 'SYN':
      return (flags & (SYN | ACK)) === SYN;
    case 'SYN-ACK':
      return (flags & (SYN | ACK)) === (SYN | ACK);
    case 'ACK':
      return (flags & (ACK | SYN | FIN | RST)) === ACK && length === 0 && !PROBES.has(purpose);
    case 'FIN':
      return (flags & FIN) !== 0;
    case 'RST':
      return (flags & RST) !== 0;
    case 'data segment':
      return length > 0;
    case 'retransmission':
      return RETRANSMISSIONS.has(purpose) && !(purpose === 'tail-loss-probe' && segment.isNew);
    case 'RTO retransmission':
      return purpose === 'rto-retransmission';
    case 'fast retransmission':
      return purpose === 'fast-retransmission';
    case 'tail loss probe':
      return purpose === 'tail-loss-probe';
    case 'keepalive probe':
      return purpose === 'keepalive-probe';
    case 'window probe':
      return purpose === 'window-probe';
    case 'challenge ACK':
      return purpose === 'challenge-ack';
    case 'window update':
      return purpose === 'window-update';
    case 'zero window':
      return window === 0 && (flags & (SYN | FIN | RST)) === 0;
  }
}
