import { describe, expect, it } from 'vitest';
import type { SysctlValues } from '../../../extension/scenario/sysctl.ts';
import { ack, data, established } from '../support/endpoint.ts';

describe('ESTABLISHED, the application sends', () => {
  it('one segment: the probe waits until the RTO would fire, the RTO counts from the probe', () => {
    const end = established();
    end.send(100);
    end.sent();
    end.at(219).expectSent().at(220).expectSent('220 PA 1+100 ack 1 tail-loss-probe');
    end.expectNothing(429).at(430).expectSent('430 PA 1+100 ack 1 rto-retransmission');
  });

  it('several segments: the probe after two round trips and 2 ms resends the last, the RTO then the first', () => {
    const end = established();
    end.send(3000);
    end.sent();
    end.at(32).expectSent('32 PA 2897+104 ack 1 tail-loss-probe');
    end.at(242).expectSent('242 A 1+1448 ack 1 rto-retransmission');
  });

  it('another segment while the probe is pending: both of them count from then, the RTO from the first', () => {
    const end = established();
    end.option('TCP_NODELAY', 1).send(100);
    end.at(100).send(100);
    end.sent();
    end.at(122).expectSent('122 PA 101+100 ack 1 tail-loss-probe');
  });

  it('queued data and an open window: the probe is new data', () => {
    const end = established();
    end.send(20 * 1448);
    expect(end.sent()).toHaveLength(10);
    end.at(32).expectSent('32 A 14481+1448 ack 1 tail-loss-probe');
  });

  it('tcp_early_retrans 0, or no SACK: no probe', () => {
    for (const end of [established({ sysctls: { tcp_early_retrans: 0 } }), established({ offers: { sack: false } })]) {
      end.send(100);
      end.sent();
      end.at(220).expectSent('220 PA 1+100 ack 1 rto-retransmission');
    }
  });

  it('no RTT sample: the probe after 1 s', () => {
    const end = established({ offers: { timestamps: false }, rtt: 1010 });
    end.sent();
    end.send(100);
    end.sent();
    end.expectNothing(2009).at(2010).expectSent('2010 PA 1+100 ack 1 tail-loss-probe');
  });

  it('at HZ 250 the deadlines are whole jiffies: 212 ms', () => {
    const end = established({ hz: 250 });
    expect(end.tcb.rto).toBe(212_000);
    end.send(100);
    end.sent();
    end.at(222).expectSent('222 PA 1+100 ack 1 tail-loss-probe');
  });

  it('at HZ 300 a jiffy is not a whole number of µs: 63 of them', () => {
    expect(established({ hz: 300 }).tcb.rto).toBe(210_000);
    expect(established({ hz: 300, rtt: 11 }).tcb.rto).toBe(213_333);
  });
});

describe('a probe was sent', () => {
  const probed = (sysctls: Partial<SysctlValues> = {}) => {
    const end = established({ sysctls });
    end.send(100);
    end.at(220).sent();
    return end;
  };

  it.each([
    ['cubic', 1, 7],
    ['reno', 0, 5],
  ])('its ACK changes nothing; the next ACK of later data shrinks the window as %s does', (_, control, cwnd) => {
    const end = probed({ tcp_congestion_control: control }).at(230).receive(ack());
    expect([end.tcb.cwnd, end.tcb.retransStamp]).toEqual([10, undefined]);
    end.send(100);
    end.at(240).receive(ack());
    expect([end.tcb.cwnd, end.tcb.recovery.state]).toEqual([cwnd, 'Open']);
  });

  it('a duplicate ACK shows that both copies arrived: the window stays', () => {
    const end = probed().at(221).receive(ack()).at(230).receive(ack());
    end.send(100);
    end.at(240).receive(ack());
    expect(end.tcb.cwnd).toBe(10);
  });

  it('a DSACK shows that both copies arrived: the window stays', () => {
    const end = probed()
      .at(230)
      .receive(ack({ sack: [[1, 101]] }));
    end.send(100);
    end.at(240).receive(ack());
    expect(end.tcb.cwnd).toBe(10);
  });

  it('a later one is sent only after an ACK', () => {
    const end = probed();
    end.send(100);
    end.at(1000);
    expect(end.sent().filter((line) => line.endsWith('tail-loss-probe'))).toEqual([]);
  });
});

