/**
 * Where names stand in the tree, and what each stands for. The one table behind unknown names, completion, go to definition,
 * references and rename: a new statement with a name in it adds its row here.
 */
import type { SysctlName } from '../../scenario/sysctl.ts';
import { SYSCTLS } from '../../scenario/sysctl.ts';
import type { AstNode } from '../langium.ts';
import type * as ast from '../generated/ast.ts';
import type { NameKind } from './name-kind.ts';

export interface NameSite {
  readonly node: AstNode;
  readonly property: string;
  /** Place in a list property. */
  readonly index?: number;
  readonly name: string;
  /** Several where the language leaves it open: a bare name as a time is a value or a moment. */
  readonly kinds: readonly NameKind[];
  readonly declares: boolean;
}

/** Keyed `Type.property`. */
export const DECLARATIONS: Readonly<Record<string, NameKind>> = {
  'HostDecl.name': 'host',
  'LinkDecl.name': 'link',
  'MiddleboxDecl.name': 'middlebox',
  'ProcessDecl.name': 'process',
  'Connects.opened': 'connection',
  'Timed.moment': 'moment',
  'Let.name': 'value',
  'Part.name': 'part',
};

export const REFERENCES: Readonly<Record<string, NameKind>> = {
  'LinkDecl.hostA': 'host',
  'LinkDecl.hostB': 'host',
  'ProcessDecl.host': 'host',
  'MiddleboxDecl.link': 'link',
  'Stands.host': 'host',
  'DropsTraffic.host': 'host',
  'RejectsTraffic.host': 'host',
  'Reports.host': 'host',
  'LosesCarrier.link': 'link',
  'RegainsCarrier.link': 'link',
  'FillsQueue.link': 'link',
  'RouteMetric.host': 'host',
  'LosesRoute.host': 'host',
  'RegainsRoute.host': 'host',
  'Forgets.connection': 'connection',
  'BehaviourStatement.process': 'process',
  'When.connection': 'connection',
  'When.host': 'host',
  'Connects.host': 'host',
  'Cut.host': 'host',
  'Restored.host': 'host',
  'Delay.host': 'host',
  'Bandwidth.host': 'host',
  'QueueLimit.host': 'host',
  'Jitter.host': 'host',
  'LossChance.host': 'host',
  'DuplicationChance.host': 'host',
  'ReorderingChance.host': 'host',
  'NextSegments.host': 'host',
  'EverySegment.host': 'host',
  'NumberedSegment.host': 'host',
  'Sends.connection': 'connection',
  'Heartbeats.connection': 'connection',
  'Closes.connection': 'connection',
  'ShutsDownWriting.connection': 'connection',
  'ShutsDownReading.connection': 'connection',
  'Polls.connection': 'connection',
  'AsksForError.connection': 'connection',
  'ConnectsAgain.connection': 'connection',
  'Forks.child': 'process',
  'SetsOption.connection': 'connection',
  'StopsReading.connection': 'connection',
  'ResumesReading.connection': 'connection',
  'CountClaim.host': 'host',
  'CountClaim.link': 'link',
  'OnHost.host': 'host',
  'CallOutcome.connection': 'connection',
  'GivesUp.connection': 'connection',
  'MomentReference.name': 'moment',
  'NameReference.name': 'value',
  'Variant.parts': 'part',
};

type ActionType = ast.Action['$type'];

/** Who can do what: the kind of name before each action. */
export const ACTION_SUBJECTS: Readonly<Record<ActionType, NameKind>> = {
  LosesPower: 'host',
  Boots: 'host',
  ShutsDown: 'host',
  Reboots: 'host',
  Freezes: 'host',
  Resumes: 'host',
  LosesCarrier: 'host',
  RegainsCarrier: 'host',
  FillsQueue: 'host',
  LosesRoute: 'host',
  RegainsRoute: 'host',
  Reports: 'middlebox',
  ForwardsAgain: 'middlebox',
  DropsTraffic: 'middlebox',
  RejectsTraffic: 'middlebox',
  LetsThrough: 'middlebox',
  Forgets: 'middlebox',
  Cut: 'link',
  Restored: 'link',
  Drops: 'link',
  Duplicates: 'link',
  Delays: 'link',
  HasSetting: 'link',
  Killed: 'process',
  Exits: 'process',
  Starts: 'process',
  Forks: 'process',
  Listens: 'process',
  StopsAccepting: 'process',
  ResumesAccepting: 'process',
  Connects: 'process',
  Sends: 'process',
  Heartbeats: 'process',
  Closes: 'process',
  ShutsDownWriting: 'process',
  ShutsDownReading: 'process',
  Polls: 'process',
  AsksForError: 'process',
  ConnectsAgain: 'process',
  SetsOption: 'process',
  StopsReading: 'process',
  ResumesReading: 'process',
};

