import { describe, expect, it } from 'vitest';
import { Carrier } from '../../../extension/engine/network/carrier.ts';
import type { LinkEnd } from '../../../extension/engine/network/link.ts';
import type { Packet } from '../../../extension/engine/network/packet.ts';
import { Scheduler } from '../../../extension/engine/scheduler.ts';
import type { Segment } from '../../../extension/engine/tcp/segment.ts';
import { ACK } from '../../../extension/engine/tcp/segment.ts';
import { seq } from '../../../extension/engine/tcp/seq.ts';

const segment = { fromPort: 1, toPort: 2, seq: seq(1), ack: seq(1), flags: ACK, length: 0, window: 0, options: {} };

/** Packet number `sent`, which gets there at `at`, by itself when it is held up. */
function packet(sent: number, at: number, heldUp = 0): Packet {
  return { segment, purpose: 'data', bytes: 40, sent, cause: sent, at, heldUp, order: 0 };
}

function rig() {
  const scheduler = new Scheduler();
  const arrived: string[] = [];
  const end = {
    name: 'end',
    place: 0,
    address: '10.0.0.1',
    offBy: undefined,
    arrive: (_segment: Segment, _from: LinkEnd, sent: number) => void arrived.push(`${sent} at ${scheduler.now}`),
    icmpArrives: () => undefined,
    arpArrives: () => undefined,
  };
  const carrier = new Carrier(scheduler, end, end);
  const run = () => {
    while (scheduler.step()) {
      // Until nothing is left.
    }
    return arrived.splice(0);
  };
  return { scheduler, carrier, arrived, run };
}

describe('packets under way', () => {
  it('arrive when their time has come, whoever was sent first', () => {
    const { carrier, run } = rig();
    for (const each of [packet(1, 10), packet(2, 50, 30), packet(3, 20), packet(4, 60), packet(5, 40)])
      carrier.push(each);
    expect(run()).toEqual(['1 at 10', '3 at 20', '5 at 40', '2 at 50', '4 at 60']);
  });

  it('at one time in the order in which they were sent, among all else that happens then', () => {
    const { scheduler, carrier, arrived, run } = rig();
    carrier.push(packet(1, 10));
    carrier.push(packet(2, 20, 5));
    scheduler.at(20, () => arrived.push('something else'));
    carrier.push(packet(3, 20));
    expect(run()).toEqual(['1 at 10', '2 at 20', 'something else', '3 at 20']);
  });

  it('are lost in the order in which they were sent, and what is sent later arrives', () => {
    const { carrier, run } = rig();
    for (const each of [packet(1, 10), packet(2, 50, 30), packet(3, 20)]) carrier.push(each);
    expect(carrier.lose().map(({ sent }) => sent)).toEqual([1, 2, 3]);
    for (const each of [packet(4, 20), packet(5, 30)]) carrier.push(each);
    expect(run()).toEqual(['4 at 20', '5 at 30']);
  });
});
