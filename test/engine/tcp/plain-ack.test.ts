import fc from 'fast-check';
import { beforeAll, expect, it, vi } from 'vitest';
import type { Tcb } from '../../../extension/engine/tcp/tcb.ts';
import type * as Support from '../support/endpoint.ts';

const PLAIN_ACK = '../../../extension/engine/tcp/plain-ack.ts';
const taken = vi.fn();

let quick: typeof Support;
let plodding: typeof Support;

beforeAll(async () => {
  vi.doMock(PLAIN_ACK, async (importOriginal) => {
    const plain = await importOriginal<{ plainAckArrives: (...args: unknown[]) => void }>();
    const plainAckArrives = (...args: unknown[]): void => {
      taken();
      plain.plainAckArrives(...args);
    };
    return { ...plain, plainAckArrives };
  });
  quick = await import('../support/endpoint.ts');
  vi.resetModules();
  vi.doMock(PLAIN_ACK, () => ({ isPlainAck: () => false }));
  plodding = await import('../support/endpoint.ts');
});

/** Ways back, neighbours, and what is filled anew by every acknowledgement that goes the long way. */
const LEFT_OUT: ReadonlySet<string> = new Set(['tcb', 'sentBefore', 'sentAfter', 'ackEvent']);

/** All that an acknowledgement may change. */
function stateOf(tcb: Tcb): string {
  const { snd, rto, backoff, retransmits, lastAckAt, probesOut, softError, tsRecent, tsRecentAt, rtt } = tcb;
  const { cwnd, cwndCount, ssthresh, cwndUsage, pacingRate, reservedMemory, recovery, congestionControl, sent } = tcb;
  const { length, sackedOut, lostOut, retransOut } = sent;
  const order: (readonly [number, number])[] = [];
  for (let each = sent.firstSent; each !== undefined; each = each.sentAfter) order.push([each.seq, each.sendOrder]);
  const flight = Array.from({ length }, (_, i) => sent.at(i));
  return JSON.stringify(
    [
      { snd, rto, backoff, retransmits, lastAckAt, probesOut, softError, tsRecent, tsRecentAt, rtt },
      { cwnd, cwndCount, ssthresh, cwndUsage, pacingRate, reservedMemory, recovery, congestionControl },
      { length, sackedOut, lostOut, retransOut, order, flight, head: sent.head?.seq },
    ],
    (name, value: unknown) => (LEFT_OUT.has(name) ? undefined : value),
  );
}

interface Step {
  readonly ms: number;
  readonly bytes: number;
  readonly written: number;
  /** Bytes that come from the other side before. */
  readonly comes: number;
}

/** What the end is like after each acknowledgement, and what it sent. */
function play({ established, ack, data }: typeof Support, steps: readonly Step[], reno: boolean): string[] {
  const end = established({ sysctls: { tcp_congestion_control: reno ? 0 : 1, tcp_min_rtt_wlen: 1 } });
  let now = 10;
  let acked = 1;
  end.send(30_000);
  return steps.map(({ ms, bytes, written, comes }) => {
    now += ms;
    end.at(now);
    if (comes > 0) end.receive(data(comes, { ack: acked }));
    acked = Math.min(acked + bytes, (end.tcb.snd.nxt - end.tcb.snd.iss) | 0);
    end.receive(ack({ ack: acked }));
    end.send(written);
    return `${stateOf(end.tcb)} ${end.sent().join(', ')}`;
  });
}

it('whatever is acknowledged: the short way leaves the end as the long one does', () => {
  const step = fc.record({
    ms: fc.oneof(fc.nat(30), fc.nat(30), fc.constant(300)),
    bytes: fc.oneof(fc.nat(9000), fc.constantFrom(1448, 2896, 4344)),
    written: fc.oneof(fc.constant(0), fc.nat(20_000)),
    comes: fc.oneof(fc.constant(0), fc.constant(0), fc.nat(1400)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, reno) => {
      expect(play(quick, steps, reno)).toEqual(play(plodding, steps, reno));
    }),
  );
  expect(taken).toHaveBeenCalled();
});