/** Of whom an expectation can say what. */
export const CLAIM_SUBJECTS: Readonly<Record<ast.Claim['$type'], NameKind>> = {
  OnHost: 'connection',
  SendsSegment: 'host',
  CallOutcome: 'process',
  AcceptQueue: 'process',
  GivesUp: 'process',
};

/** What a setting belongs to. */
export const SETTING_OWNERS: Readonly<
  Record<(ast.HostSetting | ast.LinkSetting | ast.SharedSegment)['$type'], 'host' | 'link'>
> = {
  Address: 'host',
  Kernel: 'host',
  Hz: 'host',
  Timers: 'host',
  PortRange: 'host',
  Sysctl: 'host',
  RouteMetric: 'host',
  Delay: 'link',
  Bandwidth: 'link',
  QueueLimit: 'link',
  Jitter: 'link',
  LossChance: 'link',
  DuplicationChance: 'link',
  ReorderingChance: 'link',
  Mtu: 'link',
  SharedSegment: 'link',
};

/** The names that stand in the properties of `node` itself, not of its children. */
export function namesIn(node: AstNode): NameSite[] {
  const sites: NameSite[] = [];
  if (isKnobWord(node)) return sites;
  const put = (property: string, kinds: readonly (NameKind | undefined)[], declares: boolean): void => {
    const value = (node as unknown as Record<string, unknown>)[property];
    const known = kinds.filter((kind) => kind !== undefined);
    if (typeof value === 'string' && known.length > 0) {
      sites.push({ node, property, name: value, kinds: known, declares });
    } else if (Array.isArray(value)) {
      value.forEach((name: unknown, index) => {
        if (typeof name === 'string') sites.push({ node, property, index, name, kinds: known, declares });
      });
    }
  };
  for (const { property, kind, declares } of BY_TYPE.get(node.$type) ?? []) {
    const kinds: NameKind[] = node.$type === 'NameReference' && isBareTime(node) ? ['value', 'moment'] : [kind];
    put(property, kinds, declares);
  }
  switch (node.$type) {
    case 'Cut':
    case 'Restored':
      put('one', ['middlebox', 'host'], false);
      put('other', ['middlebox', 'host'], false);
      break;
    // Of a line that could not be read there may be a part only: what the types promise need not be there.
    case 'Timed': {
      const { action } = node as Partial<ast.Timed>;
      put('subject', [action && ACTION_SUBJECTS[action.$type]], false);
      break;
    }
    case 'Expect':
    case 'Happening': {
      const { claim } = node as Partial<ast.Expect | ast.Happening>;
      put('about', [claim && CLAIM_SUBJECTS[claim.$type]], false);
      break;
    }
    case 'SettingStatement': {
      const { setting } = node as Partial<ast.SettingStatement>;
      put('owner', [setting && SETTING_OWNERS[setting.$type]], false);
      break;
    }
  }
  return sites;
}

/** Whether a name is the word that a sysctl is set to, not the name of a value: `tcp_congestion_control = reno`. */
function isKnobWord(node: AstNode): boolean {
  const sysctl = node.$container?.$container?.$container as ast.Sysctl | undefined;
  return node.$type === 'NameReference' && sysctl?.$type === 'Sysctl' && isWordKnob(sysctl.knob);
}

function isWordKnob(name: string): boolean {
  return Object.hasOwn(SYSCTLS, name) && SYSCTLS[name as SysctlName].unit === 'congestion-control';
}

/** Whether a name is all there is of a time: `at fault`, where `fault` may be a moment. */
function isBareTime(node: AstNode): boolean {
  const time = node.$container?.$container?.$container as ast.TimeReference | undefined;
  if (time?.$type !== 'TimeReference' || time.offset === undefined || time.direction !== undefined) return false;
  return bareName(time.offset) === node;
}

/** The name that an expression consists of, if that is all. */
export function bareName(expression: ast.Expression): ast.NameReference | undefined {
  const factor = expression.terms[0]?.factors[0];
  const single = expression.terms.length === 1 && expression.terms[0]?.factors.length === 1;
  return single && factor?.$type === 'NameReference' ? factor : undefined;
}

const BY_TYPE = new Map<string, { property: string; kind: NameKind; declares: boolean }[]>();
for (const [table, declares] of [
  [DECLARATIONS, true],
  [REFERENCES, false],
] as const) {
  for (const [key, kind] of Object.entries(table)) {
    const [type = '', property = ''] = key.split('.');
    BY_TYPE.set(type, [...(BY_TYPE.get(type) ?? []), { property, kind, declares }]);
  }
}
