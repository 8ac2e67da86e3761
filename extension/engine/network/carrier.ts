import type { Scheduled, Scheduler } from '../scheduler.ts';
import type { Packet, Stage } from './packet.ts';

interface Flight {
  readonly packet: Packet;
  arrival: Scheduled;
}

/** Behind the last stage: packets are under way until their time has come, or until they are lost. */
export class Carrier implements Stage {
  /** In the order in which they were sent. */
  private readonly underWay = new Set<Flight>();
  private readonly scheduler: Scheduler;
  private readonly deliver: (packet: Packet) => void;

  constructor(scheduler: Scheduler, deliver: (packet: Packet) => void) {
    this.scheduler = scheduler;
    this.deliver = deliver;
  }

  push(packet: Packet): void {
    const arrival = this.scheduler.at(packet.at, () => {
      this.underWay.delete(flight);
      this.deliver(packet);
    });
    const flight: Flight = { packet, arrival };
    this.underWay.add(flight);
  }

  /** Takes everything out that is under way. */
  lose(): readonly Packet[] {
    const lost = [...this.underWay];
    this.underWay.clear();
    for (const { arrival } of lost) arrival.cancelled = true;
    return lost.map(({ packet }) => packet);
  }
}
