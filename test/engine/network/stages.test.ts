import { describe, expect, it } from 'vitest';
import { ChanceDuplication, ChanceLoss, Reordering } from '../../../extension/engine/network/chance.ts';
import { Mtu } from '../../../extension/engine/network/mtu.ts';
import type { LinkLog, Packet, Stage } from '../../../extension/engine/network/packet.ts';
import { packetSize } from '../../../extension/engine/network/packet-size.ts';
import { Propagation } from '../../../extension/engine/network/propagation.ts';
import { Queue } from '../../../extension/engine/network/queue.ts';
import { RandomStream } from '../../../extension/engine/random.ts';
import type { Segment, SegmentOptions } from '../../../extension/engine/tcp/segment.ts';
import { ACK } from '../../../extension/engine/tcp/segment.ts';
import { seq } from '../../../extension/engine/tcp/seq.ts';

function segment(length: number, options: SegmentOptions = {}): Segment {
  return { fromPort: 1, toPort: 2, seq: seq(1), ack: seq(1), flags: ACK, length, window: 0, options };
}

/** A packet of 1000 bytes, number `sent`. */
function packet(sent: number, at = 0, size = 1000): Packet {
  return { segment: segment(size - 40), purpose: 'data', bytes: size, sent, cause: sent, at, heldUp: 0, order: 0 };
}

/** What comes out of a stage, and what it tells. */
class Outside implements Stage, LinkLog {
  readonly lines: string[] = [];

  push({ sent, at, heldUp, cause }: Packet): void {
    this.lines.push(
      `${sent} at ${at}${heldUp === 0 ? '' : ` +${heldUp}`}${cause === sent ? '' : ` caused by ${cause}`}`,
    );
  }

  lost({ sent }: Packet, { reason }: { readonly reason: string }): void {
    this.lines.push(`${sent} lost: ${reason}`);
  }

  copied({ sent }: Packet): number {
    this.lines.push(`${sent} copied`);
    return 100 + sent;
  }

  heldUp({ sent }: Packet, _by: string, delay: number): number {
    this.lines.push(`${sent} held up ${delay}`);
    return 200 + sent;
  }

  queued({ sent }: Packet, wait: number, ahead: number, bytes: number): number {
    this.lines.push(`${sent} waits ${wait} behind ${ahead}, ${bytes} B`);
    return sent;
  }
}

function through(make: (outside: Outside) => Stage, ...packets: readonly Packet[]): string[] {
  const outside = new Outside();
  const stage = make(outside);
  for (const each of packets) stage.push(each);
  return outside.lines;
}

it.each<[SegmentOptions, number]>([
  [{}, 140],
  [{ timestamps: { tsVal: 1, tsEcr: 1 } }, 152],
  [{ mss: 1460, windowScale: 7, sackPermitted: true, timestamps: { tsVal: 1, tsEcr: 0 } }, 160],
  [{ mss: 1460, windowScale: 7, sackPermitted: true }, 152],
  [
    {
      timestamps: { tsVal: 1, tsEcr: 1 },
      sack: [
        [seq(1), seq(2)],
        [seq(3), seq(4)],
      ],
    },
    172,
  ],
])('the IP packet of 100 B with %j has %i B', (options, size) => {
  expect(packetSize(segment(100, options))).toBe(size);
});

describe('a queue', () => {
  const queue =
    (limit: Queue['limit'], bandwidth = 8_000_000) =>
    (outside: Outside): Queue => {
      const stage = new Queue(outside, outside);
      stage.bandwidth = bandwidth;
      stage.limit = limit;
      return stage;
    };
  const packets = { unit: 'packets', limit: 2 } as const;

  it('puts one packet after the other on the line, 1000 B at 8 Mbit/s in 1 ms', () => {
    expect(through(queue(packets), packet(1), packet(2), packet(3, 1500), packet(4, 9000))).toEqual([
      '1 at 1000',
      '2 waits 1000 behind 0, 0 B',
      '2 at 2000',
      '3 waits 500 behind 0, 0 B',
      '3 at 3000',
      '4 at 10000',
    ]);
  });

  it('drops what finds it full; what is on the line does not wait in it', () => {
    const lines = through(queue(packets), packet(1), packet(2), packet(3), packet(4), packet(5, 1000));
    expect(lines.filter((line) => !line.includes(' at '))).toEqual([
      '2 waits 1000 behind 0, 0 B',
      '3 waits 2000 behind 1, 1000 B',
      '4 lost: queue-full',
      '5 waits 2000 behind 1, 1000 B',
    ]);
  });

  it('counts bytes where the limit is in bytes', () => {
    const lines = through(queue({ unit: 'bytes', limit: 1500 }), packet(1), packet(2), packet(3), packet(4, 0, 500));
    expect(lines.filter((line) => !line.includes(' at '))).toEqual([
      '2 waits 1000 behind 0, 0 B',
      '3 lost: queue-full',
      '4 waits 2000 behind 1, 1000 B',
    ]);
  });

  it('keeps fractions of microseconds: 1000 packets of 40 B at 1 Gbit/s take 320 µs, not 1000', () => {
    const many = Array.from({ length: 1000 }, (_, n) => packet(n, 0, 40));
    expect(through(queue({ unit: 'packets', limit: 10_000 }, 1e9), ...many).at(-1)).toBe('999 at 320');
  });

  it('without a bandwidth nothing waits', () => {
    expect(through(queue(packets, Infinity), packet(1), packet(2), packet(3))).toEqual(['1 at 0', '2 at 0', '3 at 0']);
  });
});

