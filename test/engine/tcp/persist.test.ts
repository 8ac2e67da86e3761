import { describe, expect, it } from 'vitest';
import type { EndpointOptions } from '../support/endpoint.ts';
import { ack, data, established } from '../support/endpoint.ts';

/** Everything in flight is acknowledged, 100 B wait, and the peer's window is closed since 10 ms. RTO 210 ms. */
function stalled(options: EndpointOptions = {}) {
  const end = established(options).receive(ack({ window: 0 }));
  end.send(100);
  return end.expectSent();
}

describe('the window was taken back', () => {
  it('what carries no data says the end of the window, unless only rounding lies between', () => {
    const end = established().at(100);
    end.send(5000);
    end.sent();
    // 1449 + 8 × 128; then to within 128 bytes of all that was sent.
    end.receive(ack({ ack: 1449, window: 8 }), data(2000, { seq: 1, ack: 1449, window: 8 }));
    expect(end.sent().filter((line) => / A \d+ ack/.test(line))).toEqual(['100 A 2473 ack 2001 ack']);
    end.receive(ack({ seq: 2001, ack: 1449, window: 27 }), data(2000, { seq: 2001, ack: 1449, window: 27 }));
    expect(end.sent().filter((line) => / A \d+ ack/.test(line))).toEqual(['100 A 5001 ack 4001 ack']);
  });
});

describe('the window is closed', () => {
  it('probes after one RTO, then at doubled waits; 15 unanswered ones end it without a RST', () => {
    const end = stalled().at(2000);
    end.expectSent('220 A 0 ack 1 window-probe', '640 A 0 ack 1 window-probe', '1480 A 0 ack 1 window-probe');
    const rest = end.at(2_000_000).sent();
    expect(rest).toHaveLength(12);
    expect(rest.at(-1)).toBe('814840 A 0 ack 1 window-probe');
    expect([end.goneBecause, end.read()]).toEqual(['timed-out', 'ETIMEDOUT']);
  });

  it('an answer starts the count and the wait again, at the interval reached', () => {
    const end = stalled({ sysctls: { tcp_retries2: 3 } }).at(640);
    end.sent();
    end.at(650).receive(ack({ window: 0 }));
    expect([end.tcb.probesOut, end.tcb.backoff]).toEqual([0, 2]);
    end.expectNothing(1489).at(1490).expectSent('1490 A 0 ack 1 window-probe');
  });

  it('tcp_retries2 bounds the interval too', () => {
    const end = stalled({ sysctls: { tcp_retries2: 1 } });
    end
      .at(220)
      .receive(ack({ window: 0 }))
      .at(640)
      .receive(ack({ window: 0 }))
      .at(1060);
    expect(end.sent().map((line) => line.split(' ')[0])).toEqual(['220', '640', '1060']);
  });

  it('room for the segment: it leaves at once and the backoff is over', () => {
    const end = stalled().at(640);
    end.sent();
    end
      .at(650)
      .receive(ack({ window: 1 }))
      .expectSent('650 PA 1+100 ack 1 data');
    expect([end.tcb.backoff, end.tcb.retransmitTimer.pending]).toEqual([0, 'tail-loss-probe']);
  });

  it('TCP_USER_TIMEOUT counts from the first probe, even though every one is answered', () => {
    const end = stalled().option('TCP_USER_TIMEOUT', 2000);
    end
      .at(220)
      .receive(ack({ window: 0 }))
      .at(640)
      .receive(ack({ window: 0 }))
      .at(1480)
      .receive(ack({ window: 0 }));
    end.expectSent('220 A 0 ack 1 window-probe', '640 A 0 ack 1 window-probe', '1480 A 0 ack 1 window-probe');
    expect(end.at(2219).state).toBe('ESTABLISHED');
    expect(end.at(2220).goneBecause).toBe('timed-out');
  });

  it('closed by its process: eight unanswered probes', () => {
    const end = stalled().close().at(200_000);
    expect(end.sent()).toHaveLength(8);
    expect(end.goneBecause).toBe('orphan-timed-out');
  });
});

describe('the window is open, but not wide enough for a segment', () => {
  it('nothing is sent; the probe takes what fits, pushed', () => {
    const end = established().receive(ack({ window: 0 }));
    end.send(3000);
    // 128 B of room.
    end
      .at(20)
      .receive(ack({ window: 1 }))
      .expectNothing(229);
    end.at(230).expectSent('230 PA 1+128 ack 1 window-probe');
    expect([end.tcb.probesOut, end.tcb.retransmitTimer.pending]).toEqual([0, 'retransmission']);
  });
});

describe('the window closes over data that is in flight', () => {
  /** 100 B are in flight since 10 ms; the same ACK says at 15 ms that the window is closed. No loss probe. RTO 210 ms. */
  function shrunk(options: EndpointOptions = {}) {
    const end = established({ ...options, sysctls: { tcp_early_retrans: 0, tcp_retries2: 3 } });
    end.send(100);
    end.sent();
    return end.at(15).receive(ack({ ack: 1, window: 0 }));
  }

  it('the retransmission timer probes with it, and every answer keeps the connection alive', () => {
    const end = shrunk();
    for (let time = 10_000; time <= 600_000; time += 10_000) end.at(time).receive(ack({ ack: 1, window: 0 }));
    expect(
      end
        .sent()
        .slice(0, 3)
        .map((line) => line.replace(/^\d+ /, '')),
    ).toEqual(Array(3).fill('PA 1+100 ack 1 rto-retransmission'));
    expect([end.state, end.tcb.retransmits]).toEqual(['ESTABLISHED', 0]);
    end.receive(ack({ ack: 101, window: 502 }));
    expect(end.tcb.sent.length).toBe(0);
  });

  it('no answer for more than twice the largest RTO: ETIMEDOUT, whatever tcp_retries2 says', () => {
    const end = shrunk().at(240_000);
    expect(end.state).toBe('ESTABLISHED');
    // Firings at 0.22, 0.64, 1.48 … 214.84 s; the next one is the first after 240 s of silence.
    expect(end.at(334_839).state).toBe('ESTABLISHED');
    expect([end.at(334_840).goneBecause, end.read()]).toEqual(['timed-out', 'ETIMEDOUT']);
  });

  it('TCP_USER_TIMEOUT asks for progress, not for answers', () => {
    const end = shrunk().option('TCP_USER_TIMEOUT', 2000);
    for (let time = 100; time <= 3000; time += 100) end.at(time).receive(ack({ ack: 1, window: 0 }));
    expect(end.goneBecause).toBe('timed-out');
  });
});
