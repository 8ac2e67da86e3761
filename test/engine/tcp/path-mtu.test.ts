/** How much a segment carries: what routers say of the path, and what silence may mean. */
import { describe, expect, it } from 'vitest';
import { ack, data, type Endpoint, type EndpointOptions, established, synReceived } from '../support/endpoint.ts';

const MINUTES = 60_000;

/** 5000 B in four segments, sent at 1 s in two bursts of two. */
function sending(options: EndpointOptions = {}): Endpoint {
  const end = established(options).at(1000);
  end.send(5000);
  end.expectSent(
    '1000 A 1+1448 ack 1 data',
    '1000 PA 1449+1448 ack 1 data',
    '1000 A 2897+1448 ack 1 data',
    '1000 PA 4345+656 ack 1 data',
  );
  return end.at(1005);
}

function tooBig(end: Endpoint, mtu = 1400, seq = 1): Endpoint {
  return end.icmp('fragmentation needed', seq, mtu);
}

function news(end: Endpoint): string[] {
  return [...end.trace.eventsOf('tcp.mss')].map(({ mss, mtu, reason }) => `${mss} of ${mtu} ${reason}`);
}

function ignored(end: Endpoint): string[] {
  return [...end.trace.eventsOf('icmp.ignored')].map(({ reason }) => reason);
}

describe('fragmentation needed', () => {
  it('bursts that are too big go again at once, cut anew, and the window stays', () => {
    const end = tooBig(sending());
    end.expectSent(
      '1005 A 1+1348 ack 1 path-mtu-retransmission',
      '1005 PA 1349+1348 ack 1 path-mtu-retransmission',
      '1005 A 2697+200 ack 1 path-mtu-retransmission',
      '1005 A 2897+1348 ack 1 path-mtu-retransmission',
      '1005 PA 4245+756 ack 1 path-mtu-retransmission',
    );
    expect([end.tcb.cwnd, end.tcb.recovery.state, end.tcb.retransmits]).toEqual([10, 'Loss', 0]);
    expect(news(end)).toEqual(['1348 of 1400 path']);
    end.at(1010).receive(ack({ ack: 5001 }));
    expect([end.tcb.cwnd >= 10, end.tcb.recovery.state, end.undone]).toEqual([true, 'Open', []]);
  });

  it('the other messages of the same flight say nothing new', () => {
    const end = tooBig(sending());
    end.sent();
    tooBig(tooBig(end, 1400, 1449), 1450, 2897).expectSent();
    expect([ignored(end), news(end)]).toEqual([['known', 'known'], ['1348 of 1400 path']]);
  });

  it('a router further on may say less still', () => {
    const end = tooBig(tooBig(sending()), 1300);
    expect(news(end)).toEqual(['1348 of 1400 path', '1248 of 1300 path']);
  });

  it('what is small enough is not sent again', () => {
    const end = established().at(1000);
    end.send(1300);
    end.sent();
    tooBig(end).expectSent();
    expect([news(end), end.tcb.recovery.state]).toEqual([['1348 of 1400 path'], 'Open']);
  });

  it('who does not know what is in flight is not believed', () => {
    const end = sending();
    tooBig(tooBig(end, 1400, 0), 1400, 5002).expectSent();
    expect([ignored(end), news(end)]).toEqual([['out-of-window', 'out-of-window'], []]);
  });

  it('what had arrived behind a gap and comes again in another segment is reported as a duplicate by the other end', () => {
    const other = established();
    other.receive(data(656, { seq: 101 }));
    other.segments();
    // 100 bytes that were missing, and 100 of those that were there.
    other.receive(data(200, { seq: 1 }));
    const [answer] = other.segments();
    const irs = Number(answer!.ack) - 757;
    expect(answer!.options.sack?.map(([left, right]) => [Number(left) - irs, Number(right) - irs])).toEqual([
      [101, 201],
    ]);
  });

  it('less than 552 bytes are not believed', () => {
    expect(news(tooBig(sending(), 68))).toEqual(['500 of 552 path']);
  });

  it('without timestamps a segment carries 12 bytes more', () => {
    const end = established({ offers: { timestamps: false } }).at(1000);
    end.send(1460);
    expect(news(tooBig(end))).toEqual(['1360 of 1400 path']);
  });

  it('without SACK the bursts go again just the same', () => {
    const end = tooBig(sending({ offers: { sack: false } }));
    expect(end.sent()).toHaveLength(5);
  });

  it('counts for 10 minutes: the next segment is as large as the interface takes', () => {
    const end = tooBig(sending());
    end.at(1010).receive(ack({ ack: 5001 }));
    end.at(10 * MINUTES).sent();
    end.send(1400);
    expect(end.sent()[0]).toBe('600000 A 5001+1348 ack 1 data');
    end.at(10 * MINUTES + 10).receive(ack({ ack: 6401 }));
    end.at(10 * MINUTES + 1005).sent();
    end.send(1400);
    expect(end.sent()[0]).toBe('601005 PA 6401+1400 ack 1 data');
    expect(news(end)).toEqual(['1348 of 1400 path', '1448 of 1500 expired']);
  });

  it('about a SYN-ACK it means nothing: that is small', () => {
    const end = synReceived().at(5).icmp('fragmentation needed', 0, 1400);
    expect([ignored(end), news(end)]).toEqual([['no-error'], []]);
  });
});

describe('silence', () => {
  /** Sizes of what the retransmission timer sends in 100 s. */
  function repeated(sysctls: EndpointOptions['sysctls']): number[] {
    const end = established({ sysctls: { ...sysctls, tcp_early_retrans: 0 } }).at(1000);
    end.send(1448);
    end.sent();
    return end
      .at(100_000)
      .segments()
      .map(({ length }) => length);
  }

  it('with tcp_mtu_probing smaller segments are tried once tcp_retries1 is over: tcp_base_mss, then half of it', () => {
    // At 0.21, 0.63, 1.47, 3.15 s and, 3 s after the first of them, at 6.51 s.
    expect(repeated({ tcp_mtu_probing: 1 })).toEqual([1448, 1448, 1448, 1448, 1024, 512, 256, 128]);
    expect(repeated({ tcp_mtu_probing: 1, tcp_base_mss: 600, tcp_retries1: 2 })).toEqual([
      1448, 1448, 1448, 600, 300, 150, 75, 48,
    ]);
  });

  it('without it the same segment goes again and again', () => {
    expect(repeated({})).toEqual(Array.from({ length: 8 }, () => 1448));
  });

  it('an answer ends the search where it is', () => {
    const end = established({ sysctls: { tcp_mtu_probing: 1 } }).at(1000);
    end.send(3000);
    end.at(12_000).sent();
    end.receive(ack({ ack: 1025 })).sent();
    end
      .receive(ack({ ack: 3001 }))
      .at(20_000)
      .sent();
    end.send(2000);
    expect(end.sent()[0]).toMatch(/\+1024 /);
    expect(news(end)).toEqual(['1024 of 1076 black-hole']);
  });
});
