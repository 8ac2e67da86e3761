import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DAY, MILLISECOND, MINUTE, SECOND } from '../../extension/base/time.ts';
import { parseScenarios } from '../../extension/language/parse.ts';
import type { ActionPlan, RunPlan } from '../../extension/scenario/plan.ts';
import { onlyRun, withBase } from './support.ts';

/** What a plan says, without the places it came from. */
function bare(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === 'range' ? undefined : part)));
}

function added(lines: string): readonly ActionPlan[] {
  return onlyRun(withBase(lines)).actions.slice(2);
}

function runs(lines: string): readonly RunPlan[] {
  const { scenarios, problems } = parseScenarios(withBase(lines));
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return scenarios[0]!.runs;
}

it('timers as late as the wheel, in the block or as a statement; a later setting counts', () => {
  const hosts = (lines: string) => runs(lines)[0]!.hosts.map(({ timers }) => timers);
  expect(hosts('timers wheel on server')).toEqual([undefined, 'wheel']);
  expect(hosts('timers wheel on server\ntimers ideal on server')).toEqual([undefined, undefined]);
  expect(hosts('host other { hz 250  timers wheel }')).toEqual([undefined, undefined, 'wheel']);
});

it('a whole run', () => {
  const text = `scenario "Power loss" # a comment
title zh-cn "断电"
question "What?"
host client { address 10.1.0.1  kernel linux-6.4  hz 250  sysctl tcp_keepalive_time = 2h }
host server
link wire between client and server { delay 1.5ms }
process web on server { ignores EOF  answers 16 B with 1 KB }
process app on client
at 0s   web listens on 80 with backlog 5 without SO_REUSEADDR
at 10ms app connects to server:80 as conn from port 40000
at 1s   server loses power as fault
expect conn on client is ESTABLISHED at 30d
seed 7
`;
  expect(bare(onlyRun(text))).toEqual({
    scenario: { en: 'Power loss', 'zh-cn': '断电' },
    question: { en: 'What?' },
    hosts: [
      { name: 'client', address: '10.1.0.1', kernel: [6, 4], hz: 250, sysctls: { tcp_keepalive_time: 7200 } },
      { name: 'server', address: '10.0.0.2', kernel: [6, 12], hz: 1000, sysctls: {} },
    ],
    links: [{ name: 'wire', ends: ['client', 'server'], delay: 1500 }],
    processes: [
      {
        name: 'web',
        host: 'server',
        behaviours: [{ kind: 'ignores-eof' }, { kind: 'answers', request: 16, response: 1000 }],
      },
      { name: 'app', host: 'client', behaviours: [] },
    ],
    actions: [
      {
        kind: 'listen',
        process: 'web',
        port: 80,
        backlog: 5,
        reuseAddress: false,
        trigger: { kind: 'at', time: 0 },
        text: 'at 0s web listens on 80 with backlog 5 without SO_REUSEADDR',
      },
      {
        kind: 'connect',
        process: 'app',
        host: 'server',
        port: 80,
        connection: 'conn',
        localPort: 40000,
        trigger: { kind: 'at', time: 10 * MILLISECOND },
        text: 'at 10ms app connects to server:80 as conn from port 40000',
      },
      {
        kind: 'host-power-loss',
        host: 'server',
        moment: 'fault',
        trigger: { kind: 'at', time: SECOND },
        text: 'at 1s server loses power as fault',
      },
    ],
    expectations: [
      {
        kind: 'state',
        connection: 'conn',
        host: 'client',
        state: 'ESTABLISHED',
        when: { kind: 'at', time: { base: { kind: 'start' }, offset: 30 * DAY }, tolerance: 0 },
        text: 'conn on client is ESTABLISHED at 30d',
      },
    ],
    seed: 7,
  });
});

