import * as l10n from '@vscode/l10n';
import { formatDuration } from '../base/time.ts';
import { stopOf } from '../trace/explain/stopped.ts';
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

/** What to say of a run that was stopped at a limit; undefined for one that came to its end. */
export function stoppedRun(trace: Trace): StoppedRun | undefined {
  const stop = stopOf(trace);
  if (stop === undefined) return undefined;
  const { events, lastEvents } = stop;
  const time = formatDuration(stop.time);
  if (stop.reason === 'event-limit') {
    const message = l10n.t(
      'The run was stopped after {0} events, at {1} of virtual time: the limit of the setting {2}.',
      events,
      time,
      MAX_EVENTS_SETTING,
    );
    return { message, lastEvents, setting: MAX_EVENTS_SETTING };
  }
  const message = l10n.t(
    'The run was stopped after {0} of virtual time, with {1} events: what comes next lies beyond the limit of the setting {2}.',
    time,
    events,
    MAX_TIME_SETTING,
  );
  return { message, lastEvents, setting: MAX_TIME_SETTING };
}
