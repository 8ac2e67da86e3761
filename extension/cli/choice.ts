/** Which runs of the files were asked for. */
import * as l10n from '@vscode/l10n';
import type { RunPlan, ScenarioPlan } from '../scenario/plan.ts';
import type { LocalizedText } from '../scenario/source.ts';

/** A run and the file that it comes from. */
export interface ChosenRun {
  readonly file: string;
  readonly plan: RunPlan;
}

/** The scenarios of one file. */
export interface ScenarioFile {
  readonly file: string;
  readonly scenarios: readonly ScenarioPlan[];
}

export interface Choice {
  readonly scenario?: string;
  readonly variant?: string;
}

/** The runs asked for, or a sentence that says which name nothing has. */
export function chooseRuns(
  files: readonly ScenarioFile[],
  { scenario, variant }: Choice,
): readonly ChosenRun[] | { readonly message: string } {
  const scenarios = files.flatMap(({ file, scenarios: own }) => own.map((plan) => ({ file, plan })));
  const ofTitle = scenario === undefined ? scenarios : scenarios.filter(({ plan }) => isCalled(plan.title, scenario));
  if (scenario !== undefined && ofTitle.length === 0) {
    const titles = scenarios.map(({ plan }) => plan.title);
    return { message: unknown(l10n.t('No scenario is called “{0}”.', scenario), scenario, titles) };
  }
  const runs = ofTitle.flatMap(({ file, plan }) => plan.runs.map((run) => ({ file, plan: run })));
  if (variant === undefined) return runs;
  const chosen = runs.filter(({ plan }) => plan.variant !== undefined && isCalled(plan.variant, variant));
  if (chosen.length > 0) return chosen;
  const titles = runs.flatMap(({ plan }) => plan.variant ?? []);
  return { message: unknown(l10n.t('No variant is called “{0}”.', variant), variant, titles) };
}

/** By its title in either language; upper and lower case are the same. */
function isCalled(title: LocalizedText, name: string): boolean {
  return [title.en, title['zh-cn']].some((text) => text !== undefined && folded(text) === folded(name));
}

function folded(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** How many names are listed when none is near. */
const LISTED = 12;

function unknown(message: string, name: string, titles: readonly LocalizedText[]): string {
  const names = [...new Set(titles.map(({ en }) => en))];
  const near = names.toSorted((a, b) => difference(a, name) - difference(b, name))[0];
  if (near !== undefined && difference(near, name) <= 0.5) return `${message} ${l10n.t('Did you mean “{0}”?', near)}`;
  if (names.length === 0) return `${message} ${l10n.t('There are none.')}`;
  const listed = names.slice(0, LISTED).map((each) => `“${each}”`);
  return `${message} ${l10n.t('There are: {0}.', [...listed, ...(names.length > LISTED ? ['…'] : [])].join(', '))}`;
}

/** 0 = the same, 1 = nothing in common: by pairs of neighbouring letters, so that words may be missing or swapped. */
function difference(a: string, b: string): number {
  const [pairsA, pairsB] = [pairs(folded(a)), pairs(folded(b))];
  const all = pairsA.size + pairsB.size;
  const common = [...pairsA].filter((pair) => pairsB.has(pair)).length;
  return all === 0 ? 0 : 1 - (2 * common) / all;
}

function pairs(text: string): ReadonlySet<string> {
  const padded = ` ${text} `;
  const found = new Set<string>();
  for (let i = 1; i < padded.length; i++) found.add(padded.slice(i - 1, i + 1));
  return found;
}
