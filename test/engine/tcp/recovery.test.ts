import { describe, expect, it } from 'vitest';
import { diff } from '../../../extension/engine/tcp/seq.ts';
import type { Endpoint, EndpointOptions } from '../support/endpoint.ts';
import { ack, data, established } from '../support/endpoint.ts';

const MSS = 1448;
/** First byte of the `n`th segment, counted from 1. */
const start = (n: number): number => 1 + (n - 1) * MSS;
/** A SACK block of the segments `from` to `to`. */
const block = (from: number, to = from): readonly [number, number] => [start(from), start(to + 1)];

/** Ten segments are in flight since 10 ms, the round trip is 10 ms. */
function flight(options: EndpointOptions = {}, segments = 10): Endpoint {
  const end = established(options);
  // The first ACK with a scaled window is an update, no duplicate.
  end.receive(ack());
  end.send(segments * MSS);
  end.sent();
  return end;
}

const state = ({ tcb }: Endpoint): unknown[] => [tcb.recovery.state, tcb.cwnd, tcb.ssthresh, tcb.sent.inFlight];

describe('one segment is lost, SACKs arrive', () => {
  it('the third SACKed segment above it starts the recovery: sent again at once, ssthresh 0.7 of the window', () => {
    const end = flight();
    end
      .at(20)
      .receive(ack({ ack: 1, sack: [block(2)] }))
      .receive(ack({ ack: 1, sack: [block(2, 3)] }));
    expect(end.sent()).toEqual([]);
    expect(end.tcb.recovery.state).toBe('Disorder');
    end.receive(ack({ ack: 1, sack: [block(2, 4)] })).expectSent('20 A 1+1448 ack 1 fast-retransmission');
    expect(state(end)).toEqual(['Recovery', 7, 7, 7]);
    for (let last = 5; last <= 10; last++) end.receive(ack({ ack: 1, sack: [block(2, last)] }));
    end.at(30).receive(ack({ ack: start(11) }));
    expect(state(end)).toEqual(['Open', 7, 7, 0]);
    end.expectNothing(5000);
  });

  it('one SACK alone: the reordering timer waits a quarter of the round trip and 2 ms', () => {
    const end = flight();
    end.at(20).receive(ack({ ack: 1, sack: [block(2)] }));
    expect([end.tcb.retransmitTimer.pending, end.tcb.retransmitTimer.deadline]).toEqual(['reordering', 25_000]);
    end.expectNothing(24).at(25).expectSent('25 A 1+1448 ack 1 fast-retransmission');
    expect(end.tcb.recovery.state).toBe('Recovery');
  });

  it('two that left in one burst go again in one, the second pushed; what left in the next goes alone', () => {
    const end = flight();
    end
      .at(20)
      .receive(ack({ ack: start(3), sack: [block(6, 10)] }))
      .expectSent(
        `20 A ${start(3)}+1448 ack 1 fast-retransmission`,
        `20 PA ${start(4)}+1448 ack 1 fast-retransmission`,
        `20 A ${start(5)}+1448 ack 1 fast-retransmission`,
      );
  });

  it('tcp_congestion_control reno: half of the window', () => {
    const end = flight({ sysctls: { tcp_congestion_control: 0 } });
    end.at(20).receive(ack({ ack: 1, sack: [block(2, 4)] }));
    expect([end.tcb.recovery.state, end.tcb.ssthresh]).toEqual(['Recovery', 5]);
  });

  it('tcp_recovery 0: three duplicates are counted instead', () => {
    const end = flight({ sysctls: { tcp_recovery: 0 } });
    end
      .at(20)
      .receive(ack({ ack: 1, sack: [block(2, 3)] }))
      .expectSent();
    end.receive(ack({ ack: 1, sack: [block(2, 4)] })).expectSent('20 A 1+1448 ack 1 fast-retransmission');
  });

  it('it was only overtaken: nothing is sent again, and the path is known to reorder', () => {
    const end = flight();
    end
      .at(20)
      .receive(ack({ ack: 1, sack: [block(2)] }))
      .receive(ack({ ack: start(3) }));
    expect([end.tcb.recovery.state, end.tcb.recovery.reorderingSeen]).toEqual(['Open', 1]);
    // From now on three SACKs are no proof: a quarter of the round trip is waited first.
    end.receive(ack({ ack: start(3), sack: [block(4, 8)] }));
    expect([end.tcb.recovery.state, end.tcb.retransmitTimer.pending]).toEqual(['Disorder', 'reordering']);
  });

  it('the retransmission is lost too: found when something sent after it arrives', () => {
    const end = flight({}, 30);
    end.at(20).receive(ack({ ack: 1, sack: [block(2, 4)] }));
    for (let last = 5; last <= 10; last++) end.receive(ack({ ack: 1, sack: [block(2, last)] }));
    const lines = end.sent();
    expect(lines[0]).toBe('20 A 1+1448 ack 1 fast-retransmission');
    expect(lines.length).toBeGreaterThan(1);
    end.at(30.5).receive(ack({ ack: 1, sack: [block(2, 11)] }));
    expect(end.sent()[0]).toBe('30.5 A 1+1448 ack 1 fast-retransmission');
  });
});

