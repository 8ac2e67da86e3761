import type { LinkLog, Packet, Stage } from './packet.ts';

/**
 * The stage that drops what is too big for the path: every packet of TCP has DF set. Who would send "fragmentation needed"
 * stands behind `LinkLog.lost`; a link has no address to send it from.
 */
export class Mtu implements Stage {
  /** Bytes. */
  mtu: number;
  private readonly log: LinkLog;
  private readonly next: Stage;

  constructor(mtu: number, log: LinkLog, next: Stage) {
    this.mtu = mtu;
    this.log = log;
    this.next = next;
  }

  push(packet: Packet): void {
    if (packet.bytes > this.mtu) this.log.lost(packet, { reason: 'too-big', blame: -1 });
    else this.next.push(packet);
  }
}
