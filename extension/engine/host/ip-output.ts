/** Below TCP: the way to another host, and what is written down of a segment that takes it (`ip_queue_xmit`). */
import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import { DEFAULT_MTU } from '../../scenario/link-setting.ts';
import type { RouteMetrics } from '../../scenario/route-metric.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import type { Filled, Recorder } from '../recorder.ts';
import type { Clock } from '../scheduler.ts';
import { HEADERS_LENGTH } from '../tcp/constants.ts';
import type { LocalFailure } from '../tcp/local-failure.ts';
import type { Segment } from '../tcp/segment.ts';
import { unsigned } from '../tcp/seq.ts';

/** What carries segments away from a host. */
export interface NetworkLayer {
  /** Returns why it does not leave the host; undefined: it does, or waits there. */
  send(to: PlaceId, segment: Segment, sent: EventId, purpose: SegmentPurpose): LocalFailure | undefined;
  /** MTU of the interface towards a host, bytes; absent: Ethernet's. */
  mtu?(to: PlaceId): number;
  /** What the route to a host says; absent: nothing. */
  routeMetrics?(to: PlaceId): RouteMetrics;
  /** Whether there is a way to a host; absent: always. */
  hasRoute?(to: PlaceId): boolean;
}

/** A path MTU is forgotten after so long (`net.ipv4.route.mtu_expires`), and the least that is believed (`min_pmtu`). */
const MTU_EXPIRES = 600 * SECOND;
const MIN_PMTU = 552;

/** What a router said of the way to a host (a route exception, `fib_nh_exception`). */
interface PathMtu {
  readonly mtu: number;
  readonly expiresAt: Micros;
}

/** Who sends a segment: an end, or the host where none does. */
export interface Sender {
  readonly place: PlaceId;
  readonly connection: number;
  readonly remote: { readonly host: PlaceId };
}

const NO_NUMBERS: readonly number[] = [];
const NO_METRICS: RouteMetrics = {};

/** The sending side of one host's IP. */
export class IpOutput {
  private readonly recorder: Recorder;
  private readonly network: NetworkLayer;
  private readonly clock: Clock;
  private readonly pathMtus = new Map<PlaceId, PathMtu>();
  /** What is written down of a segment that leaves; filled anew for each, for the trace copies it. */
  private readonly leaving: Filled<'segment.sent'>;

  constructor(host: PlaceId, recorder: Recorder, network: NetworkLayer, clock: Clock) {
    this.recorder = recorder;
    this.network = network;
    this.clock = clock;
    this.leaving = {
      connection: 0,
      from: host,
      to: host,
      fromPort: 0,
      toPort: 0,
      seq: 0,
      ack: 0,
      flags: 0,
      length: 0,
      window: 0,
      windowBytes: 0,
      mss: 0,
      wscale: 255,
      sackPermitted: false,
      timestamps: false,
      tsVal: 0,
      tsEcr: 0,
      sack: NO_NUMBERS,
      purpose: 'data',
      reason: 'application-sent',
      args: NO_NUMBERS,
    };
  }

  /** Whether any way ever turned out to take less than the interface does. */
  get knowsPathMtus(): boolean {
    return this.pathMtus.size > 0;
  }

  /** Bytes of the largest packet that the way to a host takes, as far as is known (`ipv4_mtu`). */
  pathMtu(to: PlaceId): number {
    const known = this.pathMtus.get(to);
    return known !== undefined && this.clock.now < known.expiresAt ? known.mtu : this.interfaceMtu(to);
  }

  /** A router said what the way to a host takes (`__ip_rt_update_pmtu`). Larger than is known is not believed. */
  learnPathMtu(to: PlaceId, said: number): void {
    const mtu = Math.max(said, MIN_PMTU);
    if (this.pathMtu(to) < said) return;
    const known = this.pathMtus.get(to);
    const { now } = this.clock;
    if (known?.mtu === mtu && now < known.expiresAt - MTU_EXPIRES / 2) return;
    this.pathMtus.set(to, { mtu, expiresAt: now + MTU_EXPIRES });
  }

  private interfaceMtu(to: PlaceId): number {
    return this.network.mtu?.(to) ?? DEFAULT_MTU;
  }

  /** What the route to a host says (`dst_metric`). */
  routeMetrics(to: PlaceId): RouteMetrics {
    return this.network.routeMetrics?.(to) ?? NO_METRICS;
  }

  /** Whether there is a way to a host. */
  hasRoute(to: PlaceId): boolean {
    return this.network.hasRoute?.(to) ?? true;
  }

  /** What the way towards a host takes, bytes of payload (`ipv4_default_advmss`). */
  advertisedMss(to: PlaceId): number {
    return this.pathMtu(to) - HEADERS_LENGTH;
  }

  /**
   * Sends a segment. Without a way to the other host nothing leaves, and nothing is written down.
   * @param windowBytes what the window field means
   */
  send(
    sender: Sender,
    segment: Segment,
    windowBytes: number,
    purpose: SegmentPurpose,
    reason: SendReason,
    args: readonly number[],
  ): LocalFailure | undefined {
    const to = sender.remote.host;
    if (!this.hasRoute(to)) return 'no-way';
    const { leaving } = this;
    const { options } = segment;
    const { timestamps, sack } = options;
    leaving.connection = sender.connection;
    leaving.to = to;
    leaving.fromPort = segment.fromPort;
    leaving.toPort = segment.toPort;
    leaving.seq = unsigned(segment.seq);
    leaving.ack = unsigned(segment.ack);
    leaving.flags = segment.flags;
    leaving.length = segment.length;
    leaving.window = segment.window;
    leaving.windowBytes = windowBytes;
    leaving.mss = options.mss ?? 0;
    leaving.wscale = options.windowScale ?? 255;
    leaving.sackPermitted = options.sackPermitted === true;
    leaving.timestamps = timestamps !== undefined;
    leaving.tsVal = timestamps === undefined ? 0 : unsigned(timestamps.tsVal);
    leaving.tsEcr = timestamps === undefined ? 0 : unsigned(timestamps.tsEcr);
    leaving.sack = sack === undefined ? NO_NUMBERS : sack.flat().map(unsigned);
    leaving.purpose = purpose;
    leaving.reason = reason;
    leaving.args = args;
    return this.network.send(to, segment, this.recorder.sent(sender.place, leaving), purpose);
  }
}
