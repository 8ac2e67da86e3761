import { formatDuration, MILLISECOND } from '../../base/time.ts';
import { isAtLeast, type KernelVersion, parseVersion } from '../../scenario/kernel-version.ts';
import type { BehaviourPlan, HostPlan, LinkPlan, ProcessPlan } from '../../scenario/plan.ts';
import type { LinkSettingPlan } from '../../scenario/link-setting.ts';
import {
  SYSCTLS,
  type SysctlDefinition,
  type SysctlName,
  type SysctlValue,
  type SysctlValues,
} from '../../scenario/sysctl.ts';
import type * as ast from '../generated/ast.ts';
import { nearest } from '../names/suggestion.ts';
import { rangeOf, rangeOfHeading, rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { optionValue } from './actions.ts';
import { forksOf } from './connection-ends.ts';
import { knobText, knobValue } from './knob-value.ts';
import { compileLinkSetting, isHostSetting, isLinkSetting } from './link-settings.ts';
import { compileRoutes } from './route-metrics.ts';
import type { RunScope } from './run-scope.ts';

/** Hosts with their kernels and knobs, later settings over earlier ones. */
export function compileHosts(scope: RunScope): HostPlan[] {
  const hosts = scope.names.allOf('host').map((host) => ({ host, settings: settingsOf(scope, host) }));
  const taken = new Map<string, string>();
  for (const { host, settings } of hosts) {
    const setting = settings.findLast((candidate) => candidate.$type === 'Address');
    if (setting === undefined) continue;
    const owner = taken.get(setting.address);
    if (owner !== undefined) scope.problems.add(messages.sameAddress(setting.address, owner), rangeOf(setting));
    taken.set(setting.address, host.name);
  }
  return hosts.map(({ host, settings }, index) => {
    const written = settings.findLast((setting) => setting.$type === 'Address');
    const address = written === undefined ? freeAddress(taken, host.name, index) : parseAddress(scope, written);
    const kernelSetting = settings.findLast((setting) => setting.$type === 'Kernel');
    const kernel = kernelSetting ? parseKernel(scope, kernelSetting) : DEFAULT_KERNEL;
    const hzSetting = settings.findLast((setting) => setting.$type === 'Hz');
    const hz = hzSetting ? scope.values.count(hzSetting.value, { min: 100, max: 1000 }) : DEFAULT_HZ;
    const timers = settings.findLast((setting) => setting.$type === 'Timers')?.mode;
    const ports = settings.findLast((setting) => setting.$type === 'PortRange');
    const range = ports && compilePortRange(scope, ports);
    const routes = compileRoutes(
      scope,
      host.name,
      settings.filter((setting) => setting.$type === 'RouteMetric'),
    );
    const sysctls: Partial<SysctlValues> = {};
    for (const setting of settings) {
      if (setting.$type !== 'Sysctl') continue;
      const knob = compileSysctl(scope, setting, kernel ?? DEFAULT_KERNEL);
      if (knob !== undefined) Object.assign(sysctls, { [knob.name]: knob.value });
    }
    return {
      name: host.name,
      address,
      kernel: kernel ?? DEFAULT_KERNEL,
      hz: hz ?? DEFAULT_HZ,
      ...(timers === 'wheel' ? { timers } : {}),
      sysctls,
      ...(range === undefined ? {} : { portRange: range }),
      ...(routes.length === 0 ? {} : { routes }),
      range: rangeOfHeading(host, 'name'),
    };
  });
}

/** Links between two different hosts. */
export function compileLinks(scope: RunScope): LinkPlan[] {
  const known = new Map<string, ast.LinkDecl>();
  return scope.names.allOf('link').map((link) => {
    const a = scope.names.find('host', link.hostA, link, 'hostA');
    const b = scope.names.find('host', link.hostB, link, 'hostB');
    if (a !== undefined && a === b) scope.problems.add(messages.linkToItself(), rangeOfProperty(link, 'hostB'));
    const pair = [link.hostA, link.hostB].sort().join(' ');
    const earlier = known.get(pair);
    if (earlier === undefined) known.set(pair, link);
    else reportSecondLink(scope, link, earlier);
    const outside = scope.settings.filter(({ owner }) => owner === link.name).map(({ setting }) => setting);
    let delay = DEFAULT_DELAY;
    const others: LinkSettingPlan[] = [];
    const all = [...link.settings, ...outside];
    const isShared = all.some(({ $type }) => $type === 'SharedSegment');
    for (const node of all.filter(isLinkSetting)) {
      const setting = compileLinkSetting(scope, link, node);
      if (setting?.kind === 'delay' && setting.from === undefined) delay = setting.delay;
      else if (setting !== undefined) others.push(setting);
    }
    const mtu = others.findLast((setting) => setting.kind === 'mtu');
    const settings = others.filter((setting) => setting.kind !== 'mtu' || setting === mtu);
    return {
      name: link.name,
      ends: [link.hostA, link.hostB],
      delay,
      ...(settings.length === 0 ? {} : { settings }),
      ...(isShared ? { shared: true } : {}),
      range: rangeOfHeading(link, 'hostB'),
    };
  });
}

function reportSecondLink(scope: RunScope, link: ast.LinkDecl, earlier: ast.LinkDecl): void {
  const range = rangeOfHeading(earlier, 'hostB');
  const text = messages.secondLink(link.name, earlier.name, [link.hostA, link.hostB], range.start.line + 1);
  const related = { message: messages.firstLink(earlier.name), range };
  scope.problems.add({ ...text, related }, rangeOfHeading(link, 'hostB'));
}

/** Processes with what they do differently. Of two behaviours in one matter the later one counts. */
export function compileProcesses(scope: RunScope): ProcessPlan[] {
  const untimed = scope.statements.filter((statement) => statement.$type === 'BehaviourStatement');
  for (const statement of untimed) scope.names.find('process', statement.process, statement, 'process');
  const children = new Set(forksOf(scope).map(({ action }) => action.child));
  return scope.names.allOf('process').map((process) => {
    scope.names.find('host', process.host, process, 'host');
    const own = untimed.filter((statement) => statement.process === process.name);
    const behaviours = new Map<string, BehaviourPlan>();
    for (const behaviour of [...process.behaviours, ...own.map((statement) => statement.behaviour)]) {
      const plan = compileBehaviour(scope, behaviour);
      if (plan === undefined) continue;
      const matter = plan.kind === 'uses-option' ? plan.option : MATTERS[behaviour.$type];
      behaviours.delete(matter);
      behaviours.set(matter, plan);
    }
    return {
      name: process.name,
      host: process.host,
      behaviours: [...behaviours.values()],
      ...(children.has(process.name) ? { forked: true } : {}),
      range: rangeOfHeading(process, 'host'),
    };
  });
}

function compileBehaviour(scope: RunScope, node: ast.Behaviour): BehaviourPlan | undefined {
  const range = rangeOf(node);
  switch (node.$type) {
    case 'IgnoresEof':
      return { kind: 'ignores-eof', range };
    case 'NeverReads':
      return { kind: 'never-reads', range };
    case 'NeverAccepts':
      return { kind: 'never-accepts', range };
    case 'ReadsSlowly': {
      const bytes = scope.values.size(node.size, { min: 1 });
      const interval = scope.values.duration(node.interval, { min: 1 });
      return bytes === undefined || interval === undefined
        ? undefined
        : { kind: 'reads-slowly', bytes, interval, range };
    }
    case 'UsesOption': {
      const set = optionValue(scope, node);
      return set && { kind: 'uses-option', ...set, range };
    }
    case 'AcceptsEvery': {
      const interval = scope.values.duration(node.interval, { min: 1 });
      return interval === undefined ? undefined : { kind: 'accepts-every', interval, range };
    }
    case 'ClosesAfterEof': {
      const delay = scope.values.duration(node.delay);
      return delay === undefined ? undefined : { kind: 'closes-after-eof', delay, range };
    }
    case 'ClosesIdle': {
      const idle = scope.values.duration(node.idle, { min: 1 });
      return idle === undefined ? undefined : { kind: 'closes-idle', idle, range };
    }
    case 'NeverBlocks':
      return { kind: 'never-blocks', range };
    case 'DiesOfSigpipe':
      return { kind: 'dies-of-sigpipe', range };
    case 'Answers': {
      const request = scope.values.size(node.request);
      const response = scope.values.size(node.response);
      const delay = node.delay && scope.values.duration(node.delay);
      if (request === undefined || response === undefined || (node.delay !== undefined && delay === undefined)) {
        return undefined;
      }
      return { kind: 'answers', request, response, ...(delay === undefined ? {} : { delay }), range };
    }
    case 'Greets': {
      const bytes = scope.values.size(node.size);
      return bytes === undefined ? undefined : { kind: 'greets', bytes, range };
    }
    case 'Streams': {
      const bytes = scope.values.size(node.size);
      const interval = scope.values.duration(node.interval, { min: 1 });
      return bytes === undefined || interval === undefined ? undefined : { kind: 'streams', bytes, interval, range };
    }
    case 'Reconnects': {
      const delay = scope.values.duration(node.delay, { min: 1 });
      return delay === undefined ? undefined : { kind: 'reconnects', delay, range };
    }
  }
}

/** What a behaviour is about: a later one about the same replaces it. */
const MATTERS: Readonly<Record<ast.Behaviour['$type'], string>> = {
  IgnoresEof: 'eof',
  ClosesAfterEof: 'eof',
  NeverReads: 'reading',
  NeverAccepts: 'accepting',
  NeverBlocks: 'blocking',
  DiesOfSigpipe: 'signals',
  AcceptsEvery: 'accepting',
  Answers: 'answering',
  Greets: 'greeting',
  Streams: 'streaming',
  Reconnects: 'reconnecting',
  ClosesIdle: 'idling',
  ReadsSlowly: 'reading',
  UsesOption: 'options',
};

function settingsOf(scope: RunScope, host: ast.HostDecl): ast.HostSetting[] {
  const outside = scope.settings.filter(({ owner }) => owner === host.name).map(({ setting }) => setting);
  return [...host.settings, ...outside.filter(isHostSetting)];
}

function compileSysctl(
  scope: RunScope,
  node: ast.Sysctl,
  kernel: KernelVersion,
): { name: SysctlName; value: SysctlValue } | undefined {
  if (!Object.hasOwn(SYSCTLS, node.knob)) {
    const suggestion = nearest(node.knob, Object.keys(SYSCTLS));
    return void scope.problems.add(messages.unknownSysctl(node.knob, suggestion), rangeOfProperty(node, 'knob'));
  }
  const name = node.knob as SysctlName;
  const knob: SysctlDefinition = SYSCTLS[name];
  if (knob.since !== undefined && isOlder(kernel, knob.since)) {
    const text = messages.sysctlTooNew(name, knob.since, `linux-${kernel.join('.')}`);
    return void scope.problems.add(text, rangeOfProperty(node, 'knob'));
  }
  const { parts } = knob;
  const nodes = [node.value, ...node.more];
  if (nodes.length !== (parts?.length ?? 1)) {
    const text = parts === undefined ? messages.oneValue(name) : messages.severalValues(name, parts, knobText(knob));
    return void scope.problems.add(text, rangeOf(nodes[parts?.length ?? 1] ?? node));
  }
  const values = nodes.map((value) => knobValue(scope, name, knob, value)).filter((value) => value !== undefined);
  const [first] = values;
  if (values.length < nodes.length || first === undefined) return undefined;
  return { name, value: parts === undefined ? first : values };
}

/** The first and the last port that connect() may choose. */
function compilePortRange(scope: RunScope, node: ast.PortRange): readonly [number, number] | undefined {
  const first = scope.values.count(node.first, { min: 1, max: 65_535 });
  const last = scope.values.count(node.last, { min: first ?? 1, max: 65_535 });
  return first === undefined || last === undefined ? undefined : [first, last];
}

function isOlder(version: KernelVersion, since: string): boolean {
  const first = parseVersion(since);
  return first !== undefined && !isAtLeast(version, first);
}

function parseKernel(scope: RunScope, node: ast.Kernel): KernelVersion | undefined {
  const version = node.version.startsWith('linux-') ? parseVersion(node.version) : undefined;
  return version ?? void scope.problems.add(messages.badKernel(), rangeOfProperty(node, 'version'));
}

function parseAddress(scope: RunScope, node: ast.Address): string {
  const bytes = node.address.split('.');
  const legal = bytes.length === 4 && bytes.every((byte) => /^\d{1,3}$/.test(byte) && Number(byte) < 256);
  if (!legal) scope.problems.add(messages.badAddress(), rangeOfProperty(node, 'address'));
  return bytes.map(Number).join('.');
}

function freeAddress(taken: Map<string, string>, host: string, index: number): string {
  for (let n = index + 1; ; n++) {
    const address = `10.0.${Math.floor(n / 254)}.${(n % 254) + (n >= 254 ? 1 : 0)}`;
    if (taken.has(address)) continue;
    taken.set(address, host);
    return address;
  }
}

const DEFAULT_KERNEL: KernelVersion = [6, 12];
const DEFAULT_HZ = 1000;
const DEFAULT_DELAY = 5 * MILLISECOND;

/** For those who explain: the delay of a link that says nothing about it. */
export const DEFAULT_DELAY_TEXT = formatDuration(DEFAULT_DELAY);
