/** What an `expect` line claims, whenever it is to happen. */
import type { Expectation } from '../../scenario/expectation.ts';
import { ERRNOS, type Errno } from '../../scenario/errno.ts';
import { CALLS, type CallName } from '../../scenario/expectation.ts';
import { POLL_EVENT_NAMES, type PollEvent, pollEventBits } from '../../scenario/poll-event.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { AstNode } from '../langium.ts';
import type * as ast from '../generated/ast.ts';
import { CLAIM_SUBJECTS } from '../names/name-sites.ts';
import { nearest } from '../names/suggestion.ts';
import { rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { connectionEnds } from './connection-ends.ts';
import type { RunScope } from './run-scope.ts';
import { compileSegmentClass } from './segment-words.ts';
import { parseCall, parseErrno, parseState, STATE_WORDS } from './words.ts';

/** `subject` is the name that stands before the claim, in `node`. */
export function compileClaim(
  scope: RunScope,
  node: AstNode,
  subject: string,
  claim: ast.Claim,
): Expectation | undefined {
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
    case 'AcceptQueue': {
      const length = scope.values.count(claim.length);
      return actor && length !== undefined ? { kind: 'accept-queue', process: subject, length } : undefined;
    }
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
  if (claim.events.length > 0) return compilePoll(scope, claim, process, call);
  return {
    kind: 'call',
    process,
    call,
    ...(claim.connection === undefined ? {} : { connection: claim.connection }),
    ...(errno === undefined ? {} : { errno }),
  };
}

/** `PROCESS's poll on CONN reports IN RDHUP`. */
function compilePoll(
  scope: RunScope,
  claim: ast.CallOutcome,
  process: string,
  call: CallName,
): Expectation | undefined {
  if (call !== 'poll' || claim.connection === undefined) {
    return void scope.problems.add(messages.onlyPollReports(), rangeOfProperty(claim, 'call'));
  }
  const events: PollEvent[] = [];
  for (const [index, word] of claim.events.entries()) {
    const event = POLL_EVENT_NAMES.find((name) => name === word);
    if (event === undefined) {
      const text = messages.unknownPollEvent(word, nearest(word, POLL_EVENT_NAMES));
      return void scope.problems.add(text, rangeOfProperty(claim, 'events', index));
    }
    events.push(event);
  }
  return { kind: 'poll', process, connection: claim.connection, events: pollEventBits(events) };
}

/** `no segment`, `9 keepalive probes from client`. */
export function compileCount(scope: RunScope, node: ast.CountClaim): Expectation | undefined {
  const segments = compileSegmentClass(scope, node);
  const count = node.none ? 0 : scope.values.count(node.count);
  const host = node.host && scope.names.find('host', node.host, node, 'host');
  if (segments === undefined || count === undefined || (node.host !== undefined && host === undefined))
    return undefined;
  if (node.link !== undefined && scope.names.find('link', node.link, node, 'link') === undefined) return undefined;
  const comparison = node.bound === 'least' ? 'at-least' : node.bound === 'most' ? 'at-most' : 'exactly';
  const from = node.host === undefined ? {} : { host: node.host };
  return { kind: 'count', class: segments, ...from, count, comparison, ...fateOf(node) };
}

function fateOf({ fate, link }: ast.CountClaim): Pick<Extract<Expectation, { kind: 'count' }>, 'fate' | 'link'> {
  return fate === undefined ? {} : { fate, ...(link === undefined ? {} : { link }) };
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
