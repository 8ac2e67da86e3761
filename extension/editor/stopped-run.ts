import * as l10n from '@vscode/l10n';
import { formatDuration, formatSeconds } from '../base/time.ts';
import type { EventId } from '../trace/event.ts';
import { describeEvent } from '../trace/explain/index.ts';
import type { Trace } from '../trace/trace.ts';
import { MAX_EVENTS_SETTING, MAX_TIME_SETTING } from './setting-names.ts';

/** A run that met a limit. */
export interface StoppedRun {
  /** For people: which limit, and when. */
  readonly message: string;
  /** The last things that happened, in their order: what a run that never rests keeps doing. */
  readonly lastEvents: readonly string[];
  /** The setting that holds the limit. */
  readonly setting: string;
}

const TOLD_EVENTS = 3;
const LOOKED_AT = 200;

/** What to say of a run that was stopped at a limit; undefined for one that came to its end. */
export function stoppedRun(trace: Trace): StoppedRun | undefined {
  const end = lastOfKind(trace, 'run.ended');
  if (end < 0) return undefined;
  const { reason, time } = trace.eventOf('run.ended', end);
  const lastEvents = lastSegments(trace, end).map(
    (id) => `${formatSeconds(trace.timeAt(id))}: ${describeEvent(trace, id)}`,
  );
  if (reason === 'event-limit') {
    const message = l10n.t(
      'The run was stopped after {0} events, at {1} of virtual time: the limit of the setting {2}.',
      end,
      formatDuration(time),
      MAX_EVENTS_SETTING,
    );
    return { message, lastEvents, setting: MAX_EVENTS_SETTING };
  }
  if (reason === 'time-limit') {
    const message = l10n.t(
      'The run was stopped after {0} of virtual time, with {1} events: what comes next lies beyond the limit of the setting {2}.',
      formatDuration(time),
      end,
      MAX_TIME_SETTING,
    );
    return { message, lastEvents, setting: MAX_TIME_SETTING };
  }
  return undefined;
}

function lastOfKind(trace: Trace, kind: 'run.ended'): EventId {
  let id = trace.length - 1;
  while (id >= 0 && trace.kindAt(id) !== kind) id--;
  return id;
}

/** Segments and calls say more to a reader than the timers and variables between them. */
function lastSegments(trace: Trace, before: EventId): readonly EventId[] {
  const found: EventId[] = [];
  for (let id = before - 1; id >= Math.max(0, before - LOOKED_AT) && found.length < TOLD_EVENTS; id--) {
    if (TELLING.has(trace.kindAt(id))) found.unshift(id);
  }
  return found;
}

const TELLING: ReadonlySet<string> = new Set([
  'scenario.action',
  'host.state',
  'process.state',
  'segment.sent',
  'segment.dropped',
  'call.returned',
  'tcp.state',
  'tcp.error',
]);
