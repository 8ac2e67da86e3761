/** What a run was doing when it was stopped at a limit. */
import { formatSeconds } from '../../base/time.ts';
import type { EventFields, EventId } from '../event.ts';
import type { Trace } from '../trace.ts';
import { describeEvent } from './describe.ts';

export interface Stop {
  readonly reason: Extract<EventFields<'run.ended'>['reason'], 'event-limit' | 'time-limit'>;
  /** Events before the stop. */
  readonly events: number;
  readonly time: number;
  /** The last things that happened, in their order: what a run that never rests keeps doing. */
  readonly lastEvents: readonly string[];
}

/** Undefined for a run that came to its end, or that somebody cancelled. */
export function stopOf(trace: Trace): Stop | undefined {
  let end = trace.length - 1;
  while (end >= 0 && trace.kindAt(end) !== 'run.ended') end--;
  if (end < 0) return undefined;
  const { reason, time } = trace.eventOf('run.ended', end);
  if (reason !== 'event-limit' && reason !== 'time-limit') return undefined;
  const lastEvents = lastTelling(trace, end).map(
    (id) => `${formatSeconds(trace.timeAt(id))}: ${describeEvent(trace, id)}`,
  );
  return { reason, events: end, time, lastEvents };
}

const TOLD_EVENTS = 3;
const LOOKED_AT = 200;

/** Segments and calls say more to a reader than the timers and variables between them. */
function lastTelling(trace: Trace, before: EventId): readonly EventId[] {
  const found: EventId[] = [];
  for (let id = before - 1; id >= Math.max(0, before - LOOKED_AT) && found.length < TOLD_EVENTS; id--) {
    if (TELLING.has(trace.kindAt(id))) found.unshift(id);
  }
  return found;
}

const TELLING: ReadonlySet<string> = new Set([
  'scenario.action',
  'host.state',
  'host.frozen',
  'process.state',
  'segment.sent',
  'segment.dropped',
  'segment.duplicated',
  'call.returned',
  'tcp.state',
  'tcp.error',
  'tcp.mss',
]);
