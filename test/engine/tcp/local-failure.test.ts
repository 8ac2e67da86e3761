import { describe, expect, it } from 'vitest';
import { TCP_INFINITE_SSTHRESH } from '../../../extension/engine/tcp/constants.ts';
import { ack, data, Endpoint, established, syn, synAck, synReceived, synSent } from '../support/endpoint.ts';

describe('the queue of its own device refuses', () => {
  it('new data: nothing counts as sent, the window shrinks, and the persist timer tries again every 500 ms', () => {
    const end = established().host('refused');
    end.send(100);
    end.expectSent('10 PA 1+100 ack 1 data refused');
    expect([end.tcb.sent.length, end.tcb.unsent, end.tcb.cwnd, end.tcb.recovery.state]).toEqual([0, 100, 10, 'CWR']);
    expect(end.tcb.ssthresh).toBe(7);
    end
      .at(1300)
      .expectSent(
        '220 PA 1+100 ack 1 data refused',
        '720 PA 1+100 ack 1 data refused',
        '1220 PA 1+100 ack 1 data refused',
      );
    expect([end.tcb.probesOut, end.tcb.backoff]).toEqual([3, 0]);
    end.host(undefined).at(1720).expectSent('1720 PA 1+100 ack 1 data');
    expect([end.tcb.probesOut, end.tcb.sent.length]).toEqual([0, 1]);
    end.at(1730).receive(ack({ ack: 101 }));
    expect([end.tcb.cwnd, end.tcb.recovery.state]).toEqual([7, 'Open']);
  });

  it('a burst is one packet: it is refused whole, and nothing is tried after it', () => {
    const end = established().host('refused');
    end.send(5000);
    end.expectSent('10 A 1+1448 ack 1 data refused', '10 PA 1449+1448 ack 1 data refused');
    expect(end.tcb.sent.length).toBe(0);
  });

  it('a persist probe sends one segment of what had been a burst', () => {
    const end = established().host('refused');
    end.send(5000);
    end.sent();
    end.host(undefined).at(220).expectSent('220 PA 1+1448 ack 1 data');
    end.at(230).receive(ack({ ack: 1449 }));
    end.expectSent('230 A 1449+1448 ack 1 data', '230 PA 2897+1448 ack 1 data', '230 PA 4345+656 ack 1 data');
  });

  it('an RTO retransmission: again after 500 ms, without backoff, and the give-up clock runs', () => {
    const end = established({ sysctls: { tcp_early_retrans: 0, tcp_retries2: 3 } });
    end.send(100);
    end.sent();
    end.host('refused').at(1300);
    expect(end.sent()).toEqual([
      '220 PA 1+100 ack 1 rto-retransmission refused',
      '720 PA 1+100 ack 1 rto-retransmission refused',
      '1220 PA 1+100 ack 1 rto-retransmission refused',
    ]);
    expect([end.tcb.backoff, end.tcb.retransmits, end.tcb.sent.retransOut]).toEqual([0, 3, 0]);
    // 3 s after the first: the limit of three retries.
    end.at(3219);
    expect(end.state).toBe('ESTABLISHED');
    end.at(3220);
    expect(end.read()).toBe('ETIMEDOUT');
  });

  it('a loss probe: the RTO follows as if there had been none', () => {
    const end = established();
    end.send(100);
    end.sent();
    end.host('refused').at(220).expectSent('220 PA 1+100 ack 1 tail-loss-probe refused');
    expect(end.tcb.recovery.tlpHighSeq).toBeUndefined();
    end.host(undefined).at(430).expectSent('430 PA 1+100 ack 1 rto-retransmission');
  });

  it('a keepalive probe: not counted, again after 500 ms', () => {
    const end = established().option('TCP_KEEPIDLE', 5).option('TCP_KEEPINTVL', 2).option('SO_KEEPALIVE', 1);
    end.host('refused').at(5600);
    end.expectSent('5010 A 0 ack 1 keepalive-probe refused', '5510 A 0 ack 1 keepalive-probe refused');
    expect(end.tcb.probesOut).toBe(0);
    end.host(undefined).at(8010).expectSent('6010 A 0 ack 1 keepalive-probe', '8010 A 0 ack 1 keepalive-probe');
    expect(end.tcb.probesOut).toBe(2);
  });

  it('an acknowledgement: it counts as sent, and the window shrinks all the same', () => {
    const end = established().host('refused').at(100).receive(data(100));
    end.expectSent('100 A 1 ack 101 ack refused');
    expect([end.tcb.delack.scheduled, end.tcb.recovery.state, end.tcb.ssthresh]).toEqual([false, 'CWR', 7]);
  });

  it('the SYN: after its second of patience every 500 ms, and connect() fails after 6 s', () => {
    const end = synSent().host('refused').at(5999);
    expect(end.sent()).toHaveLength(10);
    expect(end.state).toBe('SYN_SENT');
    expect(end.at(6000).goneBecause).toBe('timed-out');
  });

  it('a SYN: it counts as repeated, so that the window begins with one segment', () => {
    const end = synSent().host('refused').at(1100).host(undefined).at(1500).at(1510);
    end.sent();
    end.receive(synAck());
    expect([end.state, end.tcb.cwnd, end.tcb.ssthresh]).toEqual(['ESTABLISHED', 1, TCP_INFINITE_SSTHRESH]);
  });

  it('a FIN: it waits for the persist timer, which pushes it', () => {
    const end = established().host('refused').close();
    end.expectSent('10 FA 1 ack 1 fin refused');
    end.host(undefined).at(220).expectSent('220 FPA 1 ack 1 fin');
  });
});

describe('a SYN-ACK that the own host refuses', () => {
  it('asked for by a timer: the half-open connection is forgotten', () => {
    const end = synReceived().host('refused').at(999);
    expect(end.state).toBe('SYN_RECEIVED');
    end.at(1000).expectSent('1000 SA 0 ack 1 syn-ack-retransmission refused');
    expect(end.goneBecause).toBe('not-sent');
  });

  it('asked for by the SYN that comes again: the timer stays where it was', () => {
    const end = synReceived().host('refused').at(900).receive(syn());
    end.expectSent('900 SA 0 ack 1 syn-ack-retransmission refused');
    end.host(undefined).at(1000).expectSent('1000 SA 0 ack 1 syn-ack-retransmission');
    expect(end.tcb.synCopies).toBe(1);
  });

  it('the first: as if it had been lost on the way', () => {
    const end = new Endpoint().host('refused').listen().receiveSyn();
    end.host(undefined).at(1000).sent();
    expect(end.receive(ack()).state).toBe('ESTABLISHED');
  });
});

it('a device that threw something away: it counts as sent, and the window shrinks (NET_XMIT_CN)', () => {
  const end = established().host('lost');
  end.send(100);
  expect([end.tcb.sent.length, end.tcb.recovery.state, end.tcb.ssthresh]).toEqual([1, 'CWR', 7]);
});

it('no way: nothing counts as sent, but the window stays, and the wait doubles', () => {
  const end = established().host('no-way');
  end.send(100);
  end.at(1000);
  expect(end.sent().map((line) => Number.parseInt(line, 10))).toEqual([10, 220, 640]);
  expect([end.tcb.sent.length, end.tcb.recovery.state]).toEqual([0, 'Open']);
});
