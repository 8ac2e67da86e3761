import type { TraceWriter } from '../trace/columns.ts';
import type { EventFields, EventId, PlaceId } from '../trace/event.ts';
import type { EventKind } from '../trace/schema.ts';
import { EventDoors } from '../trace/storage/doors.ts';
import type { Scheduler } from './scheduler.ts';

export type { Sender } from '../trace/storage/doors.ts';

/** Writes events at the present time and keeps track of what causes them. What happens with every packet has a door of its own. */
export class Recorder extends EventDoors {
  readonly writer: TraceWriter;

  constructor(writer: TraceWriter, scheduler: Scheduler) {
    super(writer.draft, scheduler);
    this.writer = writer;
  }

  /**
   * Appends an event caused by the current one, or by `cause`.
   * @throws EventLimitReached instead, when the trace is full: one step may make any number of events.
   */
  record<K extends EventKind>(kind: K, place: PlaceId, fields: EventFields<K>, cause: EventId = this.cause): EventId {
    return this.writer.add(kind, this.clock.now, place, cause, fields);
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
