import { describe, expect, it } from 'vitest';
import { pollEventText } from '../../../extension/scenario/poll-event.ts';
import type { Action } from '../../../extension/scenario/plan.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import type { Statement } from '../support/run.ts';
import {
  at,
  boot,
  calls,
  close,
  connect,
  cut,
  kill,
  listen,
  powerLoss,
  run,
  send,
  sent,
  setOption,
} from '../support/run.ts';

const poll = at(0.5, { kind: 'poll', process: 'app', connection: 'conn' });
const polls = (trace: Trace): string[] =>
  [...trace.eventsOf('call.returned')]
    .filter(({ call }) => call === 'poll')
    .map(({ time, value }) => `${time / 1e6} ${pollEventText(value)}`);

describe('programs', () => {
  it('answers after thinking', () => {
    const trace = run([at(1, send('app', 16))], {
      web: [{ kind: 'answers', request: 16, response: 100, delay: 200_000 }],
    });
    expect(calls(trace, 'web', 1)).toEqual(['1.005 recv 16', '1.205 send 100']);
  });

  it('greets at once, after accept() and after connect()', () => {
    const trace = run([], { web: [{ kind: 'greets', bytes: 50 }], app: [{ kind: 'greets', bytes: 20 }] });
    expect(calls(trace, 'app')).toEqual(['0.02 connect 0', '0.02 send 20', '0.03 recv 50']);
    expect(calls(trace, 'web', 0.001).slice(0, 3)).toEqual(['0.025 accept 4', '0.025 send 50', '0.025 recv 20']);
  });

  it('streams until the peer has closed', () => {
    const trace = run([at(2.5, close('app'))], {
      web: [{ kind: 'streams', bytes: 10, interval: 1_000_000 }],
      until: 20,
    });
    expect(calls(trace, 'web', 0.1).filter((line) => line.includes('send'))).toEqual([
      '1.025 send 10',
      '2.025 send 10',
    ]);
  });

  it('reconnects after an error, and after a refusal', () => {
    const trace = run(
      [
        at(1, powerLoss('server')),
        at(2, boot('server')),
        at(3, send('app', 10)),
        at(6, { kind: 'process-start', process: 'web' }),
        at(6, listen),
      ],
      {
        app: [{ kind: 'reconnects', delay: 1_000_000 }],
        until: 20,
      },
    );
    expect(calls(trace, 'app', 3)).toEqual([
      '3 send 10',
      '3.01 recv ECONNRESET',
      '3.01 close 0',
      '4.02 connect ECONNREFUSED',
      '5.03 connect ECONNREFUSED',
      '6.04 connect 0',
    ]);
  });

  it('does not reconnect after an orderly end', () => {
    const trace = run([at(1, close('web'))], { app: [{ kind: 'reconnects', delay: 1_000_000 }], until: 100 });
    expect(calls(trace, 'app', 1)).toEqual(['1.005 recv 0', '1.005 close 0']);
  });
});

describe('a program that never blocks', () => {
  const app = [{ kind: 'never-blocks' }] as const;

  it('connect: EINPROGRESS, then SO_ERROR; send meanwhile: EAGAIN; recv of nothing: EAGAIN', () => {
    const trace = run([at(0.012, send('app', 5)), at(1, send('web', 10))], { app });
    expect(calls(trace, 'app')).toEqual([
      '0.01 connect EINPROGRESS',
      '0.012 send EAGAIN',
      '0.02 getsockopt 0',
      '1.005 recv 10',
      '1.005 recv EAGAIN',
    ]);
  });

  it('refused: SO_ERROR tells it', () => {
    const trace = run([at(0, listen), at(0.005, kill('web')), at(0.01, connect)], { app, bare: true });
    expect(calls(trace, 'app')).toEqual(['0.01 connect EINPROGRESS', '0.02 getsockopt ECONNREFUSED']);
  });
});

