import { describe, expect, it } from 'vitest';
import { ceilToJiffy, jiffies } from '../../../extension/engine/tcp/jiffies.ts';
import { RttEstimator } from '../../../extension/engine/tcp/rtt.ts';
import { add, after, before, diff, isInWindow, max, seq, unsigned } from '../../../extension/engine/tcp/seq.ts';
import { ack, data, established, fin, seedNearWrap } from '../support/endpoint.ts';

describe('sequence numbers wrap', () => {
  const last = seq(2 ** 32 - 1);

  it('arithmetic', () => {
    expect([add(last, 1), diff(seq(5), last), before(last, seq(0)), after(seq(0), last), max(last, seq(3))]).toEqual([
      0,
      6,
      true,
      true,
      3,
    ]);
  });

  it('a window across the wrap', () => {
    const right = add(last, 10);
    expect(isInWindow(seq(3), seq(4), last, right)).toBe(true);
    expect(isInWindow(last, last, last, right)).toBe(true);
    expect(isInWindow(right, right, last, right)).toBe(true);
    expect(isInWindow(right, add(right, 1), last, right)).toBe(false);
    expect(isInWindow(add(last, -5), last, last, right)).toBe(false);
  });

  it('a connection whose numbers wrap on both sides works', () => {
    const end = established({ seed: seedNearWrap(40_000), irs: 2 ** 32 - 50 });
    end.send(60_000);
    end.at(20).receive(ack(), data(100));
    end.at(30).receive(data(100));
    end.at(40).receive(ack());
    end.at(50).receive(ack());
    expect([end.tcb.sent.length, end.read()]).toEqual([0, 200]);
    expect(unsigned(end.tcb.snd.nxt)).toBeLessThan(unsigned(end.tcb.snd.iss));
    end.close().at(60).receive(fin());
    expect(end.state).toBe('TIME_WAIT');
  });
});

describe('jiffies', () => {
  it.each([
    [1000, 200_001, 201_000],
    [250, 200_001, 204_000],
    [100, 200_001, 210_000],
    [300, 200_000, 200_000],
    [300, 200_001, 203_333],
    [1000, 200_000, 200_000],
  ])('HZ %d: %d µs become %d', (hz, duration, rounded) => {
    expect(ceilToJiffy(duration, hz)).toBe(rounded);
  });

  it('two at HZ 300', () => {
    expect(jiffies(2, 300)).toBe(6667);
  });
});

describe('RTT and RTO as Linux computes them', () => {
  const una = (n: number) => seq(n);
  const after1 = (m: number) => {
    const rtt = new RttEstimator();
    rtt.sample(m, una(1), una(2), 200_000);
    return rtt;
  };

  it.each([
    [50, 201_000],
    [1000, 201_000],
    [10_000, 210_000],
    [100_000, 300_000],
    [333_332, 1_000_000],
    [600_000, 1_800_000],
  ])('one sample of %d µs: RTO %d', (m, rto) => {
    expect(after1(m).rto(1000, 120_000_000)).toBe(rto);
  });

  it('on a steady path SRTT + 200 ms, and the 3 µs that a quarter of them never takes away', () => {
    const rtt = after1(600_000);
    for (let i = 0; i < 200; i++) rtt.sample(600_000, una(i * 10), una(i * 10 + 5), 200_000);
    expect([rtt.srtt, rtt.rto(1000, 120_000_000)]).toEqual([600_000, 801_000]);
  });

  it('a rise raises the variance at once, a fall an eighth as fast', () => {
    const rise = after1(100_000);
    rise.sample(200_000, una(1), una(3), 200_000);
    // srtt = 112500; mdev: 200000 × 3/4 + 100000.
    expect([rise.srtt, rise.rttvar * 4]).toEqual([112_500, 250_000]);
    // mdev: 200000 + (90000 − 50000) / 8.
    const fall = after1(100_000);
    fall.sample(10_000, una(1), una(3), 200_000);
    expect([fall.srtt, fall.rttvar * 4]).toEqual([88_750, 205_000]);
  });

  it('the variance decays by a quarter once per round trip', () => {
    const rtt = after1(600_000);
    rtt.sample(600_000, una(1), una(3), 200_000);
    expect(rtt.rttvar * 4).toBe(1_200_000);
    rtt.sample(600_000, una(3), una(4), 200_000);
    expect(rtt.rttvar * 4).toBe(1_200_000);
  });

  it('never more than the ceiling', () => {
    expect(after1(90_000_000).rto(1000, 120_000_000)).toBe(120_000_000);
  });

  it('58 s of lost ACKs: the echo makes SRTT 7.3 s and RTO 65 s', () => {
    const rtt = after1(10_000);
    for (let i = 1; i < 20; i++) rtt.sample(10_000, una(i * 10), una(i * 10 + 5), 200_000);
    rtt.sample(58_000_000, una(1000), una(1001), 200_000);
    expect(Math.round(rtt.srtt / 100_000)).toBe(73);
    expect(Math.round(rtt.rto(1000, 120_000_000) / SECOND)).toBe(65);
  });
});

const SECOND = 1_000_000;
