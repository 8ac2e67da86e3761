/** Below TCP: the way to another host, and what is written down of a segment that takes it (`ip_queue_xmit`). */
import { DEFAULT_MTU } from '../../scenario/link-setting.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import type { Recorder } from '../recorder.ts';
import { HEADERS_LENGTH } from '../tcp/constants.ts';
import type { Segment } from '../tcp/segment.ts';

/** What carries segments away from a host. */
export interface NetworkLayer {
  send(to: PlaceId, segment: Segment, sent: EventId, purpose: SegmentPurpose): void;
  /** MTU of the interface towards a host, bytes; absent: Ethernet's. */
  mtu?(to: PlaceId): number;
  /** Whether there is a way to a host; absent: always. */
  hasRoute?(to: PlaceId): boolean;
}

/** A segment on its way out. */
export interface Departure {
  /** The end that sends it, or the host where none does. */
  readonly place: PlaceId;
  readonly connection: number;
  /** The other host. */
  readonly to: PlaceId;
  readonly segment: Segment;
  readonly purpose: SegmentPurpose;
  readonly reason: SendReason;
  readonly args: readonly number[];
  /** What the window field means, bytes. */
  readonly windowBytes: number;
}

const NO_NUMBERS: readonly number[] = [];

/** The sending side of one host's IP. */
export class IpOutput {
  private readonly host: PlaceId;
  private readonly recorder: Recorder;
  private readonly network: NetworkLayer;

  constructor(host: PlaceId, recorder: Recorder, network: NetworkLayer) {
    this.host = host;
    this.recorder = recorder;
    this.network = network;
  }

  /** Whether there is a way to a host. */
  hasRoute(to: PlaceId): boolean {
    return this.network.hasRoute?.(to) ?? true;
  }

  /** What the interface towards a host takes, bytes of payload (`dst_metric_advmss`). */
  advertisedMss(to: PlaceId): number {
    return (this.network.mtu?.(to) ?? DEFAULT_MTU) - HEADERS_LENGTH;
  }

  /** Sends a segment. Without a way to the other host nothing leaves, and nothing is written down. */
  send({ place, connection, to, segment, purpose, reason, args, windowBytes }: Departure): void {
    if (!this.hasRoute(to)) return;
    const { options } = segment;
    const sent = this.recorder.record('segment.sent', place, {
      connection,
      from: this.host,
      to,
      fromPort: segment.fromPort,
      toPort: segment.toPort,
      seq: segment.seq,
      ack: segment.ack,
      flags: segment.flags,
      length: segment.length,
      window: segment.window,
      windowBytes,
      mss: options.mss ?? 0,
      wscale: options.windowScale ?? 255,
      sackPermitted: options.sackPermitted === true,
      timestamps: options.timestamps !== undefined,
      tsVal: options.timestamps?.tsVal ?? 0,
      tsEcr: options.timestamps?.tsEcr ?? 0,
      sack: options.sack?.flat() ?? NO_NUMBERS,
      purpose,
      reason,
      args,
    });
    this.network.send(to, segment, sent, purpose);
  }
}
