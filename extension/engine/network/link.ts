import { DEFAULT_MTU, type LinkSetting } from '../../scenario/link-setting.ts';
import type { Micros } from '../../base/time.ts';
import type { LinkPlan, LinkRulePlan } from '../../scenario/plan.ts';
import type { EventFields, EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose } from '../../trace/schema.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Segment } from '../tcp/segment.ts';
import type { ArpFrame } from './arp.ts';
import type { Destination } from './carrier.ts';
import type { Standing } from './course.ts';
import { Course, divide } from './course.ts';
import { Direction } from './direction.ts';
import type { IcmpMessage } from './icmp-message.ts';
import type { Middlebox, Side } from './middlebox.ts';
import { LinkRule } from './rules.ts';
import { Stretch } from './stretch.ts';

/** Where a link delivers to. */
export interface LinkEnd extends Destination {
  readonly name: string;
  readonly place: PlaceId;
  readonly address: string;
  /** The event that took its power; undefined while it is on. */
  readonly offBy: EventId | undefined;
  /**
   * Takes a segment, or says why nobody is there to take it. `cause`: what last happened to it on the way, at least its
   * leaving.
   */
  arrive(segment: Segment, from: LinkEnd, sent: EventId, cause: EventId, purpose: SegmentPurpose): void;
  /** Takes an ICMP message about a segment that it sent to `peer`. */
  icmpArrives(message: IcmpMessage, peer: LinkEnd): void;
  /** Takes an ARP frame of `from`, its neighbour on a shared segment. */
  arpArrives(frame: ArpFrame, from: LinkEnd): void;
}

/**
 * A routed path between two hosts. Cuts and dead hosts lie beyond its next hop: nobody sees a carrier go. Middleboxes divide it
 * into stretches, of which number 0 begins at its first end.
 */
export class Link {
  readonly place: PlaceId;
  readonly ends: readonly [LinkEnd, LinkEnd];
  /** What the interfaces at both ends have, bytes. The path may come to carry less. */
  readonly mtu: number;
  private readonly recorder: Recorder;
  /** The first stretch of each direction, with all that the link does to segments. */
  private readonly directions: readonly [Direction, Direction];
  /** What comes behind it. */
  private readonly courses: readonly [Course, Course];
  private readonly standings: readonly Standing[];
  private readonly boxes: readonly Middlebox[];
  /** Its hosts are each other's next hop. */
  readonly isShared: boolean;
  /** What carries ARP, in both directions: only on a shared segment. */
  private readonly arp: readonly Stretch[];

  constructor(init: {
    readonly place: PlaceId;
    readonly ends: readonly [LinkEnd, LinkEnd];
    readonly plan: LinkPlan;
    readonly seed: number;
    /** Whether there may be statements about its segments (`addRule`); by default there may. */
    readonly mayHaveRules?: boolean;
    /** In the order from the first end to the second. */
    readonly standings?: readonly Standing[];
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
  }) {
    const { place, ends, plan, scheduler, recorder } = init;
    this.place = place;
    this.ends = ends;
    this.recorder = recorder;
    const [a, b] = ends;
    const standings = init.standings ?? [];
    const boxes = standings.map(({ box }) => box);
    const delays = divide(plan.delay, standings);
    const shared = { link: place, scheduler, recorder };
    this.standings = standings;
    this.boxes = boxes;
    this.isShared = plan.shared === true;
    this.arp = (this.isShared ? [b, a] : []).map(
      (to, side) =>
        new Stretch({
          delay: plan.delay,
          deliver: (freight) => {
            if (freight.kind === 'arp') to.arpArrives(freight.frame, side === 0 ? a : b);
          },
          ...shared,
        }),
    );
    this.courses = [
      new Course({ side: 0, from: a, to: b, boxes, delays, back: () => this.courses[1], ...shared }),
      new Course({
        side: 1,
        from: b,
        to: a,
        boxes: boxes.toReversed(),
        delays: delays.toReversed(),
        back: () => this.courses[0],
        ...shared,
      }),
    ];
    const settings = plan.settings ?? [];
    const mtu = settings.findLast((setting) => setting.kind === 'mtu');
    this.mtu = mtu?.bytes ?? DEFAULT_MTU;
    const direction = (from: LinkEnd, to: LinkEnd, delay: Micros, course: Course, side: number): Direction =>
      new Direction({
        link: place,
        from,
        destination: boxes.length === 0 ? to : course,
        delay,
        mtu: this.mtu,
        mayHaveRules: init.mayHaveRules ?? true,
        seed: [init.seed, plan.name, side],
        scheduler,
        recorder,
      });
    this.directions = [
      direction(a, b, delays[0] ?? 0, this.courses[0], 0),
      direction(b, a, delays.at(-1) ?? 0, this.courses[1], 1),
    ];
    for (const { from, ...setting } of settings) {
      this.apply(setting, this.directions, from === undefined ? undefined : ends[plan.ends.indexOf(from)]);
    }
  }

