import type { Micros } from '../base/time.ts';
import type { Errno } from '../scenario/errno.ts';
import type { CallName } from '../scenario/expectation.ts';
import type { TraceWriter } from '../trace/columns.ts';
import type { EventFields, EventId, PlaceId } from '../trace/event.ts';
import { NO_CAUSE } from '../trace/event.ts';
import type { EventKind, TimerName } from '../trace/schema.ts';
import type { Scheduler } from './scheduler.ts';

/** Thrown when a run has as many events as it may have: nothing of the step in hand matters any more. */
export class EventLimitReached extends Error {}

/** The fields of an event, to be filled anew each time. */
export type Filled<K extends EventKind> = { -readonly [F in keyof EventFields<K>]: EventFields<K>[F] };

/** Writes events at the present time and keeps track of what causes them. */
export class Recorder {
  readonly writer: TraceWriter;
  /** How many events there may be. */
  limit = Infinity;
  /** The event whose consequences are being worked out. Whoever sets it puts back what was there. */
  cause: EventId = NO_CAUSE;
  private readonly scheduler: Scheduler;
  private readonly delivery: Filled<'segment.delivered'> = { segment: -1 };
  private readonly queueing: Filled<'segment.queued'> = { segment: -1, wait: 0, ahead: 0, bytes: 0 };
  private readonly changing: Filled<'tcp.variables'> = { changes: [] };
  private readonly arming: Filled<'timer.armed'> = { timer: 'retransmission', deadline: 0, backoff: 0, late: 0 };
  private readonly returning: Filled<'call.returned'> = { call: 'recv', process: 0, value: 0, errno: 'OK' };

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

  // What happens with every packet has a door of its own, whose fields are the same object each time: the writer copies them.

  delivered(place: PlaceId, segment: EventId, cause: EventId): EventId {
    this.delivery.segment = segment;
    return this.record('segment.delivered', place, this.delivery, cause);
  }

  /** @param wait µs @param ahead packets that wait before it, and how many bytes they are */
  queued(place: PlaceId, segment: EventId, wait: Micros, ahead: number, bytes: number, cause: EventId): EventId {
    const { queueing } = this;
    queueing.segment = segment;
    queueing.wait = wait;
    queueing.ahead = ahead;
    queueing.bytes = bytes;
    return this.record('segment.queued', place, queueing, cause);
  }

  /** @param changes pairs (index into VARIABLES, value) */
  variables(place: PlaceId, changes: readonly number[]): EventId {
    this.changing.changes = changes;
    return this.record('tcp.variables', place, this.changing);
  }

  /** @param late how much later than the deadline it fires, µs */
  timerArmed(
    place: PlaceId,
    timer: TimerName,
    deadline: Micros,
    backoff: number,
    late: Micros,
    cause: EventId,
  ): EventId {
    const { arming } = this;
    arming.timer = timer;
    arming.deadline = deadline;
    arming.backoff = backoff;
    arming.late = late;
    return this.record('timer.armed', place, arming, cause);
  }

  returned(place: PlaceId, call: CallName, process: PlaceId, value: number, errno: Errno | 'OK'): EventId {
    const { returning } = this;
    returning.call = call;
    returning.process = process;
    returning.value = value;
    returning.errno = errno;
    return this.record('call.returned', place, returning);
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
