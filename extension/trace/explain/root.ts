import type { EventId, EventOf } from '../event.ts';
import { NO_CAUSE } from '../event.ts';
import type { Trace } from '../trace.ts';

/** The scenario's statement at the end of a chain of causes. */
export function rootAction(trace: Trace, id: EventId): EventOf<'scenario.action'> | undefined {
  for (let at = id; at !== NO_CAUSE; at = trace.causeAt(at)) {
    if (trace.kindAt(at) === 'scenario.action') return trace.eventOf('scenario.action', at);
  }
  return undefined;
}
