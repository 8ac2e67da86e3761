import { describe, expect, it } from 'vitest';
import type { Statement } from './support/run.ts';
import {
  at,
  boot,
  calls,
  close,
  connect,
  cut,
  gone,
  kill,
  listen,
  powerLoss,
  restore,
  run,
  SECOND,
  send,
  sent,
  setOption,
  states,
} from './support/run.ts';

const DAY = 86_400;

describe('nothing is being sent', () => {
  it('A1: the server process is killed: three segments, and both ends know', () => {
    const trace = run([at(1, kill('web'))]);
    expect(sent(trace, 'server', 1)).toEqual(['1 FA 1 ack 1 fin', '1.01 A 2 ack 2 ack']);
    expect(sent(trace, 'client', 1)).toEqual(['1.005 FA 1 ack 2 fin']);
    expect(states(trace, 'server', 1)).toEqual(['1 FIN_WAIT_1', '1.01 FIN_WAIT_2', '1.01 TIME_WAIT', '61.01 CLOSED']);
    expect(states(trace, 'client', 1)).toEqual(['1.005 CLOSE_WAIT', '1.005 LAST_ACK', '1.015 CLOSED']);
  });

  it('A1, the client closes 500 ms after EOF: the ACK goes alone at the next tick, four segments', () => {
    const trace = run([at(1, kill('web'))], { app: [{ kind: 'closes-after-eof', delay: 500_000 }] });
    expect(sent(trace, 'client', 1)).toEqual(['1.006 A 1 ack 2 ack', '1.505 FA 1 ack 2 fin']);
    expect(states(trace, 'server', 1).slice(0, 3)).toEqual(['1 FIN_WAIT_1', '1.011 FIN_WAIT_2', '1.51 TIME_WAIT']);
  });

  it('A2: the client process is killed: the mirror image', () => {
    const trace = run([at(1, kill('app'))]);
    expect(states(trace, 'client', 1).at(-2)).toBe('1.01 TIME_WAIT');
    expect(calls(trace, 'web', 1)).toEqual(['1.005 recv 0', '1.005 close 0']);
  });

  it('A3: the server host loses power: not one packet in 30 days', () => {
    const trace = run([at(1, powerLoss('server'))], { until: 30 * DAY });
    expect([...sent(trace, 'client', 1), ...sent(trace, 'server', 1)]).toEqual([]);
    expect([states(trace, 'client').at(-1), gone(trace, 'client')]).toEqual(['0.02 ESTABLISHED', []]);
    expect(gone(trace, 'server')).toEqual(['1 host-off']);
    expect(trace.endTime).toBe(30 * DAY * SECOND);
  });

  it('A4: the client host loses power, the server ends later: its FIN meets silence', () => {
    const trace = run([at(1, powerLoss('client')), at(5, kill('web'))]);
    expect(gone(trace, 'server')).toEqual(['112.52 orphan-timed-out']);
  });

  it('A5: killed with unread data: RST, ECONNRESET', () => {
    const trace = run([at(1, send('app', 100)), at(2, kill('web'))], { web: [{ kind: 'never-reads' }] });
    expect(sent(trace, 'server', 2)).toEqual(['2 RA 1 ack 101 rst']);
    expect(calls(trace, 'app', 2)).toEqual(['2.005 recv ECONNRESET', '2.005 close 0']);
  });

  it('A6: an orderly shutdown ends the processes first', () => {
    const trace = run([at(1, { kind: 'host-shutdown', host: 'server' })]);
    expect(sent(trace, 'server', 1)).toEqual(['1 FA 1 ack 1 fin', '1.01 A 2 ack 2 ack']);
    expect(gone(trace, 'server')).toEqual(['2 host-off']);
  });

  it('A7: the client ignores EOF: CLOSE_WAIT for ever, FIN_WAIT_2 for 60 s', () => {
    const trace = run([at(1, kill('web'))], { app: [{ kind: 'ignores-eof' }], until: 100_000 });
    expect(states(trace, 'client', 1)).toEqual(['1.005 CLOSE_WAIT']);
    expect(gone(trace, 'server')).toEqual(['61.011 fin-wait-2-timed-out']);
  });

  it('A8: the client keeps sending after the server process died', () => {
    const trace = run([at(1, kill('web')), at(2, send('app', 100)), at(3, send('app', 100))], {
      app: [{ kind: 'ignores-eof' }],
    });
    expect(calls(trace, 'app', 1)).toEqual(['1.005 recv 0', '2 send 100', '3 send EPIPE']);
    expect(sent(trace, 'server', 2)).toEqual(['2.005 R 2 rst']);
  });
});

