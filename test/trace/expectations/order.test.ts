/** Order, and windows that end just before something. */
import { describe, expect, it } from 'vitest';
import type { ExpectationPlan, Happening, TimeReference } from '../../../extension/scenario/expectation.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { checkExpectations } from '../../../extension/trace/expectations/index.ts';
import { ACK, FIN } from '../../../extension/trace/schema.ts';
import {
  after,
  at,
  before,
  between,
  expectation,
  lastReceived,
  moment,
  seconds,
  TraceBuilder,
} from '../../support/trace-builder.ts';

/** The client closes at 1 s, the server answers at 2 s and closes in the same microsecond; the client closes down at 3 s. */
function story(): Trace {
  const b = new TraceBuilder({ actions: [{ text: 'app closes conn', moment: 'close' }] });
  b.at(0.5).state(b.near, 'CLOSED', 'ESTABLISHED'); // 0
  b.at(1).action(0); // 1
  const fin = b.send(b.near, { flags: FIN + ACK, purpose: 'fin' }); // 2
  b.state(b.near, 'ESTABLISHED', 'FIN_WAIT_1'); // 3
  b.at(2).deliver(fin, b.far); // 4
  const ack = b.send(b.far); // 5
  const last = b.send(b.far, { flags: FIN + ACK, purpose: 'fin' }); // 6
  b.at(3).deliver(ack, b.near); // 7
  b.deliver(last, b.near); // 8
  b.state(b.near, 'FIN_WAIT_1', 'TIME_WAIT'); // 9
  b.send(b.near); // 10
  b.at(20).ended(); // 11
  return b.done();
}

const check = (plan: ExpectationPlan) => {
  const { met, code, evidence, args } = checkExpectations(story(), [plan])[0]!;
  return { met, code, evidence, args };
};
const first = (event: Happening): TimeReference => ({ base: { kind: 'happening', event }, offset: 0 });
const fin = (host: string): Happening => ({ kind: 'sends', host, class: 'FIN' });
const becomes = (state: 'ESTABLISHED' | 'TIME_WAIT' | 'LISTEN'): Happening => ({
  kind: 'transition',
  connection: 'conn',
  host: 'client',
  state,
});
const s = (value: number): number => value * 1e6;

describe('one thing before another', () => {
  it.each<[string, ExpectationPlan]>([
    ['sent before sent', expectation(fin('client'), before(first(fin('server'))))],
    ['sent after sent', expectation(fin('server'), after(first(fin('client'))))],
    ['entered after sent', expectation(becomes('TIME_WAIT'), after(first(fin('server'))))],
    [
      'in the same microsecond, by the order of events',
      expectation({ kind: 'sends', host: 'server', class: 'ACK' }, before(first(fin('server')))),
    ],
    [
      'nothing after it',
      expectation(
        { kind: 'count', class: 'data segment', host: 'client', count: 0, comparison: 'exactly' },
        after(first(fin('client'))),
      ),
    ],
  ])('%s: met', (_, plan) => {
    expect(check(plan)).toMatchObject({ met: true });
  });

  it('the other way round: tells both times', () => {
    expect(check(expectation(fin('server'), before(first(fin('client')))))).toEqual({
      met: false,
      code: 'other-order',
      evidence: 6,
      args: [s(1), s(2), 1],
    });
    expect(check(expectation(fin('client'), after(first(fin('server')))))).toEqual({
      met: false,
      code: 'other-order',
      evidence: 2,
      args: [s(2), s(1), 0],
    });
  });

  it('the other way round in the same microsecond', () => {
    const ack: Happening = { kind: 'sends', host: 'server', class: 'ACK' };
    expect(check(expectation(fin('server'), before(first(ack))))).toMatchObject({
      code: 'other-order',
      args: [s(2), s(2), 1],
    });
  });

  it('the other thing never happens: not met', () => {
    expect(check(expectation(fin('client'), before(first(becomes('LISTEN')))))).toMatchObject({
      met: false,
      code: 'other-not-happened',
    });
  });

  it('it never happens itself: not met', () => {
    expect(check(expectation(becomes('LISTEN'), before(first(fin('server')))))).toMatchObject({
      met: false,
      code: 'not-happened',
    });
  });
});

describe('until just before', () => {
  const untilJustBefore = (from: TimeReference, to: TimeReference) =>
    ({ ...between(from, to), endsJustBefore: true }) as const;
  const established = (when: ExpectationPlan['when']) =>
    expectation({ kind: 'state', connection: 'conn', host: 'client', state: 'ESTABLISHED' }, when);

  it.each<[string, TimeReference]>([
    ['a time', seconds(1)],
    ['a moment', moment('close')],
    ['a happening', first(fin('client'))],
  ])('a state that changes exactly at %s held until just before it', (_, end) => {
    expect(check(established(untilJustBefore(seconds(0.5), end)))).toMatchObject({ met: true });
    expect(check(established(between(seconds(0.5), end)))).toMatchObject({ met: false, code: 'other-state' });
  });

  it('a state that changes a microsecond earlier did not', () => {
    expect(check(established(untilJustBefore(seconds(0.5), seconds(1.000_001))))).toMatchObject({
      met: false,
      code: 'other-state',
      args: [expect.any(Number), s(1)],
    });
  });

  it('what is sent at the end itself does not count, what is sent in its microsecond but before it does', () => {
    const acks = (count: number, to: TimeReference) =>
      expectation(
        { kind: 'count', class: 'ACK', host: 'server', count, comparison: 'exactly' },
        untilJustBefore(seconds(1), to),
      );
    expect(check(acks(0, seconds(2)))).toMatchObject({ met: true });
    expect(check(acks(1, first(fin('server'))))).toMatchObject({ met: true });
  });
});

describe('the last segment received', () => {
  const count = (number: number, when: ExpectationPlan['when'], segments: 'ACK' | 'FIN' = 'ACK') =>
    expectation({ kind: 'count', class: segments, host: 'client', count: number, comparison: 'exactly' }, when);

  it('of a stretch of time: the last of the whole run, and what follows in its microsecond comes after it', () => {
    expect(check(count(1, after(lastReceived(0))))).toMatchObject({ met: true, evidence: 10 });
    expect(check(count(0, after(lastReceived(0)), 'FIN'))).toMatchObject({ met: true });
    expect(check(count(0, after(lastReceived(1))))).toMatchObject({ met: true });
  });

  it('at a time: of each segment by itself', () => {
    expect(check(count(1, at(lastReceived(0))))).toMatchObject({ met: true, evidence: 10 });
  });

  it('of a call without an end: what the host of its process received', () => {
    const b = new TraceBuilder();
    b.at(1).deliver(b.send(b.far), b.client);
    const call = b.at(3).returned('send', { errno: 'EBADF' }, b.app);
    const plan = expectation({ kind: 'call', process: 'app', call: 'send', errno: 'EBADF' }, at(lastReceived(2)));
    expect(checkExpectations(b.done(), [plan])[0]).toMatchObject({ met: true, evidence: call });
  });
});
