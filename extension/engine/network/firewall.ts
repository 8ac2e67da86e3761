import { assertNever } from '../../base/assert.ts';
import type { FilterPlan, FirewallPlan } from '../../scenario/middlebox.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import { isOfClass } from '../../trace/expectations/segment-class.ts';
import type { Connections } from '../connections.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduler } from '../scheduler.ts';
import { DataCounter } from './data-count.ts';
import { answerWithReset } from './forged-reset.ts';
import { sendIcmp } from './icmp-message.ts';
import { IcmpRateLimit } from './icmp-rate-limit.ts';
import type { Crossing, Middlebox } from './middlebox.ts';

interface Filter {
  readonly plan: FilterPlan;
  /** The statement that made it; -1 = it was there from the beginning. */
  readonly by: EventId;
}

/** A firewall: what no rule names passes. It keeps no state. */
export class Firewall implements Middlebox {
  readonly name: string;
  readonly place: PlaceId;
  private readonly scheduler: Scheduler;
  private readonly recorder: Recorder;
  private readonly connections: Connections;
  private readonly counters = [new DataCounter(), new DataCounter()] as const;
  private readonly limit = new IcmpRateLimit();
  private filters: readonly Filter[];

  constructor(
    plan: FirewallPlan,
    place: PlaceId,
    world: { readonly scheduler: Scheduler; readonly recorder: Recorder; readonly connections: Connections },
  ) {
    this.name = plan.name;
    this.place = place;
    this.scheduler = world.scheduler;
    this.recorder = world.recorder;
    this.connections = world.connections;
    this.filters = plan.rules.map((rule) => ({ plan: rule, by: -1 }));
  }

  /** Puts a rule in force, before those that are. The current cause is to blame for what it does. */
  add(plan: FilterPlan): void {
    this.filters = [{ plan, by: this.recorder.cause }, ...this.filters];
  }

  /** No rule is in force any more. */
  open(): void {
    this.filters = [];
  }

  take(crossing: Crossing): void {
    const { segment, purpose } = crossing.packet;
    const { isNew } = this.counters[crossing.side].count(segment);
    const { flags, length, window } = segment;
    const filter = this.filters.find(
      ({ plan }) =>
        (plan.from === undefined || plan.from === crossing.from.name) &&
        (plan.port === undefined || plan.port === segment.toPort) &&
        this.scheduler.now < (plan.until ?? Infinity) &&
        isOfClass({ flags, length, window, purpose, isNew }, plan.class),
    );
    if (filter === undefined) crossing.onward(crossing.packet);
    else this.stop(crossing, filter);
  }

  private stop(crossing: Crossing, { plan, by: blame }: Filter): void {
    const { segment, sent, cause } = crossing.packet;
    const { effect } = plan;
    const reason = effect.kind === 'drop' ? 'filtered' : 'rejected';
    const dropped = this.recorder.record('segment.dropped', this.place, { segment: sent, reason, blame }, cause);
    switch (effect.kind) {
      case 'drop':
        return;
      case 'reset':
        answerWithReset(
          crossing,
          { place: this.place, recorder: this.recorder, connections: this.connections },
          'firewall-rejects',
          dropped,
        );
        return;
      case 'icmp': {
        const about = { segment, segmentSent: sent, to: crossing.from.place, blame, cause: dropped };
        if (!this.limit.allows(crossing.from.place, this.scheduler.now)) return;
        const message = sendIcmp(this.recorder, this.place, { message: effect.message, ...about });
        crossing.answer({ kind: 'icmp', message });
        return;
      }
      default:
        assertNever(effect);
    }
  }
}
