/** A plan in the words that the recorder's C program reads (see README.md). */
import type { Micros } from '../../extension/base/time.ts';
import { play } from '../../extension/engine/play.ts';
import type { ActionPlan, BehaviourPlan, HostPlan, RunPlan } from '../../extension/scenario/plan.ts';
import type { SocketOptionName } from '../../extension/scenario/socket-option.ts';
import { congestionControlOf, sysctlValues } from '../../extension/scenario/sysctl.ts';
import { NotRecordable } from './not-recordable.ts';
import { BUFFERS } from './recorded-host.ts';
import { secretLines } from './script-secrets.ts';
import { linkLines, networkWords } from './script-network.ts';

/** What hosts have in common with the kernel that the engine models, whatever this machine is set to. */
const COMMON_SYSCTLS: readonly (readonly [path: string, value: string])[] = [
  ['ipv4/tcp_rmem', BUFFERS.tcp_rmem.join(' ')],
  ['ipv4/tcp_wmem', BUFFERS.tcp_wmem.join(' ')],
  ['ipv4/tcp_no_metrics_save', '1'],
  ['ipv6/conf/all/disable_ipv6', '1'],
];

/** Knobs that all namespaces share. */
const MACHINE_SYSCTLS = { tcp_max_orphans: 'ipv4', rmem_max: 'core', wmem_max: 'core' } as const;

/** Recordings begin at a multiple of so many jiffies: the granule of timers of up to 32,256 jiffies (129 s at HZ 250). */
const ALIGN = 512;

/** Whether a host answers with a SYN cookie, which counts whole minutes: the engine's begin with the run. */
function makesCookies(plan: RunPlan): boolean {
  return [...play(plan).eventsOf('segment.sent')].some(({ reason }) => reason === 'syn-cookie');
}

/** Up to Linux 6.13 the age of a TIME_WAIT entry counts in whole seconds (`tcp_twsk_unique`): the engine's begin with the run. */
function reusesTimeWait({ hosts }: RunPlan): boolean {
  return hosts.some(({ sysctls }) => sysctls.tcp_tw_reuse === 1);
}

/** What else the start is at the beginning of. */
function stepOf(plan: RunPlan): '' | ' minute' | ' second' {
  if (makesCookies(plan)) return ' minute';
  return reusesTimeWait(plan) ? ' second' : '';
}

/** Whether a plan needs a knob that all namespaces share: then nothing else should be recorded meanwhile. */
export function turnsMachineKnobs(plan: RunPlan): boolean {
  return plan.hosts.some(({ sysctls }) => Object.keys(MACHINE_SYSCTLS).some((knob) => knob in sysctls));
}

/** @throws NotRecordable with the reason */
export function scriptOf(plan: RunPlan, end: Micros): string {
  return [
    `end ${end}`,
    `align ${ALIGN}${stepOf(plan)}`,
    ...plan.hosts.map(({ name, address }) => `host ${name} ${address}${traitsOf(plan, name)}`),
    ...secretLines(plan),
    ...machineLines(plan),
    ...plan.hosts.map(congestionLine),
    ...plan.hosts.flatMap(sysctlLines),
    ...plan.hosts.flatMap((host) => routeLines(plan, host)),
    ...plan.links.flatMap((link) => linkLines(plan, link)),
    ...plan.processes.map(({ name, host, forked }) => `process ${name} ${host}${forked === true ? ' forked' : ''}`),
    ...plan.processes.flatMap(({ name, behaviours }) =>
      behaviours.map((behaviour) => `behaviour ${name} ${behaviourWords(behaviour)}`),
    ),
    ...plan.actions.flatMap((action, index) => actionLines(plan, action, index, end)),
    '',
  ].join('\n');
}

/** What its device must be able to do. */
function traitsOf(plan: RunPlan, host: string): string {
  const fillsQueue = plan.actions.some((action) => action.kind === 'host-queue' && action.host === host);
  const losesRoutes = plan.actions.some((action) => action.kind === 'host-route' && action.host === host);
  return `${needsEthernet(plan, host) ? ' ethernet' : ''}${fillsQueue ? ' queue' : ''}${losesRoutes ? ' routes' : ''}`;
}

