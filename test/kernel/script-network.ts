/** What a plan says of links and of what stands on them, in the words of a script (see README.md). */
import { reachableDraw } from '../../extension/engine/host/reachable-time.ts';
import { divide } from '../../extension/engine/network/course.ts';
import type { SegmentClass } from '../../extension/scenario/expectation.ts';
import { hash32 } from '../../extension/engine/random.ts';
import type { IcmpMessageName } from '../../extension/scenario/icmp.ts';
import type { LinkSetting, LinkSettingPlan } from '../../extension/scenario/link-setting.ts';
import type { FilterPlan, MiddleboxPlan } from '../../extension/scenario/middlebox.ts';
import type { Action, LinkPlan, LinkRulePlan, RunPlan } from '../../extension/scenario/plan.ts';
import { NotRecordable } from './not-recordable.ts';

/** What the cable tells by a packet's header alone (native/segments.c). */
const CLASSES: readonly SegmentClass[] = [
  'segment',
  'SYN',
  'SYN-ACK',
  'ACK',
  'FIN',
  'RST',
  'data segment',
  'retransmission',
  'window update',
  'zero window',
];

/** Type and code (RFC 792, RFC 1812 §5.2.7.1). */
const ICMP_CODES: Readonly<Record<IcmpMessageName, string>> = {
  'net unreachable': '3 0',
  'host unreachable': '3 1',
  'protocol unreachable': '3 2',
  'port unreachable': '3 3',
  'fragmentation needed': '3 4',
  'source route failed': '3 5',
  'net unknown': '3 6',
  'host unknown': '3 7',
  'host isolated': '3 8',
  'net prohibited': '3 9',
  'host prohibited': '3 10',
  'TOS net unreachable': '3 11',
  'TOS host unreachable': '3 12',
  'communication prohibited': '3 13',
  'precedence violation': '3 14',
  'precedence cutoff': '3 15',
  'source quench': '4 0',
  'time exceeded': '11 0',
  'parameter problem': '12 0',
};

/** A link and its boxes, from its first end on. @throws NotRecordable */
export function linkLines(plan: RunPlan, link: LinkPlan): string[] {
  const { name, ends, delay, settings = [], shared } = link;
  const boxes = boxesOn(plan, link);
  const delays = divide(
    delay,
    boxes.map(({ distance }) => ({ distance })),
  );
  return [
    `link ${name} ${ends[0]} ${ends[1]} ${delays.join(' ')}`,
    ...(shared === true
      ? [`shared ${name}`, ...reachableLines(plan, ends), ...reachableLines(plan, ends.toReversed())]
      : []),
    ...boxes.flatMap(boxLines),
    ...ends.map(
      (_, side) => `streams ${name} ${side} ${STREAMS.map((what) => hash32(plan.seed, name, side, what)).join(' ')}`,
    ),
    ...settings.map((setting) => settingWords(plan, link, setting)),
    ...settings.flatMap((setting) =>
      setting.kind === 'mtu' ? ends.map((host) => `mtu ${host} ${setting.bytes}`) : [],
    ),
  ];
}

/** What the engine draws for how long a neighbour counts as reachable: the recorder's kernel draws until it has the same. */
function reachableLines({ seed }: RunPlan, [host = '', neighbour = '']: readonly string[]): string[] {
  return [`reachable ${host} ${reachableDraw(seed, host, neighbour)}`];
}

/** Random streams of a direction (extension/engine/network/direction.ts), in the order of the script's words. */
const STREAMS = ['jitter', 'reordering', 'duplication', 'loss'];

function settingWords(plan: RunPlan, link: LinkPlan, setting: LinkSettingPlan): string {
  return `setting ${link.name} ${setting.from ?? '-'} ${setting.kind} ${settingValues(plan, link, setting)}`;
}

function settingValues(plan: RunPlan, link: LinkPlan, setting: LinkSetting): string {
  switch (setting.kind) {
    case 'delay':
      return divide(
        setting.delay,
        boxesOn(plan, link).map(({ distance }) => ({ distance })),
      ).join(' ');
    case 'bandwidth':
      return String(setting.rate);
    case 'queue':
      return `${setting.unit} ${setting.limit}`;
    case 'jitter':
      return String(setting.jitter);
    case 'loss':
    case 'duplication':
      return String(setting.chance);
    case 'reordering':
      return `${setting.chance} ${setting.by}`;
    case 'mtu':
      return String(setting.bytes);
  }
}

