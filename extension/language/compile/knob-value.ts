import { formatDuration, MICROSECOND, MILLISECOND, SECOND } from '../../base/time.ts';
import type { KnobUnit } from '../../scenario/sysctl.ts';
import type * as ast from '../generated/ast.ts';
import { rangeOf } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import type { RunScope } from './run-scope.ts';

interface Knob {
  readonly unit: KnobUnit;
  readonly min: number;
  readonly max: number;
}

/** The value of a sysctl or socket option in the unit of its definition. Those that are times are written as durations. */
export function knobValue(scope: RunScope, name: string, knob: Knob, node: ast.Expression): number | undefined {
  const unit = MICROS_OF_UNIT[knob.unit];
  const written = unit === undefined ? scope.values.count(node, {}) : scope.values.duration(node, {});
  if (written === undefined) return undefined;
  const value = written / (unit ?? 1);
  if (value < knob.min || value > knob.max) {
    const text = messages.knobRange(name, showKnob(knob.unit, knob.min), showKnob(knob.unit, knob.max));
    return void scope.problems.add(text, rangeOf(node));
  }
  if (!Number.isInteger(value)) {
    return void scope.problems.add(messages.notWhole(knob.unit), rangeOf(node));
  }
  return value;
}

/** A knob's number as a file writes it: `7200` of a knob in seconds is `2h`. */
export function showKnob(unit: KnobUnit, value: number): string {
  const micros = MICROS_OF_UNIT[unit];
  if (micros === undefined) return `${value}`;
  return unit === 's' ? `${value}s` : formatDuration(value * micros);
}

const MICROS_OF_UNIT: Readonly<Record<KnobUnit, number | undefined>> = {
  count: undefined,
  flag: undefined,
  s: SECOND,
  ms: MILLISECOND,
  us: MICROSECOND,
};
