import type * as ast from '../generated/ast.ts';
import { rangeOf } from '../parse/range.ts';
import type { SyntaxProblems } from '../parse/syntax-problems.ts';
import * as messages from '../problems/messages.ts';
import type { ProblemList } from '../problems/problem.ts';

/** One scenario of a file: its heading and the statements up to the next one, without those that could not be read. */
export interface Section {
  readonly heading: ast.ScenarioHeading;
  /** Statements that are common to all runs. */
  readonly body: readonly ast.BlockStatement[];
  readonly parts: readonly ast.Part[];
  /** In file order. */
  readonly variants: readonly ast.Variant[];
  /** Everything in file order, for those who look for names. */
  readonly statements: readonly ast.Statement[];
  /** Blocks in which a line could not be read: no run is made of them, since it would be another one than the author's. */
  readonly broken: ReadonlySet<Block>;
  /** Words on lines that could not be read. They may be declarations, so nobody complains that these names are unknown. */
  readonly brokenWords: ReadonlySet<string>;
}

/** A place where statements stand together and `after` counts from the one above. */
export type Block = 'body' | ast.Part | ast.Variant;

/** The statements of one block that could be read. */
export function statementsOf(section: Section, block: Block): readonly ast.BlockStatement[] {
  return block === 'body' ? section.body : (readable.get(block) ?? block.statements);
}

/** Blocks without their broken statements. Kept beside the tree, which belongs to the parser. */
const readable = new WeakMap<ast.Part | ast.Variant, readonly ast.BlockStatement[]>();

/** Splits a file into its scenarios. Statements before the first are reported once. */
export function sectionsOf(
  document: ast.Document,
  lines: readonly string[],
  syntax: SyntaxProblems,
  problems: ProblemList,
): Section[] {
  const groups: { heading: ast.ScenarioHeading; statements: ast.Statement[]; from: number }[] = [];
  const { brokenLines } = syntax;
  let reported = false;
  let last = -1;
  for (const statement of document.statements) {
    const range = rangeOf(statement);
    const isBroken = isUnreadable(statement, brokenLines);
    if (range.start.line === last && !brokenLines.has(last)) problems.add(messages.sameLine(), range);
    last = range.end.line;
    if (statement.$type === 'ScenarioHeading') {
      if (!isBroken) groups.push({ heading: statement, statements: [], from: range.start.line });
    } else if (groups.length === 0) {
      if (!reported && !isBroken && syntax.problems.length === 0) problems.add(messages.beforeScenario(), range);
      reported = true;
    } else if (!isBroken) {
      groups.at(-1)?.statements.push(statement);
    }
  }
  return groups.map(({ heading, statements, from }, index) => {
    const to = groups[index + 1]?.from ?? Infinity;
    const brokenHere = [...brokenLines].filter((line) => line >= from && line < to);
    return makeSection(heading, statements, brokenHere, lines, brokenLines, problems);
  });
}

function makeSection(
  heading: ast.ScenarioHeading,
  statements: readonly ast.Statement[],
  brokenHere: readonly number[],
  lines: readonly string[],
  brokenLines: ReadonlySet<number>,
  problems: ProblemList,
): Section {
  const body: ast.BlockStatement[] = [];
  const parts: ast.Part[] = [];
  const variants: ast.Variant[] = [];
  const broken = new Set<Block>();
  for (const statement of statements) {
    if (statement.$type === 'Part') parts.push(statement);
    else if (statement.$type === 'Variant') variants.push(statement);
    else if (statement.$type !== 'ScenarioHeading') body.push(statement);
  }
  for (const block of [...parts, ...variants]) {
    let last = -1;
    const kept = block.statements.filter((statement) => {
      const range = rangeOf(statement);
      const isBroken = isUnreadable(statement, brokenLines);
      if (range.start.line === last && !isBroken && !brokenLines.has(last)) problems.add(messages.sameLine(), range);
      last = range.end.line;
      return !isBroken;
    });
    readable.set(block, kept);
  }
  for (const line of brokenHere) {
    const block = [...parts, ...variants].find((candidate) => {
      const { start, end } = rangeOf(candidate);
      return start.line < line && line <= end.line;
    });
    broken.add(block ?? 'body');
  }
  const brokenWords = new Set(brokenHere.flatMap((line) => lines[line]?.slice(0, 2_000).match(/\w+/g) ?? []));
  return { heading, body, parts, variants, statements, broken, brokenWords };
}

/** Whether a statement could not be read. A block counts by its first line: what is broken inside is left out there. */
function isUnreadable(statement: ast.Statement, brokenLines: ReadonlySet<number>): boolean {
  if (statement.$type === 'BrokenLine' || statement.$cstNode === undefined) return true;
  const { start, end } = rangeOf(statement);
  if (brokenLines.has(start.line)) return true;
  return statement.$type !== 'Part' && statement.$type !== 'Variant' && end.line > start.line
    ? [...brokenLines].some((line) => line > start.line && line <= end.line)
    : false;
}