describe('proportional rate reduction', () => {
  it('twenty in flight, one lost: seven out for every ten delivered', () => {
    const end = established();
    end.send(10 * MSS);
    end.at(20).receive(ack({ ack: start(11) }));
    end.send(100 * MSS);
    expect(end.sent()).toHaveLength(30);
    expect(end.tcb.cwnd).toBe(20);
    end.at(30).receive(ack({ ack: start(11), sack: [block(12, 14)] }));
    expect([end.tcb.recovery.state, end.tcb.ssthresh]).toEqual(['Recovery', 14]);
    expect(end.sent()).toEqual([
      '30 A 14481+1448 ack 1 fast-retransmission',
      '30 A 43441+1448 ack 1 data',
      '30 PA 44889+1448 ack 1 data',
    ]);
    const left: number[] = [];
    for (let last = 15; last <= 30; last++) {
      end.receive(ack({ ack: start(11), sack: [block(12, last)] }));
      left.push(end.sent().length);
    }
    // 14/20 of what was delivered since the recovery began, whatever the order of the roundings.
    expect(left.reduce((sum, n) => sum + n, 3)).toBe(Math.ceil((14 * 19) / 20));
    expect(end.tcb.sent.inFlight).toBe(14);
  });
});

describe('without SACK', () => {
  const options = { offers: { sack: false }, sysctls: { tcp_congestion_control: 0 } } as const;

  it('the third duplicate ACK resends; the state holds until something above the recovery point is acknowledged', () => {
    const end = flight(options);
    end
      .at(20)
      .receive(ack({ ack: 1 }), ack({ ack: 1 }))
      .expectSent();
    end.receive(ack({ ack: 1 })).expectSent('20 A 1+1448 ack 1 fast-retransmission');
    expect(end.tcb.recovery.state).toBe('Recovery');
    end.receive(...Array.from({ length: 6 }, () => ack({ ack: 1 })));
    end.at(30).receive(ack({ ack: start(11) }));
    expect([end.tcb.recovery.state, end.tcb.cwnd]).toEqual(['Recovery', 5]);
    end.send(MSS);
    end.at(40).receive(ack({ ack: start(12) }));
    expect(end.tcb.recovery.state).toBe('Open');
  });

  it('a partial ACK resends the next one', () => {
    const end = flight(options);
    // The first and the third segment are lost.
    end.at(20).receive(...Array.from({ length: 8 }, () => ack({ ack: 1 })));
    end.sent();
    end.at(30).receive(ack({ ack: start(3) }));
    end.expectSent('30 A 2897+1448 ack 1 fast-retransmission');
    expect(end.tcb.recovery.state).toBe('Recovery');
  });
});

describe('limited transmit (RFC 3042)', () => {
  it('the first two duplicates let new data out', () => {
    for (const end of [flight({}, 30), flight({ offers: { sack: false } }, 30)]) {
      const sack = end.tcb.sackPermitted;
      end.at(20).receive(ack({ ack: 1, ...(sack ? { sack: [block(2)] } : {}) }));
      end.at(22).receive(ack({ ack: 1, ...(sack ? { sack: [block(2, 3)] } : {}) }));
      end.expectSent('20 A 14481+1448 ack 1 data', '22 A 15929+1448 ack 1 data');
    }
  });
});

describe('everything is lost', () => {
  it('the probe, the timeout, then 1, 2, 4 … in slow start', () => {
    const end = flight();
    end.at(32).expectSent('32 PA 13033+1448 ack 1 tail-loss-probe');
    end.at(242).expectSent('242 A 1+1448 ack 1 rto-retransmission');
    expect(state(end)).toEqual(['Loss', 1, 7, 1]);
    end.at(252).receive(ack({ ack: start(2) }));
    expect(end.sent()).toEqual([
      '252 A 1449+1448 ack 1 rto-retransmission',
      '252 A 2897+1448 ack 1 rto-retransmission',
    ]);
    end.at(262).receive(ack({ ack: start(3) }), ack({ ack: start(4) }));
    expect(end.sent()).toHaveLength(4);
    end.at(272).receive(ack({ ack: start(11) }));
    expect([end.tcb.recovery.state, end.tcb.ssthresh]).toEqual(['Open', 7]);
  });

  it('a timeout soon after other data left spares what is too young', () => {
    const end = established({ sysctls: { tcp_early_retrans: 0 } });
    end.send(MSS);
    end.at(215).send(MSS);
    end.sent();
    end.at(220);
    expect(end.sent()).toEqual(['220 PA 1+1448 ack 1 rto-retransmission']);
    expect([end.tcb.sent.lostOut, end.tcb.cwnd]).toEqual([1, 2]);
  });
});