describe('poll', () => {
  const app = [{ kind: 'ignores-eof' }] as const;

  it('an open connection is writable; data adds IN', () => {
    expect(polls(run([poll, at(1, send('web', 10)), at(2, send('web', 10))]))).toEqual([
      '0.5 OUT',
      '1.005 IN OUT',
      '2.005 IN OUT',
    ]);
  });

  it('a full send buffer is not writable until a third of it is free', () => {
    const app = [{ kind: 'never-blocks' }] as const;
    const trace = run([poll, at(0.6, send('app', 1_000_000))], { app });
    const told = polls(trace);
    expect(told).toHaveLength(2);
    expect(told[0]).toBe('0.5 OUT');
    expect(told[1]).toMatch(/^0\.6\d+ OUT$/);
  });

  it('peer FIN: IN OUT RDHUP', () => {
    expect(polls(run([poll, at(1, close('web'))], { app }))).toEqual(['0.5 OUT', '1.005 IN OUT RDHUP']);
  });

  it('peer FIN, own send, RST: ERR and HUP are added', () => {
    expect(polls(run([poll, at(1, close('web')), at(2, send('app', 1))], { app })).slice(2)).toEqual([
      '2.01 IN OUT ERR HUP RDHUP',
    ]);
  });

  it('RST in ESTABLISHED', () => {
    const trace = run([poll, at(0.5, setOption('web', 'SO_LINGER', 0)), at(1, close('web'))]);
    expect(polls(trace).slice(1)).toEqual(['1.005 IN OUT ERR HUP RDHUP']);
    expect(sent(trace, 'server', 1)).toEqual(['1 RA 1 ack 1 rst']);
  });

  it('giving up', () => {
    const trace = run([poll, at(1, powerLoss('server')), at(2, send('app', 1))]);
    expect(polls(trace).slice(1)).toEqual(['937.04 IN OUT ERR HUP RDHUP']);
  });

  it('own shutdown(SHUT_WR): OUT, as before; with the FIN of the peer: HUP', () => {
    const shut = at(1, { kind: 'shutdown-write', process: 'app', connection: 'conn' });
    expect(polls(run([poll, shut], { app, web: [{ kind: 'closes-after-eof', delay: 1_000_000 }] }))).toEqual([
      '0.5 OUT',
      '2.01 IN OUT HUP RDHUP',
    ]);
  });

  it('is told before the program reads', () => {
    const trace = run([poll, at(1, send('web', 10))]);
    expect(calls(trace, 'app', 1)).toEqual(['1.005 poll 5', '1.005 recv 10']);
  });

  it('nobody who does not ask is told', () => {
    expect(polls(run([at(1, close('web'))]))).toEqual([]);
  });
});

describe('a program that sleeps in send()', () => {
  const STUCK = {
    app: [{ kind: 'uses-option', option: 'SO_SNDBUF', value: 4608 }],
    web: [
      { kind: 'uses-option', option: 'SO_RCVBUF', value: 8192 },
      { kind: 'reads-slowly', bytes: 4000, interval: 1_000_000 },
      { kind: 'ignores-eof' },
    ],
    until: 20,
  } as const;
  const ofSendAndRead = (trace: Trace): string[] =>
    calls(trace, 'app', 0.5).map((line) => line.replace(/^[\d.]+ /, ''));

  it('reads what came only when that has returned', () => {
    const trace = run([at(0.6, send('app', 30_000)), at(1.5, send('web', 100))], STUCK);
    expect(ofSendAndRead(trace)).toEqual(['send 30000', 'recv 100']);
  });

  it('and closes then: at EOF, or when it is told to', () => {
    const half = { kind: 'shutdown-write', process: 'web', connection: 'conn' } as const;
    const atEof = run([at(0.6, send('app', 30_000)), at(1.5, half)], STUCK);
    expect(ofSendAndRead(atEof)).toEqual(['send 30000', 'recv 0', 'close 0']);
    const told = run([at(0.6, send('app', 30_000)), at(1.5, close('app'))], STUCK);
    expect(ofSendAndRead(told)).toEqual(['send 30000', 'close 0']);
  });

  it('of an error after some bytes the next call tells', () => {
    const trace = run([at(0.6, send('app', 30_000)), at(1.5, kill('web'))], STUCK);
    expect(ofSendAndRead(trace).map((line) => line.replace(/^send \d+$/, 'send'))).toEqual([
      'send',
      'recv ECONNRESET',
      'close 0',
    ]);
  });
});

describe('getsockopt(SO_ERROR)', () => {
  const ask: Action = { kind: 'get-error', process: 'app', connection: 'conn' };
  const asked = (trace: Trace): string[] => calls(trace, 'app').filter((line) => line.includes('getsockopt'));

  it('tells the pending error once, and no call after it does', () => {
    const app = [{ kind: 'ignores-eof' }] as const;
    const trace = run([at(1, close('web')), at(2, send('app', 1)), at(3, ask), at(4, ask), at(5, send('app', 1))], {
      app,
    });
    expect(asked(trace)).toEqual(['3 getsockopt EPIPE', '4 getsockopt 0']);
    expect(calls(trace, 'app', 5)).toEqual(['5 send EPIPE']);
  });

  it('tells what the network said, and the kernel forgets it', () => {
    const routeLost = at(1, { kind: 'host-route', host: 'client', to: 'server', present: false });
    const told = (...asks: readonly Statement[]): string[] =>
      calls(run([at(0.9, cut()), at(0.95, send('app', 1)), routeLost, ...asks], { until: 1000 }), 'app', 1);
    expect(told().some((line) => line.endsWith('recv ENETUNREACH'))).toBe(true);
    expect(told(at(3, ask))[0]).toBe('3 getsockopt ENETUNREACH');
  });
});