describe('chance', () => {
  const many = Array.from({ length: 10_000 }, (_, n) => packet(n));

  it.each([0, 1, 50, 100])('loses %i %%', (percent) => {
    const lines = through(
      (outside) => {
        const stage = new ChanceLoss(new RandomStream(7, 'loss'), outside, outside);
        stage.chance = percent * 10_000;
        return stage;
      },
      ...many,
    );
    expect(Math.abs(lines.filter((line) => line.includes('lost: chance')).length / 100 - percent)).toBeLessThan(1);
  });

  it('copies: the copy comes right behind, caused by the copying', () => {
    const lines = through((outside) => {
      const stage = new ChanceDuplication(new RandomStream(7), outside, outside);
      stage.chance = 1_000_000;
      return stage;
    }, packet(1));
    expect(lines).toEqual(['1 copied', '1 at 0', '1 at 0 caused by 101']);
  });

  it('reorders: what is held up is overtaken, the others stay in order', () => {
    const lines = through(
      (outside) => {
        const stage = new Reordering(new RandomStream(7), outside, new Propagation(10, new RandomStream(1), outside));
        stage.by = 500;
        return {
          push(each) {
            stage.chance = each.sent === 1 ? 1_000_000 : 0;
            stage.push(each);
          },
        };
      },
      packet(1),
      packet(2, 100),
    );
    expect(lines).toEqual(['1 held up 500', '1 at 510 +500 caused by 201', '2 at 110']);
  });

  it('a stream is a function of its seed, and moved by nothing else', () => {
    const draw = (...seed: (string | number)[]) => {
      const stream = new RandomStream(...seed);
      return Array.from({ length: 5 }, () => stream.next());
    };
    expect(draw(1, 'wire', 0, 'loss')).toEqual(draw(1, 'wire', 0, 'loss'));
    expect(draw(1, 'wire', 0, 'loss')).not.toEqual(draw(1, 'wire', 1, 'loss'));
    expect(draw(1, 'wire', 0, 'loss')).not.toEqual(draw(1, 'wire', 0, 'jitter'));
  });
});

describe('the way', () => {
  it('jitter makes it longer, by no more than said, and keeps the order', () => {
    const times = through(
      (outside) => {
        const stage = new Propagation(1000, new RandomStream(3), outside);
        stage.jitter = 200;
        return stage;
      },
      ...Array.from({ length: 500 }, (_, n) => packet(n, n * 10)),
    ).map((line) => Number(line.split(' ')[2]));
    expect(times.every((time, n) => time >= 1000 + n * 10 && time <= 1200 + n * 10)).toBe(true);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times.map((time, n) => time - n * 10)).size).toBeGreaterThan(50);
  });

  it('a shorter way from now on: what is sent later does not overtake', () => {
    const outside = new Outside();
    const stage = new Propagation(1000, new RandomStream(3), outside);
    stage.push(packet(1));
    stage.delay = 10;
    stage.push(packet(2, 100));
    stage.push(packet(3, 2000));
    expect(outside.lines).toEqual(['1 at 1000', '2 at 1000', '3 at 2010']);
  });
});

it('an MTU drops what is larger, and nothing else', () => {
  expect(through((outside) => new Mtu(1000, outside, outside), packet(1), packet(2, 0, 1001))).toEqual([
    '1 at 0',
    '2 lost: too-big',
  ]);
});
