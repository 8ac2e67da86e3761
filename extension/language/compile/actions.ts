import { assertNever } from '../../base/assert.ts';
import { formatDuration, type Micros } from '../../base/time.ts';
import { DEFAULT_MAX_TIME } from '../../scenario/limits.ts';
import type { Action, ActionPlan, TriggerPlan } from '../../scenario/plan.ts';
import { SOCKET_OPTIONS, type SocketOptionName } from '../../scenario/socket-option.ts';
import type * as ast from '../generated/ast.ts';
import { ACTION_SUBJECTS } from '../names/name-sites.ts';
import { nearest } from '../names/suggestion.ts';
import { rangeOf, rangeOfProperty, textOf } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { areTwoSides, connectionEnds, linkBetween } from './connection-ends.ts';
import { knobValue } from './knob-value.ts';
import { compileLastHop } from './last-hop.ts';
import { compileLinkAction } from './link-actions.ts';
import { compileMiddleboxAction } from './middlebox-actions.ts';
import type { Opening } from './run-names.ts';
import type { RunScope } from './run-scope.ts';
import type { Timing } from './timeline.ts';

/** Timed statements as actions, in file order. What goes down and comes back is two of them. */
export function compileActions(scope: RunScope, until: Micros | undefined): ActionPlan[] {
  const timed = scope.statements.filter((statement) => statement.$type === 'Timed');
  const index = new Map<ast.Timed, number>();
  let next = 0;
  for (const statement of timed) {
    index.set(statement, next);
    next += backOf(statement.action) === undefined ? 1 : 2;
  }
  return timed.flatMap((statement) => {
    const timing = scope.timeline.of(statement);
    const action = compileAction(scope, statement);
    const back = backOf(statement.action);
    const down = back && scope.values.duration(back);
    if (timing === undefined || action === undefined || (back !== undefined && down === undefined)) return [];
    if (until !== undefined && timing.time !== undefined && timing.time > until) {
      const text = messages.afterTheEnd(formatDuration(timing.time), formatDuration(until));
      scope.problems.add(text, rangeOf(statement.trigger));
    } else if (timing.time !== undefined && timing.time > DEFAULT_MAX_TIME) {
      const text = messages.beyondLimit(formatDuration(timing.time), formatDuration(DEFAULT_MAX_TIME));
      scope.problems.add(text, rangeOf(statement.trigger));
    }
    const shared = { range: rangeOf(statement), text: textOf(statement) };
    const moment = statement.moment === undefined ? {} : { moment: statement.moment };
    const plan: ActionPlan = { trigger: triggerOf(timing, index), ...moment, ...shared, ...action };
    if (down === undefined || (action.kind !== 'host-power-loss' && action.kind !== 'host-shutdown')) return [plan];
    const boot: Action = { kind: 'host-boot', host: action.host };
    return [plan, { trigger: delayed(timing, down, index.get(statement) ?? 0), ...shared, ...boot }];
  });
}

function triggerOf(timing: Timing, index: ReadonlyMap<ast.Timed, number>): TriggerPlan {
  switch (timing.kind) {
    case 'at':
      return { kind: 'at', time: timing.time };
    case 'every': {
      const { interval, time, until } = timing;
      return { kind: 'every', interval, from: time, ...(until === undefined ? {} : { until }) };
    }
    case 'after':
      return { kind: 'after', action: index.get(timing.base) ?? 0, delay: timing.delay };
    case 'when':
      return timing;
  }
}

/** The trigger of what follows by itself, `delay` after the action with index `action`. */
function delayed(timing: Timing, delay: Micros, action: number): TriggerPlan {
  switch (timing.kind) {
    case 'at':
      return { kind: 'at', time: timing.time + delay };
    case 'every': {
      const { interval, time, until } = timing;
      return { kind: 'every', interval, from: time + delay, ...(until === undefined ? {} : { until: until + delay }) };
    }
    case 'after':
    case 'when':
      return { kind: 'after', action, delay };
  }
}

function backOf(action: ast.Action): ast.Expression | undefined {
  return action.$type === 'LosesPower' || action.$type === 'Reboots' ? action.back : undefined;
}

