import { describe, expect, it } from 'vitest';
import { diff } from '../../../extension/engine/tcp/seq.ts';
import type { EndpointOptions } from '../support/endpoint.ts';
import { accepted, data, established, fin } from '../support/endpoint.ts';

/** What the acknowledgements of 100 bytes each at `starts` say, one after the other: `301-401 101-201`. */
function blocksAfter(starts: readonly number[], options: EndpointOptions = {}): readonly string[] {
  const end = accepted(options);
  return starts.map((seq) => {
    end.at(end.scheduler.now / 1000 + 10).receive(data(100, { seq }));
    const { irs } = end.tcb.rcv;
    const blocks =
      end
        .at(end.scheduler.now / 1000 + 5)
        .segments()
        .at(-1)?.options.sack ?? [];
    return blocks.map((edges) => edges.map((edge) => diff(edge, irs)).join('-')).join(' ');
  });
}

describe('SACK blocks', () => {
  it('the one that changed last comes first, then that which changed before it', () => {
    expect(blocksAfter([201, 401, 601, 301])).toEqual([
      '201-301',
      '401-501 201-301',
      '601-701 401-501 201-301',
      '201-501 601-701',
    ]);
  });

  it('three fit beside timestamps, four without; of a fifth the oldest is forgotten', () => {
    const starts = [201, 401, 601, 801, 1001];
    expect(blocksAfter(starts).at(-1)).toBe('1001-1101 801-901 601-701');
    expect(blocksAfter(starts, { offers: { timestamps: false } }).at(-1)).toBe('1001-1101 801-901 601-701 401-501');
    // Its neighbours grow together, and it is told no more.
    expect(blocksAfter([...starts, 901, 701, 501, 301]).at(-1)).toBe('301-1101');
  });

  it('once a gap is filled, what lay behind it is no block any more', () => {
    expect(blocksAfter([201, 401, 101, 1])).toEqual(['201-301', '401-501 201-301', '101-301 401-501', '401-501']);
  });

  it('take room in segments with data: twelve bytes for one block, eight more for each other', () => {
    const end = established().receive(data(100, { seq: 101 }));
    end.sent();
    end.send(3000);
    end.expectSent('10 A 1+1436 ack 1 data', '10 PA 1437+1436 ack 1 data', '10 PA 2873+128 ack 1 data');
  });

  it('and in what goes again, which is cut anew; so is the piece whose end a loss probe repeats', () => {
    const end = established();
    end.send(2896);
    end.expectSent('10 A 1+1448 ack 1 data', '10 PA 1449+1448 ack 1 data').receive(data(100, { seq: 101, ack: 1 }));
    end.sent();
    end.at(32).expectSent('32 A 1437+1436 ack 1 tail-loss-probe');
    end.at(242).expectSent('242 A 1+1436 ack 1 rto-retransmission');
  });

  it('a FIN beyond the gap that comes again is told as a duplicate', () => {
    const end = accepted();
    end.at(100).receive(fin({ seq: 101 }), fin({ seq: 101 }));
    const told = end
      .segments()
      .map(({ options }) => options.sack?.map((edges) => edges.map((edge) => diff(edge, end.tcb.rcv.irs))));
    expect(told).toEqual([
      [[101, 102]],
      [
        [101, 102],
        [101, 102],
      ],
    ]);
  });

  it('a duplicate in two places is told for one of them', () => {
    const end = accepted();
    end.receive(data(100, { seq: 101 }), data(100, { seq: 301 }), data(250, { seq: 151 }));
    const { irs } = end.tcb.rcv;
    const [first, ...others] = end.segments().at(-1)?.options.sack ?? [];
    expect([first, ...others].map((edges) => edges?.map((edge) => diff(edge, irs)))).toEqual([
      [151, 201],
      [101, 401],
    ]);
  });
});
