import type { Micros } from '../../base/time.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { TimerName } from '../../trace/schema.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduled, Scheduler } from '../scheduler.ts';

/**
 * One timer slot of an end. Arming it again replaces what was pending. What it does when it fires is caused by the firing,
 * which is caused by the arming.
 */
export class Timer<Name extends TimerName = TimerName> {
  private readonly scheduler: Scheduler;
  private readonly recorder: Recorder;
  private readonly place: PlaceId;
  private readonly onFire: (name: Name) => void;
  private armed: { readonly name: Name; readonly deadline: Micros; readonly event: EventId } | undefined;
  /** The queue's entry for this timer. It may come early: moving a deadline later costs no new entry. */
  private wakeUp: { readonly at: Micros; readonly entry: Scheduled } | undefined;

  constructor(scheduler: Scheduler, recorder: Recorder, place: PlaceId, onFire: (name: Name) => void) {
    this.scheduler = scheduler;
    this.recorder = recorder;
    this.place = place;
    this.onFire = onFire;
  }

  /** Which timer is pending in this slot. */
  get pending(): Name | undefined {
    return this.armed?.name;
  }

  /** Absolute time at which it fires; undefined when nothing is pending. */
  get deadline(): Micros | undefined {
    return this.armed?.deadline;
  }

  arm(name: Name, deadline: Micros, backoff = 0): void {
    if (this.armed?.name === name && this.armed.deadline === deadline) return;
    if (this.armed !== undefined && this.armed.name !== name) this.cancel();
    const event = this.recorder.record('timer.armed', this.place, { timer: name, deadline, backoff });
    this.armed = { name, deadline, event };
    this.wake(deadline);
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
    if (armed.deadline > this.scheduler.now) {
      this.wake(armed.deadline);
      return;
    }
    this.armed = undefined;
    const fired = this.recorder.record('timer.fired', this.place, { timer: armed.name }, armed.event);
    this.recorder.causedBy(fired, () => this.onFire(armed.name));
  }
}
