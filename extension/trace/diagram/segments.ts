import type { EventId } from '../event.ts';
import type { Trace } from '../trace.ts';
import type { Outcome } from './row.ts';

const IN_FLIGHT: Outcome = { kind: 'in-flight', event: -1 };

/** What became of every segment, by the id of its `segment.sent`. */
export class Outcomes {
  private readonly known = new Map<EventId, Outcome>();

  constructor(trace: Trace) {
    for (const event of trace.eventsOf('segment.delivered'))
      this.known.set(event.segment, { kind: 'delivered', event: event.id });
    for (const event of trace.eventsOf('segment.dropped'))
      this.known.set(event.segment, { kind: 'dropped', event: event.id, where: event.reason });
    // Said of a segment that arrived: the stronger statement.
    for (const event of trace.eventsOf('segment.ignored'))
      this.known.set(event.segment, { kind: 'ignored', event: event.id });
  }

  of(segment: EventId): Outcome {
    return this.known.get(segment) ?? IN_FLIGHT;
  }
}
