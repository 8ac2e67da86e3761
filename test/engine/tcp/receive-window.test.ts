import { describe, expect, it } from 'vitest';
import { accepted, ack, data, established, synSent } from '../support/endpoint.ts';
import type { SysctlValues } from '../../../extension/scenario/sysctl.ts';
import { diff } from '../../../extension/engine/tcp/seq.ts';
import type { Endpoint } from '../support/endpoint.ts';

const SMALL = { socket: { SO_RCVBUF: 16_384 } };

/** The windows that were offered since the last look, in bytes. */
function offered(end: Endpoint): number[] {
  const scale = 2 ** end.tcb.rcv.wscale;
  return end.segments().map(({ window }) => window * scale);
}

/** Full segments, one a millisecond. */
function fill(end: Endpoint, count: number, from = 100): Endpoint {
  for (let i = 0; i < count; i++) end.at(from + i).receive({ flags: 'A', length: 1448 });
  return end;
}

describe('the window offered at the start', () => {
  it('fills half of the buffer with whole segments, and the scale allows for the largest buffer', () => {
    const end = synSent();
    expect([end.tcb.rcv.wnd, end.tcb.rcv.offeredScale]).toEqual([64_240, 7]);
  });

  it('SO_RCVBUF: eleven segments of 16384 bytes doubled and halved; the option stands there with scale 0', () => {
    const end = accepted(SMALL);
    const synAck = [...end.trace.eventsOf('segment.sent')].find(({ purpose }) => purpose === 'syn-ack');
    expect([synAck?.window, synAck?.wscale]).toEqual([15_928, 0]);
  });

  it('SO_RCVBUF below the least is the least', () => {
    expect(accepted({ socket: { SO_RCVBUF: 100 } }).tcb.rcv.wnd).toBe(1152);
  });
});

describe('tcp_rmem and rmem_max', () => {
  it('a default of 32 MiB opens with 16 MiB, of which a SYN can say 65535 bytes only', () => {
    const end = accepted({ sysctls: { tcp_rmem: [4096, 2 ** 25, 2 ** 25] } });
    const synAck = [...end.trace.eventsOf('segment.sent')].find(({ purpose }) => purpose === 'syn-ack');
    expect([synAck?.window, synAck?.wscale]).toEqual([65_535, 10]);
    end.at(100).receive({ flags: 'A', length: 1448 });
    // Whole segments, and two more for the one that arrived; rounded up to 2^10.
    expect(offered(end)).toEqual([16_387 * 1024]);
  });

  it('the scale allows for the largest of the buffer, tcp_rmem[2] and rmem_max', () => {
    const scale = (sysctls: Partial<SysctlValues>): number => synSent({ sysctls }).tcb.rcv.offeredScale;
    expect(scale({ tcp_rmem: [4096, 131_072, 2 ** 25] })).toBe(10);
    expect(scale({ tcp_rmem: [4096, 131_072, 131_072] })).toBe(2);
    expect(scale({ tcp_rmem: [4096, 131_072, 131_072], rmem_max: 2 ** 24 })).toBe(9);
    expect(scale({ tcp_rmem: [4096, 2 ** 22, 131_072] })).toBe(5);
    expect(scale({ tcp_window_scaling: 0 })).toBe(0);
    expect(synSent({ kernel: [6, 18] }).tcb.rcv.offeredScale).toBe(10);
  });

  it('SO_RCVBUF takes no more than rmem_max', () => {
    const window = (bytes: number, sysctls?: Partial<SysctlValues>): number =>
      synSent({ socket: { SO_RCVBUF: bytes }, ...(sysctls && { sysctls }) }).tcb.rcv.wnd;
    expect(window(2 ** 24)).toBe(window(212_992));
    expect(window(2 ** 24, { rmem_max: 2 ** 24 })).toBe(11_491 * 1460);
  });
});

