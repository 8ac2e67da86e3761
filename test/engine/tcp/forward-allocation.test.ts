import { describe, expect, it } from 'vitest';
import { forwardAllocation } from '../../../extension/engine/tcp/forward-allocation.ts';
import { accepted, data } from '../support/endpoint.ts';

describe('memory that is reserved and not in use', () => {
  it('is what is left of the last page: of buffers that wait to be read, and of pieces that wait to leave', () => {
    const end = accepted();
    expect(forwardAllocation(end.tcb)).toBe(0);
    end.at(100).receive(data(10));
    expect(forwardAllocation(end.tcb)).toBe(4096 - 832);
    end.send(536, true);
    expect(forwardAllocation(end.tcb)).toBe(4096 - 832 - (832 + 536));
    end.read();
    expect(forwardAllocation(end.tcb)).toBe(4096 - (832 + 536));
    end.receive(data(1448, { seq: 1459 }));
    expect(forwardAllocation(end.tcb)).toBe(4096 - (832 + 536) - 2304);
  });

  it('counts what is in flight: a burst is one piece', () => {
    const end = accepted();
    end.at(100).send(4 * 1448);
    expect(end.sent()).toHaveLength(4);
    // Two bursts of two segments.
    expect(forwardAllocation(end.tcb)).toBe((3 * 4096 - 2 * 832 - 4 * 1448) % 4096);
  });
});

describe('header prediction with data held back by MSG_MORE', () => {
  it('what fits the reserved memory is acknowledged alone; the data rides on the acknowledgement of what does not', () => {
    const end = accepted();
    end.at(100).send(536, true);
    // 2728 bytes are reserved.
    end.at(110).receive({ flags: 'A', seq: 1, length: 1448, ack: 1 });
    end.expectSent('110 A 1 ack 1449 ack');
    end.receive({ flags: 'A', seq: 1449, length: 1448, ack: 1 });
    end.expectSent('110 A 1+536 ack 2897 data');
  });

  it('and its timer goes on', () => {
    const end = accepted();
    end.at(100).send(536, true);
    const due = end.tcb.retransmitTimer.deadline;
    end.at(150).receive({ flags: 'PA', seq: 1, length: 1448, ack: 1 });
    expect(end.tcb.retransmitTimer.deadline).toBe(due);
  });
});