describe('the retransmission timer fires', () => {
  it('small neighbours ride along up to one segment, with PSH and FIN', () => {
    const end = established({ sysctls: { tcp_early_retrans: 0 } });
    end.option('TCP_NODELAY', 1);
    end.send(100);
    end.send(200);
    end.close().sent();
    end.at(220).expectSent('220 FPA 1+300 ack 1 rto-retransmission');
  });

  it('a neighbour that does not fit stays', () => {
    const end = established({ sysctls: { tcp_early_retrans: 0 } });
    end.option('TCP_NODELAY', 1);
    end.send(1000);
    end.send(1000);
    end.sent();
    end.at(220).expectSent('220 PA 1+1000 ack 1 rto-retransmission');
  });

  it('the end of a piece that goes again whole takes no neighbour along', () => {
    const end = established({ sysctls: { tcp_early_retrans: 0, tcp_frto: 0 } });
    end.option('TCP_NODELAY', 1);
    end.send(100);
    end.send(1448 + 12);
    end.close().sent();
    end.at(220).expectSent('220 PA 1+100 ack 1 rto-retransmission');
    end
      .at(240)
      .receive(ack({ ack: 101 }))
      .expectSent('240 A 101+1448 ack 1 rto-retransmission', '240 PA 1549+12 ack 1 rto-retransmission');
  });

  it('what the window leaves of a segment stays with its piece, and is cut anew with it', () => {
    const end = established({ sysctls: { tcp_early_retrans: 0, tcp_frto: 0 } });
    end.option('TCP_NODELAY', 1);
    end.send(100);
    end.send(2 * 1448);
    end.sent();
    end.at(220).expectSent('220 PA 1+100 ack 1 rto-retransmission');
    end
      .at(240)
      .receive(ack({ ack: 101, window: 5 }))
      .expectSent('240 A 101+640 ack 1 rto-retransmission');
    end
      .at(260)
      .receive(ack({ ack: 741, window: 0 }))
      .expectSent('260 A 741+1448 ack 1 rto-retransmission');
  });

  it('no loss probe before everything that was in flight is acknowledged', () => {
    const end = established();
    end.send(3000);
    end.at(242).sent();
    expect([end.tcb.recovery.state, end.tcb.cwnd]).toEqual(['Loss', 1]);
    end.at(252).receive(ack({ ack: 1449 }));
    expect(end.tcb.retransmitTimer.pending).toBe('retransmission');
    end.at(262).receive(ack({ ack: 3001 }));
    expect(end.tcb.recovery.state).toBe('Open');
  });

  it('progress starts the count and the clock of giving up anew', () => {
    const end = established();
    end.send(100);
    end.at(2000);
    expect(end.tcb.retransmits).toBeGreaterThan(1);
    end.receive(ack());
    expect([end.tcb.retransmits, end.tcb.retransStamp, end.tcb.backoff]).toEqual([0, undefined, 0]);
  });

  it('the ACK of data in flight starts the full RTO from now', () => {
    const end = established({ sysctls: { tcp_early_retrans: 0 } });
    end.send(2896);
    end.at(20).receive(ack({ ack: 1449 }));
    expect(end.tcb.retransmitTimer.deadline).toBe(20_000 + end.tcb.rto);
  });
});

describe('Nagle', () => {
  it('a small segment waits for an earlier small one; TCP_NODELAY, a FIN and a full one do not', () => {
    const end = established();
    end.send(100);
    end.send(100);
    end.send(100);
    end.expectSent('10 PA 1+100 ack 1 data');
    end.at(20).receive(ack()).expectSent('20 PA 101+200 ack 1 data');
    end.send(50);
    end.expectSent().close().expectSent('20 FPA 301+50 ack 1 data');
    const off = established().option('TCP_NODELAY', 1);
    off.send(100);
    off.send(100);
    expect(off.sent()).toHaveLength(2);
  });

  it('setting TCP_NODELAY releases what was held', () => {
    const end = established();
    end.send(100);
    end.send(100);
    end.sent();
    end.option('TCP_NODELAY', 1).expectSent('10 PA 101+100 ack 1 data');
  });

  it('data and its ACK cross: both are handled', () => {
    const end = established();
    end.send(100);
    end.sent();
    end
      .at(15)
      .receive(data(50, { ack: 1 }))
      .at(20)
      .receive(ack());
    expect([end.read(), end.tcb.sent.length]).toEqual([50, 0]);
  });
});
