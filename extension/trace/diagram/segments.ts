import type { EventId, EventOf } from '../event.ts';
import type { EventKind } from '../schema.ts';
import type { Trace } from '../trace.ts';
import type { Outcome } from './row.ts';

const IN_FLIGHT: Outcome = { kind: 'in-flight', event: -1 };
/** What can happen to a segment between its leaving, or its being copied, and what becomes of it. */
const ON_THE_WAY: ReadonlySet<EventKind> = new Set<EventKind>([
  'segment.delivered',
  'segment.delayed',
  'segment.queued',
  'segment.held',
  'flow.state',
]);

/** What became of every segment, by the id of its `segment.sent`, and of every copy, by that of its `segment.duplicated`. */
export class Outcomes {
  private readonly known = new Map<EventId, Outcome>();
  private readonly heldUp = new Map<EventId, number>();
  private readonly waits = new Map<EventId, number>();

  constructor(trace: Trace) {
    for (const event of trace.eventsOf('segment.delayed')) {
      const origin = originOf(trace, event);
      this.heldUp.set(origin, (this.heldUp.get(origin) ?? 0) + event.delay);
    }
    for (const event of trace.eventsOf('segment.queued')) this.waits.set(originOf(trace, event), event.wait);
    for (const event of trace.eventsOf('segment.held'))
      this.known.set(originOf(trace, event), { ...IN_FLIGHT, held: { takenAt: undefined } });
    for (const event of trace.eventsOf('segment.delivered')) {
      const origin = originOf(trace, event);
      const held = this.known.get(origin)?.held && { takenAt: event.time };
      this.known.set(origin, { kind: 'delivered', event: event.id, ...(held ? { held } : {}) });
    }
    for (const event of trace.eventsOf('segment.dropped'))
      this.known.set(originOf(trace, event), { kind: 'dropped', event: event.id, where: event.reason });
    // Said of a segment that arrived: the stronger statement.
    for (const event of trace.eventsOf('segment.ignored')) {
      const origin = originOf(trace, event);
      const held = this.known.get(origin)?.held;
      this.known.set(origin, { kind: 'ignored', event: event.id, ...(held ? { held } : {}) });
    }
  }

  of(segment: EventId): Outcome {
    const outcome = this.known.get(segment) ?? IN_FLIGHT;
    const heldUp = this.heldUp.get(segment);
    const waits = this.waits.get(segment);
    if (heldUp === undefined && waits === undefined) return outcome;
    return { ...outcome, ...(heldUp === undefined ? {} : { heldUp }), ...(waits === undefined ? {} : { waits }) };
  }
}

/** The segment that this happened to: its `segment.sent`, or the `segment.duplicated` that made it. */
export function originOf(
  trace: Trace,
  event: EventOf<
    'segment.delivered' | 'segment.dropped' | 'segment.ignored' | 'segment.delayed' | 'segment.queued' | 'segment.held'
  >,
): EventId {
  let id: EventId = event.cause;
  while (id > event.segment && ON_THE_WAY.has(trace.kindAt(id))) id = trace.causeAt(id);
  return id > event.segment && trace.kindAt(id) === 'segment.duplicated' ? id : event.segment;
}
