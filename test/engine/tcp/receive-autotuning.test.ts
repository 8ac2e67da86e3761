import { describe, expect, it } from 'vitest';
import { accepted, data } from '../support/endpoint.ts';
import type { Endpoint } from '../support/endpoint.ts';

const MSS = 1448;
/** ms */
const RTT = 40;
const SINCE_6_16 = { kernel: [6, 18] as const, sysctls: { tcp_rmem: [4096, 131_072, 6 * 2 ** 20] as const } };

/** A full segment arrives, sent as the acknowledgement of one round trip ago arrived; the application reads it at once, or leaves it. */
function arrive(end: Endpoint, ms: number, isRead = true): void {
  const tsEcr = Math.floor(ms - RTT) + end.tcb.tsOffset;
  end.at(ms).receive({ flags: 'A', length: MSS, tsEcr });
  if (isRead) end.read();
}

/** One round trip after the other with so many segments each. @returns the buffer's memory after each */
function roundTrips(end: Endpoint, ...counts: readonly number[]): number[] {
  let now = 1000;
  arrive(end, now);
  return counts.map((count) => {
    for (let i = 1; i <= count; i++) arrive(end, now + (i * RTT) / count);
    now += RTT;
    return end.tcb.rcv.buffer;
  });
}

describe('the round trip as the receiver sees it', () => {
  it('is not measured by the acknowledgement that opens the connection, but by data that echoes the same timestamp', () => {
    const end = accepted();
    expect([end.tcb.autotuning.roundTrip, end.tcb.autotuning.lastEcho]).toEqual([0, 0]);
    end.at(60).receive(data(MSS));
    expect(end.tcb.autotuning.roundTrip).toBe(8 * 60_000);
  });
});

describe('the receive buffer follows what is read in a round trip', () => {
  it('since 6.16: as the kernel’s tracepoint tcp_rcvbuf_grow shows it', () => {
    const end = accepted(SINCE_6_16);
    expect(roundTrips(end, 13, 18, 21, 36)).toEqual([131_072, 147_561, 147_561, 405_107]);
    expect(end.tcb.rcv.clamp).toBe(253_191);
  });

  it('before: with a cushion of 16 segments', () => {
    expect(roundTrips(accepted(), 13, 18, 21, 36)).toEqual([155_686, 213_145, 213_145, 495_132]);
  });

  it('before segments showed how much of them is payload: by the memory of so many segments', () => {
    expect(roundTrips(accepted({ kernel: [6, 1] }), 13, 18)).toEqual([199_928, 274_528]);
  });

  it('the window grows with it, two segments for each one that arrives', () => {
    const end = accepted(SINCE_6_16);
    roundTrips(end, 13, 18, 21, 36, 36, 36);
    // The clamp less what arrived since the last acknowledgement, rounded up.
    expect(end.tcb.rcv.wnd).toBe(251_776);
  });

  it('never beyond tcp_rmem[2]', () => {
    const end = accepted({ sysctls: { tcp_rmem: [4096, 131_072, 180_000] } });
    expect(roundTrips(end, 13, 18, 36)).toEqual([155_686, 180_000, 180_000]);
  });

  it('not with tcp_moderate_rcvbuf 0, nor with SO_RCVBUF', () => {
    const off = accepted({ sysctls: { tcp_moderate_rcvbuf: 0 } });
    expect(roundTrips(off, 13, 18, 36)).toEqual([131_072, 131_072, 131_072]);
    const fixed = accepted({ socket: { SO_RCVBUF: 65_536 } });
    roundTrips(fixed, 13, 18, 36);
    expect(Math.max(...fixed.segments().map(({ window }) => window * 2 ** fixed.tcb.rcv.wscale))).toBeLessThan(82_048);
  });

  it('not for a reader that lets it pile up: what waits is taken off', () => {
    const end = accepted(SINCE_6_16);
    arrive(end, 1000);
    for (let round = 1; round <= 5; round++) {
      for (let i = 1; i < 30; i++) arrive(end, 1000 + round * RTT, false);
      arrive(end, 1000 + round * RTT);
    }
    expect(end.tcb.rcv.buffer).toBe(131_072);
  });

  it('before, and not in 6.12 with its updates: what waits counts as read', () => {
    const buffers = (
      [
        [6, 1],
        [6, 12],
      ] as const
    ).map((kernel) => {
      const end = accepted({ kernel });
      arrive(end, 1000);
      for (let i = 1; i < 30; i++) arrive(end, 1000 + RTT, false);
      arrive(end, 1000 + RTT);
      for (let i = 1; i < 30; i++) arrive(end, 1000 + 2 * RTT, false);
      end.read(MSS);
      return end.tcb.rcv.buffer;
    });
    expect(buffers).toEqual([1_133_920, 131_072]);
  });

  it('the first data echoes the SYN-ACK: what ended the handshake was no measure', () => {
    const end = accepted();
    end.at(1000).receive({ flags: 'A', length: MSS, tsEcr: end.tcb.tsOffset });
    expect(end.tcb.autotuning.roundTrip).toBe(8 * 1_000_000);
  });

  it('an echo within a millisecond says nothing; before 6.16, and not in 6.12 with its updates, it was one', () => {
    const roundTripOf = (kernel: readonly [number, number]): number => {
      const end = accepted({ kernel });
      end.at(1000).receive({ flags: 'A', length: MSS, tsEcr: end.tcb.tsOffset + 1000 });
      return end.tcb.autotuning.roundTrip;
    };
    expect([roundTripOf([6, 1]), roundTripOf([6, 12]), roundTripOf([6, 15]), roundTripOf([6, 16])]).toEqual([
      8000, 0, 8000, 0,
    ]);
  });

  it('without timestamps a window’s time stands for the round trip', () => {
    const end = accepted({ offers: { timestamps: false } });
    const counts = Array.from({ length: 12 }, () => 30);
    expect(roundTrips(end, ...counts).at(-1)).toBeGreaterThan(131_072);
  });

  it('since 6.16 data beyond a gap needs room too', () => {
    const end = accepted(SINCE_6_16);
    roundTrips(end, 13, 18, 36, 36);
    const before = end.tcb.rcv.buffer;
    const gap = 104 * MSS + 1;
    for (let i = 1; i <= 150; i++) end.receive(data(MSS, { seq: gap + i * MSS }));
    expect(end.tcb.rcv.buffer).toBeGreaterThan(before);
  });
});
