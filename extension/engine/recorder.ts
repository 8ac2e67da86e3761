import type { Micros } from '../base/time.ts';
import type { Errno } from '../scenario/errno.ts';
import type { CallName } from '../scenario/expectation.ts';
import type { TraceWriter } from '../trace/columns.ts';
import type { EventFields, EventId, PlaceId } from '../trace/event.ts';
import { NO_CAUSE } from '../trace/event.ts';
import type { EventKind, SegmentPurpose, SendReason, TimerName } from '../trace/schema.ts';
import type { Scheduler } from './scheduler.ts';
import type { Segment } from './tcp/segment.ts';

/** The fields of an event, to be filled anew each time. */
export type Filled<K extends EventKind> = { -readonly [F in keyof EventFields<K>]: EventFields<K>[F] };

/** Who sends a segment: an end, or the host where none does. */
export interface Sender {
  readonly place: PlaceId;
  readonly connection: number;
  readonly remote: { readonly host: PlaceId };
}

/** Writes events at the present time and keeps track of what causes them. */
export class Recorder {
  readonly writer: TraceWriter;
  /** The event whose consequences are being worked out. Whoever sets it puts back what was there. */
  cause: EventId = NO_CAUSE;
  private readonly scheduler: Scheduler;
  private readonly doors: TraceWriter['doors'];
  private readonly arming: Filled<'timer.armed'> = { timer: 'retransmission', deadline: 0, backoff: 0, late: 0 };
  private readonly returning: Filled<'call.returned'> = { call: 'recv', process: 0, value: 0, errno: 'OK' };

  constructor(writer: TraceWriter, scheduler: Scheduler) {
    this.writer = writer;
    this.doors = writer.doors;
    this.scheduler = scheduler;
  }

  /**
   * Appends an event caused by the current one, or by `cause`.
   * @throws EventLimitReached instead, when the trace is full: one step may make any number of events.
   */
  record<K extends EventKind>(kind: K, place: PlaceId, fields: EventFields<K>, cause: EventId = this.cause): EventId {
    return this.writer.add(kind, this.scheduler.now, place, cause, fields);
  }

  // What happens with every packet has a door of its own. Objects with fields may be used again: the writer copies them.

  /** @param from the host @param windowBytes what the window field means */
  sent(
    { place, connection, remote }: Sender,
    from: PlaceId,
    segment: Segment,
    windowBytes: number,
    purpose: SegmentPurpose,
    reason: SendReason,
    args: readonly number[],
  ): EventId {
    const { scheduler, cause } = this;
    const to = remote.host;
    return this.doors.sent(
      scheduler.now,
      place,
      cause,
      connection,
      from,
      to,
      segment,
      windowBytes,
      purpose,
      reason,
      args,
    );
  }

  delivered(place: PlaceId, segment: EventId, cause: EventId): EventId {
    return this.doors.delivered(this.scheduler.now, place, cause, segment);
  }

  /** @param wait µs @param ahead packets that wait before it, and how many bytes they are */
  queued(place: PlaceId, segment: EventId, wait: Micros, ahead: number, bytes: number, cause: EventId): EventId {
    return this.doors.queued(this.scheduler.now, place, cause, segment, wait, ahead, bytes);
  }

  /** @param changes pairs (index into VARIABLES, value), flattened; so many numbers of it count */
  variables(place: PlaceId, changes: ArrayLike<number>, count: number): EventId {
    return this.doors.variables(this.scheduler.now, place, this.cause, changes, count);
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
    return this.doors.timerArmed(this.scheduler.now, place, cause, arming);
  }

  timerCancelled(place: PlaceId, timer: TimerName): EventId {
    return this.doors.timerCancelled(this.scheduler.now, place, this.cause, timer);
  }

  returned(place: PlaceId, call: CallName, process: PlaceId, value: number, errno: Errno | 'OK'): EventId {
    const { returning } = this;
    returning.call = call;
    returning.process = process;
    returning.value = value;
    returning.errno = errno;
    return this.doors.returned(this.scheduler.now, place, this.cause, returning);
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
