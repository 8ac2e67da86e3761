import { describe, expect, it } from 'vitest';
import { ERRNOS } from '../../../extension/scenario/errno.ts';
import { TCP_STATES } from '../../../extension/scenario/tcp-state.ts';
import { RESULT_CODES } from '../../../extension/trace/expectations/index.ts';
import {
  describeEvent,
  describeExpectation,
  explainWhy,
  longSpan,
  span,
} from '../../../extension/trace/explain/index.ts';
import { EVENT_SCHEMA, PURPOSES, SEND_REASONS, TIMERS } from '../../../extension/trace/schema.ts';
import { TraceBuilder } from '../../support/trace-builder.ts';

describe('describeEvent', () => {
  it('a keepalive probe: who, what, and its numbers', () => {
    const b = new TraceBuilder();
    const id = b.send(b.near, { purpose: 'keepalive-probe', reason: 'keepalive-timer', relativeSeq: 0, args: [9, 1] });
    expect(describeEvent(b.done(), id)).toBe('client sends keepalive probe 9/9: ACK, seq 0, ack 1, len 0');
  });

  it('a segment that arrives, is lost, is ignored', () => {
    const b = new TraceBuilder();
    const fin = b.at(1).send(b.far, { flags: 17, purpose: 'fin', reason: 'application-closed' });
    const off = b.add('host.state', b.client, { on: false, reason: 'power-loss' });
    const ids = [
      b.at(1.005).deliver(fin, b.near),
      b.drop(fin, off),
      b.add('segment.ignored', b.near, { segment: fin, reason: 'old-ack' }),
    ];
    const trace = b.done();
    expect(ids.map((id) => describeEvent(trace, id))).toEqual([
      'conn on client receives FIN, sent 5 ms earlier',
      'FIN from server is lost: client has no power',
      'conn on client ignores FIN: it acknowledges only what was acknowledged before',
    ]);
  });

  it('calls and their outcomes', () => {
    const b = new TraceBuilder();
    const ids = [
      b.add('call.entered', b.near, { call: 'send', process: b.app, value: 100, detail: '' }),
      b.add('call.entered', b.app, { call: 'connect', process: b.app, value: 80, detail: '10.0.0.2' }),
      b.returned('recv', { value: 0 }),
      b.returned('recv', { value: 100 }),
      b.returned('send', { errno: 'EPIPE' }),
      b.returned('connect'),
    ];
    const trace = b.done();
    expect(ids.map((id) => describeEvent(trace, id))).toEqual([
      'app calls send(100 B) on conn',
      'app calls connect(10.0.0.2:80)',
      'app reads EOF: the other end will send nothing more',
      'app reads 100 B',
      'send() fails with EPIPE: app is told',
      'connect() of app succeeds',
    ]);
  });

  it('every purpose, reason and timer: a sentence, and a rule with an RFC or a kernel function', () => {
    for (const purpose of PURPOSES) {
      for (const reason of SEND_REASONS) {
        const b = new TraceBuilder();
        const id = b.send(b.near, { purpose, reason });
        const trace = b.done();
        expect(describeEvent(trace, id)).toMatch(/^client sends /);
        const [first] = explainWhy(trace, id);
        expect(first?.text).toMatch(/\.$/);
        expect(first?.rule?.rfc ?? first?.rule?.kernel).toBeDefined();
      }
    }
    for (const timer of TIMERS) {
      const b = new TraceBuilder();
      const id = b.arm(b.near, timer, 5);
      expect(explainWhy(b.done(), id)[0]?.rule?.kernel).toBeDefined();
    }
  });

  it('every reason why an end is gone or a segment is ignored: a rule', () => {
    for (const reason of EVENT_SCHEMA['end.gone'].reason.enum) {
      const b = new TraceBuilder();
      const id = b.add('end.gone', b.near, { reason });
      expect(explainWhy(b.done(), id)[0]).toMatchObject({
        text: expect.stringContaining('no longer exists') as string,
      });
    }
    for (const reason of EVENT_SCHEMA['segment.ignored'].reason.enum) {
      const b = new TraceBuilder();
      const id = b.add('segment.ignored', b.far, { segment: b.send(b.near), reason });
      expect(explainWhy(b.done(), id)[0]?.rule?.kernel).toBeDefined();
    }
  });
});

