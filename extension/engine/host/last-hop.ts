import type { Micros } from '../../base/time.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { NeighbourState, SegmentPurpose } from '../../trace/schema.ts';
import type { ArpFrame } from '../network/arp.ts';
import type { Direction } from '../network/direction.ts';
import type { IcmpMessage } from '../network/icmp-message.ts';
import { sendIcmp } from '../network/icmp-message.ts';
import type { Link, LinkEnd } from '../network/link.ts';
import type { Recorder } from '../recorder.ts';
import type { Clock } from '../scheduler.ts';
import type { LocalFailure } from '../tcp/local-failure.ts';
import type { Segment } from '../tcp/segment.ts';
import type { Seq } from '../tcp/seq.ts';
import type { TickClock } from '../tcp/timer.ts';
import type { NeighbourOwner } from './neighbour.ts';
import { NeighbourEntry } from './neighbour.ts';

/** A segment on its way out of a host. */
interface Outgoing {
  readonly segment: Segment;
  readonly sent: EventId;
  readonly purpose: SegmentPurpose;
}

/**
 * A host's own end of a link: its cable, and what it knows of the next hop. On a routed path the next hop always answers, so that it
 * needs to be asked for only after the cable was out; on a shared segment it is the other host.
 */
export class LastHop implements NeighbourOwner<Outgoing> {
  readonly link: Link;
  /** The direction of the link in which the host sends. */
  private readonly way: Direction;
  readonly scheduler: Clock;
  readonly recorder: Recorder;
  readonly ticks: TickClock;
  readonly reachableTime: Micros;
  private readonly host: LinkEnd;
  private readonly other: LinkEnd;
  private readonly evictsWithoutCarrier: boolean;
  /** The kernel hears about a segment that it had sent. */
  private readonly tell: (message: IcmpMessage, peer: LinkEnd) => void;
  /** Undefined: the next hop is known without asking. */
  private entry: NeighbourEntry<Outgoing> | undefined;
  private carrierLostBy: EventId | undefined;
  /** The event since which the device's queue takes nothing. */
  private queueFullSince: EventId | undefined;
  /** An acknowledgement showed that the neighbour is there; the next packet that goes there says so (`dst_confirm`). */
  private isConfirmed = false;

  constructor(init: {
    readonly host: LinkEnd;
    readonly link: Link;
    readonly scheduler: Clock;
    readonly recorder: Recorder;
    readonly ticks: TickClock;
    readonly reachableTime: Micros;
    /** Since Linux 5.16 (`arp_evict_nocarrier`). */
    readonly evictsWithoutCarrier: boolean;
    readonly tell: (message: IcmpMessage, peer: LinkEnd) => void;
  }) {
    this.host = init.host;
    this.link = init.link;
    this.way = init.link.directionFrom(init.host);
    this.other = init.link.other(init.host);
    this.scheduler = init.scheduler;
    this.recorder = init.recorder;
    this.ticks = init.ticks;
    this.reachableTime = init.reachableTime;
    this.evictsWithoutCarrier = init.evictsWithoutCarrier;
    this.tell = init.tell;
    if (this.link.isShared) this.entry = new NeighbourEntry(this);
  }

  /** The event that took the carrier; undefined while it is there. */
  get noCarrier(): EventId | undefined {
    return this.carrierLostBy;
  }

  send(segment: Segment, sent: EventId, purpose: SegmentPurpose): LocalFailure | undefined {
    if (this.entry === undefined && this.carrierLostBy === undefined && this.queueFullSince === undefined) {
      this.way.send(segment, purpose, sent);
      return undefined;
    }
    const packet = { segment, sent, purpose };
    if (this.entry === undefined) return this.transmit(packet);
    if (this.isConfirmed) this.entry.confirm();
    this.isConfirmed = false;
    return this.entry.send(packet);
  }

  confirm(): void {
    this.isConfirmed = this.entry !== undefined;
  }

  /** Whether such a segment waits here. */
  holds(fromPort: number, toPort: number, seq: Seq): boolean {
    return (
      this.entry?.queue.some(
        ({ segment }) => segment.fromPort === fromPort && segment.toPort === toPort && segment.seq === seq,
      ) === true
    );
  }

  /** The own cable is pulled or plugged in. Addresses and routes stay; no socket is told (`linkwatch_do_dev`). */
  setCarrier(up: boolean): void {
    if (up === (this.carrierLostBy === undefined)) return;
    const event = this.recorder.record('carrier.state', this.host.place, { link: this.link.place, up });
    this.carrierLostBy = up ? undefined : event;
    if (up || !this.evictsWithoutCarrier) return;
    this.entry ??= new NeighbourEntry(this);
    this.recorder.causedBy(event, () => {
      for (const packet of this.entry?.evict() ?? []) this.lose(packet);
    });
  }

