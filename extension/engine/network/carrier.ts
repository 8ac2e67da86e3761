import type { Scheduler } from '../scheduler.ts';
import { Entry } from '../scheduler.ts';
import { Line } from './line.ts';
import type { Packet, Stage } from './packet.ts';
import { newPacket } from './packet.ts';

/**
 * Behind the last stage: packets are under way until their time has come, or until they are lost. Those that keep their places follow
 * one another in a line, whose first alone stands in the queue of the run; those that are overtaken stand there each for itself.
 */
export class Carrier implements Stage {
  private readonly line = new Line();
  private lastOfLine = 0;
  private head: Entry;
  private readonly strays = new Map<Packet, Entry>();
  private readonly scheduler: Scheduler;
  private readonly deliver: (packet: Packet) => void;
  /** The one that arrives: used again for the next. */
  private readonly arriving = newPacket();

  /** @param deliver takes what arrives; the packet is another one as soon as it returns */
  constructor(scheduler: Scheduler, deliver: (packet: Packet) => void) {
    this.scheduler = scheduler;
    this.deliver = deliver;
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
    for (let packet = newPacket(); this.line.shiftInto(packet); packet = newPacket()) lost.push(packet);
    for (const entry of this.strays.values()) entry.cancelled = true;
    this.strays.clear();
    this.head.cancelled = true;
    this.head = this.newHead();
    return lost.sort((a, b) => a.order - b.order);
  }

  private newHead(): Entry {
    return new Entry(() => {
      this.headArrives();
    });
  }

  private headArrives(): void {
    const { line, arriving } = this;
    if (!line.shiftInto(arriving)) return;
    if (line.length > 0) this.scheduler.put(this.head, line.firstAt, line.firstOrder);
    this.deliver(arriving);
  }

  private pushStray(packet: Packet): void {
    const entry = new Entry(() => {
      this.strays.delete(packet);
      this.deliver(packet);
    });
    this.strays.set(packet, entry);
    this.scheduler.put(entry, packet.at, packet.order);
  }
}
