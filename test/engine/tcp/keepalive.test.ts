import { describe, expect, it } from 'vitest';
import { ack, closeWait, data, established, halfClosed, rst, synSent } from '../support/endpoint.ts';

const on = (idle: number, interval: number, count: number) =>
  established()
    .option('TCP_KEEPIDLE', idle)
    .option('TCP_KEEPINTVL', interval)
    .option('TCP_KEEPCNT', count)
    .option('SO_KEEPALIVE', 1);

describe('ESTABLISHED with keepalive, the peer is silent', () => {
  it('defaults: probes at 7200, 7275, … 7800 s after the last segment, RST and ETIMEDOUT at 7875 s', () => {
    const end = established().option('SO_KEEPALIVE', 1).at(7_875_009);
    expect(end.sent()).toEqual(
      Array.from({ length: 9 }, (_, i) => `${7_200_010 + i * 75_000} A 0 ack 1 keepalive-probe`),
    );
    end.at(7_875_010).expectSent('7875010 RA 1 ack 1 rst');
    expect([end.read(), end.goneBecause]).toEqual(['ETIMEDOUT', 'timed-out']);
  });

  it.each([
    [5, 2, 3, 11],
    [10, 3, 4, 22],
    [600, 75, 9, 1275],
  ])('idle %d s, interval %d s, count %d: ETIMEDOUT after %d s', (idle, interval, count, total) => {
    const end = on(idle, interval, count).at(total * 1000 + 9);
    expect(end.state).toBe('ESTABLISHED');
    expect(end.at(total * 1000 + 10).state).toBe('CLOSED');
  });

  it('TCP_USER_TIMEOUT replaces the count: 5/2, 8 s: probes at 5 and 7, abort at 9 s', () => {
    const end = on(5, 2, 9).option('TCP_USER_TIMEOUT', 8000).at(9010);
    expect(end.sent()).toEqual([
      '5010 A 0 ack 1 keepalive-probe',
      '7010 A 0 ack 1 keepalive-probe',
      '9010 RA 1 ack 1 rst',
    ]);
  });

  it('a user timeout below idle + interval still waits for one probe', () => {
    expect(on(5, 2, 9).option('TCP_USER_TIMEOUT', 1000).at(7009).state).toBe('ESTABLISHED');
    expect(on(5, 2, 9).option('TCP_USER_TIMEOUT', 1000).at(7010).state).toBe('CLOSED');
  });
});

describe('ESTABLISHED with keepalive, the peer lives', () => {
  it('the answer to the probe starts the clock again', () => {
    const end = on(10, 3, 4).at(10_010);
    end
      .expectSent('10010 A 0 ack 1 keepalive-probe')
      .at(10_020)
      .receive(ack({ ack: 1 }));
    expect(end.tcb.probesOut).toBe(0);
    // The timer, armed for 3 s after the probe, finds 7.01 s left.
    end.expectNothing(20_019).at(20_020).expectSent('20020 A 0 ack 1 keepalive-probe');
  });

  it('received data moves the probe, sending alone does not', () => {
    const end = on(10, 3, 4).at(4000).receive(data(10));
    end.read();
    end.sent();
    end.expectNothing(13_999).at(14_000).expectSent('14000 A 0 ack 11 keepalive-probe');
  });

  it('data in flight at the firing: no probe, and a full idle time more', () => {
    const end = on(10, 3, 4).at(9999);
    end.send(100);
    end.sent();
    end.at(10_010).at(10_020).receive(ack());
    end.expectNothing(20_009);
    // Armed anew at 10.01 s for 10 s, it finds the ACK of 10.02 s 10 ms short of idle.
    end.expectNothing(20_019).at(20_020).expectSent('20020 A 100 ack 1 keepalive-probe');
  });

  it('a RST answers the probe: ECONNRESET', () => {
    const end = on(10, 3, 4)
      .at(10_020)
      .receive(rst({ seq: 1 }));
    expect([end.state, end.read()]).toEqual(['CLOSED', 'ECONNRESET']);
  });

  it('switched off: nothing more', () => {
    on(10, 3, 4).at(5000).option('SO_KEEPALIVE', 0).expectNothing(100_000);
  });

  it('TCP_KEEPIDLE on a live socket counts from the silence so far', () => {
    const end = established().option('SO_KEEPALIVE', 1).at(4010).option('TCP_KEEPIDLE', 5);
    end.at(5010).expectSent('5010 A 0 ack 1 keepalive-probe');
  });
});

describe('keepalive in other states', () => {
  it('SYN_SENT: starts when the connection is established', () => {
    const end = synSent().option('TCP_KEEPIDLE', 5).option('SO_KEEPALIVE', 1).at(10);
    end.sent();
    end.at(900).sent();
    end.receive({ flags: 'SA', seq: 0, ack: 1 }).sent();
    end.expectNothing(5899).at(5900).expectSent('5900 A 0 ack 1 keepalive-probe');
  });

  it('CLOSE_WAIT and FIN_WAIT_2 with an owner are probed', () => {
    const waiting = closeWait().option('TCP_KEEPIDLE', 5).option('SO_KEEPALIVE', 1).at(5060);
    expect(waiting.sent()).toEqual(['5060 A 0 ack 2 keepalive-probe']);
    const half = halfClosed().option('TCP_KEEPIDLE', 5).option('SO_KEEPALIVE', 1).at(5020);
    expect(half.sent()).toEqual(['5020 A 1 ack 1 keepalive-probe']);
  });

  it('ESTABLISHED, a probe arrives: a duplicate ACK, at most one per 500 ms', () => {
    const end = established();
    const probe = ack({ seq: 0 });
    end.at(100).receive(probe).expectSent('100 A 1 ack 1 duplicate-ack');
    end.at(599).receive(probe).expectSent();
    end.at(600).receive(probe).expectSent('600 A 1 ack 1 duplicate-ack');
    expect(end.ignored).toEqual(['rate-limited']);
  });
});

describe('on the timer wheel', () => {
  it('silence is counted in whole ticks: a probe may leave within the tick in which the time is over', () => {
    const end = established({ hz: 250, timers: 'wheel' });
    end.at(2029.2).option('SO_KEEPALIVE', 1).option('TCP_KEEPIDLE', 1).option('TCP_KEEPINTVL', 1);
    end.at(2035).expectSent('2032 A 0 ack 1 keepalive-probe');
    // Its timer fires at 3040: 996.7 ms later, and 250 ticks.
    end.at(2043.3).receive(ack());
    end.at(3050).expectSent('3040 A 0 ack 1 keepalive-probe');
  });
});