it('settings of a link: in its block, as statements, in a variant, during the run', () => {
  const text = withBase(`seed 3
host third
link other between client and third { delay 1ms  bandwidth 1.5 Mbit/s  queue 100 packets  loss 0.5%  mtu 1400 B }
jitter 2ms from client on wire
queue 64 KB on other
at 2s wire has reordering 2% by 5ms from server
at 3s wire has duplication 1 %
variant "slow" { delay 300ms on wire }`);
  const { scenarios, problems } = parseScenarios(text);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [run] = scenarios[0]!.runs;
  expect(bare(run!.links)).toEqual([
    {
      name: 'wire',
      ends: ['client', 'server'],
      delay: 300 * MILLISECOND,
      settings: [{ kind: 'jitter', jitter: 2 * MILLISECOND, from: 'client' }],
    },
    {
      name: 'other',
      ends: ['client', 'third'],
      delay: MILLISECOND,
      settings: [
        { kind: 'bandwidth', rate: 1_500_000 },
        { kind: 'queue', unit: 'packets', limit: 100 },
        { kind: 'loss', chance: 5000 },
        { kind: 'mtu', bytes: 1400 },
        { kind: 'queue', unit: 'bytes', limit: 64_000 },
      ],
    },
  ]);
  expect(run!.actions.slice(2)).toMatchObject([
    {
      kind: 'link-change',
      link: 'wire',
      setting: { kind: 'reordering', chance: 20_000, by: 5 * MILLISECOND },
      from: 'server',
    },
    { kind: 'link-change', link: 'wire', setting: { kind: 'duplication', chance: 10_000 } },
  ]);
});

it('the sample of the design', () => {
  const text = readFileSync(new URL('valid/sample.tcpscn', import.meta.url), 'utf8');
  const { scenarios, problems } = parseScenarios(text);
  expect(problems).toEqual([]);
  expect(scenarios[0]?.runs.map((run) => [run.variant?.en, run.actions.length, run.expectations.length])).toEqual([
    ['power loss', 3, 2],
    ['process crash', 3, 3],
    ['power loss, keepalive on', 4, 3],
    ['power loss, data to send', 4, 3],
  ]);
});

it('ranges lead back to the line', () => {
  const [action] = added('  at 1s   app closes conn as x  # why');
  expect(action?.range).toEqual({ start: { line: 8, character: 2 }, end: { line: 8, character: 30 } });
});

