import type { Micros } from '../../base/time.ts';
import type { Alarm, Clock, Entry, Scheduled, Scheduler } from '../scheduler.ts';

interface Due {
  /** What the caller can take back. */
  readonly handle: Scheduled;
  /** In this clock's time. */
  readonly time: Micros;
  readonly run: () => void;
}

/**
 * The clock of a host that can be frozen: while its virtual machine is stopped it stands still, and with it every timer of its
 * kernel and every program. Afterwards it goes on where it stood, as a guest's clock does (kvm-clock: QEMU saves it when it
 * stops the guest and sets it back when the guest goes on). It therefore lies behind the time of the run.
 */
export class HostClock implements Clock {
  private readonly scheduler: Scheduler;
  /** How long it has stood still so far. */
  private behind: Micros = 0;
  private frozenAt: Micros | undefined;
  /** What came due by the run's clock while this one stood still. */
  private held: Due[] = [];

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  get now(): Micros {
    return (this.frozenAt ?? this.scheduler.now) - this.behind;
  }

  at(time: Micros, run: () => void): Scheduled {
    const handle = this.scheduler.at(this.toRunTime(time), () => {
      this.onDue({ handle, time, run });
    });
    return handle;
  }

  alarm(run: () => void): Alarm {
    return new HostAlarm(this, run);
  }

  soon(entry: Entry): void {
    if (entry.isQueued) return;
    entry.isQueued = true;
    this.at(this.now, () => {
      entry.isQueued = false;
      entry.run();
    });
  }

  toRunTime(time: Micros): Micros {
    // While it stands still, nobody knows when it goes on: at the earliest now.
    return Math.max(this.scheduler.now, time + this.behind);
  }

  freeze(): void {
    this.frozenAt ??= this.scheduler.now;
  }

  resume(): void {
    if (this.frozenAt === undefined) return;
    this.behind += this.scheduler.now - this.frozenAt;
    this.frozenAt = undefined;
    for (const due of this.held.splice(0)) this.putOff(due);
  }

  private onDue(due: Due): void {
    if (due.handle.cancelled) return;
    if (this.frozenAt !== undefined) this.held.push(due);
    else if (due.time > this.now) this.putOff(due);
    else due.run();
  }

  private putOff(due: Due): void {
    this.scheduler.at(this.toRunTime(due.time), () => {
      this.onDue(due);
    });
  }
}

/** An alarm of a clock that may stand still. The entry that it waits with may come early. */
class HostAlarm implements Alarm {
  private readonly clock: HostClock;
  private readonly run: () => void;
  private entry: { readonly at: Micros; readonly scheduled: Scheduled } | undefined;
  private target: Micros = 0;

  constructor(clock: HostClock, run: () => void) {
    this.clock = clock;
    this.run = run;
  }

  set(time: Micros): void {
    this.target = time;
    if (this.entry !== undefined) {
      if (this.entry.at <= time) return;
      this.entry.scheduled.cancelled = true;
    }
    this.wait();
  }

  cancel(): void {
    if (this.entry !== undefined) this.entry.scheduled.cancelled = true;
    this.entry = undefined;
  }

  private wait(): void {
    const at = this.target;
    const scheduled = this.clock.at(at, () => {
      this.entry = undefined;
      if (this.target > this.clock.now) this.wait();
      else this.run();
    });
    this.entry = { at, scheduled };
  }
}
