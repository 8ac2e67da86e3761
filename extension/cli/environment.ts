import type { RunPlan, ScenarioPlan } from '../scenario/plan.ts';
import type { SourceRange } from '../scenario/source.ts';
import type { Trace } from '../trace/trace.ts';

/** Whoever reads has gone (`tcpscn … | head`): there is no point in going on. */
export class OutputClosed extends Error {}

/** Everything that the command line touches outside itself, so that a test can stand in for it. */
export interface Environment {
  readonly version: string;
  readonly language: 'en' | 'zh-cn';
  /** Columns of the terminal; undefined when the output goes elsewhere. */
  readonly columns?: number;
  /** Resolves when there is room for more. @throws OutputClosed */
  out(text: string): Promise<void>;
  err(text: string): Promise<void>;
  /** The text of a file, or why there is none. `-` is standard input. */
  read(file: string): Promise<{ readonly text: string } | { readonly reason: string }>;
  parse(text: string): Promise<ParsedFile>;
  play(plan: RunPlan): Trace;
  /** Records on the kernel with these arguments and shows the comparison. @returns its exit status; undefined where the recorder did not ship */
  record(args: readonly string[]): Promise<number | undefined>;
}

/** What the language makes of a file. */
export interface ParsedFile {
  readonly scenarios: readonly ScenarioPlan[];
  readonly problems: readonly {
    readonly code: string;
    readonly severity: 'error' | 'warning' | 'information' | 'hint';
    readonly message: string;
    readonly range: SourceRange;
  }[];
}
