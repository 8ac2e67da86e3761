import { describe, expect, it } from 'vitest';
import { cubicRoot } from '../../../extension/engine/tcp/congestion/cubic-root.ts';
import type { Endpoint } from '../support/endpoint.ts';
import { ack, established } from '../support/endpoint.ts';

const MSS = 1448;
const WINDOW = 65_535;

/** A sender at HZ 250 whose every window is acknowledged at once, a round trip of 100 ms later. */
class Transfer {
  readonly end: Endpoint;
  private una = 1;
  private now = 100;

  constructor(control: 'reno' | 'cubic') {
    this.end = established({ rtt: 100, hz: 250, sysctls: { tcp_congestion_control: control === 'reno' ? 0 : 1 } });
    this.end.option('TCP_NODELAY', 1).receive(ack({ window: WINDOW }));
  }

  get windows(): readonly [cwnd: number, ssthresh: number] {
    return [this.end.tcb.cwnd, this.end.tcb.ssthresh];
  }

  /** Whole windows for `count` round trips; the window after each. */
  rounds(count: number): number[] {
    return Array.from({ length: count }, () => {
      const { cwnd } = this.end.tcb;
      this.flight(cwnd);
      this.acknowledge(cwnd);
      return this.end.tcb.cwnd;
    });
  }

  /** A flight whose first segment is lost, and its repair. */
  lose(): void {
    const { cwnd } = this.end.tcb;
    this.flight(cwnd);
    this.end.receive(ack({ ack: this.una, sack: [[this.una + MSS, this.una + 4 * MSS]], window: WINDOW }));
    this.now += 100;
    this.end.at(this.now);
    this.acknowledge(cwnd);
  }

  private flight(segments: number): void {
    for (let i = 0; i < segments; i++) this.end.send(MSS);
    this.now += 100;
    this.end.at(this.now);
  }

  private acknowledge(segments: number): void {
    this.una += segments * MSS;
    this.end.receive(ack({ ack: this.una, window: WINDOW }));
  }
}

// The windows that Linux 6.18 reported (TCP_INFO) when it was sent the same segments at the same times.
describe('the window round trip by round trip, as a Linux host shows it', () => {
  it('cubic: 0.7 of the window remains; Reno’s pace while the curve would be slower', () => {
    const transfer = new Transfer('cubic');
    expect(transfer.rounds(2)).toEqual([20, 40]);
    transfer.lose();
    expect(transfer.windows).toEqual([30, 28]);
    expect(transfer.rounds(60)).toEqual([
      31, 31, 31, 31, 31, 31, 33, 33, 33, 33, 35, 35, 35, 37, 37, 37, 37, 39, 39, 39, 39, 41, 41, 41, 41, 43, 43, 43,
      45, 45, 45, 45, 47, 47, 47, 47, 49, 49, 49, 49, 51, 51, 51, 53, 53, 53, 53, 55, 55, 55, 55, 57, 57, 57, 57, 59,
      59, 59, 61, 61,
    ]);
  });

  it('reno: half of it remains, one more every round trip', () => {
    const transfer = new Transfer('reno');
    expect(transfer.rounds(2)).toEqual([20, 40]);
    transfer.lose();
    expect(transfer.windows).toEqual([21, 20]);
    expect(transfer.rounds(60)).toEqual(Array.from({ length: 60 }, (_, i) => 22 + i));
  });
});

describe('HyStart', () => {
  it('leaves slow start when the delay grows by more than an eighth', () => {
    const end = established({ rtt: 100 });
    end.receive(ack({ window: WINDOW }));
    end.send(10 * MSS);
    end.at(200).receive(ack({ window: WINDOW }));
    end.send(20 * MSS);
    end.at(330);
    expect(end.tcb.ssthresh).toBe(2 ** 31 - 1);
    for (let n = 11; n <= 30; n++) end.receive(ack({ ack: 1 + n * MSS, window: WINDOW }));
    expect(end.tcb.ssthresh).toBeLessThan(40);
  });
});

describe('the cubic root', () => {
  it('is exact and whole', () => {
    for (const root of [0, 1, 2, 3, 7, 63, 1000, 65_535, 200_000]) {
      expect(cubicRoot(root ** 3)).toBe(root);
      if (root > 0) expect(cubicRoot(root ** 3 - 1)).toBe(root - 1);
    }
  });
});
