import type { TraceWriter } from '../trace/columns.ts';
import type { EventFields, EventId, PlaceId } from '../trace/event.ts';
import type { EventKind, SegmentPurpose, SendReason } from '../trace/schema.ts';
import type { Sender } from '../trace/storage/doors.ts';
import { EventDoors } from '../trace/storage/doors.ts';
import type { Scheduler } from './scheduler.ts';
import type { Segment } from './tcp/segment.ts';
import { has, SYN } from './tcp/segment.ts';
import { seq, unsigned } from './tcp/seq.ts';

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

  /** A segment leaves. @param from the host @param windowBytes what the window field means */
  sent(
    sender: Sender,
    from: PlaceId,
    segment: Segment,
    windowBytes: number,
    purpose: SegmentPurpose,
    reason: SendReason,
    args: readonly number[],
  ): EventId {
    // SYNs have other options, which are not even asked for with others: those all look alike.
    const options = has(segment, SYN) || args.length > 0 ? undefined : segment.options;
    return options !== undefined && options.sack === undefined
      ? this.plainSent(sender, from, segment, options.timestamps, windowBytes, purpose, reason)
      : this.rareSent(sender, from, segment, windowBytes, purpose, reason, args);
  }

  private rareSent(
    sender: Sender,
    from: PlaceId,
    segment: Segment,
    windowBytes: number,
    purpose: SegmentPurpose,
    reason: SendReason,
    args: readonly number[],
  ): EventId {
    const { fromPort, toPort, flags, length, window } = segment;
    const { mss, windowScale, sackPermitted, timestamps, sack } = segment.options;
    return this.record('segment.sent', sender.place, {
      connection: sender.connection,
      from,
      to: sender.remote.host,
      fromPort,
      toPort,
      seq: unsigned(segment.seq),
      ack: unsigned(segment.ack),
      flags,
      length,
      window,
      windowBytes,
      mss: mss ?? 0,
      wscale: windowScale ?? 255,
      sackPermitted: sackPermitted === true,
      timestamps: timestamps !== undefined,
      tsVal: unsigned(timestamps?.tsVal ?? seq(0)),
      tsEcr: unsigned(timestamps?.tsEcr ?? seq(0)),
      sack: (sack ?? []).flat().map(unsigned),
      purpose,
      reason,
      args,
    });
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
