/** Paths that take less than the hosts' interfaces, played as scenarios. */
import { expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import { parseScenarios } from '../../../extension/language/parse.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { withBase } from '../../language/support.ts';
import { calls, seconds } from '../support/run.ts';

function run(lines: string): Trace {
  const { scenarios, problems } = parseScenarios(withBase(lines));
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return play(scenarios[0]!.runs[0]!);
}

function count(trace: Trace, purpose: string, from: string): number {
  return [...trace.eventsOf('segment.sent')].filter(
    (event) => event.purpose === purpose && trace.placeName(event.from) === from,
  ).length;
}

const lost = (trace: Trace): string[] =>
  [...trace.eventsOf('segment.dropped')].map(
    ({ time, reason, place }) => `${seconds(time)} ${reason} ${trace.placeName(place)}`,
  );

const messages = (trace: Trace): string[] =>
  [...trace.eventsOf('icmp.sent')].map(
    ({ time, message, mtu, to }) => `${seconds(time)} ${message} ${mtu} to ${trace.placeName(to)}`,
  );

const ROUTER = 'router edge on wire { mtu 1400 B }';
const HOLE = 'router edge on wire { mtu 1400 B  reports nothing }';
const LARGE = 'at 2s app sends 3 KB on conn';

it('a router says how large packets may be, and all arrives one round trip to it later', () => {
  const trace = run(`${ROUTER}\nat 1s app sends 1300 B on conn\n${LARGE}\nrun until 3s`);
  expect(lost(trace)).toEqual(['2.0025 too-big edge', '2.0025 too-big edge']);
  expect(messages(trace)).toEqual([
    '2.0025 fragmentation needed 1400 to client',
    '2.0025 fragmentation needed 1400 to client',
  ]);
  expect(calls(trace, 'web', 1)).toContain('2.01 recv 3000');
  expect(count(trace, 'rto-retransmission', 'client')).toBe(0);
});

it('so it does for either side', () => {
  const trace = run(`${ROUTER}\nat 2s web sends 3 KB on conn\nrun until 3s`);
  expect(messages(trace)[0]).toBe('2.0025 fragmentation needed 1400 to server');
  expect(calls(trace, 'app', 2)).toContain('2.01 recv 3000');
});

it('a connection opened afterwards knows it from the beginning, at this host', () => {
  const trace = run(
    `${ROUTER}\n${LARGE}\nat 4s app connects to server:80 as second\nat 5s app sends 3 KB on second\nrun until 6s`,
  );
  const syns = [...trace.eventsOf('segment.sent')].filter(({ mss }) => mss > 0).map(({ mss }) => mss);
  expect(syns).toEqual([1460, 1460, 1360, 1460]);
  expect(messages(trace)).toHaveLength(2);
});

it('another connection to the same host learns it before it sends', () => {
  const trace = run(
    `${ROUTER}\nat 1s app connects to server:80 as second\n${LARGE}\nat 3s app sends 3 KB on second\nrun until 4s`,
  );
  expect(messages(trace)).toHaveLength(2);
  expect([...trace.eventsOf('tcp.mss')].map(({ time, mss }) => `${seconds(time)} ${mss}`)).toEqual([
    '2.005 1348',
    '3 1348',
  ]);
});

it('a router that reports nothing is a black hole: small data arrives, large data never', () => {
  const trace = run(`${HOLE}\nat 1s app sends 1300 B on conn\n${LARGE}`);
  expect(calls(trace, 'web', 1)).toContain('1.005 recv 1300');
  expect(messages(trace)).toEqual([]);
  expect(calls(trace, 'app', 900).at(0)).toMatch(/recv ETIMEDOUT$/);
});

it('tcp_mtu_probing finds a way through a black hole', () => {
  const trace = run(`${HOLE}\nsysctl tcp_mtu_probing = 1 on client\n${LARGE}\nrun until 20s`);
  expect([...trace.eventsOf('tcp.mss')].map(({ mss, reason }) => `${mss} ${reason}`)).toEqual(['1024 black-hole']);
  const received = calls(trace, 'web', 5).map((call) => /^5\.\d+ recv (\d+)$/.exec(call)?.[1] ?? '0');
  expect(received.reduce((sum, bytes) => sum + Number(bytes), 0)).toBe(3000);
});

it('the MTU of a link that shrinks is that of the way behind its router, which says so', () => {
  const change = 'at 1s wire has mtu 1400 B as shrinks';
  const silent = run(`${change}\n${LARGE}\nrun until 2.1s`);
  expect(messages(silent)).toEqual([]);
  expect(lost(silent)[0]).toBe('2 too-big wire');
  const trace = run(`router edge on wire\n${change}\n${LARGE}\nrun until 2.1s`);
  expect(messages(trace)[0]).toBe('2.0025 fragmentation needed 1400 to client');
  const { blame } = [...trace.eventsOf('segment.dropped')][0]!;
  expect(trace.kindAt(blame)).toBe('scenario.action');
});

it('an MTU that grows again takes what is larger', () => {
  const trace = run(`${ROUTER}\nat 1s wire has mtu 1500 B\n${LARGE}\nrun until 3s`);
  expect([messages(trace), lost(trace)]).toEqual([[], []]);
});
