import { describe, expect, it } from 'vitest';
import { collapsed } from '../../../extension/engine/tcp/collapse.ts';
import { pieceOf } from '../../../extension/engine/tcp/receive-queue.ts';
import { diff } from '../../../extension/engine/tcp/seq.ts';
import type { Endpoint } from '../support/endpoint.ts';
import { accepted, data, finWait2 } from '../support/endpoint.ts';

const FULL = 1448;

/** Full segments in order from `from` on. */
function row(count: number, from = 1): ReturnType<typeof data>[] {
  return Array.from({ length: count }, (_, i) => ({ flags: 'A', seq: from + i * FULL, length: FULL }));
}

/** The acknowledgements since the last look: number and window field. */
function acknowledgements(end: Endpoint): string[] {
  return end.segments().map(({ ack, window }) => `${diff(ack, end.tcb.rcv.irs)} win ${window}`);
}

describe('a receive buffer that was made smaller', () => {
  it('takes one segment more than it has room for, then drops what is next and says window 0', () => {
    const end = accepted().option('SO_RCVBUF', 4096);
    // Not ESTABLISHED: nothing is predicted.
    end.shutdown();
    end.segments();
    end.at(100).receive(...row(6));
    // 4 × 2304 > 8192.
    expect(end.tcb.rcv.queue.bytes).toBe(4 * FULL);
    expect(acknowledgements(end).slice(-2)).toEqual([`${1 + 4 * FULL} win 0`, `${1 + 4 * FULL} win 0`]);
    // The sixth lies beyond the window of 0, which is answered.
    expect(end.ignored).toEqual(['no-receive-memory']);
  });

  it('what header prediction has memory for is taken all the same', () => {
    const end = accepted().option('SO_RCVBUF', 4096);
    end.at(100).receive(...row(6));
    // Of the second page 2816 bytes are left behind the fourth one.
    expect(end.tcb.rcv.queue.bytes).toBe(5 * FULL);
  });

  it('and offers a window again when it is read', () => {
    const end = accepted().option('SO_RCVBUF', 4096);
    end.at(100).receive(...row(6));
    end.segments();
    end.read();
    expect(acknowledgements(end)).toEqual([`${1 + 5 * FULL} win 23`]);
  });

  it('before Linux 6.6 it drops what is next without a word, a FIN too', () => {
    const end = accepted({ kernel: [6, 1] }).option('SO_RCVBUF', 4096);
    end.shutdown();
    end.at(100).receive(...row(4));
    end.segments();
    end.receive(...row(1, 1 + 4 * FULL), { flags: 'FA', seq: 1 + 4 * FULL });
    end.expectSent();
    expect([end.ignored, end.tcb.rcv.fin]).toEqual([['no-receive-memory', 'no-receive-memory'], false]);
  });

  it('a FIN is taken all the same', () => {
    const end = accepted()
      .option('SO_RCVBUF', 4096)
      .at(100)
      .receive(...row(6));
    end.receive({ flags: 'FA', seq: 1 + 5 * FULL });
    expect([end.tcb.rcv.fin, end.state]).toEqual([true, 'CLOSE_WAIT']);
  });
});

describe('data beyond a gap in a full buffer', () => {
  it('is dropped without a word', () => {
    const end = accepted().option('SO_RCVBUF', 4096);
    end.at(100).receive(...row(4, 1449));
    end.segments();
    end.receive(...row(1, 1449 + 4 * FULL));
    end.expectSent();
    expect(end.ignored).toEqual(['no-receive-memory']);
  });

  it('makes room for what comes before it, from its end', () => {
    const end = accepted().option('SO_RCVBUF', 4096);
    end.at(100).receive(...row(4, 1449));
    end.receive({ flags: 'A', seq: 1, length: FULL });
    // One was thrown away: 3 × 2304 < 8192.
    expect(end.tcb.rcv.queue.bytes).toBe(4 * FULL);
    expect(end.tcb.rcv.outOfOrder).toEqual([]);
  });
});

describe('collapsing', () => {
  const half = (memory: number): number => memory / 2;

  it('copies small segments into buffers of a page', () => {
    const pieces = Array.from({ length: 40 }, () => pieceOf(200, 200));
    expect(collapsed(pieces, half, false).map(({ length, memory }) => [length, memory])).toEqual([
      [3776, 4352],
      [3776, 4352],
      [448, 1280],
    ]);
  });

  it('leaves full ones before them, and the FIN behind them', () => {
    const pieces = [pieceOf(FULL, FULL), pieceOf(200, 200), pieceOf(200, 200), pieceOf(0, 0)];
    expect(collapsed(pieces, half, false).map(({ length, memory }) => [length, memory])).toEqual([
      [FULL, 2304],
      [400, 1280],
      [0, 832],
    ]);
    const full = [pieceOf(FULL, FULL), pieceOf(FULL, FULL)];
    expect(collapsed(full, half, false)).toBe(full);
  });

  it('copies full ones too from one on that is partly read', () => {
    const pieces = [{ ...pieceOf(FULL, FULL), length: 1400 }, pieceOf(FULL, FULL)];
    expect(collapsed(pieces, half, true).map(({ length }) => length)).toEqual([2848]);
  });
});

describe('a FIN', () => {
  it('takes a buffer of its own until EOF is read, unless data waits before it', () => {
    const end = accepted().receive({ flags: 'FA', seq: 1 });
    expect(end.tcb.rcv.queue.memory).toBe(832);
    end.read();
    expect(end.tcb.rcv.queue.memory).toBe(0);
    const behind = accepted().receive(data(FULL), { flags: 'FA', seq: 1449 });
    expect(behind.tcb.rcv.queue.memory).toBe(2304);
    expect(finWait2().receive({ flags: 'FA', seq: 1 }).state).toBe('TIME_WAIT');
  });
});
