import type { LinkPlan, LinkRulePlan } from '../../scenario/plan.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose } from '../../trace/schema.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Segment } from '../tcp/segment.ts';
import { Direction } from './direction.ts';
import { LinkRule } from './rules.ts';

/** Where a link delivers to. */
export interface LinkEnd {
  readonly place: PlaceId;
  readonly address: string;
  /**
   * Takes a segment, or says why nobody is there to take it. `cause`: what last happened to it on the way, at least its
   * leaving.
   */
  arrive(segment: Segment, from: LinkEnd, sent: EventId, cause: EventId): void;
}

/** A routed path between two hosts. Cuts and dead hosts lie beyond its next hop: nobody sees a carrier go. */
export class Link {
  readonly place: PlaceId;
  readonly ends: readonly [LinkEnd, LinkEnd];
  private readonly scheduler: Scheduler;
  private readonly recorder: Recorder;
  private readonly directions: readonly [Direction, Direction];

  constructor(init: {
    readonly place: PlaceId;
    readonly ends: readonly [LinkEnd, LinkEnd];
    readonly plan: LinkPlan;
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
  }) {
    const { place, ends, plan, scheduler, recorder } = init;
    this.place = place;
    this.ends = ends;
    this.scheduler = scheduler;
    this.recorder = recorder;
    const [a, b] = ends;
    const direction = (from: LinkEnd, to: LinkEnd): Direction =>
      new Direction({
        link: place,
        from: from.place,
        delay: plan.delay,
        scheduler,
        recorder,
        deliver: ({ segment, sent, cause }) => {
          to.arrive(segment, from, sent, cause);
        },
      });
    this.directions = [direction(a, b), direction(b, a)];
  }

  connects(a: LinkEnd, b: LinkEnd): boolean {
    return this.ends.includes(a) && this.ends.includes(b) && a !== b;
  }

  /** Carries a segment away from `from`; `sent` is the event of its leaving. */
  send(from: LinkEnd, segment: Segment, sent: EventId, purpose: SegmentPurpose): void {
    const direction = this.directions[this.ends[0] === from ? 0 : 1];
    direction.send({ segment, purpose, sent, cause: sent, at: this.scheduler.now, overtaken: false });
  }

  /** Cuts both directions, or only the one in which `from` sends. What is under way is lost. */
  cut(from?: LinkEnd): void {
    const event = this.recorder.record('link.state', this.place, { up: false, from: from?.place ?? -1 });
    for (const direction of this.directionsFrom(from)) direction.cut(event);
  }

  restore(from?: LinkEnd): void {
    this.recorder.record('link.state', this.place, { up: true, from: from?.place ?? -1 });
    for (const direction of this.directionsFrom(from)) direction.restore();
  }

  /** Puts a rule in force for both directions, or for what `from` sends. The current cause is to blame for what it does. */
  addRule(plan: LinkRulePlan, from?: LinkEnd): void {
    const rule = new LinkRule(plan, this.recorder.cause);
    for (const direction of this.directionsFrom(from)) direction.addRule(rule);
  }

  private directionsFrom(from: LinkEnd | undefined): readonly Direction[] {
    return this.directions.filter((_, side) => from === undefined || this.ends[side] === from);
  }
}
