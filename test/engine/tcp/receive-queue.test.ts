import { describe, expect, it } from 'vitest';
import { pieceOf, ReceiveQueue } from '../../../extension/engine/tcp/receive-queue.ts';
import { segmentMemory } from '../../../extension/engine/tcp/segment-memory.ts';
import { accepted } from '../support/endpoint.ts';

/** A queue to which segments of these lengths came. */
function queueOf(...lengths: number[]): ReceiveQueue {
  const queue = new ReceiveQueue();
  for (const length of lengths) queue.take(length, length);
  return queue;
}

describe('memory of a segment', () => {
  it('is a power of two and an sk_buff; up to 140 bytes fit in the smallest buffer', () => {
    expect([1, 140, 141, 524, 700, 1448, 3000].map(segmentMemory)).toEqual([832, 832, 1280, 1280, 2304, 2304, 4352]);
  });

  it('beyond a page: a page, and pages for the rest', () => {
    // 5288 bytes do not fit in the first page: two more. 20288: four and one.
    expect([8948, 23_948].map(segmentMemory)).toEqual([256 + 3 * 4096, 256 + 6 * 4096]);
  });
});

describe('the receive queue', () => {
  it('a short segment has room behind the one before it, the next has not', () => {
    expect(queueOf(200).memory).toBe(1280);
    expect(queueOf(200, 200).memory).toBe(1280);
    expect(queueOf(200, 200, 200).memory).toBe(2560);
    expect(queueOf(1448, 104).memory).toBe(2304);
    expect(queueOf(1448, 200).memory).toBe(2304 + 1280);
  });

  it('memory is free again when a segment is read to its end', () => {
    const queue = queueOf(1448, 1448, 1448);
    queue.read(1447);
    expect([queue.bytes, queue.memory]).toEqual([2897, 3 * 2304]);
    queue.read(1);
    expect([queue.bytes, queue.memory]).toEqual([2896, 2 * 2304]);
    queue.read(2000);
    expect([queue.bytes, queue.memory, queue.inFirst]).toEqual([896, 2304, 896]);
    queue.read(896);
    expect([queue.bytes, queue.memory, queue.inFirst]).toEqual([0, 0, 0]);
  });

  it('what came in part before is not put behind another', () => {
    const queue = queueOf(1448);
    queue.take(100, 50);
    expect([queue.bytes, queue.memory]).toEqual([1498, 2304 + 832]);
  });

  it('takes what waited beyond a gap with its memory, or behind the last one', () => {
    const queue = queueOf(1448);
    queue.takePiece(pieceOf(1448, 1448), 1448);
    queue.takePiece(pieceOf(100, 100), 100);
    expect([queue.bytes, queue.memory]).toEqual([2996, 2 * 2304]);
  });

  it('a long queue keeps its order while it is read piece by piece', () => {
    const queue = queueOf(...Array.from({ length: 1000 }, (_, i) => 1001 + (i % 400)));
    for (let i = 0; i < 1000; i++) {
      expect(queue.inFirst).toBe(1001 + (i % 400));
      expect(queue.memory).toBe((1000 - i) * 2304);
      queue.read(1001 + (i % 400));
    }
    expect([queue.bytes, queue.memory]).toEqual([0, 0]);
  });
});

describe('data beyond a gap', () => {
  it('waits with the memory of its segments, and brings it along', () => {
    const end = accepted();
    end.at(100).receive({ flags: 'A', seq: 1449, length: 1448 });
    end.receive({ flags: 'A', seq: 4345, length: 1448 }, { flags: 'A', seq: 2897, length: 1448 });
    expect(end.tcb.rcv.outOfOrder.map(({ memory }) => memory)).toEqual([3 * 2304]);
    end.receive({ flags: 'A', seq: 1, length: 1448 });
    expect([end.tcb.rcv.queue.bytes, end.tcb.rcv.queue.memory]).toEqual([4 * 1448, 4 * 2304]);
  });

  it('that is here already takes none', () => {
    const end = accepted();
    for (let i = 0; i < 2; i++) end.at(100 + i).receive({ flags: 'A', seq: 1449, length: 1448 });
    expect(end.tcb.rcv.outOfOrder.map(({ memory }) => memory)).toEqual([2304]);
  });

  it('a FIN takes the smallest buffer, unless there is room behind what it follows', () => {
    const end = accepted();
    end.at(100).receive({ flags: 'FA', seq: 1449 });
    expect(end.tcb.rcv.outOfOrder.map(({ memory }) => memory)).toEqual([832]);
    const behind = accepted();
    behind.at(100).receive({ flags: 'A', seq: 1449, length: 1448 }, { flags: 'FA', seq: 2897 });
    expect(behind.tcb.rcv.outOfOrder.map(({ memory }) => memory)).toEqual([2304]);
  });

  it('the window grows by what is new, and not by what is here already', () => {
    const end = accepted({ kernel: [6, 18] });
    end.at(100).receive({ flags: 'A', seq: 1449, length: 1448 });
    const { threshold } = end.tcb.rcv;
    end.receive({ flags: 'A', seq: 1449, length: 1448 });
    expect(end.tcb.rcv.threshold).toBe(threshold);
    end.receive({ flags: 'A', seq: 2897, length: 1448 });
    expect(end.tcb.rcv.threshold).toBeGreaterThan(threshold);
  });
});