it.each<[statement: string, action: Record<string, unknown>]>([
  ['server loses power', { kind: 'host-power-loss', host: 'server' }],
  ['server shuts down', { kind: 'host-shutdown', host: 'server' }],
  ['server freezes', { kind: 'host-freeze', host: 'server' }],
  ['app shuts down reading on conn', { kind: 'shutdown-read', process: 'app', connection: 'conn' }],
  ['app polls conn', { kind: 'poll', process: 'app', connection: 'conn' }],
  ['app sets SO_LINGER = 0s on conn', { kind: 'set-option', option: 'SO_LINGER', value: 0 }],
  ['app sets TCP_LINGER2 = -1s on conn', { kind: 'set-option', option: 'TCP_LINGER2', value: -1 }],
  ['wire is cut', { kind: 'link-cut', link: 'wire' }],
  ['wire is cut from client', { kind: 'link-cut', link: 'wire', from: 'client' }],
  ['wire is restored', { kind: 'link-restore', link: 'wire' }],
  [
    'wire drops the next 2 data segments from client',
    {
      kind: 'link-rule',
      link: 'wire',
      effect: { kind: 'drop' },
      class: 'data segment',
      which: { kind: 'next', count: 2 },
      from: 'client',
    },
  ],
  ['wire drops the next SYN-ACK', { effect: { kind: 'drop' }, class: 'SYN-ACK', which: { kind: 'next', count: 1 } }],
  [
    'wire drops every ACK from server until 5s',
    { effect: { kind: 'drop' }, class: 'ACK', which: { kind: 'every' }, from: 'server', until: 5 * SECOND },
  ],
  ['wire drops segment 7 from client', { which: { kind: 'number', number: 7 }, class: 'segment', from: 'client' }],
  ['wire drops data segment (3 + 4)', { which: { kind: 'number', number: 7 }, class: 'data segment' }],
  ['wire duplicates the next FIN', { effect: { kind: 'duplicate' }, class: 'FIN' }],
  [
    'wire delays the next RTO retransmission from client by 20ms until 3s',
    { effect: { kind: 'delay', by: 20 * MILLISECOND }, class: 'RTO retransmission', from: 'client', until: 3 * SECOND },
  ],
  ['web is killed', { kind: 'process-kill', process: 'web' }],
  ['web exits', { kind: 'process-exit', process: 'web' }],
  ['web listens on 81', { kind: 'listen', process: 'web', port: 81, reuseAddress: true }],
  ['web stops accepting', { kind: 'stop-accepting', process: 'web' }],
  ['web resumes accepting', { kind: 'resume-accepting', process: 'web' }],
  [
    'app connects to server:80 as other from port 4000 with SO_REUSEADDR',
    { kind: 'connect', connection: 'other', localPort: 4000, reuseAddress: true },
  ],
  [
    'app connects to client:4000 as own from port 4000',
    { kind: 'connect', host: 'client', port: 4000, localPort: 4000 },
  ],
  ['app sends 100 B on conn', { kind: 'send', process: 'app', connection: 'conn', bytes: 100 }],
  ['app sends "GET /é€😀" on conn', { kind: 'send', process: 'app', connection: 'conn', bytes: 14 }],
  ['app sends 1 B on conn with MSG_NOSIGNAL', { kind: 'send', bytes: 1, noSignal: true }],
  ['app asks for SO_ERROR on conn', { kind: 'get-error', process: 'app', connection: 'conn' }],
  ['app connects conn again', { kind: 'connect-again', process: 'app', connection: 'conn' }],
  ['app closes conn', { kind: 'close', process: 'app', connection: 'conn' }],
  ['web shuts down writing on conn', { kind: 'shutdown-write', process: 'web', connection: 'conn' }],
  ['app stops reading conn', { kind: 'stop-reading', process: 'app', connection: 'conn' }],
  ['app resumes reading conn', { kind: 'resume-reading', process: 'app', connection: 'conn' }],
  ['app sets TCP_NODELAY on conn', { kind: 'set-option', option: 'TCP_NODELAY', value: 1 }],
  ['app sets SO_KEEPALIVE = 0 on conn', { kind: 'set-option', option: 'SO_KEEPALIVE', value: 0 }],
  ['app sets TCP_KEEPIDLE = 1min on conn', { kind: 'set-option', option: 'TCP_KEEPIDLE', value: 60 }],
  ['app sets TCP_USER_TIMEOUT = 1.5s on conn', { kind: 'set-option', option: 'TCP_USER_TIMEOUT', value: 1500 }],
  ['app sets TCP_KEEPCNT = 2 * 2 on conn', { kind: 'set-option', option: 'TCP_KEEPCNT', value: 4 }],
  [
    'app sends heartbeats of 16 B on conn every 30s, gives up after 3 misses',
    { kind: 'heartbeat', bytes: 16, interval: 30 * SECOND, misses: 3 },
  ],
])('at 1s %s', (statement, action) => {
  expect(added(`run until 1h\nat 1s ${statement} as x`)).toEqual([
    expect.objectContaining({ ...action, moment: 'x', trigger: { kind: 'at', time: SECOND } }),
  ]);
});

it('what goes down and comes back is two actions', () => {
  const [down, up] = added('at 1s server reboots, back after 3s as fault');
  expect(down).toMatchObject({ kind: 'host-shutdown', moment: 'fault', trigger: { time: SECOND } });
  expect(up).toMatchObject({ kind: 'host-boot', trigger: { time: 4 * SECOND } });
  expect(up?.moment).toBeUndefined();
});

it.each<[lines: string, trigger: ActionPlan['trigger']]>([
  ['at 1s app sends 1 B on conn\nafter 200ms app closes conn', { kind: 'at', time: 1_200_000 }],
  ['at 1s app sends 1 B on conn as x\nat x app closes conn', { kind: 'at', time: SECOND }],
  ['at 1s app sends 1 B on conn as x\nat 1s after x app closes conn', { kind: 'at', time: 2 * SECOND }],
  [
    'at 1s app sends 1 B on conn as x\nat 2s app sends 1 B on conn\nat 1s after x app closes conn',
    { kind: 'at', time: 2 * SECOND },
  ],
  [
    'every 30s from 1s until 10min app sends 1 B on conn',
    { kind: 'every', interval: 30 * SECOND, from: SECOND, until: 10 * MINUTE },
  ],
  [
    'every 30s until 10min app sends 1 B on conn',
    { kind: 'every', interval: 30 * SECOND, from: 10_000, until: 10 * MINUTE },
  ],
  [
    'when conn on client is CLOSE_WAIT app closes conn',
    { kind: 'when', connection: 'conn', host: 'client', state: 'CLOSE_WAIT' },
  ],
  [
    'when conn on client is CLOSE_WAIT app sends 1 B on conn as x\nafter 1s app closes conn',
    { kind: 'after', action: 2, delay: SECOND },
  ],
  [
    'when conn on client is CLOSE_WAIT app sends 1 B on conn as x\nat 1s after x app closes conn',
    { kind: 'after', action: 2, delay: SECOND },
  ],
])('when: %s', (lines, trigger) => {
  expect(added(lines).at(-1)?.trigger).toEqual(trigger);
});

