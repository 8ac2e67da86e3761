import { type LinkSetting, type LinkSettingPlan, PPM } from '../../scenario/link-setting.ts';
import type * as ast from '../generated/ast.ts';
import { SETTING_OWNERS } from '../names/name-sites.ts';
import { rangeOf, rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { ROUTER_MTUS } from './middleboxes.ts';
import type { RunScope } from './run-scope.ts';

export function isHostSetting(
  setting: ast.HostSetting | ast.LinkSetting | ast.SharedSegment,
): setting is ast.HostSetting {
  return SETTING_OWNERS[setting.$type] === 'host';
}

export function isLinkSetting(
  setting: ast.HostSetting | ast.LinkSetting | ast.SharedSegment,
): setting is ast.LinkSetting {
  return SETTING_OWNERS[setting.$type] === 'link' && setting.$type !== 'SharedSegment';
}

/** One setting of a link; undefined, and reported, when it makes no sense. */
export function compileLinkSetting(
  scope: RunScope,
  link: ast.LinkDecl,
  node: ast.LinkSetting,
): LinkSettingPlan | undefined {
  const from = node.$type === 'Mtu' ? {} : sender(scope, link, node);
  const hasRouter = scope.names.allOf('middlebox').some((box) => box.link === link.name && box.kind === 'router');
  const isChange = node.$container.$type === 'HasSetting';
  const setting = compileSetting(scope, node, isChange && hasRouter ? ROUTER_MTUS : MTUS);
  return from && setting && { ...setting, ...from };
}

function compileSetting(
  { values, problems }: RunScope,
  node: ast.LinkSetting,
  mtus: { readonly min: number; readonly max: number },
): LinkSetting | undefined {
  switch (node.$type) {
    case 'Delay': {
      const delay = values.duration(node.value);
      return delay === undefined ? undefined : { kind: 'delay', delay };
    }
    case 'Bandwidth': {
      const rate = values.rate(node.value);
      return rate === undefined ? undefined : { kind: 'bandwidth', rate };
    }
    case 'QueueLimit': {
      if (!node.packets && values.value(node.value)?.dimension === 'number') {
        const written = node.value.$cstNode?.text ?? '';
        return void problems.add(messages.queueWithoutUnit(written), rangeOf(node.value));
      }
      const limit = node.packets ? values.count(node.value, { min: 1 }) : values.size(node.value);
      return limit === undefined ? undefined : { kind: 'queue', unit: node.packets ? 'packets' : 'bytes', limit };
    }
    case 'Jitter': {
      const jitter = values.duration(node.value);
      return jitter === undefined ? undefined : { kind: 'jitter', jitter };
    }
    case 'LossChance':
    case 'DuplicationChance': {
      const chance = values.share(node.value, CHANCES);
      const kind = node.$type === 'LossChance' ? 'loss' : 'duplication';
      return chance === undefined ? undefined : { kind, chance };
    }
    case 'ReorderingChance': {
      const chance = values.share(node.value, CHANCES);
      const by = values.duration(node.delay, { min: 1 });
      return chance === undefined || by === undefined ? undefined : { kind: 'reordering', chance, by };
    }
    case 'Mtu': {
      const bytes = values.size(node.value, mtus);
      return bytes === undefined ? undefined : { kind: 'mtu', bytes };
    }
  }
}

/** The host whose sending direction is meant, as a part of a plan; undefined, and reported, when it has no end of the link. */
export function sender(
  scope: RunScope,
  link: ast.LinkDecl,
  node: ast.Cut | ast.Restored | ast.Segments | Exclude<ast.LinkSetting, ast.Mtu>,
): { readonly from?: string } | undefined {
  if (node.host === undefined) return {};
  if (scope.names.find('host', node.host, node, 'host') === undefined) return undefined;
  if (node.host === link.hostA || node.host === link.hostB) return { from: node.host };
  const text = messages.hostHasNoEnd(node.host, link.name, [link.hostA, link.hostB]);
  return void scope.problems.add(text, rangeOfProperty(node, 'host'));
}

/** Reports chance in a run that does not say what its random numbers are made from. */
export function checkSeed(scope: RunScope, heading: ast.ScenarioHeading): void {
  const nodes = scope.statements.flatMap((statement): ast.LinkSetting[] => {
    if (statement.$type === 'LinkDecl') return statement.settings.filter(isLinkSetting);
    if (statement.$type === 'SettingStatement') return isLinkSetting(statement.setting) ? [statement.setting] : [];
    if (statement.$type !== 'Timed' || statement.action.$type !== 'HasSetting') return [];
    return [statement.action.setting];
  });
  const culprit = nodes.find(({ $type }) => BY_CHANCE.has($type));
  if (culprit !== undefined) scope.problems.add(messages.noSeed(rangeOf(heading).end.line + 1), rangeOf(culprit));
}

const BY_CHANCE: ReadonlySet<ast.LinkSetting['$type']> = new Set<ast.LinkSetting['$type']>([
  'Jitter',
  'LossChance',
  'DuplicationChance',
  'ReorderingChance',
]);
const CHANCES = { min: 0, max: PPM };
/** IPv4's largest packet, and one that leaves room for TCP's smallest segment with options (`TCP_MIN_MSS`). */
const MTUS = { min: 128, max: 65_535 };
