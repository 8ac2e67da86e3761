/** The scenarios that ship, as tests need them: their text, their runs, what the runs failed to meet. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from '../../extension/engine/play.ts';
import { parseScenarios } from '../../extension/language/index.ts';
import type { ExpectationPlan } from '../../extension/scenario/expectation.ts';
import type { RunPlan, ScenarioPlan } from '../../extension/scenario/plan.ts';
import type { Trace } from '../../extension/trace/trace.ts';

export const SCENARIOS_FOLDER = join(import.meta.dirname, '../../media/scenarios');

/** `A1-server-process-killed.tcpscn` has the id `A1`; a file that gathers a family is its own id. */
export interface CatalogueFile {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

export function catalogue(): readonly CatalogueFile[] {
  return readdirSync(SCENARIOS_FOLDER)
    .filter((name) => name.endsWith('.tcpscn'))
    .sort()
    .map((name) => ({ id: idOf(name), name, text: readFileSync(join(SCENARIOS_FOLDER, name), 'utf8') }));
}

function idOf(name: string): string {
  return /^([A-Z]\d+)-/.exec(name)?.[1] ?? name.replace(/\.tcpscn$/, '');
}

export function catalogueFile(id: string): CatalogueFile {
  const file = catalogue().find((each) => each.id === id);
  if (file === undefined) throw new Error(`No scenario ${id} in ${SCENARIOS_FOLDER}`);
  return file;
}

/** The one scenario of a file. @throws Error with every problem, when there are any. */
export function scenarioOf(name: string, text: string): ScenarioPlan {
  const { scenarios, problems } = parseScenarios(text);
  if (problems.length > 0) throw new Error(`${name}: ${JSON.stringify(problems, undefined, 2)}`);
  const [scenario] = scenarios;
  if (scenario === undefined || scenarios.length > 1) throw new Error(`${name}: ${scenarios.length} scenarios`);
  return scenario;
}

/** What tells the runs of a file apart: a variant's English title, or nothing. */
export function variantName(run: RunPlan): string {
  return run.variant?.en ?? '';
}

export interface Verdict {
  readonly text: string;
  readonly met: boolean;
  /** Why not: the checker's code and arguments. */
  readonly reason: string;
}

/** An expectation as it reads, however its line is spaced. */
export function wording({ text }: ExpectationPlan): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** What became of each expectation of a run that is over. */
export function verdicts(run: RunPlan, trace: Trace): readonly Verdict[] {
  return [...trace.eventsOf('expectation')].map(({ expectation, met, code, args }) => ({
    text: wording(run.expectations[expectation]!),
    met,
    reason: `${code} ${args.join(' ')}`,
  }));
}

/** Plays every run of a text. @returns per variant, in file order, the expectations that were not met. */
export function unmet(name: string, text: string): Record<string, readonly string[]> {
  const { runs } = scenarioOf(name, text);
  return Object.fromEntries(
    runs.map((run) => [
      variantName(run),
      verdicts(run, play(run))
        .filter(({ met }) => !met)
        .map(({ text: expectation }) => expectation),
    ]),
  );
}
