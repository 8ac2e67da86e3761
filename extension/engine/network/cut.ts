import type { EventId } from '../../trace/event.ts';
import type { LinkLog, Packet, Stage } from './packet.ts';

/** The stage that loses everything while the link is cut. */
export class Cut implements Stage {
  /** The event that cut it; undefined while it carries. */
  by: EventId | undefined;
  private readonly log: LinkLog;
  private readonly next: Stage;

  constructor(log: LinkLog, next: Stage) {
    this.log = log;
    this.next = next;
  }

  push(packet: Packet): void {
    if (this.by === undefined) this.next.push(packet);
    else this.log.lost(packet, { reason: 'link-cut', blame: this.by });
  }
}
