import type { Micros } from '../base/time.ts';

/** Something to do, held so that it can be taken back. */
export interface Scheduled {
  cancelled: boolean;
}

/** Something that is done at one time after another; at most one of them lies ahead. Setting it again is cheaper than a new entry. */
export interface Alarm {
  /** It goes off at `time` and at no other. */
  set(time: Micros): void;
  cancel(): void;
}

/** Tells the time and wakes up: the clock of the run, or that of a host which can stand still. */
export interface Clock {
  readonly now: Micros;
  /** Runs something when this clock shows `time`. */
  at(time: Micros, run: () => void): Scheduled;
  /** Runs something whenever it is set to. */
  alarm(run: () => void): Alarm;
  /** Runs an entry at once, but after what is being handled; once, if it is asked for again before. */
  soon(entry: Entry): void;
  /** A time of this clock, not in the past, in the time of the run; should it go on standing still, it will be later. */
  toRunTime(time: Micros): Micros;
}

/** An entry of the queue, which may be put there again after it was run. */
export class Entry implements Scheduled {
  time: Micros = 0;
  /** Insertion number: breaks ties, so that a run is a function of its plan. */
  order = 0;
  cancelled = false;
  isQueued = false;
  /** The one behind it among those for the present time. */
  next: Entry | undefined;
  readonly run: () => void;

  constructor(run: () => void) {
    this.run = run;
  }
}

/**
 * The virtual clock and its queue of things to do.
 *
 * Invariants: 1. `now` never decreases. 2. Of two entries for the same time, the one scheduled first runs first.
 * 3. Nothing is ever scheduled into the past.
 */
export class Scheduler implements Clock {
  private readonly heap: Entry[] = [];
  /** What was put in for the present time while it was the present: a chain in the order of its turns. */
  private firstPresent: Entry | undefined;
  private lastPresent: Entry | undefined;
  private inserted = 0;
  /** Changed by nobody else. */
  now: Micros = 0;

  /** Time of the next entry, or undefined when nothing is scheduled. A look at all of them: for those who want to know now and then. */
  get nextAt(): Micros | undefined {
    let next: Micros | undefined;
    for (let entry = this.firstPresent; entry !== undefined; entry = entry.next) if (!entry.cancelled) next = this.now;
    for (const { cancelled, time } of this.heap) if (!cancelled && time < (next ?? Infinity)) next = time;
    return next;
  }

  at(time: Micros, run: () => void): Scheduled {
    const entry = new Entry(run);
    this.put(entry, time, this.takeNumber());
    return entry;
  }

  alarm(run: () => void): Alarm {
    return new QueueAlarm(this, run);
  }

  soon(entry: Entry): void {
    if (entry.isQueued) return;
    entry.time = this.now;
    entry.order = this.inserted++;
    entry.isQueued = true;
    this.append(entry);
  }

  toRunTime(time: Micros): Micros {
    return time;
  }

  /** The next insertion number, for something that is put into the queue only later but has its turn as if it were now. */
  takeNumber(): number {
    return this.inserted++;
  }

  /**
   * Puts an entry into the queue that is not there.
   * @throws Error when `time` lies in the past or is not a whole number of µs: a bug of the engine.
   */
  put(entry: Entry, time: Micros, order: number): void {
    if (time < this.now || !Number.isSafeInteger(time)) this.refuse(time);
    entry.time = time;
    entry.order = order;
    entry.cancelled = false;
    entry.isQueued = true;
    if (time === this.now && order === this.inserted - 1) this.append(entry);
    else this.rise(entry);
  }

  /** Runs the next entry, unless it comes after `until`. @returns whether there was one */
  step(until: Micros = Infinity): boolean {
    return this.run(1, until);
  }

