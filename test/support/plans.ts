import type { Action, ActionPlan, RunPlan, TriggerPlan } from '../../extension/scenario/plan.ts';
import type { ExpectationPlan } from '../../extension/scenario/expectation.ts';
import type { SysctlValues } from '../../extension/scenario/sysctl.ts';

const SECOND = 1_000_000;

/** An action with its text; its trigger is a time in seconds. */
export type Deed = readonly [seconds: number, text: string, action: Action, moment?: string];

export interface PlanOptions {
  readonly until?: number;
  readonly delayMs?: number;
  readonly sysctls?: Partial<SysctlValues>;
  readonly expectations?: readonly ExpectationPlan[];
}

/** A run as the language would make it: `app` on `client` connects at 10 ms to `web` on `server`, RTT 10 ms. */
export function plan(deeds: readonly Deed[], options: PlanOptions = {}): RunPlan {
  const all: readonly Deed[] = [
    [0, 'at 0s web listens on 80', { kind: 'listen', process: 'web', port: 80, reuseAddress: true }],
    [
      0.01,
      'at 10ms app connects to server:80 as conn',
      { kind: 'connect', process: 'app', host: 'server', port: 80, connection: 'conn' },
    ],
    ...deeds,
  ];
  const range = (line: number) => ({ start: { line, character: 0 }, end: { line, character: 10 } });
  const actions = all.map(([seconds, text, action, moment], line): ActionPlan => {
    const trigger: TriggerPlan = { kind: 'at', time: Math.round(seconds * SECOND) };
    return { trigger, range: range(line), text, ...(moment === undefined ? {} : { moment }), ...action };
  });
  const host = (name: string, address: string, sysctls = {}) => ({
    name,
    address,
    kernel: [6, 12] as const,
    hz: 1000,
    sysctls,
    range: range(0),
  });
  return {
    scenario: { en: 'Nobody is sending, and the server is gone', 'zh-cn': '没有人在发送，而服务器已经不在' },
    range: range(0),
    hosts: [host('client', '10.0.0.1', options.sysctls), host('server', '10.0.0.2')],
    links: [{ name: 'wire', ends: ['client', 'server'], delay: (options.delayMs ?? 5) * 1000, range: range(0) }],
    processes: [
      { name: 'web', host: 'server', behaviours: [], range: range(0) },
      { name: 'app', host: 'client', behaviours: [], range: range(0) },
    ],
    actions,
    expectations: options.expectations ?? [],
    ...(options.until === undefined ? {} : { until: options.until * SECOND }),
    seed: 1,
  };
}

/** The server loses power at 1 s. */
export const POWER_LOSS: Deed = [
  1,
  'at 1s server loses power as fault',
  { kind: 'host-power-loss', host: 'server' },
  'fault',
];

/** `web` is killed at 1 s. */
export const KILLED: Deed = [1, 'at 1s web is killed as fault', { kind: 'process-kill', process: 'web' }, 'fault'];

export const KEEPALIVE: Deed = [
  0.02,
  'at 20ms app sets SO_KEEPALIVE on conn',
  { kind: 'set-option', process: 'app', connection: 'conn', option: 'SO_KEEPALIVE', value: 1 },
];

export const SEND_AT_2: Deed = [
  2,
  'at 2s app sends 100 B on conn as send',
  { kind: 'send', process: 'app', connection: 'conn', bytes: 100 },
  'send',
];

/** A proxy between a client and a database: two connections, `front` and `back`. The database loses power at 1 s. */
export const THREE_HOSTS: RunPlan = threeHosts();

function threeHosts(): RunPlan {
  const base = plan([]);
  const { range } = base;
  const [host] = base.hosts as [RunPlan['hosts'][number]];
  const names = ['client', 'proxy', 'db'];
  const deeds: readonly Deed[] = [
    [0, 'at 0s relay listens on 80', { kind: 'listen', process: 'relay', port: 80, reuseAddress: true }],
    [0, 'at 0s store listens on 5432', { kind: 'listen', process: 'store', port: 5432, reuseAddress: true }],
    [
      0.01,
      'at 10ms app connects to proxy:80 as front',
      { kind: 'connect', process: 'app', host: 'proxy', port: 80, connection: 'front' },
    ],
    [
      0.03,
      'at 30ms relay connects to db:5432 as back',
      { kind: 'connect', process: 'relay', host: 'db', port: 5432, connection: 'back' },
    ],
    [1, 'at 1s db loses power', { kind: 'host-power-loss', host: 'db' }],
    [2, 'at 2s relay sends 1000 B on back', { kind: 'send', process: 'relay', connection: 'back', bytes: 1000 }],
  ];
  return {
    ...base,
    hosts: names.map((name, i) => ({ ...host, name, address: `10.0.0.${i + 1}` })),
    links: [
      { name: 'outside', ends: ['client', 'proxy'], delay: 5_000, range },
      { name: 'inside', ends: ['proxy', 'db'], delay: 1_000, range },
    ],
    processes: [
      { name: 'app', host: 'client', behaviours: [], range },
      { name: 'relay', host: 'proxy', behaviours: [], range },
      { name: 'store', host: 'db', behaviours: [], range },
    ],
    actions: deeds.map(([seconds, text, action]) => ({
      trigger: { kind: 'at', time: Math.round(seconds * SECOND) },
      range,
      text,
      ...action,
    })),
  };
}
