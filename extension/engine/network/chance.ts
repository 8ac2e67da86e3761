import { PPM, type Ppm } from '../../scenario/link-setting.ts';
import type { Micros } from '../../base/time.ts';
import type { RandomStream } from '../random.ts';
import type { LinkLog, Packet, Stage } from './packet.ts';

/** The stage that loses packets by chance. */
export class ChanceLoss implements Stage {
  chance: Ppm = 0;
  private readonly random: RandomStream;
  private readonly log: LinkLog;
  private readonly next: Stage;

  constructor(random: RandomStream, log: LinkLog, next: Stage) {
    this.random = random;
    this.log = log;
    this.next = next;
  }

  push(packet: Packet): void {
    if (happens(this.chance, this.random)) this.log.lost(packet, { reason: 'chance', blame: -1 });
    else this.next.push(packet);
  }
}

/** The stage that copies packets by chance. The copy follows at once. */
export class ChanceDuplication implements Stage {
  chance: Ppm = 0;
  private readonly random: RandomStream;
  private readonly log: LinkLog;
  private readonly next: Stage;

  constructor(random: RandomStream, log: LinkLog, next: Stage) {
    this.random = random;
    this.log = log;
    this.next = next;
  }

  push(packet: Packet): void {
    const isCopied = happens(this.chance, this.random);
    const copy = isCopied ? { ...packet, cause: this.log.copied(packet, 'chance', -1) } : undefined;
    this.next.push(packet);
    if (copy !== undefined) this.next.push(copy);
  }
}

/** The stage that holds packets up by chance, so that those behind overtake them. */
export class Reordering implements Stage {
  chance: Ppm = 0;
  by: Micros = 0;
  private readonly random: RandomStream;
  private readonly log: LinkLog;
  private readonly next: Stage;

  constructor(random: RandomStream, log: LinkLog, next: Stage) {
    this.random = random;
    this.log = log;
    this.next = next;
  }

  push(packet: Packet): void {
    const { by } = this;
    if (happens(this.chance, this.random)) {
      packet.cause = this.log.heldUp(packet, 'chance', by, -1);
      packet.heldUp += by;
    }
    this.next.push(packet);
  }
}

/** Draws only where there is a chance: a stream goes on with the packets for which it is asked. */
function happens(chance: Ppm, random: RandomStream): boolean {
  return chance > 0 && random.next() * PPM < chance;
}
