import { describe, expect, it } from 'vitest';
import type { ExpectationPlan } from '../../../extension/scenario/expectation.ts';
import { ERRNOS } from '../../../extension/scenario/errno.ts';
import { TCP_STATES } from '../../../extension/scenario/tcp-state.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { checkExpectations } from '../../../extension/trace/expectations/index.ts';
import { ACK, FIN, RST } from '../../../extension/trace/schema.ts';
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
  within,
} from '../../support/trace-builder.ts';

/** The server dies at 1 s; the client probes at 10 s and 13 s, gives up at 16 s with a RST and ETIMEDOUT. */
function story(reason: 'idle' | 'until' | 'event-limit' = 'idle'): Trace {
  const b = new TraceBuilder({
    actions: [
      { text: 'server loses power', moment: 'fault' },
      { text: 'web listens on 80', moment: 'never' },
      'app connects to server:80 as conn',
    ],
  });
  b.at(0.01).action(2); // 0
  b.add('end.opened', b.near, { how: 'connect' });
  b.state(b.near, 'CLOSED', 'SYN_SENT');
  b.at(0.02);
  const ack = b.send(b.far);
  b.deliver(ack, b.near); // 4
  b.state(b.near, 'SYN_SENT', 'ESTABLISHED'); // 5
  b.returned('connect'); // 6
  b.at(0.5).returned('recv', { value: 60 }); // 7
  b.at(0.6).returned('recv', { value: 40 }); // 8
  b.at(1);
  b.send(b.near); // 9: same microsecond as the fault, before it
  b.action(0); // 10
  b.send(b.far, { flags: FIN + ACK, purpose: 'fin' }); // 11: same microsecond, after it
  b.at(10).send(b.near, { purpose: 'keepalive-probe', relativeSeq: 0 }); // 12
  b.at(13).send(b.near, { purpose: 'keepalive-probe', relativeSeq: 0 }); // 13
  b.at(16.02).send(b.near, { flags: RST + ACK, purpose: 'rst' }); // 14
  b.add('tcp.error', b.near, { errno: 'ETIMEDOUT', soft: false }); // 15
  b.state(b.near, 'ESTABLISHED', 'CLOSED'); // 16
  b.add('end.gone', b.near, { reason: 'timed-out' }); // 17
  b.returned('recv', { errno: 'ETIMEDOUT' }); // 18
  b.at(17).returned('recv', { value: 0 }); // 19
  b.returned('send', { errno: 'EPIPE' }); // 20
  b.add('app.decided', b.near, { what: 'gave-up', process: b.app, value: 3 }); // 21
  b.at(20).ended(reason);
  return b.done();
}

const check = (trace: Trace, plan: ExpectationPlan) => {
  const { met, code, evidence, args } = checkExpectations(trace, [plan])[0]!;
  return { met, code, evidence, args };
};
const onClient = { connection: 'conn', host: 'client' } as const;
const s = (value: number): number => Math.round(value * 1e6);

