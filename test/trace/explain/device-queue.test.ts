import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../../extension/trace/explain/describe.ts';
import { explainSilence } from '../../../extension/trace/explain/silence.ts';
import { explainWhy } from '../../../extension/trace/explain/why.ts';
import { WorldIndex } from '../../../extension/trace/world.ts';
import { verdict } from '../../../extension/trace/explain/verdict.ts';
import { at, run, send } from '../../engine/support/run.ts';

/** The client's own queue is full from 1 s to 4 s; it sends in between. */
const trace = run([
  at(1, { kind: 'host-queue', host: 'client', full: true }),
  at(2, send('app', 100)),
  at(4, { kind: 'host-queue', host: 'client', full: false }),
]);
const sent = [...trace.eventsOf('segment.sent')].filter(({ length }) => length > 0);
const texts = (steps: readonly { readonly text: string }[]): string[] => steps.map(({ text }) => text);

const idOf = (kind: string, from: number): number => {
  for (let id = 0; id < trace.length; id++) if (trace.kindAt(id) === kind && trace.timeAt(id) >= from * 1e6) return id;
  throw new Error(`no ${kind}`);
};

describe('what a full device queue refuses', () => {
  it('never left, and why', () => {
    expect(texts(explainWhy(trace, sent[0]!.id))).toEqual([
      'The application sent data, and the windows let it go at once.',
      'app calls send(100 B) on conn',
      'The queue of its own device is full, and refuses it',
    ]);
    expect(describeEvent(trace, idOf('segment.dropped', 2))).toBe(
      'data, 100 B never leaves client: the queue of its own device is full, and TCP is told so at once',
    );
  });

  it('is tried again every half second, until it leaves', () => {
    expect(sent.map(({ time }) => time / 1e6)).toEqual([2, 2.21, 2.71, 3.21, 3.71, 4.21]);
    expect(texts(explainWhy(trace, sent.at(-1)!.id)).slice(0, 3)).toEqual([
      'The host did not let it out when it was first to be sent, so it never counted as sent. The persist timer fired, and it is tried again.',
      'It was set 500 ms earlier, when the host refused data, 100 B: then the next try comes after 0.5 s, and the wait does not double.',
      'The row of 5 firings began at 2.210 s, 210 ms after the timer was first set; waits are about twice the one before, up to 120 s, but 0.5 s where the own host refused what was sent.',
    ]);
  });

  it('is what a silence is about', () => {
    const steps = explainSilence(trace, idOf('timer.armed', 2.21), idOf('timer.fired', 2.7));
    expect(texts(steps)[0]).toBe(
      'conn on client could send nothing: the queue of its own device was full. It tries again at 2.710 s.',
    );
  });

  it('is what the other end does not know', () => {
    const found = verdict(trace, new WorldIndex(trace).at(3e6), trace.connections[0]!.sides[1].end);
    expect(found).toMatchObject({ truth: 'unreachable', truthText: 'alive, but the device queue of client is full' });
  });
});
