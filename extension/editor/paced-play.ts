import type { Micros } from '../base/time.ts';
import type { TraceData } from '../trace/columns.ts';

/** What is played: the engine's simulation, seen from outside. */
export interface Playable {
  /** Carries out at most `maxSteps` steps; true when the run is over. */
  advance(maxSteps: number): boolean;
  /** Virtual time reached. */
  readonly now: Micros;
  readonly eventCount: number;
  finish(): TraceData;
}

/** Real time, and how to give way to whatever else waits. */
export interface Pacing {
  /** Milliseconds that never go backward. */
  clock(): number;
  /** Settles after everything that was waiting has had its turn. */
  giveWay(): Promise<void>;
}

export interface PacedPlayOptions {
  readonly isCancelled: () => boolean;
  /** Told at most five times a second, and not at all by runs that are over sooner. */
  readonly progress?: (at: { readonly time: Micros; readonly events: number }) => void;
  readonly pacing: Pacing;
}

/** Longest uninterrupted stretch of play in milliseconds: well below 20, which a person could begin to feel. */
export const SLICE_MS = 12;
/** Between two looks at the clock: some tens of microseconds of work. */
export const STEPS_PER_LOOK = 32;
const PROGRESS_EVERY_MS = 200;

/**
 * Plays to the end in slices, so that nothing else has to wait for it: not the keyboard, not the panel, not the button
 * that cancels it.
 * @returns the trace, or undefined when it was cancelled
 */
export async function playInSlices(run: Playable, options: PacedPlayOptions): Promise<TraceData | undefined> {
  const { isCancelled, progress, pacing } = options;
  let told = pacing.clock();
  for (;;) {
    if (isCancelled()) return undefined;
    const began = pacing.clock();
    let now = began;
    while (now - began < SLICE_MS) {
      if (run.advance(STEPS_PER_LOOK)) return run.finish();
      now = pacing.clock();
    }
    if (now - told >= PROGRESS_EVERY_MS) {
      told = now;
      progress?.({ time: run.now, events: run.eventCount });
    }
    await pacing.giveWay();
  }
}
