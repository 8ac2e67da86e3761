import type { Micros } from '../../base/time.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import { NO_CAUSE } from '../../trace/event.ts';
import type { TimerName } from '../../trace/schema.ts';
import type { Recorder } from '../recorder.ts';
import type { Alarm, Clock } from '../scheduler.ts';
import { jiffies } from './jiffies.ts';
import { wheelExpiry } from './timer-wheel.ts';

/** What counts a host's ticks. */
export interface TickClock {
  /** Ticks per second. */
  readonly hz: number;
  readonly timers: 'wheel' | undefined;
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
  /** Ticks per second of a timer wheel; 0 without one. */
  private readonly wheelHz: number;
  /** One tick; nothing for a timer that knows none. */
  private readonly tick: Micros;
  private readonly alarm: Alarm;
  /** Which timer is pending in this slot; the fields below speak of it. Changed by nobody else. Times are those of its host's clock. */
  pending: Name | undefined;
  private armedFor: Micros = 0;
  /** When it fires: not before the deadline. */
  private fires: Micros = 0;
  private backoff = 0;
  /** The arming. */
  private event: EventId = NO_CAUSE;

  /** @param clock without one, a timer knows no ticks */
  constructor(scheduler: Clock, recorder: Recorder, place: PlaceId, onFire: (name: Name) => void, clock?: TickClock) {
    this.scheduler = scheduler;
    this.recorder = recorder;
    this.place = place;
    this.onFire = onFire;
    this.wheelHz = clock?.timers === 'wheel' ? clock.hz : 0;
    this.tick = clock === undefined ? 0 : jiffies(1, clock.hz);
    this.alarm = scheduler.alarm(() => {
      this.fire();
    });
  }

  /** Absolute time for which it was armed; undefined when nothing is pending. */
  get deadline(): Micros | undefined {
    return this.pending === undefined ? undefined : this.armedFor;
  }

  /** Timers fire in a tick: one that is armed for now, in the next. */
  arm(name: Name, wanted: Micros, backoff = 0): void {
    const { wheelHz } = this;
    const { now } = this.scheduler;
    const soonest = now + this.tick;
    const deadline = wheelHz > 0 || wanted > soonest ? wanted : soonest;
    if (this.pending !== undefined) {
      if (this.pending !== name) this.cancel();
      else if (this.armedFor === deadline) return;
    }
    this.pending = name;
    this.armedFor = deadline;
    this.fires = wheelHz > 0 ? wheelExpiry(now, deadline, wheelHz) : deadline;
    this.backoff = backoff;
    this.event = this.recordArming(name, this.recorder.cause);
    this.alarm.set(this.fires);
  }

  /** The clock stood still: says anew when it will fire. */
  onClockResumed(): void {
    if (this.pending !== undefined) this.event = this.recordArming(this.pending, this.event);
  }

  /** The trace is in the time of the run, of which a clock that stood still is behind. */
  private recordArming(timer: Name, cause: EventId): EventId {
    const { armedFor, fires, backoff } = this;
    const deadline = this.scheduler.toRunTime(armedFor);
    return this.recorder.timerArmed(this.place, timer, deadline, backoff, fires - armedFor, cause);
  }

  cancel(): void {
    if (this.pending === undefined) return;
    this.recorder.timerCancelled(this.place, this.pending);
    this.drop();
  }

  /** Forgets what is pending without a word: the end itself is gone. */
  drop(): void {
    this.pending = undefined;
    this.alarm.cancel();
  }

  private fire(): void {
    const { pending } = this;
    if (pending === undefined) return;
    this.pending = undefined;
    const { recorder } = this;
    const before = recorder.cause;
    recorder.cause = recorder.record('timer.fired', this.place, { timer: pending }, this.event);
    this.onFire(pending);
    recorder.cause = before;
  }
}