function compileAction(scope: RunScope, statement: ast.Timed): Action | undefined {
  const { action, subject } = statement;
  const kind = ACTION_SUBJECTS[action.$type] as 'host' | 'link' | 'middlebox' | 'process';
  const actor = scope.names.find(kind, subject, statement, 'subject');
  if (actor === undefined) return undefined;
  switch (action.$type) {
    case 'LosesPower':
      return { kind: 'host-power-loss', host: subject };
    case 'Boots':
      return { kind: 'host-boot', host: subject };
    case 'ShutsDown':
    case 'Reboots':
      return { kind: 'host-shutdown', host: subject };
    case 'Freezes':
      return { kind: 'host-freeze', host: subject };
    case 'Resumes':
      return { kind: 'host-resume', host: subject };
    case 'LosesCarrier':
    case 'RegainsCarrier':
    case 'FillsQueue':
    case 'LosesRoute':
    case 'RegainsRoute':
      return compileLastHop(scope, subject, action);
    case 'Reports':
    case 'ForwardsAgain':
    case 'DropsTraffic':
    case 'RejectsTraffic':
    case 'LetsThrough':
    case 'Forgets':
      return compileMiddleboxAction(scope, statement, actor as ast.MiddleboxDecl, action);
    case 'Cut':
    case 'Restored':
    case 'Drops':
    case 'Duplicates':
    case 'Delays':
    case 'HasSetting':
      return compileLinkAction(scope, statement, action);
    case 'Killed':
      return { kind: 'process-kill', process: subject };
    case 'Exits':
      return { kind: 'process-exit', process: subject };
    case 'Starts':
      return { kind: 'process-start', process: subject };
    case 'Forks':
      return compileFork(scope, action, actor as ast.ProcessDecl);
    case 'StopsAccepting':
      return { kind: 'stop-accepting', process: subject };
    case 'ResumesAccepting':
      return { kind: 'resume-accepting', process: subject };
    case 'Listens':
      return compileListen(scope, action, subject);
    case 'Connects':
      return compileConnect(scope, statement as Opening, actor as ast.ProcessDecl);
    default:
      return compileOnConnection(scope, statement, action);
  }
}

function compileFork(scope: RunScope, action: ast.Forks, parent: ast.ProcessDecl): Action | undefined {
  const child = scope.names.find('process', action.child, action, 'child');
  if (child === undefined) return undefined;
  if (child === parent) return void scope.problems.add(messages.forksItself(), rangeOfProperty(action, 'child'));
  if (child.host !== parent.host) {
    const text = messages.forksElsewhere(child.name, parent.name, parent.host);
    return void scope.problems.add(text, rangeOfProperty(action, 'child'));
  }
  return { kind: 'process-fork', process: parent.name, child: child.name };
}

function compileListen(scope: RunScope, action: ast.Listens, process: string): Action | undefined {
  const port = scope.values.count(action.port, PORTS);
  const backlog = action.backlog && scope.values.count(action.backlog, { min: 0, max: 65_535 });
  if (port === undefined || (action.backlog !== undefined && backlog === undefined)) return undefined;
  return {
    kind: 'listen',
    process,
    port,
    ...(backlog === undefined ? {} : { backlog }),
    reuseAddress: !action.withoutReuse,
  };
}

function compileConnect(scope: RunScope, opening: Opening, process: ast.ProcessDecl): Action | undefined {
  const { action } = opening;
  const host = scope.names.find('host', action.host, action, 'host');
  const port = scope.values.count(action.port, PORTS);
  const localPort = action.localPort && scope.values.count(action.localPort, PORTS);
  if (host === undefined || port === undefined || (action.localPort !== undefined && localPort === undefined)) {
    return undefined;
  }
  const [first = opening] = scope.names.openingsOf(action.opened);
  if (first !== opening && !areTwoSides(scope, first, opening)) {
    scope.names.reportOpenedAgain(opening);
    return undefined;
  }
  if (process.host === host.name && port !== localPort) {
    return void scope.problems.add(messages.connectsToOwnHost(host.name), rangeOfProperty(action, 'host'));
  }
  if (process.host !== host.name && !linkBetween(scope, process.host, host.name)) {
    return void scope.problems.add(messages.noLinkBetween(process.host, host.name), rangeOfProperty(action, 'host'));
  }
  return {
    kind: 'connect',
    process: process.name,
    host: host.name,
    port,
    connection: action.opened,
    ...(localPort === undefined ? {} : { localPort }),
    ...(action.reuse ? { reuseAddress: true } : {}),
  };
}