function boxesOn(plan: RunPlan, { name }: LinkPlan): readonly MiddleboxPlan[] {
  const own = (plan.middleboxes ?? []).filter(({ link }) => link === name);
  return own.every(({ distance }) => distance !== undefined)
    ? own.toSorted((a, b) => (a.distance ?? 0) - (b.distance ?? 0))
    : own;
}

function boxLines(box: MiddleboxPlan): string[] {
  const head = `${box.kind} ${box.name} ${box.link}`;
  switch (box.kind) {
    case 'router': {
      const { reports, mtu } = box;
      const line = reports === undefined ? head : `${head} ${ICMP_CODES[reports.message]} ${reports.after}`;
      return mtu === undefined ? [line] : [line, `carries ${box.name} ${mtu}`];
    }
    case 'firewall':
      // The latest is asked first.
      return [head, ...box.rules.toReversed().map((rule) => filterWords(box.name, rule))];
    case 'nat':
      return [`${head} ${box.idle ?? '-'} ${box.unknown}`];
  }
}

function filterWords(box: string, { effect, class: kind, from, port, until }: FilterPlan): string {
  const what = effect.kind === 'icmp' ? `icmp ${ICMP_CODES[effect.message]}` : effect.kind;
  return `filter ${box} ${classWord(kind)} ${from ?? '-'} ${port ?? 0} ${until ?? '-'} ${what}`;
}

function classWord(kind: SegmentClass): string {
  if (!CLASSES.includes(kind)) throw new NotRecordable(`a rule about “${kind}”, which a header does not tell`);
  return kind.replaceAll(' ', '-');
}

/** A statement about a link or a box; undefined when it is about neither. @throws NotRecordable */
export function networkWords(plan: RunPlan, action: Action): string | undefined {
  switch (action.kind) {
    case 'link-cut':
    case 'link-restore': {
      const verb = action.kind === 'link-cut' ? 'cut' : 'restore';
      return `${verb} ${action.link} ${action.from ?? '-'} ${stretchOf(plan, action)}`;
    }
    case 'link-change': {
      const link = plan.links.find(({ name }) => name === action.link);
      if (link === undefined) throw new Error(`No link ${action.link}`);
      const { from, setting } = action;
      const routers = boxesOn(plan, link).filter(({ kind }) => kind === 'router');
      if (setting.kind === 'mtu' && routers.length > 0) return mtuBehind(routers, setting.bytes);
      return settingWords(plan, link, { ...setting, ...(from === undefined ? {} : { from }) });
    }
    case 'link-rule':
      return `rule ${action.link} ${action.from ?? '-'} ${ruleWords(action)}`;
    case 'firewall-rule':
      return filterWords(action.middlebox, action);
    case 'firewall-open':
      return `open ${action.middlebox}`;
    case 'router-report':
      return `report ${action.middlebox} ${ICMP_CODES[action.message]} ${action.host ?? '-'}`;
    case 'router-forward':
      return `forward ${action.middlebox}`;
    case 'nat-forget':
      return `forget ${action.middlebox} ${action.connection ?? '-'}`;
    default:
      return undefined;
  }
}

/** By default the last one, seen from the link's first end. */
function stretchOf(plan: RunPlan, { link, between }: Extract<Action, { kind: 'link-cut' | 'link-restore' }>): number {
  const found = plan.links.find(({ name }) => name === link);
  if (found === undefined) throw new Error(`No link ${link}`);
  const boxes = boxesOn(plan, found).map(({ name }) => name);
  if (between === undefined) return boxes.length;
  const names = [found.ends[0], ...boxes, found.ends[1]];
  return names.findIndex((name, i) => between.includes(name) && between.includes(names[i + 1] ?? ''));
}

function ruleWords({ effect, class: kind, which, until }: LinkRulePlan): string {
  const by = effect.kind === 'delay' ? effect.by : 0;
  const count = which.kind === 'next' ? which.count : which.kind === 'number' ? which.number : 0;
  return `${effect.kind} ${by} ${classWord(kind)} ${which.kind} ${count} ${until ?? '-'}`;
}

/** The MTU of a link that changes is that of the way behind its router. @throws NotRecordable */
function mtuBehind([router, another]: readonly MiddleboxPlan[], bytes: number): string {
  if (router === undefined || another !== undefined) throw new NotRecordable('an MTU behind several routers');
  return `carries ${router.name} ${bytes}`;
}
