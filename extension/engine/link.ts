import type { Micros } from '../base/time.ts';
import type { EventFields, EventId, PlaceId } from '../trace/event.ts';
import type { Recorder } from './recorder.ts';
import type { Scheduled, Scheduler } from './scheduler.ts';
import type { Segment } from './tcp/segment.ts';

/** Where a link delivers to. */
export interface LinkEnd {
  readonly place: PlaceId;
  readonly address: string;
  /** Takes a segment, or says why nobody is there to take it. */
  arrive(segment: Segment, from: LinkEnd, sent: EventId): void;
}

/** One direction of a link: a delay, and a cut that loses what is under way. */
class Direction {
  /** The event that cut it; undefined while it carries. */
  cutBy: EventId | undefined;
  private readonly underWay: { readonly sent: EventId; readonly arrival: Scheduled }[] = [];
  private readonly scheduler: Scheduler;
  private readonly delay: Micros;

  constructor(scheduler: Scheduler, delay: Micros) {
    this.scheduler = scheduler;
    this.delay = delay;
  }

  send(sent: EventId, deliver: () => void): void {
    const arrival = this.scheduler.at(this.scheduler.now + this.delay, () => {
      this.underWay.shift();
      deliver();
    });
    this.underWay.push({ sent, arrival });
  }

  /** Empties the direction and returns what was in it. */
  lose(): readonly EventId[] {
    const lost = this.underWay.splice(0);
    for (const { arrival } of lost) arrival.cancelled = true;
    return lost.map(({ sent }) => sent);
  }
}

/** A routed path between two hosts. Cuts and dead hosts lie beyond its next hop: nobody sees a carrier go. */
export class Link {
  readonly place: PlaceId;
  readonly ends: readonly [LinkEnd, LinkEnd];
  private readonly recorder: Recorder;
  private readonly directions: readonly [Direction, Direction];

  constructor(init: {
    readonly place: PlaceId;
    readonly ends: readonly [LinkEnd, LinkEnd];
    readonly delay: Micros;
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
  }) {
    this.place = init.place;
    this.ends = init.ends;
    this.recorder = init.recorder;
    this.directions = [new Direction(init.scheduler, init.delay), new Direction(init.scheduler, init.delay)];
  }

  connects(a: LinkEnd, b: LinkEnd): boolean {
    return this.ends.includes(a) && this.ends.includes(b) && a !== b;
  }

  /** Carries a segment away from `from`; `sent` is the event of its leaving. */
  send(from: LinkEnd, segment: Segment, sent: EventId): void {
    const side = this.ends[0] === from ? 0 : 1;
    const direction = this.directions[side];
    const to = this.ends[side === 0 ? 1 : 0];
    if (direction.cutBy !== undefined) {
      this.drop(sent, from.place, direction.cutBy);
      return;
    }
    direction.send(sent, () => {
      to.arrive(segment, from, sent);
    });
  }

  /** Cuts both directions, or only the one in which `from` sends. What is under way is lost. */
  cut(from?: LinkEnd): void {
    const event = this.recorder.record('link.state', this.place, { up: false, from: from?.place ?? -1 });
    for (const [side, end] of this.ends.entries()) {
      if (from !== undefined && end !== from) continue;
      const direction = this.directions[side] as Direction;
      direction.cutBy ??= event;
      for (const sent of direction.lose()) this.drop(sent, end.place, event);
    }
  }

  restore(from?: LinkEnd): void {
    this.recorder.record('link.state', this.place, { up: true, from: from?.place ?? -1 });
    for (const [side, end] of this.ends.entries()) {
      if (from === undefined || end === from) (this.directions[side] as Direction).cutBy = undefined;
    }
  }

  private drop(sent: EventId, place: PlaceId, blame: EventId): void {
    const fields: EventFields<'segment.dropped'> = { segment: sent, reason: 'link-cut', blame };
    this.recorder.record('segment.dropped', place, fields, sent);
  }
}
