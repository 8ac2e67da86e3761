import type * as ast from '../generated/ast.ts';
import type { ProblemList } from '../problems/problem.ts';
import type { Evaluator } from '../values/evaluator.ts';
import type { RunNames } from './run-names.ts';
import type { Timeline } from './timeline.ts';

/** What the compilers of one run share. */
export interface RunScope {
  /** Body first, then what the variant extends and uses, then its own. */
  readonly statements: readonly ast.BlockStatement[];
  /** Settings that stand outside their block, in that order. */
  readonly settings: readonly ast.SettingStatement[];
  readonly names: RunNames;
  readonly values: Evaluator;
  readonly timeline: Timeline;
  readonly problems: ProblemList;
}
