import type { Micros } from '../../base/time.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduler } from '../scheduler.ts';
import { Carrier } from './carrier.ts';
import { Cut } from './cut.ts';
import type { LinkLog, Loss, Packet } from './packet.ts';
import { Propagation } from './propagation.ts';
import type { LinkRule } from './rules.ts';
import { Rules } from './rules.ts';

/**
 * One direction of a link: a chain of stages that every packet goes through at once when it is sent, and that says when it
 * gets there. A cut loses what is under way as well.
 */
export class Direction implements LinkLog {
  private readonly cutStage: Cut;
  private readonly rules: Rules;
  private readonly carrier: Carrier;
  private readonly link: PlaceId;
  private readonly from: PlaceId;
  private readonly recorder: Recorder;

  constructor(init: {
    readonly link: PlaceId;
    readonly from: PlaceId;
    readonly delay: Micros;
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
    readonly deliver: (packet: Packet) => void;
  }) {
    this.link = init.link;
    this.from = init.from;
    this.recorder = init.recorder;
    this.carrier = new Carrier(init.scheduler, init.deliver);
    const propagation = new Propagation(init.delay, this.carrier);
    this.rules = new Rules(this, propagation);
    this.cutStage = new Cut(this, this.rules);
  }

  send(packet: Packet): void {
    this.cutStage.push(packet);
  }

  /** Loses what is under way, and all that comes until it is restored. `by`: the event of the cut. */
  cut(by: EventId): void {
    this.cutStage.by ??= by;
    for (const packet of this.carrier.lose()) this.lost(packet, { reason: 'link-cut', blame: by });
  }

  restore(): void {
    this.cutStage.by = undefined;
  }

  addRule(rule: LinkRule): void {
    this.rules.add(rule);
  }

  // ---- what the stages tell ----

  lost({ sent, cause }: Packet, { reason, blame }: Loss): void {
    const place = reason === 'link-cut' ? this.from : this.link;
    this.recorder.record('segment.dropped', place, { segment: sent, reason, blame }, cause);
  }

  copied({ sent, cause }: Packet, by: 'rule', blame: EventId): EventId {
    return this.recorder.record('segment.duplicated', this.link, { segment: sent, by, blame }, cause);
  }

  heldUp({ sent, cause }: Packet, by: 'rule', delay: Micros, blame: EventId): EventId {
    return this.recorder.record('segment.delayed', this.link, { segment: sent, by, delay, blame }, cause);
  }
}
