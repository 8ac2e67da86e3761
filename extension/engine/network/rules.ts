import type { Micros } from '../../base/time.ts';
import type { LinkRulePlan } from '../../scenario/plan.ts';
import type { EventId } from '../../trace/event.ts';
import { isOfClass } from '../../trace/expectations/segment-class.ts';
import type { LinkLog, Packet, Stage } from './packet.ts';
import type { DataCount } from './data-count.ts';
import { DataCounter } from './data-count.ts';

/** A statement such as `wire drops the next 2 data segments`, in force. One object for all directions that it is about. */
export class LinkRule {
  readonly effect: LinkRulePlan['effect'];
  /** The statement that made it. */
  readonly blame: EventId;
  private readonly plan: LinkRulePlan;
  /** How many more segments it takes. */
  private left: number;

  constructor(plan: LinkRulePlan, blame: EventId) {
    this.plan = plan;
    this.effect = plan.effect;
    this.blame = blame;
    const { which } = plan;
    this.left = which.kind === 'next' ? which.count : which.kind === 'number' ? 1 : Infinity;
  }

  /** Whether it can never take a segment again. */
  isOver(now: Micros): boolean {
    return this.left === 0 || now >= (this.plan.until ?? Infinity);
  }

  /** Whether it takes this segment, which then counts as taken. */
  takes({ segment, purpose }: Packet, { isNew, number }: DataCount): boolean {
    const { which } = this.plan;
    const { flags, length, window } = segment;
    if (which.kind === 'number' && !(isNew && length > 0 && number === which.number)) return false;
    if (!isOfClass({ flags, length, window, purpose, isNew }, this.plan.class)) return false;
    this.left--;
    return true;
  }
}

/** The stage that drops, copies or holds up the segments that a statement describes. */
export class Rules implements Stage {
  private rules: readonly LinkRule[] = [];
  private readonly counter = new DataCounter();
  private readonly log: LinkLog;
  private readonly next: Stage;

  constructor(log: LinkLog, next: Stage) {
    this.log = log;
    this.next = next;
  }

  /** Earlier statements are asked first. What one of them drops, the later ones never see; copies that were made before go on. */
  add(rule: LinkRule): void {
    this.rules = [...this.rules, rule];
  }

  push(packet: Packet): void {
    const count = this.counter.count(packet.segment);
    if (this.rules.length === 0) {
      this.next.push(packet);
      return;
    }
    this.rules = this.rules.filter((rule) => !rule.isOver(packet.at));
    const copiesOf: EventId[] = [];
    let isLost = false;
    for (const rule of this.rules) {
      if (!rule.takes(packet, count)) continue;
      const { effect, blame } = rule;
      if (effect.kind === 'drop') {
        this.log.lost(packet, { reason: 'rule', blame });
        isLost = true;
        break;
      }
      if (effect.kind === 'duplicate') copiesOf.push(this.log.copied(packet, 'rule', blame));
      else this.holdUp(packet, effect.by, blame);
    }
    // A stage further on may change the packet that it gets.
    const copies = copiesOf.map((cause) => ({ ...packet, cause }));
    if (!isLost) this.next.push(packet);
    for (const copy of copies) this.next.push(copy);
  }

  private holdUp(packet: Packet, by: Micros, blame: EventId): void {
    packet.cause = this.log.heldUp(packet, 'rule', by, blame);
    packet.heldUp += by;
  }
}
