/** Plans made by hand, and what a trace says about them in lines that a person can read. */
import { play } from '../../../extension/engine/play.ts';
import type { Action, ActionPlan, BehaviourPlan, RunPlan, TriggerPlan } from '../../../extension/scenario/plan.ts';
import type { SocketOptionName } from '../../../extension/scenario/socket-option.ts';
import type { SysctlValues } from '../../../extension/scenario/sysctl.ts';
import type { EventOf } from '../../../extension/trace/event.ts';
import type { VariableName } from '../../../extension/trace/schema.ts';
import { ACK, FIN, PSH, RST, SYN, VARIABLES } from '../../../extension/trace/schema.ts';
import type { Trace } from '../../../extension/trace/trace.ts';

export const SECOND = 1_000_000;
const RANGE = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

type WithoutRange<T> = T extends { readonly range: unknown } ? Omit<T, 'range'> : never;

export type Statement = { readonly trigger: TriggerPlan; readonly moment?: string } & Action;

export interface PlanOptions {
  /** One way, ms. */
  readonly delayMs?: number;
  readonly client?: Partial<SysctlValues>;
  readonly server?: Partial<SysctlValues>;
  readonly kernel?: readonly [number, number];
  readonly hz?: number;
  readonly app?: readonly WithoutRange<BehaviourPlan>[];
  readonly web?: readonly WithoutRange<BehaviourPlan>[];
  /** Seconds. */
  readonly until?: number;
  readonly seed?: number;
  /** A third process, `worker` on the server, that runs once it is forked. */
  readonly worker?: boolean;
  /** `ip_local_port_range` of both hosts. */
  readonly portRange?: readonly [number, number];
  /** Neither listen nor connect: the statements do it. */
  readonly bare?: boolean;
}

export function at(seconds: number, action: Action): Statement {
  return { trigger: { kind: 'at', time: Math.round(seconds * SECOND) }, ...action };
}

export const listen: Action = { kind: 'listen', process: 'web', port: 80, reuseAddress: true };
export const connect: Action = { kind: 'connect', process: 'app', host: 'server', port: 80, connection: 'conn' };
export const send = (process: 'app' | 'web', bytes: number): Action => ({
  kind: 'send',
  process,
  connection: 'conn',
  bytes,
});
export const close = (process: 'app' | 'web'): Action => ({ kind: 'close', process, connection: 'conn' });
export const kill = (process: 'app' | 'web'): Action => ({ kind: 'process-kill', process });
export const powerLoss = (host: 'client' | 'server'): Action => ({ kind: 'host-power-loss', host });
export const boot = (host: 'client' | 'server'): Action => ({ kind: 'host-boot', host });
export const cut = (from?: 'client' | 'server'): Action => ({
  kind: 'link-cut',
  link: 'wire',
  ...(from === undefined ? {} : { from }),
});
export const restore = (from?: 'client' | 'server'): Action => ({
  kind: 'link-restore',
  link: 'wire',
  ...(from === undefined ? {} : { from }),
});
export const setOption = (process: 'app' | 'web', option: SocketOptionName, value: number): Action => ({
  kind: 'set-option',
  process,
  connection: 'conn',
  option,
  value,
});

/** `app` on `client` connects at 10 ms to `web` on `server`, round trip 10 ms: established at 20 ms and 25 ms. */
export function planOf(statements: readonly Statement[], options: PlanOptions = {}): RunPlan {
  const host = (name: string, address: string, sysctls: Partial<SysctlValues> = {}): RunPlan['hosts'][number] => ({
    name,
    address,
    kernel: options.kernel ?? [6, 12],
    hz: options.hz ?? 1000,
    sysctls,
    ...(options.portRange === undefined ? {} : { portRange: options.portRange }),
    range: RANGE,
  });
  const behaviours = (list: readonly WithoutRange<BehaviourPlan>[] = []): readonly BehaviourPlan[] =>
    list.map((behaviour) => ({ ...behaviour, range: RANGE }));
  const opening = options.bare === true ? [] : [at(0, listen), at(0.01, connect)];
  return {
    scenario: { en: 'test' },
    range: RANGE,
    hosts: [host('client', '10.0.0.1', options.client), host('server', '10.0.0.2', options.server)],
    links: [
      { name: 'wire', ends: ['client', 'server'], delay: Math.round((options.delayMs ?? 5) * 1000), range: RANGE },
    ],
    processes: [
      { name: 'web', host: 'server', behaviours: behaviours(options.web), range: RANGE },
      { name: 'app', host: 'client', behaviours: behaviours(options.app), range: RANGE },
      ...(options.worker === true
        ? [{ name: 'worker', host: 'server', behaviours: behaviours(), forked: true, range: RANGE }]
        : []),
    ],
    actions: [...opening, ...statements].map((statement): ActionPlan => ({ ...statement, range: RANGE, text: '' })),
    expectations: [],
    ...(options.until === undefined ? {} : { until: options.until * SECOND }),
    seed: options.seed ?? 1,
  };
}