describe('keepalive and heartbeats', () => {
  const keepalive = [at(0.02, setOption('app', 'SO_KEEPALIVE', 1))];

  it('B1: a healthy idle peer: one probe every 7200 s after the answer to the last', () => {
    const trace = run(keepalive, { until: 22_000 });
    expect(sent(trace, 'client', 1)).toEqual([
      '7200.02 A 0 ack 1 keepalive-probe',
      '14400.03 A 0 ack 1 keepalive-probe',
      '21600.04 A 0 ack 1 keepalive-probe',
    ]);
  });

  it('B2: power loss: 9 probes, RST and ETIMEDOUT 7875 s after the last segment', () => {
    const trace = run([...keepalive, at(1, powerLoss('server'))]);
    expect(sent(trace, 'client', 1)).toHaveLength(10);
    expect(calls(trace, 'app', 1)[0]).toBe('7875.02 recv ETIMEDOUT');
  });

  it('B4: the peer rebooted: the first probe draws RST', () => {
    const trace = run([...keepalive, at(1, powerLoss('server')), at(30, boot('server'))]);
    expect(sent(trace, 'server', 1)).toEqual(['7200.025 R 1 rst']);
    expect(calls(trace, 'app', 1)[0]).toBe('7200.03 recv ECONNRESET');
  });

  it('B5: data is unacknowledged: keepalive is silent, the retransmission timer decides', () => {
    const trace = run([
      at(0.02, setOption('app', 'TCP_KEEPIDLE', 10)),
      ...keepalive,
      at(1, powerLoss('server')),
      at(2, send('app', 100)),
    ]);
    expect(sent(trace, 'client', 1).filter((line) => line.includes('keepalive'))).toEqual([]);
    expect(calls(trace, 'app', 3)[0]).toBe('937.04 recv ETIMEDOUT');
  });

  it('B8: a heartbeat every 30 s, three misses: the application gives up 90 s after the first unanswered one', () => {
    const beat: Statement = at(1, {
      kind: 'heartbeat',
      process: 'app',
      connection: 'conn',
      bytes: 10,
      interval: 30 * SECOND,
      misses: 3,
    });
    const trace = run([beat, at(100, powerLoss('server'))], { web: [{ kind: 'answers', request: 10, response: 10 }] });
    expect([...trace.eventsOf('app.decided')].map(({ time, what, value }) => [time / SECOND, what, value])).toEqual([
      [151, 'heartbeat-missed', 1],
      [181, 'heartbeat-missed', 2],
      [211, 'heartbeat-missed', 3],
      [211, 'gave-up', 3],
    ]);
    expect(calls(trace, 'app', 211)).toEqual(['211 close 0']);
  });

  it('B9: the server closes an idle connection 60 s after the last request', () => {
    const trace = run([at(1, send('app', 100))], {
      web: [
        { kind: 'answers', request: 100, response: 200 },
        { kind: 'closes-idle', idle: 60 * SECOND },
      ],
    });
    expect(states(trace, 'server', 1)[0]).toBe('61.005 FIN_WAIT_1');
  });
});

describe('data is being sent', () => {
  it.each([
    ['C5: nothing listens', false],
    ['C6: the service is listening again', true],
  ])('%s after a crash and 3 s: the next retransmission draws RST', (_name, listens) => {
    const trace = run([
      at(1, powerLoss('server')),
      at(1.5, send('app', 100)),
      at(4, boot('server')),
      ...(listens ? [at(4, { kind: 'process-start', process: 'web' }), at(4, listen)] : []),
    ]);
    expect(sent(trace, 'server', 1)).toEqual(['4.865 R 1 rst']);
    expect(calls(trace, 'app', 2)[0]).toBe('4.87 recv ECONNRESET');
  });

  it('C7: rebooted while the client was idle: alive until it sends', () => {
    const trace = run([at(1, powerLoss('server')), at(4, boot('server')), at(1000, send('app', 100))]);
    expect(calls(trace, 'app', 1)).toEqual(['1000 send 100', '1000.01 recv ECONNRESET', '1000.01 close 0']);
  });

  it('C9: killed with data in flight to it: RST to the data that comes after the FIN', () => {
    const trace = run([at(1, send('app', 100)), at(1.003, kill('web'))]);
    expect(sent(trace, 'server', 1)).toEqual([
      '1.003 FA 1 ack 1 fin',
      '1.005 R 1 rst',
      // The client closed on EOF before the RST came.
      '1.013 R 2 rst',
    ]);
  });
});

