import type { EventId } from '../../trace/event.ts';
import type { SegmentPurpose } from '../../trace/schema.ts';
import type { Scheduler } from '../scheduler.ts';
import { Entry } from '../scheduler.ts';
import type { Segment } from '../tcp/segment.ts';
import { Line } from './line.ts';
import type { LinkEnd } from './link.ts';
import type { Packet, Stage } from './packet.ts';
import { newPacket } from './packet.ts';
import { packetSize } from './packet-size.ts';

/** Where packets come out; `sent` and `cause` as in `Packet`. */
export interface Destination {
  arrive(segment: Segment, from: LinkEnd, sent: EventId, cause: EventId, purpose: SegmentPurpose): void;
}

/**
 * Behind the last stage: packets are under way until their time has come, or until they are lost. Those that keep their places follow
 * one another in a line, whose first alone stands in the queue of the run; those that are overtaken stand there each for itself.
 */
export class Carrier implements Stage {
  private readonly line = new Line();
  private lastOfLine = 0;
  private head: Entry;
  /** The one that comes out: used again for the next. */
  private readonly arriving = newPacket();
  private readonly strays = new Map<Packet, Entry>();
  private readonly scheduler: Scheduler;
  private readonly from: LinkEnd;
  private readonly destination: Destination;

  /** @param from where packets come from */
  constructor(scheduler: Scheduler, from: LinkEnd, destination: Destination) {
    this.scheduler = scheduler;
    this.from = from;
    this.destination = destination;
    this.head = this.newHead();
  }

  push(packet: Packet): void {
    packet.order = this.scheduler.takeNumber();
    if (packet.heldUp > 0 || packet.at < this.lastOfLine) {
      this.pushStray({ ...packet });
      return;
    }
    this.lastOfLine = packet.at;
    this.line.push(packet);
    if (this.line.length === 1) this.scheduler.put(this.head, packet.at, packet.order);
  }

  /** Takes everything out that is under way, in the order in which it was sent. */
  lose(): readonly Packet[] {
    const lost = [...this.strays.keys()];
    const { line } = this;
    for (let packet = newPacket(); line.shift(packet); packet = newPacket()) {
      packet.bytes = packetSize(packet.segment);
      lost.push(packet);
    }
    for (const entry of this.strays.values()) entry.cancelled = true;
    this.strays.clear();
    this.head.cancelled = true;
    this.head = this.newHead();
    return lost.sort((a, b) => a.order - b.order);
  }

  private newHead(): Entry {
    const { line, arriving } = this;
    return new Entry(() => {
      line.shift(arriving);
      if (line.length > 0) this.scheduler.put(this.head, line.at, line.order);
      this.destination.arrive(arriving.segment, this.from, arriving.sent, arriving.cause, arriving.purpose);
    });
  }

  private pushStray(packet: Packet): void {
    const entry = new Entry(() => {
      this.strays.delete(packet);
      this.destination.arrive(packet.segment, this.from, packet.sent, packet.cause, packet.purpose);
    });
    this.strays.set(packet, entry);
    this.scheduler.put(entry, packet.at, packet.order);
  }
}