describe('nobody reads', () => {
  it('SO_RCVBUF: the first full segment shows what fits, then the right edge stays; five quick ACKs', () => {
    const end = fill(accepted(SMALL), 5);
    expect(offered(end)).toEqual([18_824, 17_376, 15_928, 14_480, 13_032]);
    fill(end, 8, 105).at(200);
    expect(end.tcb.rcv.queue.bytes).toBe(18_824);
    end.sent();
    // The last one that fits, acknowledged late: there is no larger window to tell of.
    end.receive({ flags: 'A', length: 1448 }).expectNothing(239).at(240);
    expect(offered(end)).toEqual([0]);
  });

  it('the default buffer: the window grows by two segments for each one, until the room is used up', () => {
    const end = fill(accepted(), 6);
    expect(offered(end)).toEqual([68_096, 71_040, 73_856, 76_160, 74_752, 73_344]);
  });

  it('a lone segment that is not full shows that memory is mostly wasted: the window shrinks as far as its right edge allows', () => {
    const end = established();
    for (const at of [100, 200]) {
      end.at(at).receive(data(1000));
      end.read();
    }
    expect(end.segments().map(({ window }) => window)).toEqual([495, 488]);
  });

  it('what fits behind a full segment that was not read takes no memory', () => {
    const free = (rest: number): number => {
      const end = accepted(SMALL);
      fill(end, 3);
      end.segments();
      end.receive(data(rest), data(1448));
      return offered(end).at(-1)! + rest;
    };
    expect(free(104)).toBeGreaterThan(free(204));
  });

  it('data beyond a gap lets it grow too, but not without SACK: there an ACK with another window is no duplicate', () => {
    const beyondGap = (end: Endpoint): number[] => {
      fill(end, 1).at(101).receive({ flags: 'A', seq: 2897, length: 1448 });
      return offered(end);
    };
    expect(beyondGap(accepted())).toEqual([68_096, 71_040]);
    expect(beyondGap(accepted({ sysctls: { tcp_sack: 0 } }))).toEqual([68_096, 68_096]);
  });
});

describe('tcp_shrink_window', () => {
  /** Where the windows end that are offered while 110 segments of 536 bytes arrive, which take more memory than was reckoned with. */
  const rightEdges = (end: Endpoint): number[] => {
    const scale = 2 ** end.tcb.rcv.wscale;
    for (let i = 0; i < 110; i++) end.at(100 + i).receive({ flags: 'PA', length: 536 });
    return end
      .at(400)
      .segments()
      .map(({ ack: next, window }) => diff(next, end.tcb.rcv.irs) + window * scale);
  };

  it('the window is taken back as memory runs out, down to nothing', () => {
    const end = accepted({ sysctls: { tcp_shrink_window: 1 } });
    const edges = rightEdges(end);
    expect(edges.at(-1)).toBeLessThan(edges[0]!);
    expect(end.tcb.rcv.wnd).toBe(0);
  });

  it('else the right edge stays', () => {
    const edges = rightEdges(accepted());
    expect(edges.toSorted((a, b) => a - b)).toEqual(edges);
  });

  it('without a scale it stays too', () => {
    const end = accepted({ sysctls: { tcp_shrink_window: 1, tcp_window_scaling: 0 } });
    const edges = rightEdges(end);
    expect(edges.toSorted((a, b) => a - b)).toEqual(edges);
  });
});

describe('the application reads', () => {
  it('everything at once: the new window is told of at once', () => {
    const end = fill(accepted(SMALL), 14).at(300);
    end.sent();
    expect(end.read()).toBe(20_272);
    end.expectSent('300 A 1 ack 20273 window-update');
    expect(end.tcb.rcv.wnd).toBe(18_824);
  });

  it('less than would double the window: nothing is said', () => {
    const end = fill(accepted(SMALL), 8).at(300);
    end.sent();
    end.read(1448);
    end.expectSent();
  });

  it('from a closed window, less than a segment or a sixteenth: nothing is said', () => {
    const end = fill(accepted(SMALL), 14).at(300);
    end.sent();
    end.read(1000);
    end.expectSent();
    end.read(3000);
    end.expectSent('300 A 1 ack 20273 window-update');
  });
});

describe('data beyond the window', () => {
  it('into a closed window: discarded, and answered at once', () => {
    const end = fill(accepted(SMALL), 14).at(300);
    end.sent();
    end.receive(data(100)).expectSent('300 A 1 ack 20273 ack');
    expect(end.ignored).toEqual(['beyond-window']);
    expect(end.tcb.rcv.queue.bytes).toBe(20_272);
  });

  it('the SYN of a host without window scaling: no window above 65535', () => {
    const end = accepted({ sysctls: { tcp_window_scaling: 0 } });
    fill(end, 8);
    expect(Math.max(...offered(end))).toBeLessThanOrEqual(65_535);
    end.receive(ack());
  });
});
