import type { Micros } from '../../base/time.ts';
import type { ExpectationPlan, TimeConstraint } from '../../scenario/expectation.ts';
import { rangeOf, textOf } from '../parse/range.ts';
import { compileClaim, compileCount } from './claims.ts';
import type { RunScope } from './run-scope.ts';
import { checkEnd, compileConstraint } from './time-constraint.ts';

/** The `expect` lines of a run. */
export function compileExpectations(scope: RunScope, until: Micros | undefined): ExpectationPlan[] {
  return scope.statements.flatMap((statement) => {
    if (statement.$type !== 'Expect') return [];
    const { count, about, claim } = statement;
    const isClaim = about !== undefined && claim !== undefined;
    const expected = count
      ? compileCount(scope, count)
      : isClaim
        ? compileClaim(scope, statement, about, claim)
        : undefined;
    const when = statement.when ? compileConstraint(scope, statement, statement.when) : ANY_TIME;
    if (expected === undefined || when === undefined) return [];
    if (statement.when !== undefined && !checkEnd(scope, statement.when, when, until)) return [];
    const text = textOf(statement).replace(/^expect\s+/, '');
    return [{ range: rangeOf(statement), text, when, ...expected }];
  });
}

const ANY_TIME: TimeConstraint = { kind: 'any' };
