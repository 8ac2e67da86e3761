import type * as ast from '../generated/ast.ts';
import type { ParseResult } from '../langium.ts';
import { SectionNames } from '../names/section-names.ts';
import { rangeOf } from '../parse/range.ts';
import { type SyntaxProblems, syntaxProblems } from '../parse/syntax-problems.ts';
import { type Problem, ProblemList } from '../problems/problem.ts';
import { type Section, sectionsOf } from './section.ts';

/** What can be said about a parsed file before any run is made: its scenarios and their names. */
export interface Analysis {
  readonly syntax: SyntaxProblems;
  readonly sections: readonly SectionAnalysis[];
  /** What is wrong with how statements stand, beyond the syntax. */
  readonly problems: readonly Problem[];
}

export interface SectionAnalysis {
  readonly section: Section;
  readonly names: SectionNames;
  /** First line of the scenario, zero-based. */
  readonly firstLine: number;
}

/** Finds the scenarios and names of a parsed file; the answer is kept as long as the tree is. */
export function analyze(result: ParseResult<ast.Document>, text: string): Analysis {
  const known = analyses.get(result.value);
  if (known !== undefined) return known;
  const lines = text.split(/\r\n|\r|\n/);
  const syntax = syntaxProblems(result, lines);
  const problems = new ProblemList();
  const sections = sectionsOf(result.value, lines, syntax, problems).map((section) => ({
    section,
    names: new SectionNames(section),
    firstLine: rangeOf(section.heading).start.line,
  }));
  const analysis = { syntax, sections, problems: problems.all() };
  analyses.set(result.value, analysis);
  return analysis;
}

/** The scenario that a line belongs to. */
export function sectionAt(analysis: Analysis, line: number): SectionAnalysis | undefined {
  return analysis.sections.findLast(({ firstLine }) => firstLine <= line);
}

const analyses = new WeakMap<ast.Document, Analysis>();
