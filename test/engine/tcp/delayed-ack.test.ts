import { describe, expect, it } from 'vitest';
import { accepted, ack, data, established, fin } from '../support/endpoint.ts';

/** A server that has answered one request: interactive. */
function interactive() {
  const end = accepted();
  end.at(100).receive(data(100));
  end.read();
  end.send(100);
  end.at(110).receive(ack());
  end.sent();
  return end;
}

describe('the first guess of the peer’s segments', () => {
  it('is what our own would have room for, at most 536 bytes', () => {
    expect(accepted().tcb.rcv.mss).toBe(536);
    expect(accepted({ offers: { mss: 536 } }).tcb.rcv.mss).toBe(524);
    expect(accepted({ offers: { mss: 536, timestamps: false } }).tcb.rcv.mss).toBe(536);
  });
});

describe('ESTABLISHED, data arrives', () => {
  it('the first sixteen segments are acknowledged at once, and those that let the window grow do not count', () => {
    const end = accepted();
    for (let i = 0; i < 20; i++) end.at(20 + i).receive({ flags: 'A', length: 1448 });
    expect(end.sent()).toHaveLength(20);
    expect(end.tcb.delack.quick).toBe(0);
  });

  it('then every second full segment, when it is read', () => {
    const end = accepted();
    for (let i = 0; i < 22; i++) {
      end.at(20 + i).receive({ flags: 'A', length: 1448 });
      end.read();
    }
    end.sent();
    end.at(50).receive({ flags: 'A', length: 1448 });
    end.read();
    end.expectSent();
    end.at(51).receive({ flags: 'A', length: 1448 });
    end.read();
    end.expectSent('51 A 1 ack 34753 ack');
  });

  it('unread, out of quick ACKs: even full segments wait 40 ms', () => {
    const end = accepted();
    for (let i = 0; i < 20; i++) end.at(20 + i).receive({ flags: 'A', length: 1448 });
    end.sent();
    end.at(50).receive({ flags: 'A', length: 1448 }, { flags: 'A', length: 1448 }).expectNothing(89);
    end.at(90).expectSent('90 A 1 ack 31857 ack');
  });

  it('interactive: 40 ms, then the mode is over and the next one is acknowledged at once', () => {
    const end = interactive();
    end.at(120).receive(data(100));
    end.read();
    end.expectNothing(159).at(160).expectSent('160 A 101 ack 201 ack');
    end.at(170).receive(data(100)).expectSent('170 A 101 ack 301 ack');
  });

  it('interactive, and TCP_QUICKACK is set: at once, and so is the next one', () => {
    const end = interactive();
    end.at(200).receive(data(100));
    end.read();
    end.expectSent();
    end.at(210).option('TCP_QUICKACK', 1).expectSent('210 A 101 ack 201 ack');
    end.at(300).receive(data(100));
    end.read();
    end.expectSent('300 A 101 ack 301 ack');
  });

  it('TCP_QUICKACK = 0 makes it interactive', () => {
    const end = accepted().option('TCP_QUICKACK', 0);
    end.at(100).receive(data(100));
    end.read();
    end.expectNothing(139).at(140).expectSent('140 A 1 ack 101 ack');
  });

  it('TCP_QUICKACK with data that nobody has read yet: it waits until that is read', () => {
    const end = interactive();
    end.at(200).receive(data(100)).at(210).option('TCP_QUICKACK', 1).expectSent();
    end.read();
    end.expectSent('210 A 101 ack 201 ack');
  });

  it('interactive: the reply carries the ACK', () => {
    const end = interactive();
    end.at(120).receive(data(100));
    end.read();
    end.at(130).send(50);
    end.expectSent('130 PA 101+50 ack 201 data').at(200).receive(ack()).expectNothing(400);
  });

  it('a reply counts as one for 40 ms, in ticks of the clock: ten of them are too late, whatever they lasted', () => {
    const replied = (ms: number) => {
      const end = accepted({ hz: 250 });
      end.at(102).receive(data(100));
      end.read();
      return end.at(ms).send(100) && end.tcb.delack.pingpong;
    };
    expect([replied(139.9), replied(140)]).toEqual([1, 0]);
  });

  it('a reply of two segments in one burst counts once', () => {
    const end = accepted({ sysctls: { tcp_pingpong_thresh: 3 } })
      .at(100)
      .receive(data(100));
    end.send(2000);
    expect(end.tcb.delack.pingpong).toBe(1);
  });

  it('tcp_pingpong_thresh 3: one reply does not make it interactive', () => {
    const end = accepted({ sysctls: { tcp_pingpong_thresh: 3 } });
    end.at(100).receive(data(100));
    end.read();
    end.send(100);
    end.sent();
    end.at(120).receive(data(100)).expectSent('120 A 101 ack 201 ack');
  });

  it('interactive, two short segments and a read that empties the buffer: acknowledged', () => {
    const end = interactive();
    end.at(120).receive(data(100), data(100)).expectSent();
    end.read();
    end.expectSent('120 A 101 ack 301 ack');
  });

  it('a gap longer than the RTO brings quick ACKs again', () => {
    const end = accepted();
    for (let i = 0; i < 16; i++) end.at(20 + i).receive({ flags: 'A', length: 1448 });
    end.read();
    end.sent();
    end.at(5000).receive(data(100)).expectSent('5000 A 1 ack 23269 ack');
  });

  it('wholly old data: acknowledged at once, with a DSACK', () => {
    const end = interactive();
    end.at(120).receive(data(100, { seq: 1 }));
    const [segment] = end.segments();
    expect(segment?.options.sack).toHaveLength(1);
    expect(end.tcb.delack.pingpong).toBe(0);
  });

  it('data beyond a gap: a duplicate ACK with SACK; the gap filled: acknowledged at once', () => {
    const end = interactive();
    end
      .at(120)
      .receive(data(100, { seq: 201 }))
      .expectSent('120 A 101 ack 101 duplicate-ack');
    end
      .at(125)
      .receive(data(100, { seq: 101 }))
      .expectSent('125 A 101 ack 301 ack');
    expect(end.read()).toBe(200);
  });
});

