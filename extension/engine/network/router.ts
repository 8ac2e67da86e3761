import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import type { IcmpMessageName } from '../../scenario/icmp.ts';
import type { RouterPlan } from '../../scenario/middlebox.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduler } from '../scheduler.ts';
import { sendIcmp } from './icmp-message.ts';
import { IcmpRateLimit } from './icmp-rate-limit.ts';
import type { LinkEnd } from './link.ts';
import type { Crossing, Middlebox } from './middlebox.ts';
import { packetSize } from './packet-size.ts';

/** What a router was told to answer, whatever lies behind it. */
interface Order {
  readonly message: IcmpMessageName;
  /** Only for what goes to this host. */
  readonly to: LinkEnd | undefined;
  readonly by: EventId;
}

/** A router: it passes segments on, and reports those that it cannot deliver (RFC 1812 §4.3.3.1), as often as Linux does. */
export class Router implements Middlebox {
  readonly name: string;
  readonly place: PlaceId;
  private readonly reports: RouterPlan['reports'];
  private readonly scheduler: Scheduler;
  private readonly recorder: Recorder;
  /** Bytes of the largest packet that it passes on, and the event that made it so (−1 = it always was). */
  private mtu: { readonly bytes: number; readonly by: EventId };
  private orders: readonly Order[] = [];
  private readonly limit = new IcmpRateLimit();
  /** Segments from either side that wait for the next hop. */
  private readonly held: readonly [Crossing[], Crossing[]] = [[], []];

  constructor(plan: RouterPlan, place: PlaceId, scheduler: Scheduler, recorder: Recorder) {
    this.name = plan.name;
    this.place = place;
    this.reports = plan.reports;
    this.mtu = { bytes: plan.mtu ?? Infinity, by: -1 };
    this.scheduler = scheduler;
    this.recorder = recorder;
  }

  /** From now on it answers what goes to `to` (or either way) with this message. The current cause is to blame. */
  report(message: IcmpMessageName, to?: LinkEnd): void {
    this.orders = [{ message, to, by: this.recorder.cause }, ...this.orders];
  }

  /** It passes on again what it can. */
  forward(): void {
    this.orders = [];
  }

  setMtu(bytes: number): void {
    this.mtu = { bytes, by: this.recorder.cause };
  }

  take(crossing: Crossing): void {
    const order = this.orders.find(({ to }) => to === undefined || to === crossing.to);
    const obstacle = crossing.obstacle();
    if (order !== undefined) {
      this.refuse(crossing, order.message, order.by, true);
    } else if (packetSize(crossing.packet.segment) > this.mtu.bytes) {
      this.refuseTooBig(crossing);
    } else if (this.held[crossing.side].length > 0) {
      this.held[crossing.side].push(crossing);
    } else if (obstacle === undefined || this.reports === undefined) {
      crossing.onward(crossing.packet);
    } else if (this.reports.after === 0) {
      this.refuse(crossing, this.reports.message, obstacle, true);
    } else {
      this.hold(crossing, this.reports.message, this.reports.after);
    }
  }

  /** It looks for the next hop: what comes meanwhile waits with the first one, as for an answer to ARP. */
  private hold(crossing: Crossing, message: IcmpMessageName, patience: Micros): void {
    const held = this.held[crossing.side];
    held.push(crossing);
    this.lookAgain(held, message, this.scheduler.now + patience);
  }

  private lookAgain(held: Crossing[], message: IcmpMessageName, until: Micros): void {
    this.scheduler.at(Math.min(until, this.scheduler.now + RETRANS_TIME), () => {
      const obstacle = held[0]?.obstacle();
      if (obstacle !== undefined && this.scheduler.now < until) {
        this.lookAgain(held, message, until);
        return;
      }
      for (const crossing of held.splice(0)) {
        if (obstacle === undefined) crossing.onward(crossing.packet);
        else this.refuse(crossing, message, obstacle, false);
      }
    });
  }

  /**
   * Every packet of TCP has DF set: one that is too big is lost, and its sender learns how big it may be (RFC 1191 §4). Such
   * messages are not limited (`icmpv4_xrlim_allow`). A router that reports nothing makes the path a black hole.
   */
  private refuseTooBig(crossing: Crossing): void {
    const { segment, sent, cause } = crossing.packet;
    const { bytes: mtu, by: blame } = this.mtu;
    const dropped = this.recorder.record(
      'segment.dropped',
      this.place,
      { segment: sent, reason: 'too-big', blame },
      cause,
    );
    if (this.reports === undefined) return;
    const to = crossing.from.place;
    const about = {
      message: 'fragmentation needed',
      segment,
      segmentSent: sent,
      to,
      blame,
      cause: dropped,
      mtu,
    } as const;
    crossing.answer({ kind: 'icmp', message: sendIcmp(this.recorder, this.place, about) });
  }

  /** The segment is lost; its sender hears of it unless it has heard too much already. */
  private refuse(crossing: Crossing, message: IcmpMessageName, blame: EventId, isRouteError: boolean): void {
    const { segment, sent, cause } = crossing.packet;
    const to = crossing.from.place;
    const fate = { segment: sent, reason: 'unreachable', blame } as const;
    const dropped = this.recorder.record('segment.dropped', this.place, fate, cause);
    const { now } = this.scheduler;
    if (!(isRouteError ? this.limit.allowsRouteError(to, now) : this.limit.allows(to, now))) return;
    const about = { message, segment, segmentSent: sent, to, blame, cause: dropped };
    crossing.answer({ kind: 'icmp', message: sendIcmp(this.recorder, this.place, about) });
  }
}

/** Between two ARP requests of a Linux router. */
const RETRANS_TIME = SECOND;