it.each<[claim: string, expectation: Record<string, unknown>]>([
  ['conn on client is gone', { kind: 'state', state: 'CLOSED', when: { kind: 'any' } }],
  ['conn on client becomes CLOSE_WAIT', { kind: 'transition', state: 'CLOSE_WAIT' }],
  ['conn on client fails with ETIMEDOUT', { kind: 'failure', errno: 'ETIMEDOUT' }],
  ['conn on client never fails', { kind: 'no-failure' }],
  ['conn on client reads EOF', { kind: 'eof' }],
  ['conn on client reads 100 B', { kind: 'bytes-read', bytes: 100 }],
  ["app's send on conn fails with EPIPE", { kind: 'call', process: 'app', call: 'send', errno: 'EPIPE' }],
  ["web's listen succeeds", { kind: 'call', process: 'web', call: 'listen' }],
  ["web's accept queue holds 2 connections", { kind: 'accept-queue', process: 'web', length: 2 }],
  ["web's accept queue holds 1 connection", { kind: 'accept-queue', process: 'web', length: 1 }],
  ['app gives up on conn', { kind: 'gives-up', process: 'app', connection: 'conn' }],
  ['server sends an RST', { kind: 'sends', host: 'server', class: 'RST' }],
  ['client sends RTO retransmission', { kind: 'sends', class: 'RTO retransmission' }],
  ['no segment', { kind: 'count', class: 'segment', count: 0, comparison: 'exactly' }],
  ['9 keepalive probes from client', { kind: 'count', host: 'client', count: 9, comparison: 'exactly' }],
  ['at least 1 SYN-ACK', { kind: 'count', class: 'SYN-ACK', count: 1, comparison: 'at-least' }],
  ['at most 3 challenge ACKs', { kind: 'count', class: 'challenge ACK', count: 3, comparison: 'at-most' }],
  ['(2 * 2) ACKs', { kind: 'count', class: 'ACK', count: 4 }],
])('expect %s', (claim, expectation) => {
  expect(onlyRun(withBase(`expect ${claim}`)).expectations).toEqual([
    expect.objectContaining({ ...expectation, text: claim }),
  ]);
});

const fault = { kind: 'moment', name: 'fault' } as const;
const start = { kind: 'start' } as const;

