import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { play } from '../../extension/engine/play.ts';
import type { Cursor } from '../../webview/model/run-view.ts';
import { RunView } from '../../webview/model/run-view.ts';
import { lifeOf } from '../../webview/model/life.ts';
import { observerOf } from '../../webview/model/perspective.ts';
import { stateRows } from '../../webview/model/state-rows.ts';
import { placeLabels, stripModel } from '../../webview/model/strip-model.ts';
import { TimeScale } from '../../webview/model/time-scale.ts';
import { keepaliveTimeout, longTransfer, silentPowerLoss } from '../support/panel-traces.ts';
import { KILLED, plan, POWER_LOSS, SEND_AT_2 } from '../support/plans.ts';

/** Every cursor from the beginning to the end, one step each. */
function walk(view: RunView, size: Parameters<RunView['step']>[2]): Cursor[] {
  const path = [view.edge(-1)];
  for (;;) {
    const at = path.at(-1)!;
    const next = view.step(at, 1, size);
    if (next === at || (next.event === at.event && next.until === at.until)) return path;
    path.push(next);
  }
}

describe('steps', () => {
  test('forward by lines visits every line once, silences included, and back the same way', () => {
    const view = new RunView(keepaliveTimeout());
    const path = walk(view, 'row');
    expect(path).toHaveLength(view.rows.all.length);
    let back = view.edge(1);
    for (const there of [...path].reverse().slice(1)) {
      back = view.step(back, -1, 'row');
      expect(back).toEqual(there);
    }
    expect(view.step(back, -1, 'row')).toBe(back);
  });

  test('by event visits all of them', () => {
    const view = new RunView(silentPowerLoss());
    expect(walk(view, 'event').at(-1)!.event).toBe(view.trace.length - 1);
  });

  test('from an event between two lines, a step back goes to the line before it', () => {
    const view = new RunView(silentPowerLoss());
    const delivered = [...view.trace.eventsOf('segment.delivered')][0]!;
    expect(view.step({ event: delivered.id, exact: true }, -1, 'row').event).toBeLessThan(delivered.id);
  });
});

describe('the world at the cursor', () => {
  const view = new RunView(silentPowerLoss());
  const rowOf = (time: number, kind: 'segment' | 'note' | 'silence') =>
    view.rows.all.find((row) => row.time === time && row.kind === kind)!;
  const states = (cursor: Cursor): string[] => stateRows(view, 0, cursor)[0]!.cells.map(({ text }) => text);

  test('at an arrow: with what it brought about, until something else happens', () => {
    expect(states({ event: rowOf(10_000, 'segment').event })).toEqual(['SYN_SENT', 'SYN_RECEIVED']);
    expect(states({ event: rowOf(20_000, 'segment').event })).toEqual(['ESTABLISHED', 'ESTABLISHED']);
  });

  test('exactly after an event: nothing that comes later', () => {
    expect(states({ event: rowOf(10_000, 'segment').event, exact: true })).toEqual(['SYN_SENT', '–']);
  });

  test('a host without power has no state, and the other end is half-open', () => {
    const rows = stateRows(view, 0, view.edge(1));
    expect(rows[0]!.cells.map(({ text }) => text)).toEqual(['ESTABLISHED', 'gone']);
    expect(rows.at(-1)!.cells.map(({ text }) => text)).toEqual(['half-open', 'gone']);
  });

  test('in a silence: what the line before it left behind, so that an end that is gone stays gone', () => {
    const killed = new RunView(play(plan([KILLED])).data);
    const client = walk(killed, 'row').map((cursor) => stateRows(killed, 0, cursor)[0]!.cells[0]!.text);
    expect(client).toContain('LAST_ACK');
    expect(client.slice(client.indexOf('gone', client.indexOf('LAST_ACK'))).every((text) => text === 'gone')).toBe(
      true,
    );
  });

  test('at a lost segment: the moment at which it left', () => {
    const lost = new RunView(keepaliveTimeout());
    const probes = lost.rows.all.filter((row) => row.kind === 'segment' && row.outcome.kind === 'dropped');
    expect(probes.length).toBeGreaterThan(8);
    for (const probe of probes) expect(lost.time({ event: probe.event })).toBe(probe.time);
  });

  test('the table has the same rows at every cursor', () => {
    const names = (cursor: Cursor): string[] => stateRows(view, 0, cursor).map(({ name }) => name);
    for (const cursor of walk(view, 'event')) expect(names(cursor)).toEqual(names(view.first));
  });
});

