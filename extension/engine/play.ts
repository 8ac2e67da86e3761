import type { RunPlan } from '../scenario/plan.ts';
import { Trace } from '../trace/trace.ts';
import type { RunLimits } from './simulation.ts';
import { Simulation } from './simulation.ts';

/** Plays a whole run at once. For callers that nobody waits for; an editor takes `Simulation` in slices. */
export function play(plan: RunPlan, limits: Partial<RunLimits> = {}): Trace {
  const simulation = new Simulation(plan, limits);
  while (!simulation.advance(10_000)) {
    // Goes on until the run has ended or met a limit.
  }
  return new Trace(simulation.finish());
}
