import { describe, expect, it } from 'vitest';
import { explainSilence } from '../../../extension/trace/explain/silence.ts';
import { describeEvent } from '../../../extension/trace/explain/describe.ts';
import { explainWhy } from '../../../extension/trace/explain/why.ts';
import { verdict } from '../../../extension/trace/explain/verdict.ts';
import { WorldIndex } from '../../../extension/trace/world.ts';
import { buildRows } from '../../../extension/trace/diagram/rows.ts';
import { rowLabel } from '../../../extension/trace/diagram/labels.ts';
import { at, run, send } from '../../engine/support/run.ts';

/** The server has data on a cut wire when it freezes, the client sends to it meanwhile; it resumes after 99 s. */
const trace = run([
  at(0.9, { kind: 'link-cut', link: 'wire' }),
  at(0.95, send('web', 100)),
  at(1, { kind: 'host-freeze', host: 'server' }),
  at(2, { kind: 'link-restore', link: 'wire' }),
  at(3, send('app', 100)),
  at(100, { kind: 'host-resume', host: 'server' }),
]);
const idAt = (kind: string, from: number): number => {
  for (let id = 0; id < trace.length; id++) {
    if (trace.kindAt(id) === kind && trace.timeAt(id) >= from * 1e6) return id;
  }
  throw new Error(`no ${kind}`);
};
const texts = (steps: readonly { readonly text: string }[]): string[] => steps.map(({ text }) => text);

describe('a host that was frozen', () => {
  it('is the truth that the client does not know', () => {
    const world = new WorldIndex(trace).at(50e6);
    const found = verdict(trace, world, trace.connections[0]!.sides[0].end);
    expect([found.truth, found.truthText, found.halfOpen]).toEqual(['host-frozen', 'host is frozen', false]);
    expect(found.truthDetail).toBe('since 1.000 s; it answers nothing, and its end is ESTABLISHED');
  });

  it('sends nothing because its clock stands still', () => {
    const steps = explainSilence(trace, idAt('host.frozen', 1), idAt('link.state', 2));
    expect(texts(steps)).toContain('server is frozen: its clock stands still, and no timer of conn on server runs');
  });

  it('is why nobody answers, and what a segment waits for', () => {
    const probe = idAt('segment.sent', 3.1);
    expect(texts(explainWhy(trace, probe)).at(-1)).toMatch(/^Nothing answers/);
    expect(describeEvent(trace, idAt('segment.held', 3))).toBe(
      'data, 100 B from client waits: server is frozen, and its virtual network card keeps what arrives',
    );
  });

  it('fires its timers later, and says why', () => {
    const own = [...trace.eventsOf('segment.sent')].find(({ time, purpose, from }) => {
      return time > 100e6 && purpose === 'tail-loss-probe' && trace.placeName(from) === 'server';
    })!;
    expect(texts(explainWhy(trace, own.id)).join(' ')).toContain(
      'server was frozen meanwhile and its clock stood still, so the timer fired 99 s later',
    );
  });

  it('a row of the diagram says how long a segment waited', () => {
    const row = buildRows(trace).all.find(({ kind, time }) => kind === 'segment' && time === 3e6)!;
    expect(rowLabel(trace, row)[0]).toMatch(/waits, taken at 100/);
  });
});
