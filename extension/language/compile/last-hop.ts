import type { Action } from '../../scenario/plan.ts';
import type * as ast from '../generated/ast.ts';
import { rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { linkBetween } from './connection-ends.ts';
import type { RunScope } from './run-scope.ts';

/** What happens to a host's own cable, the queue before it, and routes. */
export function compileLastHop(
  scope: RunScope,
  host: string,
  action: ast.LosesCarrier | ast.RegainsCarrier | ast.FillsQueue | ast.LosesRoute | ast.RegainsRoute,
): Action | undefined {
  switch (action.$type) {
    case 'LosesCarrier':
    case 'RegainsCarrier':
    case 'FillsQueue': {
      const device =
        action.$type === 'FillsQueue'
          ? ({ kind: 'host-queue', host, full: action.full } as const)
          : ({ kind: 'host-carrier', host, up: action.$type === 'RegainsCarrier' } as const);
      if (action.link === undefined) return device;
      const link = scope.names.find('link', action.link, action, 'link');
      if (link === undefined) return undefined;
      if (link.hostA === host || link.hostB === host) return { ...device, link: link.name };
      const text = messages.hostHasNoEnd(host, link.name, [link.hostA, link.hostB]);
      return void scope.problems.add(text, rangeOfProperty(action, 'link'));
    }
    case 'LosesRoute':
    case 'RegainsRoute': {
      if (scope.names.find('host', action.host, action, 'host') === undefined) return undefined;
      if (linkBetween(scope, host, action.host))
        return { kind: 'host-route', host, to: action.host, present: action.$type === 'RegainsRoute' };
      return void scope.problems.add(messages.noLinkBetween(host, action.host), rangeOfProperty(action, 'host'));
    }
  }
}