describe('the cable', () => {
  it('D1: unplugged while idle, plugged back after an hour: nothing happened', () => {
    const trace = run([at(1, cut()), at(3600, restore()), at(3601, send('app', 100))]);
    expect(calls(trace, 'web', 1)).toEqual(['3601.005 recv 100']);
  });

  it('D4, D5: keepalive 10/3/4: plugged back before the probes run out, or not', () => {
    const options = [
      at(0.02, setOption('app', 'TCP_KEEPIDLE', 10)),
      at(0.02, setOption('app', 'TCP_KEEPINTVL', 3)),
      at(0.02, setOption('app', 'TCP_KEEPCNT', 4)),
      at(0.02, setOption('app', 'SO_KEEPALIVE', 1)),
    ];
    const back = run([...options, at(1, cut()), at(15, restore())], { until: 40 });
    expect(gone(back, 'client')).toEqual([]);
    expect(gone(run([...options, at(1, cut())]), 'client')).toEqual(['22.02 timed-out']);
  });

  it('D6: restored soon, the orphan FIN arrives; restored late, only a send finds out', () => {
    const restart = [
      at(1, cut()),
      at(2, kill('web')),
      at(3, { kind: 'process-start', process: 'web' } as const),
      at(3, listen),
    ];
    const soon = run([...restart, at(10, restore())]);
    expect(calls(soon, 'web', 3)[0]).toBe('3 listen 4096');
    expect(states(soon, 'client', 1)[0]).toBe('15.445 CLOSE_WAIT');
    const late = run([...restart, at(200, restore()), at(300, send('app', 100))]);
    expect(states(late, 'client', 1)).toEqual(['300.01 CLOSED']);
    expect(calls(late, 'app', 300)).toEqual(['300 send 100', '300.01 recv ECONNRESET', '300.01 close 0']);
  });

  it('D6 without SO_REUSEADDR: EADDRINUSE while the orphan lives', () => {
    const bare = { ...listen, reuseAddress: false } as typeof listen;
    const trace = run(
      [
        at(0, bare),
        at(0.01, connect),
        at(1, cut()),
        at(2, kill('web')),
        at(3, { kind: 'process-start', process: 'web' }),
        at(3, bare),
        at(200, bare),
      ],
      { bare: true },
    );
    expect(calls(trace, 'web', 3)).toEqual(['3 listen EADDRINUSE', '200 listen 4096']);
  });

  it('D8: only what the server sends is lost: the client repeats, the server knows better', () => {
    const trace = run([at(1, cut('server')), at(2, send('app', 100)), at(4, restore('server'))]);
    expect(calls(trace, 'web', 2)).toEqual(['2.005 recv 100']);
    expect(sent(trace, 'client', 4)).toEqual(['5.36 PA 1+100 ack 1 rto-retransmission']);
    expect(gone(trace, 'client')).toEqual([]);
  });
});

describe('closing', () => {
  it('F3: both close at once: CLOSING and TIME_WAIT on both sides', () => {
    const trace = run([at(1, close('app')), at(1, close('web'))]);
    for (const host of ['client', 'server'])
      expect(states(trace, host, 1)).toEqual(['1 FIN_WAIT_1', '1.005 CLOSING', '1.01 TIME_WAIT', '61.01 CLOSED']);
  });

  it('F6: the last ACK is lost: the FIN is repeated and TIME_WAIT starts again', () => {
    const trace = run([at(1, kill('web')), at(1.012, cut('server')), at(1.5, restore('server'))]);
    expect(states(trace, 'client', 1).at(-1)).toBe('1.855 CLOSED');
    expect(gone(trace, 'server')).toEqual(['61.85 time-wait-over']);
  });
});
