import { DEFAULT_MTU, type LinkSetting } from '../../scenario/link-setting.ts';
import type { LinkPlan, LinkRulePlan } from '../../scenario/plan.ts';
import type { EventFields, EventId, PlaceId } from '../../trace/event.ts';
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
  /** What the interfaces at both ends have, bytes. The path may come to carry less. */
  readonly mtu: number;
  private readonly scheduler: Scheduler;
  private readonly recorder: Recorder;
  private readonly directions: readonly [Direction, Direction];

  constructor(init: {
    readonly place: PlaceId;
    readonly ends: readonly [LinkEnd, LinkEnd];
    readonly plan: LinkPlan;
    readonly seed: number;
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
  }) {
    const { place, ends, plan, scheduler, recorder } = init;
    this.place = place;
    this.ends = ends;
    this.scheduler = scheduler;
    this.recorder = recorder;
    const [a, b] = ends;
    const settings = plan.settings ?? [];
    const mtu = settings.findLast((setting) => setting.kind === 'mtu');
    this.mtu = mtu?.bytes ?? DEFAULT_MTU;
    const direction = (from: LinkEnd, to: LinkEnd, side: number): Direction =>
      new Direction({
        link: place,
        from: from.place,
        delay: plan.delay,
        mtu: this.mtu,
        seed: [init.seed, plan.name, side],
        scheduler,
        recorder,
        deliver: ({ segment, sent, cause }) => {
          to.arrive(segment, from, sent, cause);
        },
      });
    this.directions = [direction(a, b, 0), direction(b, a, 1)];
    for (const { from, ...setting } of settings) {
      this.set(setting, from === undefined ? undefined : ends[plan.ends.indexOf(from)]);
    }
  }

  connects(a: LinkEnd, b: LinkEnd): boolean {
    return this.ends.includes(a) && this.ends.includes(b) && a !== b;
  }

  /** Carries a segment away from `from`; `sent` is the event of its leaving. */
  send(from: LinkEnd, segment: Segment, sent: EventId, purpose: SegmentPurpose): void {
    const direction = this.directions[this.ends[0] === from ? 0 : 1];
    direction.send({ segment, purpose, sent, cause: sent, at: this.scheduler.now, heldUp: 0 });
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

  /** Changes both directions, or the one in which `from` sends, for what is sent from now on. */
  set(setting: LinkSetting, from?: LinkEnd): void {
    const [kind, value, by] = recorded(setting);
    this.recorder.record('link.changed', this.place, { setting: kind, value, by, from: from?.place ?? -1 });
    for (const direction of this.directionsFrom(from)) direction.set(setting);
  }

  private directionsFrom(from: LinkEnd | undefined): readonly Direction[] {
    return this.directions.filter((_, side) => from === undefined || this.ends[side] === from);
  }
}

/** A setting as the trace has it: which one, its value, and for reordering the time. */
function recorded(setting: LinkSetting): [EventFields<'link.changed'>['setting'], value: number, by: number] {
  switch (setting.kind) {
    case 'delay':
      return ['delay', setting.delay, 0];
    case 'bandwidth':
      return ['bandwidth', setting.rate, 0];
    case 'queue':
      return [setting.unit === 'packets' ? 'queue-packets' : 'queue-bytes', setting.limit, 0];
    case 'jitter':
      return ['jitter', setting.jitter, 0];
    case 'loss':
    case 'duplication':
      return [setting.kind, setting.chance, 0];
    case 'reordering':
      return ['reordering', setting.chance, setting.by];
    case 'mtu':
      return ['mtu', setting.bytes, 0];
  }
}
