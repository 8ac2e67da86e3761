import { formatDuration, type Micros } from '../../base/time.ts';
import type { Expectation, ExpectationPlan, TimeConstraint, TimeReference } from '../../scenario/expectation.ts';
import { ERRNOS, type Errno } from '../../scenario/errno.ts';
import { CALLS } from '../../scenario/expectation.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { AstNode } from '../langium.ts';
import type * as ast from '../generated/ast.ts';
import { bareName, CLAIM_SUBJECTS } from '../names/name-sites.ts';
import { nearest } from '../names/suggestion.ts';
import { rangeOf, rangeOfProperty, textOf } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { connectionEnds } from './connection-ends.ts';
import type { RunScope } from './run-scope.ts';
import { compileSegmentClass } from './segment-words.ts';
import { parseCall, parseErrno, parseState, STATE_WORDS } from './words.ts';

/** The `expect` lines of a run. */
export function compileExpectations(scope: RunScope, until: Micros | undefined): ExpectationPlan[] {
  return scope.statements.flatMap((statement) => {
    if (statement.$type !== 'Expect') return [];
    const claim = compileClaim(scope, statement);
    const when = statement.when ? compileConstraint(scope, statement, statement.when) : ANY_TIME;
    if (claim === undefined || when === undefined) return [];
    if (statement.when !== undefined && !checkEnd(scope, statement.when, when, until)) return [];
    const text = textOf(statement).replace(/^expect\s+/, '');
    return [{ range: rangeOf(statement), text, when, ...claim }];
  });
}

function compileClaim(scope: RunScope, node: ast.Expect): Expectation | undefined {
  if (node.count !== undefined) return compileCount(scope, node.count);
  const { claim, about: subject } = node;
  if (claim === undefined || subject === undefined) return undefined;
  const kind = CLAIM_SUBJECTS[claim.$type] as 'host' | 'process' | 'connection';
  const actor = scope.names.find(kind, subject, node, 'about');
  switch (claim.$type) {
    case 'SendsSegment': {
      const segments = compileSegmentClass(scope, claim);
      return actor && segments && { kind: 'sends', host: subject, class: segments };
    }
    case 'GivesUp': {
      const connection = scope.names.find('connection', claim.connection, claim, 'connection');
      return actor && connection && { kind: 'gives-up', process: subject, connection: claim.connection };
    }
    case 'CallOutcome':
      return actor && compileCall(scope, claim, subject);
    case 'OnHost': {
      const host = scope.names.find('host', claim.host, claim, 'host');
      const fact = compileFact(scope, claim.fact, { connection: subject, host: claim.host });
      if (actor === undefined || host === undefined) return undefined;
      const { hosts } = connectionEnds(scope, actor as Parameters<typeof connectionEnds>[1]);
      if (hosts.includes(host.name)) return fact;
      return void scope.problems.add(messages.hostHasNoEnd(host.name, subject, hosts), rangeOfProperty(claim, 'host'));
    }
  }
}

function compileFact(
  scope: RunScope,
  fact: ast.Fact,
  end: { readonly connection: string; readonly host: string },
): Expectation | undefined {
  switch (fact.$type) {
    case 'IsState':
    case 'BecomesState': {
      const state = stateOf(scope, fact);
      return state && { kind: fact.$type === 'IsState' ? 'state' : 'transition', ...end, state };
    }
    case 'FailsWith': {
      const errno = errnoOf(scope, fact, fact.errno);
      return errno && { kind: 'failure', ...end, errno };
    }
    case 'NeverFails':
      return { kind: 'no-failure', ...end };
    case 'ReadsEof':
      return { kind: 'eof', ...end };
    case 'ReadsBytes': {
      const bytes = scope.values.size(fact.size, { min: 0 });
      return bytes === undefined ? undefined : { kind: 'bytes-read', ...end, bytes };
    }
  }
}

function compileCall(scope: RunScope, claim: ast.CallOutcome, process: string): Expectation | undefined {
  const call = parseCall(claim.call);
  if (call === undefined) {
    scope.problems.add(messages.unknownCall(claim.call, nearest(claim.call, CALLS)), rangeOfProperty(claim, 'call'));
  }
  const errno = claim.errno === undefined ? undefined : errnoOf(scope, claim, claim.errno);
  const connection = claim.connection && scope.names.find('connection', claim.connection, claim, 'connection');
  if (call === undefined || (claim.errno !== undefined && errno === undefined)) return undefined;
  if (claim.connection !== undefined && connection === undefined) return undefined;
  return {
    kind: 'call',
    process,
    call,
    ...(claim.connection === undefined ? {} : { connection: claim.connection }),
    ...(errno === undefined ? {} : { errno }),
  };
}

function compileCount(scope: RunScope, node: ast.CountClaim): Expectation | undefined {
  const segments = compileSegmentClass(scope, node);
  const count = node.none ? 0 : scope.values.count(node.count);
  const host = node.host && scope.names.find('host', node.host, node, 'host');
  if (segments === undefined || count === undefined || (node.host !== undefined && host === undefined))
    return undefined;
  const comparison = node.bound === 'least' ? 'at-least' : node.bound === 'most' ? 'at-most' : 'exactly';
  return { kind: 'count', class: segments, ...(node.host === undefined ? {} : { host: node.host }), count, comparison };
}

function stateOf(scope: RunScope, node: AstNode & { readonly state: string }): TcpState | undefined {
  return (
    parseState(node.state) ??
    void scope.problems.add(
      messages.unknownState(node.state, nearest(node.state, STATE_WORDS)),
      rangeOfProperty(node, 'state'),
    )
  );
}

function errnoOf(scope: RunScope, node: AstNode, written: string): Errno | undefined {
  return (
    parseErrno(written) ??
    void scope.problems.add(messages.unknownErrno(written, nearest(written, ERRNOS)), rangeOfProperty(node, 'errno'))
  );
}

// ---- When ----------------------------------------------------------------------------------------------------------

function compileConstraint(scope: RunScope, expect: ast.Expect, node: ast.TimeConstraint): TimeConstraint | undefined {
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
    case 'Before': {
      const time = reference(node.time);
      return time && { kind: 'before', time };
    }
    case 'AfterTime': {
      const time = reference(node.time);
      return time && { kind: 'after', time };
    }
    case 'Between': {
      const from = reference(node.from);
      const to = reference(node.to);
      if (from === undefined || to === undefined) return undefined;
      const start = staticTimeOf(scope, from);
      const end = staticTimeOf(scope, to);
      if (start !== undefined && end !== undefined && end < start) {
        return void scope.problems.add(messages.windowReversed(), rangeOf(node));
      }
      return { kind: 'between', from, to };
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

/** Only an end or a host has a last segment that it received. */
function lastReceived(scope: RunScope, expect: ast.Expect, node: AstNode, offset: Micros): TimeReference | undefined {
  const type = expect.claim?.$type;
  if (type === 'OnHost' || type === 'SendsSegment') return { base: { kind: 'last-received' }, offset };
  return void scope.problems.add(messages.nobodyReceives(), rangeOf(node));
}

function checkEnd(scope: RunScope, node: ast.TimeConstraint, when: TimeConstraint, until: Micros | undefined): boolean {
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
  if (base.kind === 'last-received') return undefined;
  const moment = scope.names.get('moment', base.name);
  const time = moment && scope.timeline.of(moment)?.time;
  return time === undefined ? undefined : time + offset;
}

const ANY_TIME: TimeConstraint = { kind: 'any' };