it.each<[when: string, constraint: unknown]>([
  ['at 2s', { kind: 'at', time: { base: start, offset: 2 * SECOND }, tolerance: 0 }],
  ['at fault', { kind: 'at', time: { base: fault, offset: 0 }, tolerance: 0 }],
  ['at rtt', { kind: 'at', time: { base: start, offset: 10_000 }, tolerance: 0 }],
  ['at 5ms after fault ± 1ms', { kind: 'at', time: { base: fault, offset: 5000 }, tolerance: 1000 }],
  ['at rtt / 2 before fault +- 1us', { kind: 'at', time: { base: fault, offset: -5000 }, tolerance: 1 }],
  [
    'at 7875s after last segment received',
    { kind: 'at', time: { base: { kind: 'last-received' }, offset: 7875 * SECOND }, tolerance: 0 },
  ],
  [
    'before client sends a FIN',
    {
      kind: 'before',
      time: {
        base: { kind: 'happening', event: { kind: 'sends', host: 'client', class: 'FIN' } },
        offset: 0,
      },
    },
  ],
  [
    "after app's recv on conn fails with ECONNRESET",
    {
      kind: 'after',
      time: {
        base: {
          kind: 'happening',
          event: { kind: 'call', process: 'app', call: 'recv', connection: 'conn', errno: 'ECONNRESET' },
        },
        offset: 0,
      },
    },
  ],
  [
    'between 500ms and just before fault',
    {
      kind: 'between',
      from: { base: start, offset: SECOND / 2 },
      to: { base: fault, offset: 0 },
      endsJustBefore: true,
    },
  ],
  ['within 10ms of fault', { kind: 'within', duration: 10_000, of: { base: fault, offset: 0 } }],
  ['before 2s', { kind: 'before', time: { base: start, offset: 2 * SECOND } }],
  ['after fault', { kind: 'after', time: { base: fault, offset: 0 } }],
  ['after 1s after fault', { kind: 'after', time: { base: fault, offset: SECOND } }],
  [
    'between fault and 2h',
    { kind: 'between', from: { base: fault, offset: 0 }, to: { base: start, offset: 7200 * SECOND } },
  ],
])('expect … %s', (when, constraint) => {
  const run = onlyRun(withBase(`let rtt = 10ms\nat 1s web is killed as fault\nexpect server sends FIN ${when}`));
  expect(run.expectations[0]?.when).toEqual(constraint);
});

it.each([
  'no keepalive probe from client at 7200s after last segment received',
  "app's recv fails with ETIMEDOUT at 7875s after last segment received",
  'app gives up on conn at 90s after last segment received',
  'conn on client never fails after last segment received',
])('the last segment received, by whoever it speaks of: %s', (claim) => {
  const [{ when } = { when: undefined }] = onlyRun(withBase(`expect ${claim}`)).expectations;
  expect(when).toMatchObject({ time: { base: { kind: 'last-received' } } });
});

it('send() with MSG_MORE', () => {
  const { actions } = onlyRun(
    withBase('at 1s app sends 100 B on conn with MSG_MORE as first\nat 1s app sends "x" on conn'),
  );
  expect(actions.slice(2)).toMatchObject([{ kind: 'send', bytes: 100, more: true, moment: 'first' }, { bytes: 1 }]);
  expect(actions[3]).not.toHaveProperty('more');
});

it('later settings, values and behaviours count', () => {
  const [first, second] = runs(`let n = 8
let wait = 1s * n
sysctl tcp_retries2 = n on client
delay 1ms on wire
app ignores EOF
run until wait
variant "as it is"
variant "changed" {
  let n = 3
  delay 2ms on wire
  kernel linux-5.10 on server
  app closes 500ms after EOF
}`);
  expect([first?.hosts[0]?.sysctls.tcp_retries2, first?.links[0]?.delay, first?.until]).toEqual([8, 1000, 8 * SECOND]);
  expect([second?.hosts[0]?.sysctls.tcp_retries2, second?.links[0]?.delay, second?.until]).toEqual([
    3,
    2000,
    3 * SECOND,
  ]);
  expect(second?.hosts[1]?.kernel).toEqual([5, 10]);
  expect(bare(first?.processes[1]?.behaviours)).toEqual([{ kind: 'ignores-eof' }]);
  expect(bare(second?.processes[1]?.behaviours)).toEqual([{ kind: 'closes-after-eof', delay: 500_000 }]);
});

it('body first, then what is extended, its parts, and the own parts, each once', () => {
  const [, , last] = runs(`part a { at 1s app sends 1 B on conn }
part b { at 1s app sends 2 B on conn }
variant "first" uses a { at 2s app sends 3 B on conn }
variant "second" extends "first" uses b, a { at 2s app sends 4 B on conn }
variant "third" extends "second" { at 2s app sends 5 B on conn }`);
  expect(last?.actions.slice(2).map((action) => 'bytes' in action && action.bytes)).toEqual([1, 3, 2, 4, 5]);
});

it('a variant may have its own question and declare its own things', () => {
  const [run] = runs(`question "all"
variant "x" zh-cn "某" {
  question "own"
  process web2 on server
  at 1s web is killed
  at 2s web2 listens on 80
  at 3s app connects to server:80 as conn2
  at 4s web2 closes conn2
}`);
  expect([run?.question, run?.variant]).toEqual([{ en: 'own' }, { en: 'x', 'zh-cn': '某' }]);
});

