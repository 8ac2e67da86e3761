import type { EventId, PlaceId } from '../../trace/event.ts';
import type { SendReason } from '../../trace/schema.ts';
import type { Connections } from '../connections.ts';
import type { Recorder } from '../recorder.ts';
import { unsigned } from '../tcp/seq.ts';
import { resetFor } from '../tcp/reset-answer.ts';
import { has, RST } from '../tcp/segment.ts';
import type { Crossing } from './middlebox.ts';
import { packetSize } from './packet-size.ts';

/**
 * A middlebox answers with a RST in the name of the host that was meant, as that host would if it had no socket. Never in reply to a
 * RST.
 */
export function answerWithReset(
  crossing: Crossing,
  at: { readonly place: PlaceId; readonly recorder: Recorder; readonly connections: Connections },
  reason: SendReason,
  cause: EventId,
): void {
  const { packet, from, to } = crossing;
  if (has(packet.segment, RST)) return;
  const segment = resetFor(packet.segment);
  const sent = at.recorder.record(
    'segment.sent',
    at.place,
    {
      connection: at.connections.ofSegment(from.place, packet.segment.fromPort, to.place, packet.segment.toPort),
      from: to.place,
      to: from.place,
      fromPort: segment.fromPort,
      toPort: segment.toPort,
      seq: unsigned(segment.seq),
      ack: unsigned(segment.ack),
      flags: segment.flags,
      length: 0,
      window: 0,
      windowBytes: 0,
      mss: 0,
      wscale: 255,
      sackPermitted: false,
      timestamps: false,
      tsVal: 0,
      tsEcr: 0,
      sack: [],
      purpose: 'rst',
      reason,
      args: [],
    },
    cause,
  );
  crossing.answer({
    kind: 'segment',
    packet: { ...packet, segment, bytes: packetSize(segment), purpose: 'rst', sent, cause: sent },
  });
}