  /** The end that is not `end`. */
  other(end: LinkEnd): LinkEnd {
    return this.ends[0] === end ? this.ends[1] : this.ends[0];
  }

  /** Carries an ARP frame to the other end of a shared segment. */
  sendArp(from: LinkEnd, frame: ArpFrame): void {
    this.arp[this.ends[0] === from ? 0 : 1]?.carry({ kind: 'arp', frame });
  }

  connects(a: LinkEnd, b: LinkEnd): boolean {
    return this.ends.includes(a) && this.ends.includes(b) && a !== b;
  }

  /** What carries segments away from `from`. */
  directionFrom(from: LinkEnd): Direction {
    return this.directions[this.ends[0] === from ? 0 : 1];
  }

  /**
   * Cuts both directions, or only the one in which `from` sends. What is under way is lost.
   * @param stretch where: by default behind all middleboxes, seen from the first end.
   */
  cut(from?: LinkEnd, stretch = this.boxes.length): void {
    const event = this.recorder.record('link.state', this.place, { up: false, from: from?.place ?? -1 });
    for (const part of this.partsOf(stretch, from)) part.cut(event);
  }

  restore(from?: LinkEnd, stretch = this.boxes.length): void {
    this.recorder.record('link.state', this.place, { up: true, from: from?.place ?? -1 });
    for (const part of this.partsOf(stretch, from)) part.restore();
  }

  /** Puts a rule in force for both directions, or for what `from` sends. The current cause is to blame for what it does. */
  addRule(plan: LinkRulePlan, from?: LinkEnd): void {
    const rule = new LinkRule(plan, this.recorder.cause);
    for (const direction of this.directionsFrom(from)) direction.addRule(rule);
  }

  /**
   * Changes both directions, or the one in which `from` sends, for what is sent from now on. The hosts' interfaces keep their MTU:
   * another one is that of the way behind the routers, where there are some, who can say so.
   */
  set(setting: LinkSetting, from?: LinkEnd): void {
    const routers = this.boxes.filter((box) => box.setMtu !== undefined);
    this.apply(setting, setting.kind === 'mtu' && routers.length > 0 ? [] : this.directions, from);
    if (setting.kind === 'mtu') for (const router of routers) router.setMtu?.(setting.bytes);
  }

  private apply(setting: LinkSetting, directions: readonly Direction[], from?: LinkEnd): void {
    const [kind, value, by] = recorded(setting);
    this.recorder.record('link.changed', this.place, { setting: kind, value, by, from: from?.place ?? -1 });
    for (const [side, direction] of directions.entries()) {
      if (from !== undefined && this.ends[side] !== from) continue;
      if (setting.kind === 'delay') this.setDelay(side === 0 ? 0 : 1, setting.delay);
      else direction.set(setting);
    }
  }

  /** Divides the time of the way anew among the stretches of a direction. */
  private setDelay(side: Side, delay: Micros): void {
    const parts = divide(delay, this.standings);
    const delays = side === 0 ? parts : parts.toReversed();
    this.directions[side].set({ kind: 'delay', delay: delays[0] ?? delay });
    this.courses[side].setDelays(delays);
    const arp = this.arp[side];
    if (arp !== undefined) arp.delay = delay;
  }

  /** Number of the stretch between two that stand side by side: hosts or middleboxes. Undefined: they do not. */
  stretchBetween(one: string, other: string): number | undefined {
    const names = [this.ends[0].name, ...this.boxes.map(({ name }) => name), this.ends[1].name];
    const found = names.findIndex(
      (name, i) => [one, other].includes(name) && [one, other].includes(names[i + 1] ?? ''),
    );
    return found === -1 ? undefined : found;
  }

  /** One stretch in both directions, or in the one in which `from` sends. */
  private partsOf(stretch: number, from: LinkEnd | undefined): (Direction | Stretch)[] {
    const arp = this.arp.filter((_, side) => from === undefined || this.ends[side] === from);
    const parts = this.directions.flatMap((direction, side): (Direction | Stretch)[] => {
      if (from !== undefined && this.ends[side] !== from) return [];
      const index = side === 0 ? stretch : this.boxes.length - stretch;
      if (index === 0) return [direction];
      const part = this.courses[side === 0 ? 0 : 1].stretch(index);
      return part === undefined ? [] : [part];
    });
    return [...parts, ...arp];
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
