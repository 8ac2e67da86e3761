import { formatDuration } from '../../base/time.ts';
import type { Action, LinkRulePlan, Neighbours } from '../../scenario/plan.ts';
import type * as ast from '../generated/ast.ts';
import { rangeOf, rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { compileLinkSetting, sender } from './link-settings.ts';
import { wayAlong } from './middleboxes.ts';
import { compileSegmentClass } from './segment-words.ts';
import type { RunScope } from './run-scope.ts';

type LinkAction = ast.Cut | ast.Restored | ast.Drops | ast.Duplicates | ast.Delays | ast.HasSetting;

/** What happens to a link. */
export function compileLinkAction(scope: RunScope, statement: ast.Timed, action: LinkAction): Action | undefined {
  const link = scope.names.get('link', statement.subject);
  if (link === undefined) return undefined;
  switch (action.$type) {
    case 'Cut':
    case 'Restored': {
      const kind = action.$type === 'Cut' ? 'link-cut' : 'link-restore';
      const from = sender(scope, link, action);
      const between = neighbours(scope, link, action);
      return from && between && { kind, link: link.name, ...from, ...between };
    }
    case 'HasSetting': {
      const compiled = compileLinkSetting(scope, link, action.setting);
      if (compiled === undefined) return undefined;
      const { from, ...setting } = compiled;
      return { kind: 'link-change', link: link.name, setting, ...(from === undefined ? {} : { from }) };
    }
    case 'Drops':
    case 'Duplicates':
    case 'Delays': {
      const rule = compileRule(scope, link, statement, action);
      return rule && { kind: 'link-rule', link: link.name, ...rule };
    }
  }
}

function compileRule(
  scope: RunScope,
  link: ast.LinkDecl,
  statement: ast.Timed,
  action: ast.Drops | ast.Duplicates | ast.Delays,
): LinkRulePlan | undefined {
  const { segments } = action;
  const effect = compileEffect(scope, action);
  const from = sender(scope, link, segments);
  const wanted = compileSegmentClass(scope, segments);
  const which = compileWhich(scope, segments, wanted);
  const until = action.until && scope.timeline.staticTime(action.until);
  if (effect === undefined || from === undefined || wanted === undefined || which === undefined) return undefined;
  if (action.until === undefined) return { effect, class: wanted, which, ...from };
  if (until === undefined) return undefined;
  const since = scope.timeline.of(statement)?.time;
  if (since !== undefined && until <= since) {
    const text = messages.overBeforeItBegins(formatDuration(until), formatDuration(since));
    return void scope.problems.add(text, rangeOf(action.until));
  }
  return { effect, class: wanted, which, ...from, until };
}

function compileEffect(
  scope: RunScope,
  action: ast.Drops | ast.Duplicates | ast.Delays,
): LinkRulePlan['effect'] | undefined {
  switch (action.$type) {
    case 'Drops':
      return { kind: 'drop' };
    case 'Duplicates':
      return { kind: 'duplicate' };
    case 'Delays': {
      const by = scope.values.duration(action.delay, { min: 1 });
      return by === undefined ? undefined : { kind: 'delay', by };
    }
  }
}

function compileWhich(
  scope: RunScope,
  segments: ast.Segments,
  wanted: LinkRulePlan['class'] | undefined,
): LinkRulePlan['which'] | undefined {
  switch (segments.$type) {
    case 'EverySegment':
      return { kind: 'every' };
    case 'NextSegments': {
      const count = segments.count === undefined ? 1 : scope.values.count(segments.count, { min: 1 });
      return count === undefined ? undefined : { kind: 'next', count };
    }
    case 'NumberedSegment': {
      const number = scope.values.count(segments.number, { min: 1 });
      if (wanted !== undefined && wanted !== 'segment' && wanted !== 'data segment') {
        return void scope.problems.add(messages.onlyDataIsNumbered(), rangeOfProperty(segments, 'words', 0));
      }
      return number === undefined ? undefined : { kind: 'number', number };
    }
  }
}

/** The two on a link between which it is cut, as a part of a plan; undefined, and reported, when they do not stand side by side. */
function neighbours(
  scope: RunScope,
  link: ast.LinkDecl,
  node: ast.Cut | ast.Restored,
): { readonly between?: Neighbours } | undefined {
  const { one, other } = node;
  if (one === undefined || other === undefined) return {};
  const order = wayAlong(scope, link);
  if (Math.abs(order.indexOf(one) - order.indexOf(other)) === 1 && order.includes(one) && order.includes(other))
    return { between: [one, other] };
  const text = messages.notSideBySide(one, other, link.name, order);
  return void scope.problems.add(text, rangeOfProperty(node, 'one'));
}
