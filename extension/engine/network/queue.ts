import type { Micros } from '../../base/time.ts';
import { DEFAULT_QUEUE } from '../../scenario/link-setting.ts';
import type { LinkLog, Packet, Stage } from './packet.ts';
import { WaitingPackets } from './waiting-packets.ts';

/**
 * The stage with a bandwidth: one packet after the other is put on the line, the others wait, and what finds the queue full is
 * dropped. Since nobody overtakes in it, the time at which a packet will have left is known when it comes: nothing has to be
 * scheduled for that. Another bandwidth counts for what comes after the change.
 */
export class Queue implements Stage {
  /** Bits per second. */
  bandwidth = Infinity;
  limit: { readonly unit: 'packets' | 'bytes'; readonly limit: number } = { unit: 'packets', limit: DEFAULT_QUEUE };
  private readonly waiting = new WaitingPackets();
  /** When the line has sent all that came so far; fractions of µs are kept, so that many small packets take no longer than one. */
  private free = 0;
  private readonly log: LinkLog;
  private readonly next: Stage;

  constructor(log: LinkLog, next: Stage) {
    this.log = log;
    this.next = next;
  }

  push(packet: Packet): void {
    if (this.takes(packet)) this.next.push(packet);
  }

  /** Moves a packet on to when it will have left; or drops it. */
  takes(packet: Packet): boolean {
    const now = packet.at;
    const { free, bandwidth } = this;
    if (bandwidth === Infinity && free <= now) return true;
    const { waiting } = this;
    waiting.letGo(now);
    const { bytes } = packet;
    let begins = now;
    if (free > now) {
      begins = free;
      if (this.isFull(bytes)) {
        this.log.lost(packet, { reason: 'queue-full', blame: -1 });
        return false;
      }
      packet.cause = this.log.queued(packet, wholeMicros(begins) - now, waiting.count, waiting.bytes);
      waiting.push(begins, bytes);
    }
    this.free = begins + (bytes * BITS * MICROS) / bandwidth;
    packet.at = wholeMicros(this.free);
    return true;
  }

  /** Empties it: what waited is lost elsewhere. */
  clear(): void {
    this.waiting.clear();
    this.free = 0;
  }

  private isFull(bytes: number): boolean {
    const { unit, limit } = this.limit;
    return unit === 'packets' ? this.waiting.count >= limit : this.waiting.bytes + bytes > limit;
  }
}

/** The first whole µs that is not before; what arithmetic adds to a whole number does not count. */
function wholeMicros(time: number): Micros {
  return Math.ceil(time - 1e-6);
}

const BITS = 8;
const MICROS = 1_000_000;
