/** One random scenario on the kernel and in the engine, and what to think of a difference. */
import { parseScenarios } from '../../../extension/language/index.ts';
import type { RunPlan } from '../../../extension/scenario/plan.ts';
import type { Micros } from '../../../extension/base/time.ts';
import type { Comparison } from '../compare.ts';
import { compareWith } from '../compare.ts';
import { record } from '../record.ts';
import type { Lab } from '../lab.ts';
import type { Recording } from '../recording.ts';

/**
 * - `agrees`
 * - `clock`: it agrees with an engine whose wire takes a little longer: the kernel's programs and the cable do, and something was due
 *   meanwhile
 * - `chance`: other takes agree, or differ elsewhere
 * - `always`: every take differs there
 * - `crash`: the engine threw
 */
export type Verdict = 'agrees' | 'clock' | 'chance' | 'always' | 'crash';

export interface Outcome {
  readonly verdict: Verdict;
  /** A line for each difference of the first take. */
  readonly differences: readonly string[];
  readonly recording: Recording;
  readonly comparison?: Comparison;
}

/** How many takes more decide whether a difference is a matter of chance. */
const MORE_TAKES = 3;
/** µs: how much longer the wire takes in the tries for `clock`. */
const LATER: readonly Micros[] = [50, 100, 150, 200, 300, 400, 500, 700, 900, 1200, 1600, 2000];

/** The first run of a file. @throws Error with the problem and its line */
export function planOfText(text: string): RunPlan {
  const { scenarios, problems } = parseScenarios(text);
  const wrong = problems.find(({ severity }) => severity === 'error');
  if (wrong !== undefined) throw new Error(`line ${wrong.range.start.line + 1}: ${wrong.message}`);
  const plan = scenarios[0]?.runs[0];
  if (plan === undefined) throw new Error('There is no scenario in it.');
  return plan;
}

/** Records a run once. @throws NotRecordable */
export async function take(lab: Lab, name: string, plan: RunPlan): Promise<Recording> {
  return record(lab, { scenario: name, plan, overrides: [] });
}

/** Holds the engine against one take. */
export function judge(plan: RunPlan, recording: Recording): Outcome {
  try {
    const comparison = compareWith('wheel', plan, recording);
    const differences = differencesOf(comparison);
    if (differences.length === 0) return { verdict: 'agrees', differences, recording, comparison };
    return { verdict: isOfTheClock(plan, recording) ? 'clock' : 'always', differences, recording, comparison };
  } catch (error) {
    return { verdict: 'crash', differences: [String((error as Error).stack)], recording };
  }
}

/** Records a run, and again where it differs, so that chance is told from what is always so. @throws NotRecordable */
export async function verdictOf(lab: Lab, name: string, plan: RunPlan): Promise<Outcome> {
  const first = judge(plan, await take(lab, name, plan));
  if (first.verdict !== 'always') return first;
  for (let more = 0; more < MORE_TAKES; more++) {
    const again = judge(plan, await take(lab, name, plan));
    if (again.verdict !== 'always' || placeOf(again) !== placeOf(first)) return { ...first, verdict: 'chance' };
  }
  return first;
}

/** Where the first difference is, and of what kind: takes differ in their times, and in the numbers that follow from them. */
export function placeOf({ differences }: Pick<Outcome, 'differences'>): string {
  const [first = ''] = differences;
  return first.replace(/: engine .*| at [\d.]+.*/, '');
}

function differencesOf({ differences, times }: Comparison): readonly string[] {
  return [...differences, ...times.map(({ line }) => line)];
}

function isOfTheClock(plan: RunPlan, recording: Recording): boolean {
  return LATER.some((by) => differencesOf(compareWith('wheel', slower(plan, by), recording)).length === 0);
}

/** The plan with wires that take so much longer. */
function slower(plan: RunPlan, by: Micros): RunPlan {
  return {
    ...plan,
    links: plan.links.map((link) => ({ ...link, delay: link.delay + by })),
    actions: plan.actions.map((action) =>
      action.kind === 'link-change' && action.setting.kind === 'delay'
        ? { ...action, setting: { ...action.setting, delay: action.setting.delay + by } }
        : action,
    ),
  };
}
