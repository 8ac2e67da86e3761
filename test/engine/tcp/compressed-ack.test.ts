import { describe, expect, it } from 'vitest';
import type { EndpointOptions } from '../support/endpoint.ts';
import { accepted, ack, data } from '../support/endpoint.ts';

/** Interactive, so out of quick ACKs; RCV.NXT 101, round trip 10 ms. */
function interactive(options: EndpointOptions = {}) {
  const end = accepted(options);
  end.at(100).receive(data(100));
  end.read();
  end.send(100);
  end.at(110).receive(ack());
  end.sent();
  return end.at(120);
}

/** Segments of 100 B beyond a gap at 101. */
function beyond(count: number) {
  return Array.from({ length: count }, (_, i) => data(100, { seq: 201 + 100 * i }));
}

describe('data beyond a gap', () => {
  it('three duplicate ACKs at once, then one for all that arrive within 5 % of the receiver’s round trip', () => {
    const end = interactive();
    end.tcb.autotuning.roundTrip = 8 * 10_000;
    end.receive(...beyond(8));
    end.expectSent(...Array<string>(3).fill('120 A 101 ack 101 duplicate-ack'));
    end.at(121).expectSent('120.5 A 101 ack 101 duplicate-ack');
    const last = [...end.trace.eventsOf('segment.sent')].at(-1);
    expect([last?.reason, last?.args]).toEqual(['compressed-ack-timer', [5, 500]]);
  });

  it('while it has measured none, for all that arrive at the same time', () => {
    interactive()
      .receive(...beyond(8))
      .at(120)
      .expectSent(...Array<string>(4).fill('120 A 101 ack 101 duplicate-ack'));
  });

  it('an ACK that leaves for another reason says it too', () => {
    const end = interactive().receive(...beyond(5));
    end.sent();
    end
      .receive(data(100, { seq: 101 }))
      .expectSent('120 A 101 ack 701 ack')
      .expectNothing(130);
  });

  it('tcp_comp_sack_nr 0 and a peer without SACK: every one', () => {
    expect(
      interactive({ sysctls: { tcp_comp_sack_nr: 0 } })
        .receive(...beyond(8))
        .sent(),
    ).toHaveLength(8);
    expect(
      interactive({ offers: { sack: false } })
        .receive(...beyond(8))
        .sent(),
    ).toHaveLength(8);
  });

  it('tcp_comp_sack_nr 2: the third one goes at once', () => {
    expect(
      interactive({ sysctls: { tcp_comp_sack_nr: 2 } })
        .receive(...beyond(6))
        .sent(),
    ).toHaveLength(4);
  });
});

describe('SACK blocks of many gaps', () => {
  const blocks = (end: ReturnType<typeof interactive>): string[] =>
    [...end.trace.eventsOf('segment.sent')].map(({ sack }) => {
      const numbers = [...sack].map((number) => end.trace.relative({ ...last(end), ack: number }).ack);
      return numbers.join(' ');
    });
  const last = (end: ReturnType<typeof interactive>) => [...end.trace.eventsOf('segment.sent')].at(-1)!;
  const at = (...starts: number[]) => starts.map((seq) => data(100, { seq }));

  it('the latest first, the others in the order in which they came', () => {
    const end = interactive().receive(...at(301, 501, 701));
    expect(blocks(end).at(-1)).toBe('701 801 501 601 301 401');
    end.receive(...at(401));
    end.at(121).sent();
    expect(blocks(end).at(-1)).toBe('301 601 701 801');
  });
});
