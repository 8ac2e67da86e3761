import type { RunPlan, ScenarioPlan } from '../../scenario/plan.ts';
import type { ParseResult } from '../langium.ts';
import type * as ast from '../generated/ast.ts';
import { nearest } from '../names/suggestion.ts';
import type { SectionNames } from '../names/section-names.ts';
import { rangeOf, rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { MAX_PROBLEMS, type Problem, ProblemList } from '../problems/problem.ts';
import { analyze } from './analysis.ts';
import { compileRun } from './run.ts';
import { type Block, type Section, statementsOf } from './section.ts';
import { scenarioTexts } from './texts.ts';

/** Everything that a file says, and everything that is wrong with it. */
export interface CompiledDocument {
  /** Every scenario, in file order, with those of its runs that have no errors. */
  readonly scenarios: readonly ScenarioPlan[];
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/** Compiles a parsed file. Never throws: what is wrong comes back as problems. */
export function compileParsed(result: ParseResult<ast.Document>, text: string): CompiledDocument {
  const { syntax, sections, problems: layout } = analyze(result, text);
  const problems = new ProblemList();
  for (const problem of [...syntax.problems, ...layout]) problems.add(problem, problem.range);
  if (result.value.statements.length === 0 && syntax.problems.length === 0)
    problems.add(messages.noScenario(), FIRST_PLACE);
  const scenarios = sections.map(({ section, names }) => {
    const own = new ProblemList();
    // What is declared for a line that cannot be read looks unused.
    if (syntax.problems.length === 0) names.reportUnused(own);
    const scenario = compileSection(section, names, own);
    for (const problem of own.all()) problems.add(problem, problem.range);
    return scenario;
  });
  return { scenarios, problems: listed(problems.all()) };
}

/** The problems that are shown. Errors come before hints when there are too many: a file with errors must not look right. */
function listed(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const kept = new Set([...errors, ...problems].slice(0, MAX_PROBLEMS));
  const shown = problems.filter((problem) => kept.has(problem) || problem.code === 'TCPSCN005');
  const first = problems.find((problem) => !kept.has(problem));
  const severity = errors.length > 0 ? 'error' : 'information';
  return [...shown, { ...messages.tooManyProblems(MAX_PROBLEMS), severity, range: first?.range ?? FIRST_PLACE }];
}

const FIRST_PLACE = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function compileSection(section: Section, names: SectionNames, problems: ProblemList): ScenarioPlan {
  names.reportUnknown(section, problems);
  const texts = scenarioTexts(section, problems);
  const runs: RunPlan[] = [];
  const titles = new Map<string, ast.Variant>();
  for (const variant of section.variants) {
    const earlier = titles.get(variant.title);
    if (earlier === undefined) titles.set(variant.title, variant);
    else {
      const line = rangeOf(earlier).start.line + 1;
      problems.add(messages.duplicateName('variant', variant.title, line), rangeOfProperty(variant, 'title'));
    }
  }
  reportDuplicateParts(section, problems);
  const spoilt = spoiltBlocks(section, problems);
  let statements = 0;
  for (const variant of section.variants.length > 0 ? section.variants : [undefined]) {
    if (problems.errorCount > MAX_PROBLEMS) break;
    const blocks = blocksOf(section, titles, variant, problems);
    if (blocks === undefined) continue;
    for (const block of blocks) statements += 1 + statementsOf(section, block).length;
    if (statements > MAX_STATEMENTS && variant !== undefined) {
      problems.add(messages.tooManyRuns(MAX_STATEMENTS), rangeOfProperty(variant, 'title'));
      break;
    }
    const run = compileRun(section, names, texts, blocks, variant, problems);
    if (run !== undefined && !blocks.some((block) => spoilt.has(block))) runs.push(run);
  }
  const { scenario, question, takeaway } = texts;
  return {
    title: scenario,
    ...(question ? { question } : {}),
    ...(takeaway ? { takeaway } : {}),
    range: rangeOf(section.heading),
    runs,
  };
}

/** Statements of all runs of a scenario together: each run compiles its own. */
const MAX_STATEMENTS = 20_000;

/** The blocks of a run: the body, then what the variant extends and uses, outermost first, each once. */
function blocksOf(
  section: Section,
  titles: ReadonlyMap<string, ast.Variant>,
  variant: ast.Variant | undefined,
  problems: ProblemList,
): Block[] | undefined {
  const blocks = new Set<Block>(['body']);
  const chain: ast.Variant[] = [];
  for (let current = variant; current !== undefined;) {
    chain.unshift(current);
    if (current.extended === undefined) break;
    const base = titles.get(current.extended);
    if (base === undefined) {
      const known = [...titles.keys()];
      const isBroken = known.length < section.variants.length || section.broken.has('body');
      const suggestion = nearest(current.extended, known);
      if (!isBroken || suggestion !== undefined) {
        problems.add(messages.unknownVariant(current.extended, suggestion), rangeOfProperty(current, 'extended'));
      }
      return undefined;
    }
    if (chain.includes(base)) {
      // The same circle is met from each of its variants: it is reported at the last of them only.
      const circle = chain.slice(0, chain.indexOf(base) + 1);
      const last = circle.reduce((a, b) => (rangeOf(a).start.line > rangeOf(b).start.line ? a : b));
      problems.add(messages.cyclicExtends(last.title), rangeOfProperty(last, 'extended'));
      return undefined;
    }
    current = base;
  }
  for (const link of chain) {
    for (const name of link.parts) {
      const part = section.parts.find((candidate) => candidate.name === name);
      if (part !== undefined) blocks.add(part);
    }
    blocks.add(link);
  }
  return [...blocks];
}

function reportDuplicateParts(section: Section, problems: ProblemList): void {
  const seen = new Map<string, ast.Part>();
  for (const part of section.parts) {
    const earlier = seen.get(part.name);
    if (earlier === undefined) seen.set(part.name, part);
    else {
      const line = rangeOf(earlier).start.line + 1;
      problems.add(messages.duplicateName('part', part.name, line), rangeOfProperty(part, 'name'));
    }
  }
}

/** Blocks with lines that could not be read or with names that nobody knows: no run is made of them. */
function spoiltBlocks(section: Section, problems: ProblemList): ReadonlySet<Block> {
  const spoilt = new Set(section.broken);
  for (const { severity, range } of problems.all()) {
    if (severity !== 'error') continue;
    const { line } = range.start;
    const block = [...section.parts, ...section.variants].find((candidate) => {
      const { start, end } = rangeOf(candidate);
      return start.line <= line && line <= end.line;
    });
    spoilt.add(block ?? 'body');
  }
  return spoilt;
}