describe('the timeout was spurious', () => {
  it('the echo of the first copy restores the window, which grows at once by what it acknowledges', () => {
    const end = flight({ sysctls: { tcp_early_retrans: 0 } });
    const stamp = end.tcb.tsOffset + 10;
    end.at(220).sent();
    expect(state(end)).toEqual(['Loss', 1, 7, 1]);
    end.at(225).receive(ack({ ack: start(3), tsEcr: stamp >>> 0 }));
    expect([end.tcb.recovery.state, end.tcb.cwnd, end.tcb.ssthresh]).toEqual(['Open', 12, 2 ** 31 - 1]);
    expect(end.undone).toEqual(['timestamps']);
    end
      .at(226)
      .receive(ack({ ack: start(11) }))
      .expectSent();
  });

  it('F-RTO without timestamps: new data goes out, its ACK is the proof', () => {
    const end = flight({ sysctls: { tcp_early_retrans: 0 }, offers: { timestamps: false } }, 12);
    end.at(220).sent();
    expect(end.tcb.recovery.state).toBe('Loss');
    end.at(230).receive(ack({ ack: 1 + 1460 }));
    expect(end.sent()).toEqual(['230 A 14601+1460 ack 1 data', '230 PA 16061+1316 ack 1 data']);
    end.at(240).receive(ack({ ack: 1 + 2 * 1460 }));
    expect([end.tcb.recovery.state, end.tcb.cwnd]).toEqual(['Open', 11]);
    expect(end.undone).toEqual(['frto']);
    end.expectSent();
  });

  it('F-RTO: a duplicate after the new data means that it was real', () => {
    const end = flight({ sysctls: { tcp_early_retrans: 0 }, offers: { timestamps: false } }, 12);
    end.at(220).sent();
    end.at(230).receive(ack({ ack: 1 + 1460 }));
    end.sent();
    end.at(240).receive(ack({ ack: 1 + 1460, sack: [[14_601, 16_061]] }));
    expect(end.tcb.recovery.state).toBe('Loss');
    expect(end.sent()[0]).toBe('240 A 1461+1460 ack 1 rto-retransmission');
    expect(end.undone).toEqual([]);
  });

  it('DSACKs for all that was sent again restore the window', () => {
    const end = flight();
    end.at(20).receive(ack({ ack: 1, sack: [block(2, 4)] }));
    end.sent();
    expect(end.tcb.recovery.state).toBe('Recovery');
    end.at(25).receive(ack({ ack: start(6) }));
    end.at(30).receive(ack({ ack: start(6), sack: [block(1)] }));
    expect([end.tcb.recovery.state, end.tcb.cwnd]).toEqual(['Open', 10]);
    expect(end.undone.length).toBe(1);
  });
});

describe('the window grows', () => {
  it('slow start: one segment for each acknowledged, only where the window was full', () => {
    const end = flight();
    end.at(20).receive(ack({ ack: start(3) }));
    expect(end.tcb.cwnd).toBe(12);
    const limited = established();
    limited.send(4 * MSS);
    limited.at(20).receive(ack({ ack: start(5) }));
    expect(limited.tcb.cwnd).toBe(10);
  });

  it('after a pause longer than the RTO it halves per RTO, down to the initial one', () => {
    const end = established();
    for (let i = 0; i < 3; i++) {
      end.send(end.tcb.cwnd * MSS);
      end.at(20 + 10 * i).receive(ack());
    }
    expect(end.tcb.cwnd).toBe(80);
    end.at(40 + 1000).send(MSS);
    expect([end.tcb.cwnd, end.tcb.ssthresh]).toEqual([10, 2 ** 31 - 1]);
    const off = established({ sysctls: { tcp_slow_start_after_idle: 0 } });
    off.send(10 * MSS);
    off.at(20).receive(ack());
    off.at(2000).send(MSS);
    expect(off.tcb.cwnd).toBe(20);
  });
});

describe('an ACK is lost', () => {
  it('the next one covers it: nothing is sent again', () => {
    const end = flight({}, 4);
    end.at(20).receive(ack({ ack: start(5) }));
    expect(state(end).slice(0, 2)).toEqual(['Open', 10]);
    end.expectNothing(10_000);
  });
});

describe('data arrives twice', () => {
  const blocks = (end: Endpoint): unknown => {
    const [segment] = end.segments();
    return segment?.options.sack?.map((edges) => edges.map((edge) => diff(edge, end.tcb.rcv.irs)));
  };

  it('what is in sequence already, and what lies beyond a gap, is reported first (RFC 2883)', () => {
    const end = established();
    end.receive(data(100)).sent();
    end.receive(data(100, { seq: 1 }));
    expect(blocks(end)).toEqual([[1, 101]]);
    end.receive(data(100, { seq: 301 }));
    expect(blocks(end)).toEqual([[301, 401]]);
    end.receive(data(100, { seq: 301 }));
    expect(blocks(end)).toEqual([
      [301, 401],
      [301, 401],
    ]);
  });

  it('tcp_dsack 0: it is not', () => {
    const end = established({ sysctls: { tcp_dsack: 0 } });
    end.receive(data(100)).sent();
    end.receive(data(100, { seq: 1 }));
    expect(blocks(end)).toBeUndefined();
  });
});
