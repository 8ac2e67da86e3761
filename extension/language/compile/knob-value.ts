import { formatDuration, MICROSECOND, MILLISECOND, SECOND } from '../../base/time.ts';
import { CONGESTION_CONTROLS } from '../../scenario/congestion.ts';
import type { KnobUnit, SysctlDefinition } from '../../scenario/sysctl.ts';
import { bareName } from '../names/name-sites.ts';
import { nearest } from '../names/suggestion.ts';
import { rangeOf } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import type { ValueNode } from '../values/evaluator.ts';
import type { RunScope } from './run-scope.ts';

interface Knob {
  readonly unit: KnobUnit;
  readonly min: number;
  readonly max: number;
}

/** The value of a sysctl or socket option in the unit of its definition. Those that are times are written as durations. */
export function knobValue(scope: RunScope, name: string, knob: Knob, node: ValueNode): number | undefined {
  if (knob.unit === 'congestion-control') return congestionControl(scope, node);
  const unit = MICROS_OF_UNIT[knob.unit];
  const written =
    knob.unit === 'B'
      ? scope.values.size(node)
      : unit === undefined
        ? scope.values.count(node, {})
        : scope.values.duration(node, {});
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

/** The value of a knob that is written as a name. */
function congestionControl(scope: RunScope, node: ValueNode): number | undefined {
  const written = (node.$type === 'Expression' ? bareName(node)?.name : undefined) ?? node.$cstNode?.text.trim() ?? '';
  const index = CONGESTION_CONTROLS.findIndex((name) => name === written);
  if (index >= 0) return index;
  const text = messages.unknownCongestionControl(written, CONGESTION_CONTROLS, nearest(written, CONGESTION_CONTROLS));
  return void scope.problems.add(text, rangeOf(node));
}

/** A knob's number as a file writes it: `7200` of a knob in seconds is `2h`. */
export function showKnob(unit: KnobUnit, value: number): string {
  if (unit === 'congestion-control') return CONGESTION_CONTROLS[value] ?? `${value}`;
  const micros = MICROS_OF_UNIT[unit];
  if (unit === 'B') return showSize(value);
  if (micros === undefined) return `${value}`;
  return unit === 's' ? `${value}s` : formatDuration(value * micros);
}

/** The default of a sysctl as a file writes it. */
export function knobText({ unit, default: value }: SysctlDefinition): string {
  return [value]
    .flat()
    .map((each) => showKnob(unit, each))
    .join(' ');
}

/** Bytes in the largest unit that they are a whole number of. */
function showSize(bytes: number): string {
  const [name, factor] = SIZES.find(([, size]) => bytes >= size && bytes % size === 0) ?? ['B', 1];
  return `${bytes / factor} ${name}`;
}

const SIZES = [
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;

const MICROS_OF_UNIT: Readonly<Record<KnobUnit, number | undefined>> = {
  count: undefined,
  flag: undefined,
  B: undefined,
  s: SECOND,
  ms: MILLISECOND,
  us: MICROSECOND,
  'congestion-control': undefined,
};