export function run(statements: readonly Statement[], options: PlanOptions = {}): Trace {
  return play(planOf(statements, options));
}

/** `2.21 PA 1+100 ack 1 tail-loss-probe`: what `host` sent. */
export function sent(trace: Trace, host: string, from = 0): string[] {
  return select(trace, 'segment.sent', from)
    .filter((event) => trace.placeName(event.from) === host)
    .map((event) => `${seconds(event.time)} ${segmentText(trace, event)}`);
}

export function segmentText(trace: Trace, event: EventOf<'segment.sent'>): string {
  const { seq, ack } = trace.relative(event);
  return describe({ flags: event.flags, seq, length: event.length, ack }, event.purpose);
}

/** `PA 1+100 ack 1 data`. */
export function describe(
  { flags, seq, length, ack }: { flags: number; seq: number; length: number; ack: number },
  purpose: string,
): string {
  const letters = flagLetters(flags);
  return `${letters} ${seq}${length > 0 ? `+${length}` : ''}${letters.includes('A') ? ` ack ${ack}` : ''} ${purpose}`;
}

const LETTERS = [
  ['F', FIN],
  ['S', SYN],
  ['R', RST],
  ['P', PSH],
  ['A', ACK],
] as const;

export function flagLetters(flags: number): string {
  return LETTERS.map(([letter, bit]) => ((flags & bit) === 0 ? '' : letter)).join('');
}

export function flagBits(letters: string): number {
  return LETTERS.reduce((bits, [letter, bit]) => (letters.includes(letter) ? bits | bit : bits), 0);
}

/** `1.005 CLOSE_WAIT`: the states that the end on `host` entered. */
export function states(trace: Trace, host: string, from = 0): string[] {
  return select(trace, 'tcp.state', from)
    .filter((event) => hostOf(trace, event.place) === host)
    .map((event) => `${seconds(event.time)} ${event.to}`);
}

/** `2 send EPIPE`, `1.005 recv 0`: what the calls of `process` returned. */
export function calls(trace: Trace, process: string, from = 0): string[] {
  return select(trace, 'call.returned', from)
    .filter((event) => trace.placeName(event.process) === process)
    .map((event) => `${seconds(event.time)} ${event.call} ${event.errno === 'OK' ? event.value : event.errno}`);
}

/** `935.04 timed-out`: why and when ends of `host` went. */
export function gone(trace: Trace, host: string): string[] {
  return select(trace, 'end.gone', 0)
    .filter((event) => hostOf(trace, event.place) === host)
    .map((event) => `${seconds(event.time)} ${event.reason}`);
}

/** All values that a variable of the end on `host` took, in order. */
export function variable(trace: Trace, host: string, name: VariableName): number[] {
  const index = VARIABLES.indexOf(name);
  return [...trace.eventsOf('tcp.variables')]
    .filter((event) => hostOf(trace, event.place) === host)
    .flatMap(({ changes }) =>
      changes.flatMap((value, i) => (i % 2 === 0 && value === index ? [changes[i + 1] ?? 0] : [])),
    );
}

export function hostOf(trace: Trace, place: number): string {
  const found = trace.places[place];
  if (found?.kind === 'end' || found?.kind === 'process') return trace.placeName(found.host);
  return trace.placeName(place);
}

function select<K extends 'segment.sent' | 'tcp.state' | 'call.returned' | 'end.gone'>(
  trace: Trace,
  kind: K,
  from: number,
): EventOf<K>[] {
  return [...trace.eventsOf(kind)].filter((event) => event.time >= from * SECOND);
}

export function seconds(time: number): string {
  return String(time / SECOND);
}
