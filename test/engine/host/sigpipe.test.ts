import { describe, expect, it } from 'vitest';
import type { Action } from '../../../extension/scenario/plan.ts';
import type { Statement } from '../support/run.ts';
import { at, calls, close, kill, run, send, states } from '../support/run.ts';

/** The server closes at 1 s, the client sends at 2 s, which is reset, and again at 3 s. */
const broken = (last: Action, dies: boolean, ...more: readonly Statement[]) =>
  run([at(1, close('web')), at(2, send('app', 1)), at(3, last), ...more], {
    until: 6,
    app: dies ? [{ kind: 'ignores-eof' }, { kind: 'dies-of-sigpipe' }] : [{ kind: 'ignores-eof' }],
  });
const signals = (trace: ReturnType<typeof run>): string[] =>
  [...trace.eventsOf('process.signal')].map(
    ({ time, signal, ignored }) => `${time / 1e6} ${signal}${ignored ? ' ignored' : ''}`,
  );
const ends = (trace: ReturnType<typeof run>): string[] =>
  [...trace.eventsOf('process.state')].map(({ time, reason }) => `${time / 1e6} ${reason}`);

describe('SIGPIPE (sk_stream_error)', () => {
  it('comes with every EPIPE; a program ignores it unless it is said otherwise', () => {
    const trace = broken(send('app', 1), false, at(4, send('app', 1)));
    expect(signals(trace)).toEqual(['3 SIGPIPE ignored', '4 SIGPIPE ignored']);
    expect(calls(trace, 'app', 3)).toEqual(['3 send EPIPE', '4 send EPIPE']);
  });

  it('does not come with another error', () => {
    const reset = run(
      [
        at(1, { kind: 'set-option', process: 'web', connection: 'conn', option: 'SO_LINGER', value: 0 }),
        at(2, close('web')),
        at(3, send('app', 1)),
      ],
      { app: [{ kind: 'never-reads' }, { kind: 'dies-of-sigpipe' }] },
    );
    expect(calls(reset, 'app', 3)).toEqual(['3 send ECONNRESET']);
    expect(signals(reset)).toEqual([]);
  });

  it('a program that leaves it as it is ends, and send() never returns; its other sockets are closed', () => {
    const other: Action = { kind: 'connect', process: 'app', host: 'server', port: 80, connection: 'other' };
    const trace = run(
      [at(0.5, other), at(1, close('web')), at(2, send('app', 1)), at(3, send('app', 1)), at(4, send('app', 1))],
      {
        until: 6,
        app: [{ kind: 'ignores-eof' }, { kind: 'dies-of-sigpipe' }],
      },
    );
    expect(signals(trace)).toEqual(['3 SIGPIPE']);
    expect(ends(trace)).toContain('3 signal');
    expect(calls(trace, 'app', 3)).toEqual([]);
    expect(states(trace, 'client', 3)[0]).toBe('3 FIN_WAIT_1');
    expect([...trace.eventsOf('scenario.skipped')].map(({ reason }) => reason)).toEqual(['process-dead']);
  });

  it('MSG_NOSIGNAL: none comes', () => {
    const trace = broken({ kind: 'send', process: 'app', connection: 'conn', bytes: 1, noSignal: true }, true);
    expect(signals(trace)).toEqual([]);
    expect(calls(trace, 'app', 3)).toEqual(['3 send EPIPE']);
    expect([...trace.eventsOf('call.entered')].at(-1)?.detail).toBe('MSG_NOSIGNAL');
  });

  it('a program that answers more than once ends at the first', () => {
    const trace = run([at(1, { kind: 'shutdown-write', process: 'web', connection: 'conn' }), at(2, send('app', 30))], {
      until: 4,
      app: [{ kind: 'ignores-eof' }],
      web: [{ kind: 'answers', request: 10, response: 1 }, { kind: 'dies-of-sigpipe' }],
    });
    expect(signals(trace)).toEqual(['2.005 SIGPIPE']);
    expect(ends(trace)).toContain('2.005 signal');
  });

  it('a send() that waited for a connection that fails: the program does not come to connect anew', () => {
    const trace = run([at(0.005, kill('web')), at(0.012, send('app', 1))], {
      until: 4,
      app: [{ kind: 'reconnects', delay: 1_000_000 }, { kind: 'dies-of-sigpipe' }],
    });
    expect(ends(trace).at(-1)).toBe('0.02 signal');
    expect(calls(trace, 'app')).toEqual(['0.02 connect ECONNREFUSED']);
  });
});
