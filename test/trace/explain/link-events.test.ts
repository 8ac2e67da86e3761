import { expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import type { LinkRulePlan } from '../../../extension/scenario/plan.ts';
import { rowLabel } from '../../../extension/trace/diagram/labels.ts';
import { buildRows } from '../../../extension/trace/diagram/rows.ts';
import { describeEvent, explainWhy, statementLabel } from '../../../extension/trace/explain/index.ts';
import type { EventKind } from '../../../extension/trace/schema.ts';
import { ladderText } from '../../../extension/trace/text/ladder.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { type Deed, plan } from '../../support/plans.ts';

const NEXT_DATA = { class: 'data segment', which: { kind: 'next', count: 1 } } as const;
const SEND: Deed = [
  2,
  'at 2s app sends 100 B on conn',
  { kind: 'send', process: 'app', connection: 'conn', bytes: 100 },
];

function played(text: string, effect: LinkRulePlan['effect']): Trace {
  const deed: Deed = [1, text, { kind: 'link-rule', link: 'wire', effect, ...NEXT_DATA }];
  return play(plan([deed, SEND], { until: 2.5 }));
}

const dropping = () => played('at 1s wire drops the next data segment as loss', { kind: 'drop' });
const copying = () => played('at 1s wire duplicates the next data segment', { kind: 'duplicate' });
const delaying = () => played('at 1s wire delays the next data segment by 20ms', { kind: 'delay', by: 20_000 });

function first(trace: Trace, kind: EventKind, from = 0): number {
  for (let id = from; id < trace.length; id++) if (trace.kindAt(id) === kind) return id;
  throw new Error(`No ${kind}`);
}

function why(trace: Trace, id: number): string[] {
  return explainWhy(trace, id).map(({ text, action }) =>
    action === undefined ? text : `${text}: ${statementLabel(trace, action)}`,
  );
}

/** What stands at the lines of the segments that left from 2 s on. */
function labels(trace: Trace): string[] {
  return buildRows(trace)
    .all.filter((row) => row.kind === 'segment' && row.time >= 2_000_000)
    .map((row) => rowLabel(trace, row).join(' | '));
}

it('a segment that a statement drops: the sentence, the reason, the line', () => {
  const trace = dropping();
  const lost = first(trace, 'segment.dropped');
  expect(describeEvent(trace, lost)).toBe('data, 100 B from client is lost: the link drops it, as the scenario says');
  expect(why(trace, lost).slice(0, 2)).toEqual([
    'The link drops it: line 3 · at 1s wire drops the next data segment as loss',
    'client sent data, 100 B at 2.000 s: The application sent data, and the windows let it go at once.',
  ]);
  expect(labels(trace)[0]).toBe('PSH, ACK · lost | seq 1 · ack 1 · len 100 | wire drops the next data segment');
});

it('what is sent because of the loss: the statement stands at the end of the explanation', () => {
  const trace = dropping();
  const probe = [...trace.eventsOf('segment.sent')].find(({ purpose }) => purpose === 'tail-loss-probe')!;
  expect(why(trace, probe.id).at(-1)).toBe(
    'The link dropped it: line 3 · at 1s wire drops the next data segment as loss',
  );
});

it('a copy: a line of its own, and an explanation that leads to the statement', () => {
  const trace = copying();
  const copied = first(trace, 'segment.duplicated');
  expect(describeEvent(trace, copied)).toBe('wire makes a copy of data, 100 B from client');
  expect(labels(trace).slice(0, 3)).toEqual([
    'PSH, ACK | seq 1 · ack 1 · len 100',
    'copy of PSH, ACK | seq 1 · ack 1 · len 100 | wire duplicates the next data segment',
    'ACK | seq 1 · ack 101',
  ]);
  const second = first(trace, 'segment.delivered', first(trace, 'segment.delivered', copied) + 1);
  expect(why(trace, second).slice(0, 2)).toEqual([
    'wire makes a copy of data, 100 B from client: line 3 · at 1s wire duplicates the next data segment',
    'client sent data, 100 B at 2.000 s: The application sent data, and the windows let it go at once.',
  ]);
});

it('a segment that is held up says for how long, and who wanted it', () => {
  const trace = delaying();
  const delayed = first(trace, 'segment.delayed');
  expect(describeEvent(trace, delayed)).toBe('wire holds up data, 100 B from client for 20 ms');
  expect(labels(trace)[0]).toBe(
    'PSH, ACK · held up 20 ms | seq 1 · ack 1 · len 100 | wire delays the next data segment by 20ms',
  );
  const answer = [...trace.eventsOf('segment.sent')].findLast(({ purpose }) => purpose === 'ack')!;
  expect(why(trace, answer.id)).toContain(
    'wire holds up data, 100 B from client for 20 ms: line 3 · at 1s wire delays the next data segment by 20ms',
  );
});

it('the ladder: the statement has its line, and stands beside what it did', () => {
  const text = ladderText(dropping(), { expectations: false, width: 140 });
  expect(text).toMatch(/1\.000 s .* ✗ wire drops the next data segment +│\n/);
  expect(text).toMatch(/ PSH, ACK, lost ─+x .* len 100\n.* wire drops the next data segment\n/);
});