describe('checkExpectations', () => {
  it('several expectations: results in their order', () => {
    const results = checkExpectations(story(), [
      expectation({ kind: 'count', class: 'RST', count: 1, comparison: 'exactly' }),
      expectation({ kind: 'no-failure', ...onClient }),
    ]);
    expect(results.map(({ expectation: index, met }) => [index, met])).toEqual([
      [0, true],
      [1, false],
    ]);
  });

  describe('state', () => {
    const is = (state: (typeof TCP_STATES)[number], when?: ExpectationPlan['when']) =>
      expectation({ kind: 'state', ...onClient, state }, when);
    const actual = (state: (typeof TCP_STATES)[number], time: number) => [TCP_STATES.indexOf(state), s(time)];

    it.each([
      ['at a time', is('ESTABLISHED', at(seconds(5)))],
      ['at the very time of the change', is('ESTABLISHED', at(seconds(0.02)))],
      ['before it existed: CLOSED', is('CLOSED', at(seconds(0)))],
      ['after the end of an idle run', is('CLOSED', at(seconds(2_592_000)))],
      ['no time: at the end of the run', is('CLOSED')],
      ['with a tolerance that reaches the change', is('SYN_SENT', at(seconds(0.03), 0.015))],
      ['between: during all of it', is('ESTABLISHED', between(seconds(0.02), seconds(16)))],
      ['after a moment: to the end', is('CLOSED', after(seconds(16.02)))],
      ['within: at some time', is('CLOSED', within(16, moment('fault')))],
      ['before: at some time', is('SYN_SENT', before(moment('fault')))],
      ['after the last segment received', is('ESTABLISHED', at(lastReceived(15.9)))],
    ])('%s: met', (_, plan) => {
      expect(check(story(), plan)).toMatchObject({ met: true, code: 'met' });
    });

    it('another state then: tells which and since when', () => {
      expect(check(story(), is('CLOSED', at(seconds(5))))).toEqual({
        met: false,
        code: 'other-state',
        evidence: 5,
        args: actual('ESTABLISHED', 5),
      });
    });

    it('left during the interval: tells when', () => {
      expect(check(story(), is('ESTABLISHED', between(seconds(1), seconds(20))))).toEqual({
        met: false,
        code: 'other-state',
        evidence: 16,
        args: actual('CLOSED', 16.02),
      });
    });

    it('a time after `run until`: not decided', () => {
      expect(check(story('until'), is('CLOSED', at(seconds(30))))).toEqual({
        met: false,
        code: 'run-ended-before',
        evidence: 22,
        args: [s(30), s(20)],
      });
    });

    it('passed through within one microsecond: does not count', () => {
      const b = new TraceBuilder();
      b.at(1).state(b.near, 'ESTABLISHED', 'CLOSE_WAIT');
      b.state(b.near, 'CLOSE_WAIT', 'LAST_ACK');
      const trace = b.done();
      expect(check(trace, is('LAST_ACK', at(seconds(1))))).toMatchObject({ met: true });
      expect(check(trace, is('CLOSE_WAIT', at(seconds(1))))).toMatchObject({ met: false, evidence: 1 });
    });
  });

  describe('transition', () => {
    const becomes = (state: (typeof TCP_STATES)[number], when?: ExpectationPlan['when']) =>
      expectation({ kind: 'transition', ...onClient, state }, when);

    it('at its time: met', () => {
      expect(check(story(), becomes('ESTABLISHED', at(seconds(0.02))))).toEqual({
        met: true,
        code: 'met',
        evidence: 5,
        args: [s(0.02)],
      });
    });

    it('CLOSED: the state change counts once, not the disappearance too', () => {
      expect(check(story(), becomes('CLOSED', at(seconds(16.02))))).toMatchObject({ met: true, evidence: 16 });
    });

    it('power loss without a state change: the disappearance counts', () => {
      const b = new TraceBuilder();
      b.at(1).state(b.far, 'SYN_RECEIVED', 'ESTABLISHED');
      b.at(2).add('end.gone', b.far, { reason: 'host-off' });
      const plan = expectation({ kind: 'transition', connection: 'conn', host: 'server', state: 'CLOSED' });
      expect(check(b.done(), plan)).toMatchObject({ met: true, evidence: 1 });
    });

    it('at another time: tells expected and actual', () => {
      expect(check(story(), becomes('ESTABLISHED', before(seconds(0.02))))).toEqual({
        met: false,
        code: 'other-time',
        evidence: 5,
        args: [-1, s(0.02) - 1, s(0.02)],
      });
    });

    it('no such connection: says so', () => {
      const plan = expectation({ kind: 'transition', connection: 'other', host: 'client', state: 'CLOSED' });
      expect(check(story(), plan)).toMatchObject({ met: false, code: 'no-connection' });
    });
  });

  describe('failure', () => {
    const fails = (errno: (typeof ERRNOS)[number], when?: ExpectationPlan['when']) =>
      expectation({ kind: 'failure', ...onClient, errno }, when);

    it.each([
      ['after the last segment received', at(lastReceived(16))],
      ['exactly', at(seconds(16.02))],
      ['with a tolerance', at(seconds(16), 0.02)],
      ['within', within(15.02, moment('fault'))],
      ['between, bounds included', between(seconds(16.02), seconds(16.02))],
      ['after an offset from a moment', after(moment('fault', 15))],
      ['before', before(seconds(16.020001))],
      ['at any time', { kind: 'any' } as const],
    ])('%s: met', (_, when) => {
      expect(check(story(), fails('ETIMEDOUT', when))).toEqual({
        met: true,
        code: 'met',
        evidence: 15,
        args: [s(16.02)],
      });
    });

    it('later than expected: tells both times', () => {
      expect(check(story(), fails('ETIMEDOUT', at(lastReceived(15))))).toEqual({
        met: false,
        code: 'other-time',
        evidence: 15,
        args: [s(15.02), s(15.02), s(16.02)],
      });
    });

    it('another error: tells which', () => {
      expect(check(story(), fails('ECONNRESET', at(seconds(16.02))))).toEqual({
        met: false,
        code: 'other-error',
        evidence: 15,
        args: [ERRNOS.indexOf('ETIMEDOUT'), s(16.02)],
      });
    });

    it('a soft error only: does not count', () => {
      const b = new TraceBuilder();
      b.at(3).add('tcp.error', b.near, { errno: 'EHOSTUNREACH', soft: true });
      expect(check(b.done(), fails('EHOSTUNREACH'))).toMatchObject({ met: false, code: 'not-happened' });
    });

    it('a moment that never came: fails with that', () => {
      expect(check(story(), fails('ETIMEDOUT', at(moment('never'))))).toEqual({
        met: false,
        code: 'moment-not-reached',
        evidence: -1,
        args: [1],
      });
    });

    it('a moment whose statement was skipped: points at it', () => {
      const b = new TraceBuilder({ actions: [{ text: 'app sends 1 B on conn', moment: 'send' }] });
      const skipped = b.at(1).add('scenario.skipped', b.app, { action: 0, reason: 'process-dead' });
      expect(check(b.done(), fails('ETIMEDOUT', at(moment('send'))))).toMatchObject({
        code: 'moment-not-reached',
        evidence: skipped,
      });
    });

    it('a name that no moment has: fails with that', () => {
      expect(check(story(), fails('ETIMEDOUT', at(moment('nowhere'))))).toMatchObject({ code: 'moment-unknown' });
    });

    it('nothing was ever received: fails with that', () => {
      const b = new TraceBuilder();
      b.at(3).add('tcp.error', b.near, { errno: 'ETIMEDOUT', soft: false });
      expect(check(b.done(), fails('ETIMEDOUT', at(lastReceived(3))))).toMatchObject({ code: 'nothing-received' });
    });
  });

  describe('no failure', () => {
    const never = (when?: ExpectationPlan['when']) => expectation({ kind: 'no-failure', ...onClient }, when);

    it('none in the time given: met', () => {
      expect(check(story(), never(before(seconds(16.02))))).toMatchObject({ met: true });
    });

    it('one: tells which', () => {
      expect(check(story(), never())).toEqual({
        met: false,
        code: 'failed',
        evidence: 15,
        args: [ERRNOS.indexOf('ETIMEDOUT'), s(16.02)],
      });
    });

    it('the run was stopped by a limit: not decided', () => {
      expect(check(story('event-limit'), never(after(seconds(17))))).toMatchObject({
        met: false,
        code: 'run-ended-before',
        args: [-1, s(20)],
      });
    });
  });

  describe('EOF', () => {
    const eof = (when?: ExpectationPlan['when']) => expectation({ kind: 'eof', ...onClient }, when);

    it('recv returned 0 then: met', () => {
      expect(check(story(), eof(within(16, moment('fault'))))).toMatchObject({ met: true, evidence: 19 });
    });

    it('at another time: tells it', () => {
      expect(check(story(), eof(at(moment('fault'))))).toMatchObject({ code: 'other-time', args: [s(1), s(1), s(17)] });
    });

    it('a recv that failed is none', () => {
      expect(check(story(), eof(before(seconds(17))))).toMatchObject({ met: false, evidence: 19 });
    });
  });

  describe('bytes read', () => {
    const reads = (bytes: number, when?: ExpectationPlan['when']) =>
      expectation({ kind: 'bytes-read', ...onClient, bytes }, when);

    it.each([
      ['in all', reads(100)],
      ['by then', reads(60, before(seconds(0.6)))],
      ['complete at its time', reads(100, at(seconds(0.6)))],
      ['none yet', reads(0, before(seconds(0.5)))],
    ])('%s: met', (_, plan) => {
      expect(check(story(), plan)).toMatchObject({ met: true, args: [plan.kind === 'bytes-read' ? plan.bytes : -1] });
    });

    it('complete at another time: tells it', () => {
      expect(check(story(), reads(100, at(seconds(5))))).toMatchObject({
        code: 'other-time',
        evidence: 8,
        args: [s(5), s(5), s(0.6)],
      });
    });

    it('another number: tells it', () => {
      expect(check(story(), reads(200))).toEqual({
        met: false,
        code: 'other-bytes',
        evidence: 8,
        args: [100, 200, s(0.6)],
      });
    });
  });

  describe('call', () => {
    const call = (name: 'connect' | 'send' | 'recv', errno?: (typeof ERRNOS)[number], when?: ExpectationPlan['when']) =>
      expectation(
        { kind: 'call', process: 'app', call: name, connection: 'conn', ...(errno === undefined ? {} : { errno }) },
        when,
      );

    it('succeeds then: met', () => {
      expect(check(story(), call('connect', undefined, at(seconds(0.02))))).toMatchObject({ met: true, evidence: 6 });
    });

    it('fails with that error: met', () => {
      expect(check(story(), call('send', 'EPIPE', after(moment('fault'))))).toMatchObject({ met: true, evidence: 20 });
    });

    it('another outcome: tells it', () => {
      expect(check(story(), call('connect', 'ECONNREFUSED'))).toEqual({
        met: false,
        code: 'other-outcome',
        evidence: 6,
        args: [-1, s(0.02)],
      });
    });

    it('another process: not counted', () => {
      const plan = expectation({ kind: 'call', process: 'web', call: 'connect' });
      expect(check(story(), plan)).toMatchObject({ met: false, code: 'not-happened', args: [-1, -1] });
    });
  });

  describe('poll', () => {
    const polled = (): Trace => {
      const b = new TraceBuilder({});
      b.at(1).returned('poll', { value: 0x4 });
      b.at(2).returned('poll', { value: 0x2005 });
      return b.done();
    };
    const check = (events: number) => {
      const plan = expectation({ kind: 'poll', process: 'app', connection: 'conn', events }, at(seconds(2)));
      return checkExpectations(polled(), [plan])[0]!;
    };

    it('exactly these events, then', () => {
      expect(check(0x2005)).toMatchObject({ met: true, code: 'met' });
      expect(check(0x4)).toMatchObject({ met: false, code: 'other-time' });
    });

    it('others: what it reported last', () => {
      expect(check(0x1)).toMatchObject({ met: false, code: 'other-events', args: [0x2005, 2_000_000] });
    });
  });

  describe('sends', () => {
    const sends = (host: string, when: ExpectationPlan['when']) =>
      expectation({ kind: 'sends', host, class: 'FIN' }, when);

    it('at the moment: met', () => {
      expect(check(story(), sends('server', at(moment('fault'))))).toMatchObject({ met: true, evidence: 11 });
    });

    it('from the other host: not met', () => {
      expect(check(story(), sends('client', at(moment('fault'))))).toMatchObject({ met: false, code: 'not-happened' });
    });

    it('after the last segment its end received: met', () => {
      const plan = expectation({ kind: 'sends', host: 'client', class: 'RST' }, at(lastReceived(16)));
      expect(check(story(), plan)).toMatchObject({ met: true, evidence: 14 });
    });

    it('a reset without a socket, after the last segment its host received: met', () => {
      const b = new TraceBuilder();
      b.at(1).deliver(b.send(b.near), b.server);
      const reset = b.send(b.far, { flags: RST, purpose: 'rst' });
      const rst = b.at(3).add('segment.sent', b.server, { ...b.fieldsOf(reset) });
      const plan = expectation({ kind: 'sends', host: 'server', class: 'RST' }, at(lastReceived(2)));
      expect(check(b.done(), plan)).toMatchObject({ met: true, evidence: rst });
    });
  });

  describe('count', () => {
    const count = (
      number: number,
      comparison: 'exactly' | 'at-least' | 'at-most',
      when?: ExpectationPlan['when'],
      rest: { class?: 'keepalive probe' | 'segment' | 'FIN'; host?: string } = {},
    ) => expectation({ kind: 'count', class: 'keepalive probe', count: number, comparison, ...rest }, when);

    it.each([
      ['exactly', count(2, 'exactly')],
      ['at least', count(1, 'at-least')],
      ['at most', count(3, 'at-most')],
      ['from the host', count(2, 'exactly', undefined, { host: 'client' })],
      ['none from the other', count(0, 'exactly', undefined, { host: 'server' })],
      ['in the time given', count(1, 'exactly', between(seconds(11), seconds(13)))],
      ['relative to the last segment received', count(1, 'exactly', at(lastReceived(12.98)))],
      ['nothing before the first', count(0, 'exactly', before(seconds(10)))],
    ])('%s: met', (_, plan) => {
      expect(check(story(), plan)).toMatchObject({ met: true });
    });

    it('after a moment: what left in its microsecond counts by the order of the trace', () => {
      const plan = count(0, 'exactly', after(moment('fault')), { class: 'segment', host: 'server' });
      expect(check(story(), plan)).toEqual({ met: false, code: 'other-count', evidence: 11, args: [1, 0] });
      expect(
        check(story(), count(1, 'exactly', before(moment('fault')), { class: 'segment', host: 'client' })),
      ).toMatchObject({ met: true, evidence: 9 });
    });

    it('too few: tells the number', () => {
      expect(check(story(), count(9, 'exactly'))).toEqual({
        met: false,
        code: 'other-count',
        evidence: 13,
        args: [2, 9],
      });
    });

    it('none, after a moment that never came: fails', () => {
      expect(check(story(), count(0, 'exactly', after(moment('never')), { class: 'FIN' }))).toMatchObject({
        met: false,
        code: 'moment-not-reached',
      });
    });

    it('none so far in a run that a limit stopped: not decided', () => {
      expect(check(story('event-limit'), count(2, 'exactly'))).toMatchObject({ code: 'run-ended-before' });
    });
  });

  describe('gives up', () => {
    const givesUp = (process: string, when?: ExpectationPlan['when']) =>
      expectation({ kind: 'gives-up', process, connection: 'conn' }, when);

    it('then: met', () => {
      expect(check(story(), givesUp('app', at(seconds(17))))).toMatchObject({ met: true, evidence: 21 });
    });

    it('never: not met', () => {
      expect(check(story(), givesUp('web'))).toMatchObject({ met: false, code: 'not-happened' });
    });
  });
});
