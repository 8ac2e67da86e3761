/** `TCPSCN_PROPERTY_RUNS`: how many plans; `TCPSCN_PROPERTY_SEED`: which ones: a number, or `random`. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play } from '../../extension/engine/play.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import { calls } from './invariants/calls.ts';
import { causes } from './invariants/causes.ts';
import { hold } from './invariants/invariant.ts';
import { power } from './invariants/power.ts';
import { segments } from './invariants/segments.ts';
import { states } from './invariants/states.ts';
import { stream } from './invariants/stream.ts';
import { timers } from './invariants/timers.ts';
import { variables } from './invariants/variables.ts';
import { anyPlan } from './plans/plans.ts';

const RUNS = Number(process.env.TCPSCN_PROPERTY_RUNS ?? 10_000);
/** The same ones each time, unless others are asked for: a change is to blame for what it broke. */
const { TCPSCN_PROPERTY_SEED: SEED = '9293' } = process.env;
/** Room for everything that is in the plan; a run that goes beyond it never rests. */
const LIMITS = { maxEvents: 10_000 };

const INVARIANTS = [causes, states, variables, timers, power, segments, stream, calls];

function check(plan: RunPlan): void {
  const trace = play(plan, LIMITS);
  expect(trace.length).toBeLessThanOrEqual(LIMITS.maxEvents + 1);
  hold(trace, INVARIANTS);
  if (!isDeepStrictEqual(play(plan, LIMITS).data, trace.data)) throw new Error('Played again, it is another trace');
}

describe('any plan', () => {
  it(`keeps every promise of the trace (${RUNS} plans)`, { timeout: 60_000 + RUNS * 200 }, () => {
    fc.assert(fc.property(anyPlan, check), { numRuns: RUNS, ...(SEED === 'random' ? {} : { seed: Number(SEED) }) });
  });
});
