import { expect, it } from 'vitest';
import type { Action, LinkRulePlan } from '../../../extension/scenario/plan.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { at, cut, run, seconds, segmentText, send } from '../support/run.ts';

function rule(plan: Partial<LinkRulePlan>): Action {
  return {
    kind: 'link-rule',
    link: 'wire',
    effect: { kind: 'drop' },
    class: 'data segment',
    which: { kind: 'next', count: 1 },
    ...plan,
  };
}

/** `1.005 lost PA 1+100 ack 1 data`: what became of segments on the way and at its end. */
function fates(trace: Trace, from = 1): string[] {
  return [...trace.events()].flatMap((event) => {
    if (event.time < from * 1e6 || !('segment' in event)) return [];
    const word = event.kind === 'segment.dropped' ? event.reason : event.kind.replace('segment.', '');
    return [`${seconds(event.time)} ${word} ${segmentText(trace, trace.eventOf('segment.sent', event.segment))}`];
  });
}

const lost = (trace: Trace): string[] => fates(trace, 0).filter((fate) => fate.includes(' rule '));

it('drops the next SYN-ACK: the handshake goes on with its copies', () => {
  const trace = run([at(0, rule({ class: 'SYN-ACK' })), at(2, send('app', 1))], { until: 2.1 });
  expect(lost(trace)).toEqual(['0.015 rule SA 0 ack 1 syn-ack']);
});

it('drops so many and no more, and only what the host sends', () => {
  const deeds = [
    at(1, rule({ which: { kind: 'next', count: 2 }, from: 'client' })),
    at(1, send('web', 10)),
    at(1.1, send('app', 100)),
  ];
  expect(lost(run(deeds, { until: 3 }))).toEqual([
    '1.1 rule PA 1+100 ack 11 data',
    '1.31 rule PA 1+100 ack 11 tail-loss-probe',
  ]);
});

it('without a host it counts what either sends', () => {
  const deeds = [
    at(1, rule({ which: { kind: 'next', count: 2 } })),
    at(1.1, send('web', 10)),
    at(1.1, send('app', 20)),
  ];
  expect(lost(run(deeds, { until: 1.2 }))).toEqual(['1.1 rule PA 1+10 ack 1 data', '1.1 rule PA 1+20 ack 1 data']);
});

it('drops every one until a time, which itself is after the end', () => {
  const deeds = [at(1, rule({ which: { kind: 'every' }, until: 1_420_000 })), at(1, send('app', 100))];
  const trace = run(deeds, { until: 2 });
  expect(lost(trace)).toEqual(['1 rule PA 1+100 ack 1 data', '1.21 rule PA 1+100 ack 1 tail-loss-probe']);
  expect(fates(trace).slice(2, 3)).toEqual(['1.425 delivered PA 1+100 ack 1 rto-retransmission']);
});

it('drops a data segment by its number in the connection: copies are not counted, nor what it sent before is forgotten', () => {
  const deeds = [
    at(1, rule({ which: { kind: 'next', count: 1 } })),
    at(1, send('app', 10)),
    at(2, rule({ class: 'segment', which: { kind: 'number', number: 3 } })),
    at(2, send('app', 20)),
    at(3, send('app', 30)),
    at(4, send('app', 40)),
  ];
  expect(lost(run(deeds, { until: 5 }))).toEqual(['1 rule PA 1+10 ack 1 data', '3 rule PA 31+30 ack 1 data']);
});

it('copies: the second one arrives right behind, and is a copy for whoever asks for its cause', () => {
  const trace = run([at(1, rule({ effect: { kind: 'duplicate' } })), at(1, send('app', 10))], { until: 1.02 });
  expect(fates(trace).slice(0, 3)).toEqual([
    '1 duplicated PA 1+10 ack 1 data',
    '1.005 delivered PA 1+10 ack 1 data',
    '1.005 delivered PA 1+10 ack 1 data',
  ]);
  const [first, second] = [...trace.eventsOf('segment.delivered')].filter(({ time }) => time === 1_005_000);
  expect([trace.kindAt(first!.cause), trace.kindAt(second!.cause)]).toEqual(['segment.sent', 'segment.duplicated']);
});

it('copies once for each statement, whatever becomes of the original', () => {
  const twice = [at(1, rule({ effect: { kind: 'duplicate' } })), at(1, rule({ effect: { kind: 'duplicate' } }))];
  const delivered = (deeds: typeof twice): string[] =>
    fates(run([...deeds, at(1, send('app', 10))], { until: 1.02 })).filter((fate) => fate.includes('delivered PA'));
  expect(delivered(twice)).toHaveLength(3);
  expect(delivered([...twice, at(1, rule({}))])).toHaveLength(2);
});

it('holds up: those behind overtake it', () => {
  const deeds = [
    at(1, rule({ effect: { kind: 'delay', by: 20_000 } })),
    at(1, { kind: 'set-option', process: 'app', connection: 'conn', option: 'TCP_NODELAY', value: 1 }),
    at(1, send('app', 10)),
    at(1.001, send('app', 20)),
  ];
  expect(fates(run(deeds, { until: 1.03 })).filter((fate) => fate.includes(' data'))).toEqual([
    '1 delayed PA 1+10 ack 1 data',
    '1.006 delivered PA 11+20 ack 1 data',
    '1.025 delivered PA 1+10 ack 1 data',
    // RACK has sent it again meanwhile: the first copy comes with an old timestamp.
    '1.025 ignored PA 1+10 ack 1 data',
  ]);
});

it('a cut loses what is held up, and its copies', () => {
  const deeds = [
    at(1, rule({ effect: { kind: 'delay', by: 20_000 } })),
    at(1, rule({ effect: { kind: 'duplicate' } })),
    at(1, send('app', 10)),
    at(1.01, cut()),
  ];
  expect(fates(run(deeds, { until: 1.02 })).slice(2)).toEqual([
    '1.01 link-cut PA 1+10 ack 1 data',
    '1.01 link-cut PA 1+10 ack 1 data',
  ]);
});

it('the statement is to blame', () => {
  const trace = run([at(1, rule({})), at(1.5, send('app', 10))], { until: 1.6 });
  const [dropped] = [...trace.eventsOf('segment.dropped')];
  expect(trace.eventOf('scenario.action', dropped!.blame).time).toBe(1_000_000);
});
