import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SendQueue } from '../../../extension/engine/tcp/send-queue.ts';
import { add, seq } from '../../../extension/engine/tcp/seq.ts';
import { ack, established } from '../support/endpoint.ts';

/** Pieces as plain lengths, from a start near the wrap of sequence numbers. */
class Model {
  readonly queue = new SendQueue();
  pieces: { length: number; push: boolean }[] = [];
  private end = seq(2 ** 32 - 5000);

  write(bytes: number, first: boolean): void {
    if (this.pieces.length === 0) this.begin();
    this.queue.extendTail(bytes, first);
    this.end = add(this.end, bytes);
    const tail = this.pieces.at(-1)!;
    tail.length += bytes;
    if (first) tail.push = false;
  }

  writeApart(bytes: number): void {
    this.begin();
    this.write(bytes, true);
  }

  mark(): void {
    this.queue.markTail();
    const tail = this.pieces.at(-1);
    if (tail !== undefined) tail.push = true;
  }

  grow(bytes: number): void {
    this.queue.growHead(bytes);
    const [head, next] = this.pieces;
    if (head === undefined || next === undefined) return;
    const moved = Math.min(bytes, next.length);
    head.length += moved;
    next.length -= moved;
    if (next.length > 0) return;
    head.push ||= next.push;
    this.pieces.splice(1, 1);
  }

  take(share: number): void {
    const [head] = this.pieces;
    if (head === undefined) return;
    const bytes = Math.ceil(head.length * share);
    const ends = bytes === head.length;
    expect(this.queue.isPushedAt(bytes)).toBe(ends && head.push);
    this.queue.take(bytes);
    head.length -= bytes;
    if (ends) this.pieces.shift();
  }

  /** It was to leave, and did not. */
  cut(share: number, push: boolean): void {
    const [head] = this.pieces;
    if (head === undefined) return;
    const bytes = Math.ceil(head.length * share);
    this.queue.cut(bytes, push);
    if (bytes === head.length) return;
    head.length -= bytes;
    this.pieces.unshift({ length: bytes, push });
  }

  private begin(): void {
    this.queue.append(this.end);
    this.pieces.push({ length: 0, push: false });
  }
}

const bytes = fc.integer({ min: 1, max: 3000 });
const step = fc.oneof(
  fc.record({ bytes, first: fc.boolean() }).map((of) => (model: Model) => model.write(of.bytes, of.first)),
  bytes.map((count) => (model: Model) => model.writeApart(count)),
  fc.constant((model: Model) => model.mark()),
  bytes.map((count) => (model: Model) => model.grow(count)),
  fc.double({ min: 0.1, max: 1, noNaN: true }).map((share) => (model: Model) => model.take(share)),
  fc.constant((model: Model) => model.take(1)),
  fc.record({ share: fc.double({ min: 0.1, max: 1, noNaN: true }), push: fc.boolean() }).map(
    ({ share, push }) =>
      (model: Model) =>
        model.cut(share, push),
  ),
);

describe('the send queue', () => {
  it('is a row of pieces, whatever is written, marked, moved, sent and cut', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 200 }), (steps) => {
        const model = new Model();
        for (const act of steps) {
          act(model);
          const { queue, pieces } = model;
          expect([queue.count, queue.headLength, queue.tailLength]).toEqual([
            pieces.length,
            pieces[0]?.length ?? 0,
            pieces.at(-1)?.length ?? 0,
          ]);
        }
      }),
    );
  });
});

describe('a FIN behind a full congestion window', () => {
  const closed = (kernel: readonly [number, number]): string[] => {
    const end = established({ kernel });
    end.send(14_480);
    end.sent();
    end.close();
    return end.sent();
  };

  it('waits since 6.10', () => {
    expect(closed([6, 10])).toEqual([]);
    expect(closed([6, 9])).toEqual(['10 FA 14481 ack 1 fin']);
  });

  it('and with it the data in its segment; more than a segment waits anyway', () => {
    const sentAfter = (queued: number): string[] => {
      const end = established({ kernel: [6, 9] });
      end.send(14_480 + queued);
      end.sent();
      end.close();
      return end.sent();
    };
    expect(sentAfter(700)).toEqual(['10 FPA 14481+700 ack 1 data']);
    expect(sentAfter(2000)).toEqual([]);
  });

  it('leaves with the first acknowledgement', () => {
    const end = established();
    end.send(14_480);
    end.sent();
    end.close();
    end
      .at(20)
      .receive(ack({ ack: 1449 }))
      .expectSent('20 FA 14481 ack 1 fin');
  });
});
