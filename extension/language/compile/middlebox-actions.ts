import { formatDuration } from '../../base/time.ts';
import type { Action } from '../../scenario/plan.ts';
import type * as ast from '../generated/ast.ts';
import { rangeOf } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { compileIcmpMessage } from './icmp-words.ts';
import { ABLE, compileFilter } from './middleboxes.ts';
import type { RunScope } from './run-scope.ts';

type MiddleboxAction = ast.Reports | ast.ForwardsAgain | ast.Filter | ast.LetsThrough | ast.Forgets;

/** What a router, a firewall or a NAT is told to do during the run. */
export function compileMiddleboxAction(
  scope: RunScope,
  statement: ast.Timed,
  box: ast.MiddleboxDecl,
  action: MiddleboxAction,
): Action | undefined {
  if (KIND_OF[action.$type] !== box.kind)
    return void scope.problems.add(messages.doesNotFitMiddlebox(box.name, box.kind, ABLE[box.kind]), rangeOf(action));
  const middlebox = box.name;
  switch (action.$type) {
    case 'Reports': {
      const message = compileIcmpMessage(scope, action);
      if (action.host !== undefined && scope.names.find('host', action.host, action, 'host') === undefined)
        return undefined;
      const host = action.host === undefined ? {} : { host: action.host };
      return message && { kind: 'router-report', middlebox, message, ...host };
    }
    case 'ForwardsAgain':
      return { kind: 'router-forward', middlebox };
    case 'DropsTraffic':
    case 'RejectsTraffic': {
      const filter = compileFilter(scope, box, action);
      const since = scope.timeline.of(statement)?.time;
      if (filter?.until !== undefined && action.until !== undefined && since !== undefined && filter.until <= since) {
        const text = messages.overBeforeItBegins(formatDuration(filter.until), formatDuration(since));
        return void scope.problems.add(text, rangeOf(action.until));
      }
      return filter && { kind: 'firewall-rule', middlebox, ...filter };
    }
    case 'LetsThrough':
      return { kind: 'firewall-open', middlebox };
    case 'Forgets': {
      if (action.connection === undefined) return { kind: 'nat-forget', middlebox };
      const connection = scope.names.find('connection', action.connection, action, 'connection');
      return connection && { kind: 'nat-forget', middlebox, connection: action.connection };
    }
  }
}

const KIND_OF: Readonly<Record<MiddleboxAction['$type'], ast.MiddleboxDecl['kind']>> = {
  Reports: 'router',
  ForwardsAgain: 'router',
  DropsTraffic: 'firewall',
  RejectsTraffic: 'firewall',
  LetsThrough: 'firewall',
  Forgets: 'nat',
};
