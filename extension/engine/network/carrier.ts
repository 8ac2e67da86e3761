import type { Scheduler } from '../scheduler.ts';
import { Entry } from '../scheduler.ts';
import type { Packet, Stage } from './packet.ts';
import { Ring } from '../ring.ts';

/**
 * Behind the last stage: packets are under way until their time has come, or until they are lost. Those that keep their places follow
 * one another in a line, whose first alone stands in the queue of the run; those that are overtaken stand there each for itself.
 */
export class Carrier implements Stage {
  private readonly line = new Ring<Packet>();
  private lastOfLine = 0;
  private head: Entry;
  private readonly strays = new Map<Packet, Entry>();
  private readonly scheduler: Scheduler;
  private readonly deliver: (packet: Packet) => void;

  constructor(scheduler: Scheduler, deliver: (packet: Packet) => void) {
    this.scheduler = scheduler;
    this.deliver = deliver;
    this.head = this.newHead();
  }

  push(packet: Packet): void {
    packet.order = this.scheduler.takeNumber();
    if (packet.heldUp > 0 || packet.at < this.lastOfLine) {
      this.pushStray(packet);
      return;
    }
    this.lastOfLine = packet.at;
    this.line.push(packet);
    if (this.line.length === 1) this.scheduler.put(this.head, packet.at, packet.order);
  }

  /** Takes everything out that is under way, in the order in which it was sent. */
  lose(): readonly Packet[] {
    const lost = [...this.strays.keys()];
    for (let packet = this.line.shift(); packet !== undefined; packet = this.line.shift()) lost.push(packet);
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
    const packet = this.line.shift();
    if (packet === undefined) return;
    const next = this.line.first;
    if (next !== undefined) this.scheduler.put(this.head, next.at, next.order);
    this.deliver(packet);
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
