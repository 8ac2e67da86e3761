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
  private mostPackets = DEFAULT_QUEUE;
  private mostBytes = Infinity;
  private readonly waiting = new WaitingPackets();
  /** When the line has sent all that came so far; fractions of µs are kept, so that many small packets take no longer than one. */
  private free = 0;
  private readonly log: LinkLog;
  private readonly next: Stage;

  constructor(log: LinkLog, next: Stage) {
    this.log = log;
    this.next = next;
  }

  set limit({ unit, limit }: { readonly unit: 'packets' | 'bytes'; readonly limit: number }) {
    this.mostPackets = unit === 'packets' ? limit : Infinity;
    this.mostBytes = unit === 'bytes' ? limit : Infinity;
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
    if (waiting.count > 0) waiting.letGo(now);
    const { bytes } = packet;
    let begins = now;
    if (free > now) {
      begins = free;
      if (waiting.count >= this.mostPackets || waiting.bytes + bytes > this.mostBytes) {
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
}

/** The first whole µs that is not before; what arithmetic adds to a whole number does not count. */
function wholeMicros(time: number): Micros {
  return Math.ceil(time - 1e-6);
}

const BITS = 8;
const MICROS = 1_000_000;