  /** The queue of the device has no room for anything (`pfifo_enqueue` at its limit), or has room again. */
  setQueue(full: boolean): void {
    if (full === (this.queueFullSince !== undefined)) return;
    const event = this.recorder.record('device-queue.state', this.host.place, { link: this.link.place, full });
    this.queueFullSince = full ? event : undefined;
  }

  arpArrives(frame: ArpFrame): void {
    const fate = { arp: frame.sent, blame: this.host.offBy ?? this.carrierLostBy ?? -1 };
    if (this.host.offBy !== undefined || this.carrierLostBy !== undefined) {
      const reason = this.host.offBy === undefined ? 'no-carrier' : 'host-off';
      this.recorder.record('arp.dropped', this.host.place, { ...fate, reason }, frame.sent);
      return;
    }
    const event = this.recorder.record('arp.delivered', this.host.place, { arp: frame.sent }, frame.sent);
    this.recorder.causedBy(event, () => {
      if (frame.what === 'reply') {
        this.entry?.answered();
        return;
      }
      this.entry?.asked();
      this.sendArp('reply');
    });
  }

  /** The host has no power any more: nothing is remembered, and what waited is lost. `off`: the event of it. */
  forget(off: EventId): void {
    for (const { sent } of this.entry?.forget() ?? []) {
      this.recorder.record('segment.dropped', this.host.place, { segment: sent, reason: 'host-off', blame: off }, sent);
    }
    this.isConfirmed = false;
    this.queueFullSince = undefined;
  }

  // ---- what the neighbour entry asks for ----

  changed(state: NeighbourState): EventId {
    return this.recorder.record('neighbour.state', this.host.place, { neighbour: this.neighbour, state });
  }

  solicit(what: 'request' | 'probe'): void {
    this.sendArp(what);
  }

  transmit(packet: Outgoing): LocalFailure | undefined {
    // Without a carrier the queue is another one.
    if (this.carrierLostBy !== undefined) {
      this.lose(packet);
      return 'lost';
    }
    const { queueFullSince: blame } = this;
    if (blame === undefined) {
      this.way.send(packet.segment, packet.purpose, packet.sent);
      return undefined;
    }
    const fate = { segment: packet.sent, reason: 'device-queue-full', blame } as const;
    this.recorder.record('segment.dropped', this.host.place, fate, packet.sent);
    return 'refused';
  }

  failed(packets: readonly Outgoing[]): void {
    const { cause: failed } = this.recorder;
    const blame = this.carrierLostBy ?? failed;
    const reason = this.carrierLostBy === undefined ? 'no-neighbour' : 'no-carrier';
    const to = this.host.place;
    for (const { segment, sent } of packets) {
      const cause = this.recorder.record('segment.dropped', to, { segment: sent, reason, blame }, failed);
      // `arp_error_report`, `ipv4_link_failure`: as if a router had said so.
      const about = { message: 'host unreachable', segment, segmentSent: sent, to, blame, cause } as const;
      this.tell(sendIcmp(this.recorder, to, about), this.other);
    }
  }

  private get neighbour(): PlaceId {
    return this.link.isShared ? this.other.place : this.link.place;
  }

  /** The queue discipline of a device without a carrier throws away what it gets (`noop_enqueue`). */
  private lose({ sent }: Outgoing): void {
    const blame = this.carrierLostBy ?? -1;
    this.recorder.record('segment.dropped', this.host.place, { segment: sent, reason: 'no-carrier', blame }, sent);
  }

  private sendArp(what: ArpFrame['what']): void {
    const sent = this.recorder.record('arp.sent', this.host.place, { neighbour: this.neighbour, what });
    const blame = this.carrierLostBy ?? this.queueFullSince;
    if (blame !== undefined) {
      const reason = this.carrierLostBy === undefined ? 'device-queue-full' : 'no-carrier';
      this.recorder.record('arp.dropped', this.host.place, { arp: sent, reason, blame }, sent);
    } else if (this.link.isShared) {
      this.link.sendArp(this.host, { what, sent });
    } else {
      // The next hop is next door, and answers at once. From now on it is known.
      this.recorder.causedBy(sent, () => {
        const { entry } = this;
        entry?.answered();
        entry?.forget();
        this.entry = undefined;
      });
    }
  }
}
