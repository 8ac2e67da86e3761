import { describe, expect, it } from 'vitest';
import type { Action, BehaviourPlan } from '../../../extension/scenario/plan.ts';
import { at, calls, cut, kill, run } from '../support/run.ts';

const again: Action = { kind: 'connect-again', process: 'app', connection: 'conn' };
const never = [{ kind: 'never-blocks' }] as const;
const blocks: readonly Omit<Extract<BehaviourPlan, { kind: 'uses-option' }>, 'range'>[] = [];
const connects = (trace: ReturnType<typeof run>): string[] =>
  calls(trace, 'app').filter((line) => line.includes('connect') || line.includes('getsockopt'));

describe('connect() once more (__inet_stream_connect)', () => {
  it('EALREADY while the handshake goes on; success once; then EISCONN', () => {
    expect(connects(run([at(0.012, again), at(1, again), at(2, again)], { app: never, until: 3 }))).toEqual([
      '0.01 connect EINPROGRESS',
      '0.012 connect EALREADY',
      '0.02 getsockopt 0',
      '1 connect 0',
      '2 connect EISCONN',
    ]);
  });

  it('EISCONN at once for who slept in connect()', () => {
    expect(connects(run([at(1, again)], { app: blocks, until: 2 }))).toEqual(['0.02 connect 0', '1 connect EISCONN']);
  });

  it('one that sleeps sleeps twice, and the error is told once', () => {
    expect(connects(run([at(0.012, again)], { app: blocks, until: 2 }))).toEqual(['0.02 connect 0', '0.02 connect 0']);
    const refused = run([at(0.005, kill('web')), at(0.012, again)], { app: blocks, until: 2 });
    expect(connects(refused)).toEqual(['0.02 connect ECONNREFUSED', '0.02 connect ECONNABORTED']);
  });

  it('after SO_SNDTIMEO the first says EINPROGRESS, the other EALREADY', () => {
    const app = [{ kind: 'uses-option', option: 'SO_SNDTIMEO', value: 500 }] as const;
    expect(connects(run([at(0.005, cut()), at(0.1, again)], { app, until: 2 }))).toEqual([
      '0.51 connect EINPROGRESS',
      '0.51 connect EALREADY',
    ]);
  });
});
