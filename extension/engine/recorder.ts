import type { TraceWriter } from '../trace/columns.ts';
import type { EventFields, EventId, PlaceId } from '../trace/event.ts';
import { NO_CAUSE } from '../trace/event.ts';
import type { EventKind } from '../trace/schema.ts';
import type { Scheduler } from './scheduler.ts';

/** Writes events at the present time and keeps track of what causes them. */
export class Recorder {
  readonly writer: TraceWriter;
  private readonly scheduler: Scheduler;
  private current: EventId = NO_CAUSE;

  constructor(writer: TraceWriter, scheduler: Scheduler) {
    this.writer = writer;
    this.scheduler = scheduler;
  }

  /** The event whose consequences are being worked out. */
  get cause(): EventId {
    return this.current;
  }

  /** Appends an event caused by the current one, or by `cause`. */
  record<K extends EventKind>(kind: K, place: PlaceId, fields: EventFields<K>, cause: EventId = this.current): EventId {
    return this.writer.add(kind, this.scheduler.now, place, cause, fields);
  }

  /** Runs `work` with everything that it records caused by `cause`. */
  causedBy<T>(cause: EventId, work: () => T): T {
    const before = this.current;
    this.current = cause;
    try {
      return work();
    } finally {
      this.current = before;
    }
  }
}