describe('a FIN arrives', () => {
  it('in ESTABLISHED, no data ever came, nobody closes: acknowledged at the next tick', () => {
    established().at(20).receive(fin()).expectNothing(20).at(21).expectSent('21 A 1 ack 2 ack');
    established({ hz: 250 }).at(20).receive(fin()).expectNothing(23).at(24).expectSent('24 A 1 ack 2 ack');
  });

  it('in ESTABLISHED after data, nobody closes: acknowledged after 40 ms', () => {
    const end = established();
    end.at(20).receive({ flags: 'PA', length: 100 }).expectSent('20 A 1 ack 101 ack');
    expect(end.read()).toBe(100);
    end
      .at(30)
      .receive(fin({ seq: 101 }))
      .expectNothing(69)
      .at(70)
      .expectSent('70 A 1 ack 102 ack');
  });

  it('in ESTABLISHED, the application closes at once: its FIN carries the ACK', () => {
    established().at(20).receive(fin()).close().expectSent('20 FA 1 ack 2 fin').expectNothing(39);
  });

  it('with more than a segment that is not acknowledged: at once', () => {
    const end = established();
    end.at(20).receive({ flags: 'FPA', length: 1448 }).expectSent('20 A 1 ack 1450 ack');
    expect(end.read()).toBe(1448);
    end.expectSent();
  });

  it('again in CLOSE_WAIT: at once', () => {
    const end = established().at(20).receive(fin()).at(100);
    end.sent();
    end.receive(fin({ seq: 1 })).expectSent('100 A 1 ack 2 ack');
  });

  it('beyond a gap it is held back until the gap is filled', () => {
    const end = established()
      .at(20)
      .receive(fin({ seq: 101 }));
    expect([end.state, end.read()]).toEqual(['ESTABLISHED', 'would-block']);
    end.at(30).receive({ flags: 'A', seq: 1, length: 100 });
    expect([end.state, end.read(), end.read()]).toEqual(['CLOSE_WAIT', 100, 0]);
  });
});
