/** What stands between the hosts, and the last hop, played as scenarios. */
import { expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import { parseScenarios } from '../../../extension/language/parse.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { withBase } from '../../language/support.ts';
import { calls, seconds, sent } from '../support/run.ts';

function run(lines: string): Trace {
  const { scenarios, problems } = parseScenarios(withBase(lines));
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return play(scenarios[0]!.runs[0]!);
}

/** `2.005 host unreachable`: what ends of `host` heard of the network. */
function heard(trace: Trace, host = 'client'): string[] {
  return [...trace.eventsOf('icmp.delivered')]
    .filter(({ place }) => trace.placeName(trace.endAt(place)?.host ?? place) === host)
    .map((event) => `${seconds(event.time)} ${trace.eventOf('icmp.sent', event.icmp).message}`);
}

function neighbours(trace: Trace, host: string, until: number): string[] {
  return [...trace.eventsOf('neighbour.state')]
    .filter(({ place, time }) => trace.placeName(place) === host && time < until * 1e6)
    .map(({ time, state }) => `${seconds(time)} ${state}`);
}

const SENDS = 'at 2s app sends 100 B on conn';

it('a router takes no time, and reports from where it stands', () => {
  const trace = run(`router edge on wire { stands 1ms from client }\nat 1s wire is cut\n${SENDS}\nrun until 2.1s`);
  expect(heard(trace)).toEqual(['2.002 host unreachable']);
  expect(calls(trace, 'app')[0]).toBe('0.02 connect 0');
});

it('a router reports a dead host behind it, after having looked for it', () => {
  const lines = `router edge on wire { reports net unreachable after 3s }\nat 1s server loses power\n${SENDS}\nrun until 6s`;
  // All that came while it was looking fails together.
  expect(heard(run(lines))).toEqual(Array.from({ length: 5 }, () => '5.005 net unreachable'));
});

it('a router that finds the next hop in time passes on what waited', () => {
  const lines = `router edge on wire { reports host unreachable after 3s }\nat 1s wire is cut\nat 2.1s wire is restored\n${SENDS}\nrun until 4s`;
  const trace = run(
    lines.replace('at 2.1s wire is restored\nat 2s app sends 100 B on conn', `${SENDS}\nat 2.1s wire is restored`),
  );
  expect(heard(trace)).toEqual([]);
  expect(calls(trace, 'web', 2)).toContain('3.005 recv 100');
});

it('what lies before the router is silent', () => {
  const trace = run(`router edge on wire\nat 1s wire is cut between client and edge\n${SENDS}\nrun until 3s`);
  expect(heard(trace)).toEqual([]);
});

it('a router that is told to report does so until it forwards again', () => {
  const lines = `router edge on wire\nat 1s edge reports port unreachable for server\n${SENDS}\nat 2.1s edge forwards again\nrun until 3s`;
  const trace = run(lines);
  expect(heard(trace)).toEqual(['2.005 port unreachable']);
  expect(calls(trace, 'web', 2)).toContain('2.215 recv 100');
});

it('a firewall matches by kind, side, port and time; later statements come first', () => {
  const lines = `firewall wall on wire { drops data segments from client until 2.3s }
${SENDS}
at 2.5s app sends 100 B on conn
at 3s wall rejects segments to port 80 with RST
at 4s app sends 1 B on conn
run until 5s`;
  const trace = run(lines);
  expect([...trace.eventsOf('segment.dropped')].map(({ time, reason }) => `${seconds(time)} ${reason}`)).toEqual([
    '2.0025 filtered',
    '2.2125 filtered',
    '4.0025 rejected',
  ]);
  expect(calls(trace, 'app', 4)).toContain('4.005 recv ECONNRESET');
});

it('a NAT knows a flow by its SYN, and every segment keeps it', () => {
  const lines =
    'nat box on wire { forgets after 10s }\nat 9s app sends 1 B on conn\nat 18s web sends 1 B on conn\nrun until 40s';
  const flows = [...run(lines).eventsOf('flow.state')].map(({ time, known, reason }) => [seconds(time), known, reason]);
  expect(flows).toEqual([
    ['0.0125', true, 'segment-passed'],
    // The delayed acknowledgement of 18.005 s passed at 18.0475 s, or the quick one at once.
    [expect.stringMatching(/^28\.0/), false, 'idle'],
  ]);
});

it('a NAT that is told to forget lets nothing of it through, either way', () => {
  const lines = `nat box on wire\nat 1s box forgets conn\n${SENDS}\nat 2s web sends 10 B on conn\nrun until 2.1s`;
  const dropped = [...run(lines).eventsOf('segment.dropped')].map(({ time, reason }) => `${seconds(time)} ${reason}`);
  expect(dropped).toEqual(['2.0025 no-flow', '2.0025 no-flow']);
});

it('a route that is gone: connect() fails at once, data in flight ends with ENETUNREACH', () => {
  const lines = `at 1s wire is cut\n${SENDS}\nat 2.001s client loses the route to server\nat 3s app connects to server:80 as other`;
  const trace = run(lines);
  expect(calls(trace, 'app', 2)).toContain('3 connect ENETUNREACH');
  expect(sent(trace, 'client', 2)).toHaveLength(1);
  expect(calls(trace, 'app', 900).at(0)).toMatch(/recv ENETUNREACH$/);
});

it('a route that was gone before the data: the persist timer, and ETIMEDOUT', () => {
  const trace = run(`at 1s client loses the route to server\n${SENDS}`);
  expect(sent(trace, 'client', 2)).toEqual([]);
  expect(calls(trace, 'app', 900).at(0)).toMatch(/recv ETIMEDOUT$/);
});

it('a route that comes back lets the next probe through', () => {
  const lines = `at 1s client loses the route to server\n${SENDS}\nat 3s client regains the route to server`;
  const received = calls(run(lines), 'web', 2);
  // What was tried without a route was cut to the least segment.
  expect(received).toContain('3.475 recv 36');
  expect(received).toContain('3.485 recv 64');
});

it('a SYN that cannot be answered, for want of a route, leaves nothing behind', () => {
  const lines = `at 1s server loses the route to client\nat 2s app connects to server:80 as other\nat 4.5s server regains the route to client`;
  const trace = run(lines);
  const ignored = [...trace.eventsOf('segment.ignored')];
  expect(ignored.map(({ time, reason }) => [time / 1e6, reason])).toEqual(
    [2.005, 3.005, 4.005].map((time) => [time, 'no-way-back']),
  );
  expect(calls(trace, 'app', 2)).toContain('5.01 connect 0');
});

it('on a shared segment neighbours are asked for, confirmed, doubted and asked again', () => {
  const trace = run('shared segment on wire\nrun until 1min');
  expect(neighbours(trace, 'server', 20)).toEqual(['0.015 STALE', '0.025 DELAY', '5.025 PROBE', '5.035 REACHABLE']);
  expect(neighbours(trace, 'client', 10)).toEqual(['0.01 INCOMPLETE', '0.02 REACHABLE']);
  expect(neighbours(trace, 'client', 60).at(-1)).toMatch(/^\d\d\.\d+ STALE$/);
});

it('a neighbour that is not there: connect() fails after three requests', () => {
  const lines =
    'shared segment on wire\nat 20s server loses power\nat 3min app connects to server:80 as other\nrun until 10min';
  const trace = run(lines);
  const failed = calls(trace, 'app', 180).find((call) => call.includes('EHOSTUNREACH'));
  // The address is known but old: it is doubted first, and the second attempt of SYN waits for ARP.
  expect(failed).toMatch(/^1\d\d(\.\d+)? connect EHOSTUNREACH$/);
});

it('before Linux 5.16 a lost carrier leaves the neighbour known: silence', () => {
  const lines = `kernel linux-5.15 on client\nat 1s client loses carrier\n${SENDS}`;
  const trace = run(lines);
  expect(heard(trace)).toEqual([]);
  expect(calls(trace, 'app', 900).at(0)).toMatch(/recv ETIMEDOUT$/);
});

it('with `timers wheel` a neighbour is waited for as long as in the kernel: three seconds are 3.056', () => {
  const [plan] = parseScenarios(withBase(`at 1s client loses carrier\n${SENDS}\nrun until 6s`)).scenarios[0]!.runs;
  const wheel = { ...plan!, hosts: plan!.hosts.map((host) => ({ ...host, hz: 250, timers: 'wheel' as const })) };
  expect(neighbours(play(wheel), 'client', 6)).toContain('5.056 FAILED');
  expect(neighbours(play(plan!), 'client', 6)).toContain('5 FAILED');
});