/** Whether a host must have hardware addresses and a cable of its own; or be watched, since it talks to itself. */
function needsEthernet({ links, processes, actions }: RunPlan, host: string): boolean {
  const isShared = links.some(({ ends, shared }) => shared === true && ends.includes(host));
  return (
    isShared ||
    actions.some(
      (action) =>
        (action.kind === 'host-carrier' && action.host === host) ||
        (action.kind === 'connect' &&
          action.host === host &&
          processes.some(({ name, host: own }) => name === action.process && own === host)),
    )
  );
}

/** @throws NotRecordable where hosts of one machine would need different values */
function machineLines({ hosts }: RunPlan): string[] {
  return Object.entries(MACHINE_SYSCTLS).flatMap(([knob, folder]) => {
    const values = new Set(hosts.flatMap(({ sysctls }) => sysctls[knob as keyof typeof MACHINE_SYSCTLS] ?? []));
    if (values.size > 1) throw new NotRecordable(`${knob}, of which the machine has one for all hosts`);
    return [...values].map((value) => `machine ${folder}/${knob} ${value}`);
  });
}

/** Said to each socket, since the modules of other namespaces may be out of reach. */
function congestionLine({ name, sysctls, kernel }: HostPlan): string {
  return `congestion ${name} ${congestionControlOf(sysctlValues(sysctls, kernel))}`;
}

function sysctlLines({ name, sysctls, kernel: [major, minor], portRange }: HostPlan): string[] {
  const beforeLinear =
    major < 6 || (major === 6 && minor < 5) ? ([['ipv4/tcp_syn_linear_timeouts', '0']] as const) : [];
  const isOwn = (knob: string): boolean => knob !== 'tcp_congestion_control' && !(knob in MACHINE_SYSCTLS);
  const own = Object.entries(sysctls)
    .filter(([knob]) => isOwn(knob))
    .map(([knob, value]) => [`ipv4/${knob}`, [value].flat().join(' ')] as const);
  const ports = portRange === undefined ? [] : [['ipv4/ip_local_port_range', portRange.join(' ')] as const];
  return [...COMMON_SYSCTLS, ...beforeLinear, ...ports, ...own].map(
    ([path, value]) => `sysctl ${name} ${path} ${value}`,
  );
}

function routeLines({ hosts }: RunPlan, { name: host, routes = [] }: HostPlan): string[] {
  return routes.flatMap(({ to, metrics }) => {
    const address = hosts.find(({ name }) => name === to)?.address;
    return Object.entries(metrics).map(
      ([metric, value]) => `route ${host} ${metric} ${value}${address === undefined ? '' : ` ${address}`}`,
    );
  });
}

function behaviourWords(behaviour: BehaviourPlan): string {
  switch (behaviour.kind) {
    case 'ignores-eof':
    case 'never-reads':
    case 'never-accepts':
    case 'never-blocks':
    case 'dies-of-sigpipe':
      return behaviour.kind;
    case 'closes-after-eof':
      return `closes-after-eof ${behaviour.delay}`;
    case 'answers':
      return `answers ${behaviour.request} ${behaviour.response} ${behaviour.delay ?? 0}`;
    case 'greets':
      return `greets ${behaviour.bytes}`;
    case 'streams':
      return `streams ${behaviour.bytes} ${behaviour.interval}`;
    case 'closes-idle':
      return `closes-idle ${behaviour.idle}`;
    case 'reads-slowly':
      return `reads-slowly ${behaviour.bytes} ${behaviour.interval}`;
    case 'accepts-every':
      return `accepts-every ${behaviour.interval}`;
    case 'reconnects':
      return `reconnects ${behaviour.delay}`;
    case 'uses-option':
      return `uses-option ${recordableOption(behaviour.option)} ${behaviour.value}`;
  }
}

/** @throws NotRecordable */
function recordableOption(option: SocketOptionName): SocketOptionName {
  if (option === 'SO_RCVTIMEO' || option === 'SO_SNDTIMEO')
    throw new NotRecordable(`${option}: the recorder's programs wait for events, not in calls`);
  return option;
}

