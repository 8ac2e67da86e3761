import type { TraceEvent } from '../../../extension/trace/event.ts';
import type { Trace } from '../../../extension/trace/trace.ts';

/** Something that holds in every trace. It sees each event once, in order, and throws at the one that breaks it. */
export interface Invariant {
  see(event: TraceEvent): void;
  /** After the last event of an instant, unless the run was broken off within it. */
  instantOver?(): void;
  /** After the last event of all. */
  end?(): void;
}

export type MakeInvariant = (trace: Trace) => Invariant;

/** Shows a trace to invariants. */
export function hold(trace: Trace, invariants: readonly MakeInvariant[]): void {
  const all = invariants.map((make) => make(trace));
  let time = 0;
  let isBrokenOff = false;
  for (const event of trace.events()) {
    if (event.time !== time) {
      for (const invariant of all) invariant.instantOver?.();
      ({ time } = event);
    }
    for (const invariant of all) invariant.see(event);
    isBrokenOff = event.kind === 'run.ended' && event.reason === 'event-limit';
  }
  for (const invariant of all) {
    if (!isBrokenOff) invariant.instantOver?.();
    invariant.end?.();
  }
}

export function broken(event: TraceEvent, what: string): never {
  throw new Error(`event ${event.id} (${event.kind} at ${event.time} µs): ${what}`);
}
