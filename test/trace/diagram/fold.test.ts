import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findStretches, foldRows } from '../../../extension/trace/diagram/fold.ts';
import { rowLabel } from '../../../extension/trace/diagram/labels.ts';
import type { Row } from '../../../extension/trace/diagram/row.ts';
import { buildRows } from '../../../extension/trace/diagram/rows.ts';
import { Trace } from '../../../extension/trace/trace.ts';
import { keepaliveTimeout } from '../../support/panel-traces.ts';

const trace = new Trace(keepaliveTimeout());
const base = buildRows(trace).all.filter(({ kind }) => kind !== 'silence');

test('however rows repeat: none is lost, none is doubled, their order stays', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(base.length - 1), { maxLength: 60 }), fc.boolean(), (picks, open) => {
      const rows = picks.map((pick, i): Row => ({ ...base[pick]!, time: i }));
      const stretches = findStretches(trace, rows);
      const events = new Set(open ? rows.map(({ event }) => event) : []);
      const display = foldRows(rows, stretches, events);
      const shown = display.flatMap((row) => (row.kind !== 'fold' ? [row] : row.open ? [] : row.rows));
      expect(shown).toEqual(rows);
    }),
  );
});

test('four alike fold into first, two hidden, last; three do not', () => {
  const probe = base.find((row) => row.kind === 'segment' && row.outcome.kind === 'dropped')!;
  const hidden = (count: number): number[] =>
    foldRows(
      new Array<Row>(count).fill(probe),
      findStretches(trace, new Array<Row>(count).fill(probe)),
      new Set(),
    ).flatMap((row) => (row.kind === 'fold' ? [row.rows.length] : []));
  expect([3, 4, 9].map(hidden)).toEqual([[], [2], [7]]);
});

test('a repetition begins after its pause', () => {
  const [a, b] = base.filter(({ kind }) => kind === 'segment') as [Row, Row];
  // Answer, question; pauses stand before the questions.
  const rows = [b, a, b, a, b, a, b, a, b].map((row, i): Row => ({ ...row, time: Math.ceil(i / 2) * 100 + i }));
  expect(findStretches(trace, rows)).toEqual([{ start: 1, end: 9, period: 2 }]);
});

test('a question with its answer repeats as one', () => {
  const [a, b] = base.filter(({ kind }) => kind === 'segment') as [Row, Row];
  const rows = [a, b, a, b, a, b, a, b].map((row, i): Row => ({ ...row, time: i }));
  expect(findStretches(trace, rows)).toEqual([{ start: 0, end: 8, period: 2 }]);
});

test('a run of half a million lines, folded, with its fold open and labelled', () => {
  const probe = base.find((row) => row.kind === 'segment' && row.outcome.kind === 'dropped')!;
  const rows = Array.from({ length: 500_000 }, (_, i): Row => ({ ...probe, time: i * 1_000 }));
  const stretches = [{ start: 0, end: rows.length, period: 1 }];
  const fold = foldRows(rows, stretches, new Set()).find(({ kind }) => kind === 'fold')!;
  expect(rowLabel(trace, fold)[0]).toContain('499998 more');
  expect(foldRows(rows, stretches, new Set([probe.event]))).toHaveLength(500_001);
  expect(foldRows(rows, [], new Set())).toHaveLength(500_000);
});