function actionLines(plan: RunPlan, action: ActionPlan, index: number, end: Micros): string[] {
  const words = actionWords(plan, action);
  const { trigger } = action;
  switch (trigger.kind) {
    case 'at':
      return [`at ${trigger.time} ${index} ${words}`];
    case 'after':
      return [`after ${trigger.action} ${trigger.delay} ${index} ${words}`];
    case 'when':
      return [`when ${trigger.connection} ${trigger.host} ${trigger.state} ${index} ${words}`];
    case 'every': {
      const times: Micros[] = [];
      for (let at = trigger.from; at <= Math.min(trigger.until ?? end, end); at += trigger.interval) times.push(at);
      return times.map((at) => `at ${at} ${index} ${words}`);
    }
  }
}

function addressOf({ hosts }: RunPlan, host: string): string {
  const found = hosts.find(({ name }) => name === host);
  if (found === undefined) throw new Error(`No host ${host}`);
  return found.address;
}

function actionWords(plan: RunPlan, action: ActionPlan): string {
  const ofNetwork = networkWords(plan, action);
  if (ofNetwork !== undefined) return ofNetwork;
  switch (action.kind) {
    case 'host-power-loss':
      return `power-loss ${action.host}`;
    case 'host-boot':
      return `boot ${action.host}`;
    case 'host-freeze':
      return `freeze ${action.host}`;
    case 'host-resume':
      return `resume ${action.host}`;
    case 'host-carrier':
      return `carrier ${action.host} ${action.up ? 'up' : 'down'}`;
    case 'host-queue':
      if (action.link !== undefined && plan.links.filter(({ ends }) => ends.includes(action.host)).length > 1)
        throw new NotRecordable('one of several device queues: the recorder’s hosts have one device');
      return `queue ${action.host} ${action.full ? 'full' : 'room'}`;
    case 'host-route':
      return `${action.present ? 'regain' : 'lose'}-route ${action.host} ${addressOf(plan, action.to)}`;
    case 'host-shutdown':
      return `shutdown-host ${action.host}`;
    case 'process-start':
      return `start ${action.process}`;
    case 'process-kill':
      return `kill ${action.process}`;
    case 'process-exit':
      return `exit ${action.process}`;
    case 'listen':
      return `listen ${action.process} ${action.port} ${action.backlog ?? 4096} ${action.reuseAddress ? 1 : 0}`;
    case 'connect': {
      const own = `${action.localPort ?? 0} ${action.reuseAddress === true ? 1 : 0}`;
      return `connect ${action.process} ${action.connection} ${addressOf(plan, action.host)} ${action.port} ${own}`;
    }
    case 'send':
      return `send ${action.process} ${action.connection} ${action.bytes}${sendFlag(action)}`;
    case 'get-error':
      return `get-error ${action.process} ${action.connection}`;
    case 'connect-again':
      if (!neverBlocks(plan, action.process))
        throw new NotRecordable('another connect(): the recorder’s programs wait for events, not in calls');
      return `connect-again ${action.process} ${action.connection}`;
    case 'close':
      return `close ${action.process} ${action.connection}`;
    case 'shutdown-write':
      return `shutdown ${action.process} ${action.connection} write`;
    case 'shutdown-read':
      return `shutdown ${action.process} ${action.connection} read`;
    case 'poll':
      return `poll ${action.process} ${action.connection}`;
    case 'process-fork':
      return `fork ${action.process} ${action.child}`;
    case 'set-option':
      return `setsockopt ${action.process} ${action.connection} ${recordableOption(action.option)} ${action.value}`;
    case 'stop-accepting':
    case 'resume-accepting':
      return `${action.kind} ${action.process}`;
    case 'stop-reading':
    case 'resume-reading':
      return `${action.kind} ${action.process} ${action.connection}`;
    case 'heartbeat':
      return `heartbeat ${action.process} ${action.connection} ${action.bytes} ${action.interval} ${action.misses}`;
    default:
      throw new NotRecordable(`the statement “${action.text}”`);
  }
}

function sendFlag({ more, noSignal }: Extract<ActionPlan, { kind: 'send' }>): string {
  if (more === true) return ' more';
  return noSignal === true ? ' nosignal' : '';
}

function neverBlocks({ processes }: RunPlan, process: string): boolean {
  return processes.some(
    ({ name, behaviours }) => name === process && behaviours.some(({ kind }) => kind === 'never-blocks'),
  );
}
