import type { Micros } from '../../base/time.ts';
import type { RandomStream } from '../random.ts';
import type { Packet, Stage } from './packet.ts';

/** The stage that takes the time of the way. Packets stay in order, except those that are held up by themselves. */
export class Propagation implements Stage {
  /** One way. */
  delay: Micros;
  /** At most so much more. */
  jitter: Micros = 0;
  /** When the last packet gets there that kept its place. */
  private last: Micros = 0;
  private readonly random: RandomStream;
  private readonly next: Stage;

  constructor(delay: Micros, random: RandomStream, next: Stage) {
    this.delay = delay;
    this.random = random;
    this.next = next;
  }

  push(packet: Packet): void {
    this.moveOn(packet);
    this.next.push(packet);
  }

  /** To when it gets there. */
  moveOn(packet: Packet): void {
    const alone = packet.at + this.delay + (this.jitter === 0 ? 0 : this.drawJitter());
    const at = alone > this.last ? alone : this.last;
    if (packet.heldUp === 0) this.last = at;
    packet.at = at + packet.heldUp;
  }

  private drawJitter(): Micros {
    return Math.floor(this.random.next() * (this.jitter + 1));
  }
}
