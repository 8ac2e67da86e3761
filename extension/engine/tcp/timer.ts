import type { Micros } from '../../base/time.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { TimerName } from '../../trace/schema.ts';
import type { Recorder } from '../recorder.ts';
import type { Clock, Scheduled } from '../scheduler.ts';
import { jiffies } from './jiffies.ts';
import { wheelExpiry } from './timer-wheel.ts';

/** What counts a host's ticks. */
export interface TickClock {
  /** Ticks per second. */
  readonly hz: number;
  readonly timers: 'wheel' | undefined;
}

/** What a timer waits for. Times are those of its host's clock. */
interface Armed<Name> {
  readonly name: Name;
  readonly deadline: Micros;
  /** When it fires: not before the deadline. */
  readonly fires: Micros;
  readonly backoff: number;
  readonly event: EventId;
}

/**
 * One timer slot of an end. Arming it again replaces what was pending. What it does when it fires is caused by the firing,
 * which is caused by the arming.
 */
export class Timer<Name extends TimerName = TimerName> {
  private readonly scheduler: Clock;
  private readonly recorder: Recorder;
  private readonly place: PlaceId;
  private readonly onFire: (name: Name) => void;
  private readonly clock: TickClock | undefined;
  private armed: Armed<Name> | undefined;
  /** The queue's entry for this timer. It may come early: moving a deadline later costs no new entry. */
  private wakeUp: { readonly at: Micros; readonly entry: Scheduled } | undefined;

  /** @param clock without one, a timer knows no ticks */
  constructor(scheduler: Clock, recorder: Recorder, place: PlaceId, onFire: (name: Name) => void, clock?: TickClock) {
    this.scheduler = scheduler;
    this.recorder = recorder;
    this.place = place;
    this.onFire = onFire;
    this.clock = clock;
  }

  /** Which timer is pending in this slot. */
  get pending(): Name | undefined {
    return this.armed?.name;
  }

  /** Absolute time for which it was armed; undefined when nothing is pending. */
  get deadline(): Micros | undefined {
    return this.armed?.deadline;
  }

  /** Timers fire in a tick: one that is armed for now, in the next. */
  arm(name: Name, wanted: Micros, backoff = 0): void {
    const { clock } = this;
    const { now } = this.scheduler;
    const isWheel = clock?.timers === 'wheel';
    const deadline = isWheel || clock === undefined ? wanted : Math.max(wanted, now + jiffies(1, clock.hz));
    if (this.armed?.name === name && this.armed.deadline === deadline) return;
    if (this.armed !== undefined && this.armed.name !== name) this.cancel();
    const fires = isWheel ? wheelExpiry(now, deadline, clock.hz) : deadline;
    this.armed = { name, deadline, fires, backoff, event: this.recordArming({ name, deadline, fires, backoff }) };
    this.wake(fires);
  }

  /** The clock stood still: says anew when it will fire. */
  onClockResumed(): void {
    const { armed } = this;
    if (armed !== undefined) this.armed = { ...armed, event: this.recordArming(armed, armed.event) };
  }

  /** The trace is in the time of the run, of which a clock that stood still is behind. */
  private recordArming({ name, deadline, fires, backoff }: Omit<Armed<Name>, 'event'>, cause?: EventId): EventId {
    const fields = { timer: name, deadline: this.scheduler.toRunTime(deadline), backoff, late: fires - deadline };
    return this.recorder.record('timer.armed', this.place, fields, cause);
  }

  cancel(): void {
    if (this.armed === undefined) return;
    this.recorder.record('timer.cancelled', this.place, { timer: this.armed.name });
    this.drop();
  }

  /** Forgets what is pending without a word: the end itself is gone. */
  drop(): void {
    this.armed = undefined;
    if (this.wakeUp !== undefined) this.wakeUp.entry.cancelled = true;
    this.wakeUp = undefined;
  }

  private wake(at: Micros): void {
    if (this.wakeUp !== undefined) {
      if (this.wakeUp.at <= at) return;
      this.wakeUp.entry.cancelled = true;
    }
    this.wakeUp = { at, entry: this.scheduler.at(at, () => this.onWakeUp()) };
  }

  private onWakeUp(): void {
    this.wakeUp = undefined;
    const armed = this.armed;
    if (armed === undefined) return;
    if (armed.fires > this.scheduler.now) {
      this.wake(armed.fires);
      return;
    }
    this.armed = undefined;
    const fired = this.recorder.record('timer.fired', this.place, { timer: armed.name }, armed.event);
    this.recorder.causedBy(fired, () => this.onFire(armed.name));
  }
}
