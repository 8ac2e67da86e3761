import type { SourceRange } from '../../scenario/source.ts';
import type { ProblemCode } from './codes.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Something that is wrong with a scenario file. Never an exception: a list of these is a result like any other. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** In the reader's language. */
  readonly message: string;
  readonly range: SourceRange;
  readonly data?: ProblemData;
  /** Another place that has to do with it, and what is there. */
  readonly related?: { readonly message: string; readonly range: SourceRange };
}

/** What a quick fix needs: one replacement for the text in `range`, or a line that is missing. */
export type ProblemData =
  | { readonly replacement: string }
  /** `insertion`: the text of the line. `line`: it is put before that line, counted from 0. */
  | { readonly insertion: string; readonly line: number };

/** A problem without its place: what the catalogue in `messages.ts` makes. */
export type ProblemText = Omit<Problem, 'range'>;

/** How many errors of a file are looked for: nobody reads more, and looking costs time. */
export const MAX_PROBLEMS = 1_000;

/** Collects problems; the same one at the same place is kept once, however many runs come across it. */
export class ProblemList {
  private readonly seen = new Map<string, Problem>();
  private errors = 0;

  /** Adds a problem, and says so: `return void problems.add(…)` in a function that yields nothing then. */
  add(text: ProblemText, range: SourceRange): Problem {
    const key = `${range.start.line}:${range.start.character}:${text.code}`;
    const known = this.seen.get(key);
    if (known !== undefined) return known;
    const problem: Problem = { ...text, range };
    this.seen.set(key, problem);
    if (problem.severity === 'error') this.errors++;
    return problem;
  }

  get errorCount(): number {
    return this.errors;
  }

  /** In the order of the file. */
  all(): Problem[] {
    return [...this.seen.values()].sort(
      (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
    );
  }
}