it('several scenarios in a file know nothing of each other', () => {
  const { scenarios, problems } = parseScenarios(`${withBase('')}${withBase('let rtt = 1s\nrun until rtt')}`);
  expect(problems).toEqual([]);
  expect(scenarios.map(({ runs: [run] }) => run?.until)).toEqual([undefined, SECOND]);
});

it('addresses are given out in order, around those that are taken', () => {
  const hosts = ['a', 'b { address 10.0.0.1 }', 'c'].map((host) => `host ${host}`).join('\n');
  const { scenarios } = parseScenarios(`scenario "x"\n${hosts}\n`);
  expect(scenarios[0]?.runs[0]?.hosts.map(({ address }) => address)).toEqual(['10.0.0.2', '10.0.0.1', '10.0.0.3']);
});

it('what a process forks does not run from the beginning, and has an end of the connection', () => {
  const lines = 'process worker on server\nat 1s web forks worker\nat 2s worker sends 1 B on conn';
  const { scenarios, problems } = parseScenarios(withBase(lines));
  expect(problems).toEqual([]);
  const [run] = scenarios[0]!.runs;
  expect(run!.processes.map(({ name, forked }) => [name, forked])).toEqual([
    ['web', undefined],
    ['app', undefined],
    ['worker', true],
  ]);
  expect(run!.actions[2]).toMatchObject({ kind: 'process-fork', process: 'web', child: 'worker' });
});

it('the events of poll', () => {
  const { scenarios, problems } = parseScenarios(withBase("expect app's poll on conn reports IN OUT RDHUP at 1s"));
  expect(problems).toEqual([]);
  expect(scenarios[0]!.runs[0]!.expectations[0]).toMatchObject({ kind: 'poll', process: 'app', events: 0x2005 });
});

it('what a program does by itself', () => {
  const lines = [
    'web answers 16 B with 100 B after 200ms',
    'web greets with 50 B',
    'web streams 10 B every 1s',
    'app reconnects after 2s',
    'app never blocks',
    'app dies of SIGPIPE',
    'run until 1min',
  ];
  const { scenarios, problems } = parseScenarios(withBase(lines.join('\n')));
  expect(problems).toEqual([]);
  const kinds = scenarios[0]!.runs[0]!.processes.flatMap(({ behaviours }) => behaviours);
  expect(kinds).toMatchObject([
    { kind: 'answers', request: 16, response: 100, delay: 200 * MILLISECOND },
    { kind: 'greets', bytes: 50 },
    { kind: 'streams', bytes: 10, interval: SECOND },
    { kind: 'reconnects', delay: 2 * SECOND },
    { kind: 'never-blocks' },
    { kind: 'dies-of-sigpipe' },
  ]);
});

it('what both sides open is one connection, with one name and both as its ends', () => {
  const both = `at 1s app connects to server:5000 as both from port 4000
at 1s web connects to client:4000 as both from port 5000
at 2s web sends 1 B on both
expect both on server is ESTABLISHED at 2s`;
  expect(added(both).map(({ kind }) => kind)).toEqual(['connect', 'connect', 'send']);
});

it('what routes say: of all, and of one, which knows the rest too', () => {
  const run = onlyRun(
    withBase(
      'route initcwnd = 20 on client\nroute to server rto_min = 50ms on client\nroute initcwnd = 4 on client\nhost other { route quickack = 1 }',
    ),
  );
  expect(run.hosts.map(({ routes }) => routes)).toEqual([
    [{ metrics: { initcwnd: 4 } }, { to: 'server', metrics: { initcwnd: 4, rto_min: 50 } }],
    undefined,
    [{ metrics: { quickack: 1 } }],
  ]);
});

it('the ports that connect() may choose, and a program that accepts at its own pace', () => {
  const run = onlyRun(withBase('sysctl ip_local_port_range = 40000 40003 on client\nweb accepts every 2s'));
  expect(run.hosts.map(({ portRange }) => portRange)).toEqual([[40_000, 40_003], undefined]);
  expect(bare(run.processes[0]?.behaviours)).toEqual([{ kind: 'accepts-every', interval: 2 * SECOND }]);
});
