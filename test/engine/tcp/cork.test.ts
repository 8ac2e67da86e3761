import { describe, expect, it } from 'vitest';
import { at, kill, run, send, sent, setOption } from '../support/run.ts';

describe('TCP_CORK and TCP_NODELAY on a connection that was reset', () => {
  it.each([['TCP_CORK', 0] as const, ['TCP_NODELAY', 1] as const])('%s = %i sends nothing', (option, value) => {
    const trace = run(
      [
        at(1, setOption('app', 'TCP_CORK', 1)),
        at(2.99, send('app', 100)),
        at(2, send('web', 100)),
        at(3, kill('web')),
        at(4, setOption('app', option, value)),
      ],
      { app: [{ kind: 'never-reads' }], web: [{ kind: 'uses-option', option: 'SO_LINGER', value: 0 }] },
    );
    expect([...trace.eventsOf('end.gone')].map(({ reason }) => reason)).toContain('reset');
    expect(sent(trace, 'client', 3.005)).toEqual([]);
    expect([...trace.eventsOf('timer.armed')].filter(({ time }) => time >= 3_005_000)).toEqual([]);
  });
});
