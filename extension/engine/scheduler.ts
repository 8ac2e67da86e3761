import type { Micros } from '../base/time.ts';

/** Something to do, held so that it can be taken back. */
export interface Scheduled {
  cancelled: boolean;
}

/** Tells the time and wakes up: the clock of the run, or that of a host which can stand still. */
export interface Clock {
  readonly now: Micros;
  /** Runs something when this clock shows `time`. */
  at(time: Micros, run: () => void): Scheduled;
  /** A time of this clock, not in the past, in the time of the run; should it go on standing still, it will be later. */
  toRunTime(time: Micros): Micros;
}

interface Entry extends Scheduled {
  readonly time: Micros;
  /** Insertion number: breaks ties, so that a run is a function of its plan. */
  readonly order: number;
  readonly run: () => void;
}

/**
 * The virtual clock and its queue of things to do.
 *
 * Invariants: 1. `now` never decreases. 2. Of two entries for the same time, the one scheduled first runs first.
 * 3. Nothing is ever scheduled into the past.
 */
export class Scheduler implements Clock {
  private readonly heap: Entry[] = [];
  private inserted = 0;
  private clock: Micros = 0;

  get now(): Micros {
    return this.clock;
  }

  /** Time of the next entry, or undefined when nothing is scheduled. */
  get nextAt(): Micros | undefined {
    while (this.heap[0]?.cancelled === true) this.removeFirst();
    return this.heap[0]?.time;
  }

  /** @throws Error when `time` lies in the past or is not a whole number of µs: a bug of the engine. */
  at(time: Micros, run: () => void): Scheduled {
    if (time < this.clock || !Number.isSafeInteger(time))
      throw new Error(`Cannot schedule for ${time} at ${this.clock}`);
    const entry: Entry = { time, order: this.inserted++, run, cancelled: false };
    let i = this.heap.push(entry) - 1;
    while (i > 0) {
      const parent = Math.floor((i - 1) / 2);
      if (isBefore(this.heap[parent] as Entry, entry)) break;
      this.heap[i] = this.heap[parent] as Entry;
      i = parent;
    }
    this.heap[i] = entry;
    return entry;
  }

  toRunTime(time: Micros): Micros {
    return time;
  }

  /** Runs the next entry; false when there is none. */
  step(): boolean {
    if (this.nextAt === undefined) return false;
    const first = this.removeFirst();
    this.clock = first.time;
    first.run();
    return true;
  }

  /** Moves the clock forward over a time in which nothing happens. */
  skipTo(time: Micros): void {
    if (time < this.clock || (this.nextAt ?? Infinity) < time)
      throw new Error(`Cannot skip from ${this.clock} to ${time}`);
    this.clock = time;
  }

  private removeFirst(): Entry {
    const first = this.heap[0] as Entry;
    const last = this.heap.pop() as Entry;
    if (this.heap.length > 0) this.sink(last);
    return first;
  }

  private sink(entry: Entry): void {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && isBefore(this.heap[child + 1] as Entry, this.heap[child] as Entry)) child++;
      if (isBefore(entry, this.heap[child] as Entry)) break;
      this.heap[i] = this.heap[child] as Entry;
      i = child;
    }
    this.heap[i] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