  /**
   * Runs so many entries, one after the other, until the next one comes after `until`, or `log` is as long as it may be. All of it is in this
   * one function: every packet comes by here more than once.
   * @returns whether there was always a next one
   */
  run(count: number, until: Micros, log: { readonly length: number } = [], longest = Infinity): boolean {
    const { heap } = this;
    for (let left = count; left > 0;) {
      const waiting = this.firstPresent;
      let first = heap.length === 0 ? undefined : heap[0];
      if (waiting !== undefined && (first === undefined || first.time > waiting.time || first.order > waiting.order)) {
        if (waiting.time > until) return false;
        first = waiting;
        this.firstPresent = waiting.next;
        waiting.next = undefined;
      } else {
        if (first === undefined || first.time > until) return false;
        const last = heap.pop() as Entry;
        const { length } = heap;
        if (length > 0) {
          let i = 0;
          for (let child = 1; child < length; child = 2 * i + 1) {
            if (child + 1 < length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++;
            const below = heap[child] as Entry;
            if (isBefore(last, below)) break;
            heap[i] = below;
            i = child;
          }
          heap[i] = last;
        }
      }
      first.isQueued = false;
      if (first.cancelled) continue;
      this.now = first.time;
      first.run();
      left--;
      if (log.length >= longest) return true;
    }
    return true;
  }

  /** Moves the clock forward over a time in which nothing happens. */
  skipTo(time: Micros): void {
    if (time < this.now || (this.nextAt ?? Infinity) < time) throw new Error(`Cannot skip from ${this.now} to ${time}`);
    this.now = time;
  }

  /** Its turn comes after all that is there for the present time. */
  private append(entry: Entry): void {
    if (this.firstPresent === undefined) this.firstPresent = entry;
    else (this.lastPresent as Entry).next = entry;
    this.lastPresent = entry;
  }

  private refuse(time: Micros): never {
    throw new Error(`Cannot schedule for ${time} at ${this.now}`);
  }

  private rise(entry: Entry): void {
    const { heap } = this;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      // eslint-disable-next-line no-bitwise -- Half, rounded down: every packet comes by here.
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Entry;
      if (isBefore(above, entry)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  // Asked in any case, lest the first tie throw compiled code away.
  const isFirst = a.order < b.order;
  return a.time === b.time ? isFirst : a.time < b.time;
}

/**
 * An alarm with one entry in the queue, which may come early: one that is moved later, or cancelled and set again, waits on with the
 * entry that it has.
 */
class QueueAlarm implements Alarm {
  private readonly scheduler: Scheduler;
  private readonly run: () => void;
  private entry: Entry;
  private isSet = false;
  /** When it goes off. */
  private target: Micros = 0;
  /** Where its turn is: at its target, unless it was moved later meanwhile. */
  private time: Micros = 0;
  private order = 0;

  constructor(scheduler: Scheduler, run: () => void) {
    this.scheduler = scheduler;
    this.run = run;
    this.entry = this.newEntry();
  }

  set(time: Micros): void {
    this.target = time;
    if (this.isSet && this.time <= time) return;
    this.isSet = true;
    this.take(time);
    const { entry } = this;
    if (entry.isQueued && entry.time <= time) {
      entry.cancelled = false;
      return;
    }
    if (entry.isQueued) {
      entry.cancelled = true;
      this.entry = this.newEntry();
    }
    this.wait();
  }

  cancel(): void {
    this.isSet = false;
    this.entry.cancelled = true;
  }

  private onTurn(): void {
    const { entry } = this;
    if (entry.order !== this.order) {
      this.wait();
    } else if (this.target > entry.time) {
      this.take(this.target);
      this.wait();
    } else {
      this.isSet = false;
      this.run();
    }
  }

  private take(time: Micros): void {
    this.time = time;
    this.order = this.scheduler.takeNumber();
  }

  private wait(): void {
    this.scheduler.put(this.entry, this.time, this.order);
  }

  private newEntry(): Entry {
    return new Entry(() => {
      this.onTurn();
    });
  }
}
