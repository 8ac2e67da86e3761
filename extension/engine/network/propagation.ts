import type { Micros } from '../../base/time.ts';
import type { Packet, Stage } from './packet.ts';

/** The stage that takes the time of the way. Packets stay in order, except those that were held up by themselves. */
export class Propagation implements Stage {
  /** One way. */
  delay: Micros;
  /** When the last packet gets there that kept its place. */
  private last: Micros = 0;
  private readonly next: Stage;

  constructor(delay: Micros, next: Stage) {
    this.delay = delay;
    this.next = next;
  }

  push(packet: Packet): void {
    const at = packet.at + this.delay;
    if (packet.overtaken) {
      this.next.push({ ...packet, at });
      return;
    }
    this.last = Math.max(at, this.last);
    this.next.push({ ...packet, at: this.last });
  }
}