type OnConnection =
  | ast.Sends
  | ast.Heartbeats
  | ast.Closes
  | ast.ShutsDownWriting
  | ast.ShutsDownReading
  | ast.Polls
  | ast.ConnectsAgain
  | ast.AsksForError
  | ast.SetsOption
  | ast.StopsReading
  | ast.ResumesReading;

function compileOnConnection(scope: RunScope, statement: ast.Timed, action: OnConnection): Action | undefined {
  const declared = scope.names.find('connection', action.connection, action, 'connection');
  const on = { process: statement.subject, connection: action.connection };
  const plan = compileCall(scope, action, on);
  if (declared === undefined) return undefined;
  const { processes } = connectionEnds(scope, declared);
  if (!processes.includes(statement.subject)) {
    const text = messages.noEndOfConnection(statement.subject, action.connection, processes);
    return void scope.problems.add(text, rangeOfProperty(statement, 'subject'));
  }
  const time = scope.timeline.of(statement)?.time;
  const own = scope.names.openingsOf(action.connection).find(({ subject }) => subject === statement.subject);
  const opened = scope.timeline.of(own ?? declared)?.time;
  if (time !== undefined && opened !== undefined && time < opened) {
    const text = messages.usedBeforeOpened(action.connection, formatDuration(opened));
    return void scope.problems.add(text, rangeOfProperty(action, 'connection'));
  }
  return plan;
}

/** What flags of send() make of its plan. */
const SEND_FLAGS = { none: {}, MSG_MORE: { more: true }, MSG_NOSIGNAL: { noSignal: true } } as const;

function compileCall(
  scope: RunScope,
  action: OnConnection,
  on: { readonly process: string; readonly connection: string },
): Action | undefined {
  switch (action.$type) {
    case 'Sends': {
      const bytes = action.data === undefined ? scope.values.size(action.size) : utf8Length(action.data);
      return bytes === undefined ? undefined : { kind: 'send', ...on, bytes, ...SEND_FLAGS[action.flag ?? 'none'] };
    }
    case 'Heartbeats': {
      const bytes = scope.values.size(action.size);
      const interval = scope.values.duration(action.interval, { min: 1 });
      const misses = scope.values.count(action.misses, { min: 1 });
      if (bytes === undefined || interval === undefined || misses === undefined) return undefined;
      return { kind: 'heartbeat', ...on, bytes, interval, misses };
    }
    case 'Closes':
      return { kind: 'close', ...on };
    case 'ShutsDownWriting':
      return { kind: 'shutdown-write', ...on };
    case 'ShutsDownReading':
      return { kind: 'shutdown-read', ...on };
    case 'Polls':
      return { kind: 'poll', ...on };
    case 'AsksForError':
      return { kind: 'get-error', ...on };
    case 'ConnectsAgain':
      return { kind: 'connect-again', ...on };
    case 'SetsOption':
      return compileOption(scope, action, on);
    case 'StopsReading':
      return { kind: 'stop-reading', ...on };
    case 'ResumesReading':
      return { kind: 'resume-reading', ...on };
    default:
      return assertNever(action, 'action');
  }
}

function compileOption(
  scope: RunScope,
  action: ast.SetsOption,
  on: { readonly process: string; readonly connection: string },
): Action | undefined {
  const set = optionValue(scope, action);
  return set && { kind: 'set-option', ...on, ...set };
}

/** Which option is set, and to what: 1 where a flag has no value. */
export function optionValue(
  scope: RunScope,
  action: ast.SetsOption | ast.UsesOption,
): { readonly option: SocketOptionName; readonly value: number } | undefined {
  if (!Object.hasOwn(SOCKET_OPTIONS, action.option)) {
    const suggestion = nearest(action.option, Object.keys(SOCKET_OPTIONS));
    return void scope.problems.add(
      messages.unknownOption(action.option, suggestion),
      rangeOfProperty(action, 'option'),
    );
  }
  const option = action.option as SocketOptionName;
  const definition = SOCKET_OPTIONS[option];
  if (action.value === undefined) {
    if (definition.unit === 'flag') return { option, value: 1 };
    return void scope.problems.add(messages.optionWithoutValue(option), rangeOfProperty(action, 'option'));
  }
  const value = knobValue(scope, option, definition, action.value);
  return value === undefined ? undefined : { option, value };
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

const PORTS = { min: 1, max: 65_535 };
