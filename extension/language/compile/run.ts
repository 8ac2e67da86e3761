import { formatDuration } from '../../base/time.ts';
import { DEFAULT_MAX_TIME } from '../../scenario/limits.ts';
import type { RunPlan } from '../../scenario/plan.ts';
import type { LocalizedText } from '../../scenario/source.ts';
import type * as ast from '../generated/ast.ts';
import type { SectionNames } from '../names/section-names.ts';
import { rangeOf, rangeOfHeading } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { ProblemList } from '../problems/problem.ts';
import { checkBufferLimits } from '../validate/buffer-limits.ts';
import { checkEndless } from '../validate/endless.ts';
import { checkLifecycle } from '../validate/lifecycle.ts';
import { Evaluator } from '../values/evaluator.ts';
import { SETTING_OWNERS } from '../names/name-sites.ts';
import { compileActions } from './actions.ts';
import { compileExpectations } from './expectations.ts';
import { checkSeed } from './link-settings.ts';
import { compileMiddleboxes } from './middleboxes.ts';
import { RunNames } from './run-names.ts';
import type { RunScope } from './run-scope.ts';
import { type Block, type Section, statementsOf } from './section.ts';
import { type ScenarioTexts, textsOf } from './texts.ts';
import { Timeline } from './timeline.ts';
import { compileHosts, compileLinks, compileProcesses } from './topology.ts';

/** Makes one run of the body and the blocks that a variant adds. Undefined when something is wrong with it. */
export function compileRun(
  section: Section,
  names: SectionNames,
  texts: ScenarioTexts,
  blocks: readonly Block[],
  variant: ast.Variant | undefined,
  problems: ProblemList,
): RunPlan | undefined {
  const own = new ProblemList();
  const scope = makeScope(section, names, blocks, variant, own);
  checkSettings(scope);
  const hosts = compileHosts(scope);
  const links = compileLinks(scope);
  const middleboxes = compileMiddleboxes(scope, links);
  const processes = compileProcesses(scope);
  const ends = scope.statements.filter((statement) => statement.$type === 'RunUntil');
  let until: number | undefined;
  for (const end of ends) {
    until = scope.values.duration(end.time, { min: 1 });
    if (until === undefined || until <= DEFAULT_MAX_TIME) continue;
    own.add(messages.beyondLimit(formatDuration(until), formatDuration(DEFAULT_MAX_TIME)), rangeOf(end.time));
  }
  const seeds = scope.statements.filter((statement) => statement.$type === 'Seed');
  let seed: number | undefined = DEFAULT_SEED;
  for (const statement of seeds) seed = scope.values.count(statement.value, { min: 0, max: 2 ** 32 - 1 });
  for (const value of scope.names.allOf('value')) scope.values.valueOf(value);
  const actions = compileActions(scope, until);
  if (seeds.length === 0) checkSeed(scope, section.heading);
  const expectations = compileExpectations(scope, until);
  const { scenario, question, takeaway } = variant
    ? { ...texts, ...textsOf(statementsOf(section, variant), own) }
    : texts;
  const title: LocalizedText | undefined =
    variant && (variant.translation ? { en: variant.title, 'zh-cn': variant.translation } : { en: variant.title });
  const plan: RunPlan = {
    scenario,
    ...(question ? { question } : {}),
    ...(takeaway ? { takeaway } : {}),
    ...(title ? { variant: title } : {}),
    range: variant ? rangeOfHeading(variant, 'title') : rangeOf(section.heading),
    hosts,
    links,
    ...(middleboxes.length === 0 ? {} : { middleboxes }),
    processes,
    actions,
    expectations,
    ...(until === undefined ? {} : { until }),
    seed: seed ?? DEFAULT_SEED,
  };
  // What can happen is only asked of a run that is otherwise right: else one mistake would be reported as several.
  if (own.errorCount === 0) {
    checkLifecycle(plan, own);
    checkEndless(plan, own);
    checkBufferLimits(plan, own);
  }
  for (const problem of own.all()) problems.add(problem, problem.range);
  return own.errorCount === 0 ? plan : undefined;
}

function makeScope(
  section: Section,
  all: SectionNames,
  blocks: readonly Block[],
  variant: ast.Variant | undefined,
  problems: ProblemList,
): RunScope {
  const names = new RunNames(section, all, blocks, variant?.title, problems);
  const values = new Evaluator((node) => names.find('value', node.name, node, 'name'), problems);
  const lists = blocks.map((block) => statementsOf(section, block));
  const timeline = new Timeline(lists, names, values, problems);
  const statements = lists.flat();
  const settings = statements.filter((statement) => statement.$type === 'SettingStatement');
  return { statements, settings, names, values, timeline, problems };
}

function checkSettings(scope: RunScope): void {
  for (const statement of scope.settings) {
    scope.names.find(SETTING_OWNERS[statement.setting.$type], statement.owner, statement, 'owner');
  }
}

/** Without `seed` every run of every file draws the same numbers. */
const DEFAULT_SEED = 1;
