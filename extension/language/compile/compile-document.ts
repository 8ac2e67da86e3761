import type { RunPlan, ScenarioPlan } from '../../scenario/plan.ts';
import type { ParseResult } from '../langium.ts';
import type * as ast from '../generated/ast.ts';
import { nearest } from '../names/suggestion.ts';
import type { SectionNames } from '../names/section-names.ts';
import { rangeOf, rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { type Problem, ProblemList } from '../problems/problem.ts';
import { analyze } from './analysis.ts';
import { compileRun } from './run.ts';
import type { Block, Section } from './section.ts';
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
  const scenarios = sections.map(({ section, names }) => compileSection(section, names, problems));
  return { scenarios, problems: problems.all() };
}

function compileSection(section: Section, names: SectionNames, problems: ProblemList): ScenarioPlan {
  names.reportUnknown(section, problems);
  names.reportUnused(section, problems);
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
  const unknownBefore = problems.all();
  for (const variant of section.variants.length > 0 ? section.variants : [undefined]) {
    const blocks = blocksOf(section, titles, variant, problems);
    if (blocks === undefined) continue;
    const run = compileRun(section, names, texts, blocks, variant, problems);
    const spoilt =
      blocks.some((block) => section.broken.has(block)) ||
      unknownBefore.some(
        (problem) => problem.severity === 'error' && blocks.some((block) => concerns(problem, block, section)),
      );
    if (run !== undefined && !spoilt) runs.push(run);
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
      problems.add(messages.cyclicExtends(base.title), rangeOfProperty(base, 'extended'));
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

/** Whether a problem stands within a block. */
function concerns(problem: Problem, block: Block, section: Section): boolean {
  const { line } = problem.range.start;
  const inside = (node: ast.Statement): boolean => rangeOf(node).start.line <= line && line <= rangeOf(node).end.line;
  return block === 'body' ? section.body.some(inside) : inside(block);
}
