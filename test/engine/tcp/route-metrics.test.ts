import { describe, expect, it } from 'vitest';
import { ack, accepted, data, Endpoint, established } from '../support/endpoint.ts';

describe('what the route says', () => {
  it('rto_min: the floor of the variance, and no delayed ACK later than that', () => {
    const end = established({ route: { rto_min: 50 } });
    expect(end.tcb.rto).toBe(60_000);
    // It wins over the socket's own.
    expect(end.option('TCP_RTO_MIN_US', 20_000).tcb.rtoMin).toBe(50_000);
    end.send(100);
    end.sent();
    end.at(69).expectSent();
    end.at(70).expectSent('70 PA 1+100 ack 1 tail-loss-probe');
    end.at(130).expectSent('130 PA 1+100 ack 1 rto-retransmission');
  });

  it('rto_min of a millisecond leaves a delayed ACK one tick', () => {
    const end = accepted({ route: { rto_min: 1 } });
    end.at(100).receive(data(10)).sent();
    end.tcb.delack.quick = 0;
    end.at(120).receive(data(10));
    end.expectNothing(120).at(121).expectSent('121 A 1 ack 21 ack');
  });

  it('the limit of tcp_retries2 is computed from 200 ms all the same', () => {
    const end = established({ route: { rto_min: 50 }, sysctls: { tcp_retries2: 3, tcp_early_retrans: 0 } });
    end.send(100);
    // Retransmissions at 70, 190, 430, 910, 1870 ms; the next firing is more than 3 s after the first.
    end.at(3789);
    expect(end.state).toBe('ESTABLISHED');
    expect(end.sent()).toHaveLength(6);
    expect(end.at(3790).goneBecause).toBe('timed-out');
  });

  it('quickack: acknowledged at once, however interactive', () => {
    const delayed = established();
    const quick = established({ route: { quickack: 1 } });
    for (const end of [delayed, quick]) {
      end.send(10);
      end.at(20).receive(data(10, { ack: 11 }));
      end.send(10);
      end.sent();
      end.at(30).receive(data(10, { ack: 21 }));
    }
    delayed.expectSent();
    quick.expectSent('30 A 21 ack 21 ack');
  });

  it('initcwnd: the window to begin with, and again after a pause', () => {
    const end = established({ route: { initcwnd: 20 } });
    expect(end.tcb.cwnd).toBe(20);
    end.send(30 * 1448);
    expect(end.sent()).toHaveLength(20);
    end.at(20).receive(ack({ ack: 20 * 1448 + 1 }));
    end.at(40).receive(ack({ ack: 30 * 1448 + 1 }));
    const { cwnd } = end.tcb;
    expect(cwnd).toBeGreaterThan(20);
    end.at(5000).send(100);
    expect(end.tcb.cwnd).toBe(20);
  });

  it('initrwnd: the window that is offered first, if that is less than the buffer allows', () => {
    const windows = [undefined, 4, 1000].map((initrwnd) => {
      const end = new Endpoint({ route: initrwnd === undefined ? {} : { initrwnd } }).connect();
      return end.segments()[0]?.window;
    });
    expect(windows).toEqual([64_240, 4 * 1460, 64_240]);
  });
});
