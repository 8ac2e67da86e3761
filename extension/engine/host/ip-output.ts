/** Below TCP: the way to another host, and what is written down of a segment that takes it (`ip_queue_xmit`). */
import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import { DEFAULT_MTU } from '../../scenario/link-setting.ts';
import type { RouteMetrics } from '../../scenario/route-metric.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import type { Recorder, Sender } from '../recorder.ts';
import type { Clock } from '../scheduler.ts';
import { HEADERS_LENGTH } from '../tcp/constants.ts';
import type { LocalFailure } from '../tcp/local-failure.ts';
import type { Segment } from '../tcp/segment.ts';
import type { SegmentOutput } from '../tcp/tcp-kernel.ts';

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

const NO_METRICS: RouteMetrics = {};

/** The sending side of one host's IP. */
export class IpOutput implements SegmentOutput {
  private readonly host: PlaceId;
  private readonly recorder: Recorder;
  private readonly network: NetworkLayer;
  private readonly clock: Clock;
  private readonly pathMtus = new Map<PlaceId, PathMtu>();
  /** Whether any way ever turned out to take less than the interface does; changed by nobody else. */
  knowsPathMtus = false;

  constructor(host: PlaceId, recorder: Recorder, network: NetworkLayer, clock: Clock) {
    this.host = host;
    this.recorder = recorder;
    this.network = network;
    this.clock = clock;
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
    this.knowsPathMtus = true;
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
    const { network } = this;
    const to = sender.remote.host;
    if (network.hasRoute?.(to) === false) return 'no-way';
    const sent = this.recorder.sent(sender, this.host, segment, windowBytes, purpose, reason, args);
    return network.send(to, segment, sent, purpose);
  }
}
