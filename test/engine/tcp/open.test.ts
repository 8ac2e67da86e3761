import { describe, expect, it } from 'vitest';
import {
  accepted,
  ack,
  data,
  Endpoint,
  established,
  fin,
  rst,
  syn,
  synAck,
  synReceived,
  synSent,
} from '../support/endpoint.ts';
import {
  at,
  boot,
  calls,
  connect,
  cut,
  gone,
  kill,
  listen,
  powerLoss,
  restore,
  run,
  send,
  sent,
  states,
  variable,
} from '../support/run.ts';

const times = (lines: readonly string[]) => lines.map((line) => Number(line.split(' ')[0]));

describe('SYN_SENT, nobody answers', () => {
  it('since 6.5 the SYN goes 11 times and connect() fails after 131 s', () => {
    const trace = run([at(0, powerLoss('server')), at(0, connect)], { bare: true });
    expect(times(sent(trace, 'client'))).toEqual([0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
    expect(calls(trace, 'app')).toEqual(['131 connect ETIMEDOUT']);
  });

  it('before 6.5 it goes 7 times and connect() fails after 127 s', () => {
    const trace = run([at(0, powerLoss('server')), at(0, connect)], { bare: true, kernel: [6, 1] });
    expect(times(sent(trace, 'client'))).toEqual([0, 1, 3, 7, 15, 31, 63]);
    expect(calls(trace, 'app')).toEqual(['127 connect ETIMEDOUT']);
  });

  it.each([
    [1, 3],
    [2, 7],
    [3, 19],
    [4, 35],
    [5, 67],
    [6, 131],
  ])('tcp_syn_retries %d: fails after %d s', (retries, failure) => {
    const trace = run([at(0, powerLoss('server')), at(0, connect)], {
      bare: true,
      client: { tcp_syn_retries: retries },
    });
    expect(calls(trace, 'app')).toEqual([`${failure} connect ETIMEDOUT`]);
  });

  it('TCP_SYNCNT replaces the sysctl, TCP_USER_TIMEOUT 2.5 s ends it at 2.5 s', () => {
    const counted = synSent().option('TCP_SYNCNT', 1).at(2999);
    expect(counted.state).toBe('SYN_SENT');
    expect(counted.at(3000).state).toBe('CLOSED');
    const limited = synSent().option('TCP_USER_TIMEOUT', 2500).at(2499);
    expect(limited.sent()).toEqual(['1000 S 0 syn-retransmission', '2000 S 0 syn-retransmission']);
    expect(limited.at(2500).state).toBe('CLOSED');
    expect(limited.read()).toBe('ETIMEDOUT');
  });
});

describe('SYN_SENT, a segment arrives', () => {
  it('SYN-ACK: acknowledged at once, RTO from one sample', () => {
    const end = synSent().at(10).receive(synAck()).expectSent('10 A 1 ack 1 ack');
    expect(end.state).toBe('ESTABLISHED');
    expect(end.tcb.rto).toBe(210_000);
  });

  it('RST with the right ACK: ECONNREFUSED', () => {
    const end = synSent().receive(rst({ flags: 'RA', seq: 0, ack: 1 } as never));
    expect([end.state, end.read(), end.goneBecause]).toEqual(['CLOSED', 'ECONNREFUSED', 'refused']);
  });

  it('RST without ACK is ignored', () => {
    const end = synSent().receive(rst({ seq: 0 }));
    expect([end.state, end.ignored]).toEqual(['SYN_SENT', ['rst-without-ack']]);
  });

  it('an ACK for another connection: RST with its number, and the SYN again after two jiffies', () => {
    const end = synSent()
      .at(10)
      .receive(ack({ seq: 500, ack: 777 }));
    end.expectSent('10 R 777 rst').at(12).expectSent('12 S 0 syn-retransmission').expectNothing(1011);
    end.at(1012).expectSent('1012 S 0 syn-retransmission');
  });

  it('the same after a SYN was repeated: its timer stays', () => {
    const end = synSent().at(1005);
    end.sent();
    end
      .receive(ack({ seq: 500, ack: 777 }))
      .expectSent('1005 R 777 rst')
      .expectNothing(1999);
  });
});

describe('SYN_RECEIVED', () => {
  it('nobody completes: SYN-ACK at 0, 1, 3, 7, 15, 31 s, dropped without a word at 63 s', () => {
    const end = new Endpoint().listen().receiveSyn().at(62_999);
    expect(times(end.sent())).toEqual([0, 1000, 3000, 7000, 15_000, 31_000]);
    expect(end.state).toBe('SYN_RECEIVED');
    expect(end.at(63_000).state).toBe('CLOSED');
    end.expectSent();
  });

  it('the SYN comes again: answered at once, at most once in 500 ms, and the timer starts anew', () => {
    const end = synReceived().at(900).receive(syn()).expectSent('900 SA 0 ack 1 syn-ack-retransmission');
    end.at(1100).receive(syn()).expectNothing(1899).at(1900).expectSent('1900 SA 0 ack 1 syn-ack-retransmission');
  });

  it('the final ACK completes, and gives a sample', () => {
    const end = synReceived().at(10).receive(ack());
    expect([end.state, end.tcb.rto]).toEqual(['ESTABLISHED', 210_000]);
  });

  it('data completes the handshake and is kept; the sample is as long as it took', () => {
    const end = synReceived().at(310).receive(data(100));
    expect([end.state, end.tcb.rto, end.read()]).toEqual(['ESTABLISHED', 930_000, 100]);
  });

  it('an ACK of something else draws RST and leaves the request', () => {
    const end = synReceived()
      .receive(ack({ ack: 99 }))
      .expectSent('0 R 99 rst');
    expect(end.state).toBe('SYN_RECEIVED');
  });

  it('what cannot be taken is answered with the window of the SYN-ACK, rounded down', () => {
    const end = synReceived().at(1000);
    end.segments();
    const [answer] = end.receive(ack({ seq: 0, ack: 1 })).segments();
    expect(answer?.window).toBe(65_160 >>> 7);
  });

  it('RST in the window drops the request', () => {
    expect(synReceived().receive(rst({ seq: 1 })).goneBecause).toBe('reset');
  });

  it('RST outside the window is ignored', () => {
    const end = synReceived().receive(rst({ seq: 100_000 }));
    expect([end.state, end.ignored]).toEqual(['SYN_RECEIVED', ['rst-out-of-window']]);
  });

  it('another SYN within the window: RST, and the request is dropped', () => {
    const end = synReceived().receive(syn({ seq: 5 }));
    end.expectSent('0 RA 0 ack 6 rst');
    expect(end.goneBecause).toBe('reset');
  });

  it('FIN with the final ACK: CLOSE_WAIT', () => {
    expect(synReceived().receive(fin()).state).toBe('CLOSE_WAIT');
  });
});

describe('a handshake with losses', () => {
  it('first SYN-ACK lost: with timestamps a sample of 1.01 s, RTO 3.03 s', () => {
    // The server's direction carries again before the answer to the repeated SYN.
    const trace = run([at(0, listen), at(0.01, connect), at(0.012, cut('server')), at(0.5, restore('server'))], {
      bare: true,
    });
    expect(sent(trace, 'client').slice(0, 3)).toEqual([
      '0.01 S 0 syn',
      '1.01 S 0 syn-retransmission',
      '1.02 A 1 ack 1 ack',
    ]);
    expect(variable(trace, 'client', 'rto')).toContain(3_030_000);
  });

  it('without timestamps no sample: RTO 3 s', () => {
    const end = synSent({ offers: { timestamps: false } }).at(1010);
    end.receive(synAck());
    expect([end.tcb.rto, end.tcb.rtt.hasSample]).toEqual([3_000_000, false]);
  });

  it('first SYN lost: an ordinary sample, cwnd 10, and the first data has a loss probe', () => {
    const end = synSent().at(1010).receive(synAck());
    end.sent();
    expect([end.tcb.rto, end.tcb.cwnd]).toEqual([210_000, 10]);
    end.send(100);
    end.at(1219).expectSent('1010 PA 1+100 ack 1 data');
    end.at(1220).expectSent('1220 PA 1+100 ack 1 tail-loss-probe');
  });

  it('two SYNs lost: cwnd 1; two needless ones: cwnd 10', () => {
    expect(synSent().at(2010).receive(synAck()).tcb.cwnd).toBe(1);
    const needless = synSent();
    const { tsVal } = needless.tcb.firstSyn;
    needless.at(2010).receive(synAck({ tsEcr: tsVal }));
    expect([needless.tcb.cwnd, needless.tcb.ssthresh]).toEqual([10, 2 ** 31 - 1]);
  });

  it('final ACK lost: the client is established, its data completes the server', () => {
    const trace = run(
      [
        at(0, listen),
        at(0.01, connect),
        at(0.017, cut('client')),
        at(0.2, restore('client')),
        at(0.3, send('app', 100)),
      ],
      { bare: true },
    );
    expect(states(trace, 'client')).toEqual(['0.01 SYN_SENT', '0.02 ESTABLISHED']);
    expect(states(trace, 'server')).toEqual(['0.015 SYN_RECEIVED', '0.305 ESTABLISHED']);
    expect(calls(trace, 'web', 0.1)).toEqual(['0.305 accept 4', '0.305 recv 100']);
  });

  it('final ACK lost, nobody sends: the SYN-ACK comes again, and a challenge ACK completes', () => {
    const trace = run([at(0, listen), at(0.01, connect), at(0.017, cut('client')), at(0.2, restore('client'))], {
      bare: true,
    });
    expect(sent(trace, 'server')).toEqual(['0.015 SA 0 ack 1 syn-ack', '1.015 SA 0 ack 1 syn-ack-retransmission']);
    expect(sent(trace, 'client', 0.9)).toEqual(['1.02 A 1 ack 1 challenge-ack']);
    expect(states(trace, 'server')).toEqual(['0.015 SYN_RECEIVED', '1.025 ESTABLISHED']);
  });
});

describe('connect() and listen()', () => {
  it('nobody listens: ECONNREFUSED after one round trip', () => {
    const trace = run([at(0, connect)], { bare: true });
    expect(sent(trace, 'server')).toEqual(['0.005 RA 0 ack 1 rst']);
    expect(calls(trace, 'app')).toEqual(['0.01 connect ECONNREFUSED']);
  });

  it('a send() that waits for the connection: its data is the third segment of the handshake', () => {
    const trace = run([at(0.012, send('app', 100))]);
    expect(sent(trace, 'client')).toEqual(['0.01 S 0 syn', '0.02 PA 1+100 ack 1 data']);
    expect(calls(trace, 'app').slice(0, 2)).toEqual(['0.02 connect 0', '0.02 send 100']);
  });

  it('rebooted client, same port: challenge ACK, RST, SYN after two jiffies, connected', () => {
    const fixed = { ...connect, localPort: 40_000 } as typeof connect;
    const trace = run(
      [at(0, listen), at(0.01, fixed), at(1, powerLoss('client')), at(2, boot('client'))].concat([
        at(2, { kind: 'process-start', process: 'app' }),
        at(3, { ...fixed, connection: 'again' } as typeof connect),
      ]),
      { bare: true },
    );
    const purposes = sent(trace, 'client', 2).map((line) => `${line.split(' ')[0]} ${line.split(' ').at(-1)}`);
    expect(purposes).toEqual(['3 syn', '3.01 rst', '3.012 syn-retransmission', '3.022 ack']);
    expect(calls(trace, 'web', 1)).toEqual(['3.015 recv ECONNRESET', '3.015 close 0', '3.027 accept 5']);
  });

  it('a listener dies: queued children get RST, half-open requests vanish', () => {
    const trace = run([at(1, kill('web'))], { web: [{ kind: 'never-accepts' }] });
    expect(sent(trace, 'server', 1)).toEqual(['1 RA 1 ack 1 rst']);
    expect(calls(trace, 'app', 1)).toEqual(['1.005 recv ECONNRESET', '1.005 close 0']);
    const halfOpen = synReceived();
    halfOpen.kernel.closeListener(halfOpen.listener!);
    halfOpen.expectSent();
    // `ss` still shows it, until something is done with it.
    expect(halfOpen.state).toBe('SYN_RECEIVED');
    halfOpen.receive(ack({ ack: 1 }));
    expect(halfOpen.state).toBe('CLOSED');
    expect(halfOpen.sent().map((line) => line.split(' ')[1])).toEqual(['R']);
  });

  it('a request whose listener has died is gone when its timer fires; its port is free at once', () => {
    const dies = [at(0.016, cut()), at(0.5, kill('web')), at(0.6, { kind: 'process-start', process: 'web' } as const)];
    const trace = run([...dies, at(0.7, listen)], { until: 5 });
    expect(gone(trace, 'server')).toEqual(['1.015 aborted']);
    expect(calls(trace, 'web', 0.7)).toEqual(['0.7 listen 4096']);
  });

  it('a listener dies after a queued child was reset: nothing is sent', () => {
    const end = accepted().receive(rst());
    end.sent();
    end.kernel.closeListener(end.listener!);
    end.expectSent();
  });

  it('windows: 64240 and 65160, then 502 and 510 at scale 7', () => {
    const trace = run([at(1, kill('web'))]);
    const windows = [...trace.eventsOf('segment.sent')].map((event) => event.window);
    expect(windows).toEqual([64_240, 65_160, 502, 510, 502, 510]);
  });

  it('options: offered by default, and only what both want', () => {
    const first = new Endpoint().connect().segments()[0]!;
    expect(Object.keys(first.options).sort()).toEqual(['mss', 'sackPermitted', 'timestamps', 'windowScale']);
    const end = established({ offers: { timestamps: false, sack: false, mss: 1000 } });
    end.send(1000);
    expect(end.segments().map(({ length, options }) => [length, options])).toEqual([[1000, {}]]);
  });
});