describe('describeExpectation', () => {
  const say = (code: string, ...args: number[]): string => {
    const b = new TraceBuilder({
      actions: [{ text: 'at 1s server boots as back', moment: 'back' }],
      expectations: ['conn on client fails'],
    });
    const id = b.add('expectation', 0, { expectation: 0, met: code === 'met', evidence: -1, code, args });
    const trace = b.done();
    return describeExpectation(trace, trace.eventOf('expectation', id));
  };

  it.each([
    ['met', [1e6], 'met'],
    ['other-time', [7875e6, 7875e6, 7954.2e6], 'expected at 7875.000 s, happened at 7954.200 s'],
    ['other-time', [1e6, 2e6, 3e6], 'expected between 1.000 s and 2.000 s, happened at 3.000 s'],
    ['other-time', [-1, 2e6, 3e6], 'expected not after 2.000 s, happened at 3.000 s'],
    ['other-time', [4e6, -1, 3e6], 'expected not before 4.000 s, happened at 3.000 s'],
    ['other-order', [1e6, 2e6, 1], 'expected before 1.000 s, happened at 2.000 s'],
    ['other-order', [2e6, 1e6, 0], 'expected after 2.000 s, happened at 1.000 s'],
    ['other-order', [2e6, 2e6, 1], 'both happened at 2.000 s, this one second'],
    ['other-order', [2e6, 2e6, 0], 'both happened at 2.000 s, this one first'],
    ['other-not-happened', [], 'what it should come before or after never happened'],
    ['not-happened', [-1, -1], 'it never happened'],
    ['not-happened', [1e6, 1e6], 'expected at 1.000 s, never happened'],
    ['other-state', [TCP_STATES.indexOf('CLOSE_WAIT'), 5e6], 'at 5.000 s the state was CLOSE_WAIT'],
    ['other-error', [ERRNOS.indexOf('ECONNRESET'), 5e6], 'it failed with ECONNRESET instead, at 5.000 s'],
    ['failed', [ERRNOS.indexOf('EPIPE'), 5e6], 'it failed with EPIPE at 5.000 s'],
    ['other-outcome', [-1, 5e6], 'the call succeeded, at 5.000 s'],
    ['other-count', [8, 9], 'counted 8, expected 9'],
    ['other-bytes', [60, 100, 5e6], '60 B were read, the last at 5.000 s; expected 100 B'],
    ['other-bytes', [0, 100, -1], 'nothing was read, expected 100 B'],
    ['no-connection', [], 'there never was such a connection'],
    ['moment-not-reached', [0], 'it speaks of a moment that never came: line 1 · at 1s server boots as back'],
    ['moment-unknown', [], 'it speaks of a moment that has no such name in this run'],
    ['nothing-received', [], 'it speaks of the last segment received, but none was'],
    ['run-ended-before', [-1, 9e6], 'the run ended at 9.000 s, before this could be decided'],
  ])('%s %j', (code, args, sentence) => {
    expect(say(code, ...args)).toBe(sentence);
  });

  it('every code: a sentence', () => {
    expect(RESULT_CODES.map((code) => say(code, 0, 0, 0)).every((text) => text.length > 2)).toBe(true);
  });
});

describe('durations and moments', () => {
  it.each([
    [0, '0 s'],
    [15, '15 µs'],
    [210_000, '210 ms'],
    [75_000_000, '1 min 15 s'],
    [7_875_000_000, '2 h 11 min 15 s'],
    [2_592_000_000_000, '30 d'],
  ])('%i µs, long: %s', (duration, text) => {
    expect(longSpan(duration)).toBe(text);
  });

  it('short: in one unit', () => {
    expect([span(7_875_000_000), span(935_040_000), span(5_000), span(1_500)]).toEqual([
      '7875 s',
      '935.04 s',
      '5 ms',
      '1.5 ms',
    ]);
  });
});
