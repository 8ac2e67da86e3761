import type { TraceWriter } from '../trace/columns.ts';
import type { EventFields, EventId, PlaceId } from '../trace/event.ts';
import { NO_CAUSE } from '../trace/event.ts';
import type { EventKind } from '../trace/schema.ts';
import type { Scheduler } from './scheduler.ts';

/** Thrown when a run has as many events as it may have: nothing of the step in hand matters any more. */
export class EventLimitReached extends Error {}

/** Writes events at the present time and keeps track of what causes them. */
export class Recorder {
  readonly writer: TraceWriter;
  /** How many events there may be. */
  limit = Infinity;
  /** The event whose consequences are being worked out. Whoever sets it puts back what was there. */
  cause: EventId = NO_CAUSE;
  private readonly scheduler: Scheduler;

  constructor(writer: TraceWriter, scheduler: Scheduler) {
    this.writer = writer;
    this.scheduler = scheduler;
  }

  /**
   * Appends an event caused by the current one, or by `cause`.
   * @throws EventLimitReached instead, when the trace is full: one step may make any number of events.
   */
  record<K extends EventKind>(kind: K, place: PlaceId, fields: EventFields<K>, cause: EventId = this.cause): EventId {
    if (this.writer.length >= this.limit) throw new EventLimitReached();
    return this.writer.add(kind, this.scheduler.now, place, cause, fields);
  }

  /** Runs `work` with everything that it records caused by `cause`. */
  causedBy<T>(cause: EventId, work: () => T): T {
    const before = this.cause;
    this.cause = cause;
    try {
      return work();
    } finally {
      this.cause = before;
    }
  }
}
