import { describe, expect, test } from 'vitest';
import { foldRows } from '../../../extension/trace/diagram/fold.ts';
import { mermaidText } from '../../../extension/trace/diagram/mermaid-text.ts';
import { buildRows } from '../../../extension/trace/diagram/rows.ts';
import { displayIndexOf, WINDOW_ROWS, windowAround, windowCaption } from '../../../extension/trace/diagram/window.ts';
import { Trace } from '../../../extension/trace/trace.ts';
import { keepaliveTimeout, longTransfer } from '../../support/panel-traces.ts';

describe('window of lines', () => {
  test('pages have fixed borders', () => {
    expect([0, 59, 60, 213].map((index) => windowAround(index, 214))).toEqual([
      { start: 0, end: 60, total: 214 },
      { start: 0, end: 60, total: 214 },
      { start: 60, end: 120, total: 214 },
      { start: 180, end: 214, total: 214 },
    ]);
    expect(windowAround(0, 0)).toEqual({ start: 0, end: 0, total: 0 });
  });

  test('the caption says which part of the run is shown, also when it is all of it', () => {
    const trace = new Trace(longTransfer(120));
    const rows = buildRows(trace).all;
    expect(windowCaption(rows, windowAround(70, rows.length))).toBe('Lines 61–120 of 247, 1.270 s – 1.565 s');
    const short = buildRows(new Trace(longTransfer(2))).all;
    expect(windowCaption(short, windowAround(0, short.length))).toMatch(/^The whole run: \d+ lines, 0\.000 s – /);
  });

  test('the longest window stays far below what Mermaid refuses', () => {
    const trace = new Trace(longTransfer(120));
    const rows = buildRows(trace).all.slice(60, 60 + WINDOW_ROWS);
    expect(mermaidText(trace, rows, { times: true }).text.length).toBeLessThan(20_000);
  });
});

describe('line of a selection', () => {
  const trace = new Trace(keepaliveTimeout());
  const { all, stretches } = buildRows(trace);
  const closed = foldRows(all, stretches, new Set());
  const foldIndex = closed.findIndex(({ kind }) => kind === 'fold');
  const hidden = closed[foldIndex]!;

  test('a segment that is folded away is seen on its fold', () => {
    const inside = hidden.kind === 'fold' ? hidden.rows[3]! : hidden;
    expect(displayIndexOf(closed, { event: inside.event })).toBe(foldIndex);
    const open = foldRows(all, stretches, new Set([hidden.event]));
    expect(open[displayIndexOf(open, { event: inside.event })]).toBe(inside);
  });

  test('a silence is its own line, and not the one before it', () => {
    const index = closed.findIndex(({ kind }) => kind === 'silence');
    const silence = closed[index]!;
    const until = silence.kind === 'silence' ? silence.until : -1;
    expect(displayIndexOf(closed, { event: silence.event, until })).toBe(index);
    expect(displayIndexOf(closed, { event: silence.event })).toBe(index - 1);
  });

  test('an event without a line is seen on the last line before it', () => {
    const fired = [...trace.eventsOf('timer.fired')][0]!;
    expect(closed[displayIndexOf(closed, { event: fired.id })]!.event).toBeLessThan(fired.id);
  });
});
