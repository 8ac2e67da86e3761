import type { Micros } from '../../base/time.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduled, Scheduler } from '../scheduler.ts';
import type { ArpFrame } from './arp.ts';
import type { IcmpMessage } from './icmp-message.ts';
import type { Packet } from './packet.ts';

/** What travels behind the first middlebox of a link, and what is no segment. */
export type Freight =
  | { readonly kind: 'segment'; readonly packet: Packet }
  | { readonly kind: 'icmp'; readonly message: IcmpMessage }
  | { readonly kind: 'arp'; readonly frame: ArpFrame };

interface Flight {
  readonly freight: Freight;
  readonly arrival: Scheduled;
}

/** The way from a middlebox to the next one, or to the end of the link, in one direction: it takes time, and it can be cut. */
export class Stretch {
  /** One way. */
  delay: Micros;
  private cutBy: EventId | undefined;
  private readonly underWay = new Set<Flight>();
  private readonly link: PlaceId;
  private readonly scheduler: Scheduler;
  private readonly recorder: Recorder;
  private readonly deliver: (freight: Freight) => void;

  constructor(init: {
    readonly link: PlaceId;
    readonly delay: Micros;
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
    readonly deliver: (freight: Freight) => void;
  }) {
    this.link = init.link;
    this.delay = init.delay;
    this.scheduler = init.scheduler;
    this.recorder = init.recorder;
    this.deliver = init.deliver;
  }

  /** The event that cut it; undefined while it carries. */
  get obstacle(): EventId | undefined {
    return this.cutBy;
  }

  carry(freight: Freight): void {
    if (this.cutBy !== undefined) {
      this.lose(freight, this.cutBy);
      return;
    }
    const arrival = this.scheduler.at(this.scheduler.now + this.delay, () => {
      this.underWay.delete(flight);
      this.deliver(freight);
    });
    const flight: Flight = { freight, arrival };
    this.underWay.add(flight);
  }

  /** Loses what is under way, and all that comes until it is restored. */
  cut(by: EventId): void {
    this.cutBy ??= by;
    for (const { freight, arrival } of this.underWay) {
      arrival.cancelled = true;
      this.lose(freight, by);
    }
    this.underWay.clear();
  }

  restore(): void {
    this.cutBy = undefined;
  }

  private lose(freight: Freight, blame: EventId): void {
    const fate = { reason: 'link-cut', blame } as const;
    switch (freight.kind) {
      case 'segment': {
        const { sent, cause } = freight.packet;
        this.recorder.record('segment.dropped', this.link, { segment: sent, ...fate }, cause);
        return;
      }
      case 'icmp': {
        const { sent, cause } = freight.message;
        this.recorder.record('icmp.dropped', this.link, { icmp: sent, ...fate }, cause);
        return;
      }
      case 'arp': {
        const { sent } = freight.frame;
        this.recorder.record('arp.dropped', this.link, { arp: sent, ...fate }, sent);
        return;
      }
    }
  }
}