describe('a run of the engine', () => {
  test('power loss with data to send: the error outlives its end, nothing else does', () => {
    const view = new RunView(play(plan([POWER_LOSS, SEND_AT_2])).data);
    const rows = stateRows(view, 0, view.edge(1));
    const client = Object.fromEntries(rows.map(({ name, cells }) => [name, cells[0]!.text]));
    expect(client).toMatchObject({ state: 'gone', 'last error': 'ETIMEDOUT', 'SND.NXT': '–', timer: '–' });
  });

  test('process killed: its kernel lives on, and the client is the one to look from', () => {
    const view = new RunView(play(plan([KILLED], { until: 100 })).data);
    const [, server] = view.trace.connection(0).sides;
    expect(lifeOf(view.trace, server.host).map(({ life }) => life)).toEqual(['on', 'kernel']);
    expect(observerOf(view.trace, 0)).toBe(0);
  });
});

describe('time scale', () => {
  test('is monotonic, and gives every moment back', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 31), { minLength: 2, maxLength: 30 }), (times) => {
        const sorted = [...new Set(times)].sort((a, b) => a - b);
        fc.pre(sorted.length > 1);
        const scale = new TimeScale(sorted);
        let last = -1;
        for (const time of sorted) {
          const at = scale.position(time);
          expect(at).toBeGreaterThan(last);
          expect(scale.time(at)).toBeCloseTo(time, 0);
          last = at;
        }
        expect([scale.position(sorted[0]!), scale.position(sorted.at(-1)!)]).toEqual([0, 1]);
      }),
    );
  });

  test('two milliseconds keep a visible width beside thirty days', () => {
    const scale = new TimeScale([0, 2_000, 30 * 86_400 * 1e6]);
    expect(scale.position(2_000)).toBeGreaterThan(0.05);
  });
});

describe('strip', () => {
  test('marks the fault, the error and what was lost', () => {
    const model = stripModel(new RunView(keepaliveTimeout()));
    expect(model.landmarks.map(({ kind }) => kind)).toEqual(['fault', 'error']);
    expect(model.lanes[0]!.ticks.filter(({ kind }) => kind === 'lost')).toHaveLength(9);
    expect(model.lanes[1]!.bars.map(({ life }) => life)).toEqual(['on', 'off']);
  });

  test('a long run has no more ticks than can be told apart', () => {
    const model = stripModel(new RunView(longTransfer(3_000)));
    expect(model.lanes[0]!.ticks.length).toBeLessThanOrEqual(601);
  });

  test('labels never overlap and never leave the strip', () => {
    const label = fc.record({
      text: fc.string({ minLength: 1, maxLength: 30 }),
      kind: fc.constant('idle'),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      to: fc.constant(1),
    });
    fc.assert(
      fc.property(fc.array(label, { maxLength: 12 }), fc.integer({ min: 50, max: 1200 }), (wanted, width) => {
        const all = [...placeLabels(wanted, width)].sort((a, b) => a.left - b.left);
        for (const placed of [0, 1].map((line) => all.filter((label) => label.line === line))) {
          for (const [i, { left, text }] of placed.entries()) {
            const right = left + Array.from(text).length * 6.2;
            expect(left).toBeGreaterThanOrEqual(0);
            expect(right).toBeLessThanOrEqual(Math.min(width, placed[i + 1]?.left ?? width) + 0.001);
          }
        }
      }),
    );
  });
});

test('among a hundred thousand events a reader can step', () => {
  const data = longTransfer(25_000);
  expect(data.length).toBeGreaterThan(100_000);
  const view = new RunView(data);
  expect(stripModel(view)).toBeDefined();
  const middle = view.nearest(view.trace.endTime / 2);
  expect(stateRows(view, 0, view.step(middle, 1, 'row'))).not.toEqual([]);
});
