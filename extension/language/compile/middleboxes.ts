import type { FilterPlan, MiddleboxPlan, NatPlan, RouterPlan } from '../../scenario/middlebox.ts';
import type { LinkPlan } from '../../scenario/plan.ts';
import type * as ast from '../generated/ast.ts';
import { rangeOf, rangeOfHeading, rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { compileIcmpMessage, wordsOf } from './icmp-words.ts';
import type { RunScope } from './run-scope.ts';
import { compileSegmentClass } from './segment-words.ts';

/** Routers, firewalls and NATs with their settings, later ones over earlier ones. */
export function compileMiddleboxes(scope: RunScope, links: readonly LinkPlan[]): MiddleboxPlan[] {
  return scope.names.allOf('middlebox').flatMap((box) => {
    if (scope.names.find('link', box.link, box, 'link') === undefined) return [];
    const link = links.find(({ name }) => name === box.link);
    if (link?.shared === true)
      scope.problems.add(messages.middleboxOnSharedSegment(box.name, link.name), rangeOfProperty(box, 'link'));
    const standing = {
      name: box.name,
      link: box.link,
      ...(link === undefined ? {} : distanceOf(scope, box, link)),
      range: rangeOfHeading(box, 'link'),
    };
    return compileKind(scope, box, standing);
  });
}

/** What stands along a link, hosts included, from its first host to its second. */
export function wayAlong(scope: RunScope, link: ast.LinkDecl): readonly string[] {
  const own = scope.names.allOf('middlebox').filter((box) => box.link === link.name);
  const plan: Pick<LinkPlan, 'ends' | 'delay'> = { ends: [link.hostA, link.hostB], delay: Infinity };
  const placed = own.map((box) => ({ name: box.name, ...distanceOf(scope, box, plan) }));
  const inOrder = placed.every(({ distance }) => distance !== undefined)
    ? placed.toSorted((a, b) => (a.distance ?? 0) - (b.distance ?? 0))
    : placed;
  return [link.hostA, ...inOrder.map(({ name }) => name), link.hostB];
}

type Standing = Pick<MiddleboxPlan, 'name' | 'link' | 'distance' | 'range'>;

function compileKind(scope: RunScope, box: ast.MiddleboxDecl, standing: Standing): MiddleboxPlan[] {
  for (const setting of box.settings) {
    if (SETTINGS[box.kind].has(setting.$type)) continue;
    scope.problems.add(messages.doesNotFitMiddlebox(box.name, box.kind, ABLE[box.kind]), rangeOf(setting));
  }
  switch (box.kind) {
    case 'router': {
      const setting = box.settings.findLast((candidate) => candidate.$type === 'ReportsLost');
      const reports = setting === undefined ? DEFAULT_REPORT : reportOf(scope, setting);
      const size = box.settings.findLast((candidate) => candidate.$type === 'Mtu');
      const mtu = size && scope.values.size(size.value, ROUTER_MTUS);
      return [
        {
          kind: 'router',
          ...standing,
          ...(reports === undefined ? {} : { reports }),
          ...(mtu === undefined ? {} : { mtu }),
        },
      ];
    }
    case 'firewall': {
      const filters = box.settings.filter(
        (setting) => setting.$type === 'DropsTraffic' || setting.$type === 'RejectsTraffic',
      );
      return [
        { kind: 'firewall', ...standing, rules: filters.flatMap((filter) => compileFilter(scope, box, filter) ?? []) },
      ];
    }
    case 'nat': {
      const idle = box.settings.findLast((setting) => setting.$type === 'ForgetsAfter');
      const limit = idle && scope.values.duration(idle.idle, { min: 1 });
      const unknown = box.settings.findLast((setting) => setting.$type === 'UnknownSegments');
      if (unknown !== undefined) checkAllSegments(scope, unknown);
      return [
        {
          kind: 'nat',
          ...standing,
          ...(limit === undefined ? {} : { idle: limit }),
          unknown: UNKNOWN[unknown?.effect ?? 'drops'],
        },
      ];
    }
  }
}

/** `unknown segments`: a NAT makes no difference between kinds of them. */
function checkAllSegments(scope: RunScope, setting: ast.UnknownSegments): void {
  const wanted = compileSegmentClass(scope, setting);
  if (wanted !== undefined && wanted !== 'segment')
    scope.problems.add(messages.unknownSegmentClass(setting.words.join(' '), 'segments'), rangeOf(setting));
}

function distanceOf(
  scope: RunScope,
  box: ast.MiddleboxDecl,
  { ends, delay }: Pick<LinkPlan, 'ends' | 'delay'>,
): { readonly distance?: number } {
  const setting = box.settings.findLast((candidate) => candidate.$type === 'Stands');
  if (setting === undefined || scope.names.find('host', setting.host, setting, 'host') === undefined) return {};
  const distance = scope.values.duration(setting.distance, { min: 0, max: delay });
  if (distance === undefined) return {};
  if (setting.host === ends[0]) return { distance };
  if (setting.host === ends[1]) return { distance: delay - distance };
  scope.problems.add(messages.hostHasNoEnd(setting.host, box.link, [...ends]), rangeOfProperty(setting, 'host'));
  return {};
}

function reportOf(scope: RunScope, setting: ast.ReportsLost): RouterPlan['reports'] {
  if (setting.nothing) return undefined;
  const message = compileIcmpMessage(scope, setting);
  const after = setting.delay === undefined ? 0 : scope.values.duration(setting.delay);
  return message === undefined || after === undefined ? undefined : { message, after };
}

/** What a firewall does not let through; undefined, and reported, when it makes no sense. */
export function compileFilter(scope: RunScope, box: ast.MiddleboxDecl, filter: ast.Filter): FilterPlan | undefined {
  const wanted = compileSegmentClass(scope, filter);
  const effect = effectOf(scope, filter);
  const port = filter.port && scope.values.count(filter.port, { min: 1, max: 65_535 });
  const until = filter.until && scope.timeline.staticTime(filter.until);
  const link = scope.names.get('link', box.link);
  if (filter.host !== undefined && link !== undefined && filter.host !== link.hostA && filter.host !== link.hostB) {
    if (scope.names.find('host', filter.host, filter, 'host') === undefined) return undefined;
    const text = messages.hostHasNoEnd(filter.host, link.name, [link.hostA, link.hostB]);
    return void scope.problems.add(text, rangeOfProperty(filter, 'host'));
  }
  if (wanted === undefined || effect === undefined || (filter.port !== undefined && port === undefined))
    return undefined;
  return {
    effect,
    class: wanted,
    ...(filter.host === undefined ? {} : { from: filter.host }),
    ...(port === undefined ? {} : { port }),
    ...(until === undefined ? {} : { until }),
  };
}

function effectOf(scope: RunScope, filter: ast.Filter): FilterPlan['effect'] | undefined {
  if (filter.$type === 'DropsTraffic') return { kind: 'drop' };
  if (wordsOf(filter) === 'RST') return { kind: 'reset' };
  const message = compileIcmpMessage(scope, filter);
  return message && { kind: 'icmp', message };
}

/** Of a way that somebody reports: with less than `min_pmtu` Linux lets routers fragment, and fragments are not played. */
export const ROUTER_MTUS = { min: 552, max: 65_535 };
const DEFAULT_REPORT: RouterPlan['reports'] = { message: 'host unreachable', after: 0 };
const UNKNOWN: Readonly<Record<ast.UnknownSegments['effect'], NatPlan['unknown']>> = {
  drops: 'drop',
  resets: 'reset',
  forwards: 'remap',
};

const SETTINGS: Readonly<Record<ast.MiddleboxDecl['kind'], ReadonlySet<ast.MiddleboxSetting['$type']>>> = {
  router: new Set<ast.MiddleboxSetting['$type']>(['Stands', 'ReportsLost', 'Mtu']),
  firewall: new Set<ast.MiddleboxSetting['$type']>(['Stands', 'DropsTraffic', 'RejectsTraffic']),
  nat: new Set<ast.MiddleboxSetting['$type']>(['Stands', 'ForgetsAfter', 'UnknownSegments']),
};

/** What each of them can, as it is written. */
export const ABLE: Readonly<Record<ast.MiddleboxDecl['kind'], string>> = {
  router: '`reports host unreachable`, `mtu 1400 B`, `forwards again`',
  firewall: '`drops SYNs to port 80`, `rejects segments with RST`, `lets everything through`',
  nat: '`forgets after 300s`, `resets unknown segments`, `forgets conn`',
};
