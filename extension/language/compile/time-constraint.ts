/** When something is expected: the words behind a claim. */
import { formatDuration, type Micros } from '../../base/time.ts';
import type { TimeConstraint, TimeReference } from '../../scenario/expectation.ts';
import type { AstNode } from '../langium.ts';
import type * as ast from '../generated/ast.ts';
import { bareName } from '../names/name-sites.ts';
import { rangeOf } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { compileClaim } from './claims.ts';
import type { RunScope } from './run-scope.ts';

/** When something is expected; undefined when that cannot be made out, which is then reported. */
export function compileConstraint(
  scope: RunScope,
  expect: ast.Expect,
  node: ast.TimeConstraint,
): TimeConstraint | undefined {
  const reference = (time: ast.TimeReference): TimeReference | undefined => compileReference(scope, expect, time);
  switch (node.$type) {
    case 'AtTime': {
      const time = reference(node.time);
      const tolerance = node.tolerance === undefined ? 0 : scope.values.duration(node.tolerance);
      return time === undefined || tolerance === undefined ? undefined : { kind: 'at', time, tolerance };
    }
    case 'Within': {
      const duration = scope.values.duration(node.duration);
      const of = reference(node.time);
      return duration === undefined || of === undefined ? undefined : { kind: 'within', duration, of };
    }
    case 'Before':
    case 'AfterTime': {
      const time = node.other ? compileHappening(scope, node.other) : node.time && reference(node.time);
      return time && { kind: node.$type === 'Before' ? 'before' : 'after', time };
    }
    case 'Between': {
      const from = reference(node.from);
      const to = reference(node.to);
      if (from === undefined || to === undefined) return undefined;
      const start = staticTimeOf(scope, from);
      const end = staticTimeOf(scope, to);
      if (start !== undefined && end !== undefined && (node.justBefore ? end <= start : end < start)) {
        return void scope.problems.add(messages.windowReversed(), rangeOf(node));
      }
      return { kind: 'between', from, to, ...(node.justBefore ? { endsJustBefore: true } : {}) };
    }
  }
}

function compileReference(scope: RunScope, expect: ast.Expect, node: ast.TimeReference): TimeReference | undefined {
  if (node.last) return lastReceived(scope, expect, node, 0);
  if (node.offset === undefined) return undefined;
  const name = bareName(node.offset);
  if (node.base === undefined && name !== undefined && !scope.names.has('value', name.name)) {
    const moment = scope.names.find('moment', name.name, name, 'name');
    return moment && { base: { kind: 'moment', name: name.name }, offset: 0 };
  }
  const offset = scope.values.duration(node.offset);
  if (offset === undefined) return undefined;
  if (node.base === undefined) return { base: { kind: 'start' }, offset };
  const signed = node.direction === 'before' && offset !== 0 ? -offset : offset;
  if (node.base.last) return lastReceived(scope, expect, node, signed);
  if (node.base.name === undefined) return undefined;
  const moment = scope.names.find('moment', node.base.name, node.base, 'name');
  return moment && { base: { kind: 'moment', name: node.base.name }, offset: signed };
}

/** What something else is to come before or after. */
function compileHappening(scope: RunScope, node: ast.Happening): TimeReference | undefined {
  const event = compileClaim(scope, node, node.about, node.claim);
  if (event === undefined) return undefined;
  switch (event.kind) {
    case 'state':
    case 'no-failure':
    case 'bytes-read':
    case 'accept-queue':
    case 'count':
      return void scope.problems.add(messages.happensAtNoMoment(event.kind === 'state'), rangeOf(node));
    default:
      return { base: { kind: 'happening', event }, offset: 0 };
  }
}

/** Whose last segment: that of the end, process or host of which the expectation speaks. Only a count may speak of nobody. */
function lastReceived(scope: RunScope, expect: ast.Expect, node: AstNode, offset: Micros): TimeReference | undefined {
  if (expect.count === undefined || expect.count.host !== undefined) return { base: { kind: 'last-received' }, offset };
  return void scope.problems.add(messages.nobodyReceives(), rangeOf(node));
}

/** Reports a time after the end of the run. @returns false then. */
export function checkEnd(
  scope: RunScope,
  node: ast.TimeConstraint,
  when: TimeConstraint,
  until: Micros | undefined,
): boolean {
  if (until === undefined) return true;
  const reference =
    when.kind === 'any' ? undefined : when.kind === 'within' ? when.of : when.kind === 'between' ? when.to : when.time;
  const time = reference && staticTimeOf(scope, reference);
  if (time === undefined || time <= until || when.kind === 'before') return true;
  scope.problems.add(messages.expectedAfterTheEnd(formatDuration(until)), rangeOf(node));
  return false;
}

/** The time that a reference means, as far as it is known before the run. */
function staticTimeOf(scope: RunScope, { base, offset }: TimeReference): Micros | undefined {
  if (base.kind === 'start') return offset;
  if (base.kind !== 'moment') return undefined;
  const moment = scope.names.get('moment', base.name);
  const time = moment && scope.timeline.of(moment)?.time;
  return time === undefined ? undefined : time + offset;
}
