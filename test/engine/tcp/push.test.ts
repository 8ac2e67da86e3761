import { describe, expect, it } from 'vitest';
import type { EndpointOptions } from '../support/endpoint.ts';
import { ack, established, synAck, synSent } from '../support/endpoint.ts';
import { flagLetters } from '../support/run.ts';

const KB = 1448;

function pushed(end: ReturnType<typeof established>): string {
  return end
    .segments()
    .map(({ flags }) => (flagLetters(flags).includes('P') ? 'P' : '.'))
    .join('');
}

describe('PSH', () => {
  it('round trip 10 ms: bursts of two, so every second segment, and the last one', () => {
    const end = established();
    end.send(7 * KB);
    expect(pushed(end)).toBe('.P.P.PP');
  });

  it('round trip 1 ms: longer bursts; half of the congestion window each', () => {
    const end = established({ rtt: 1 });
    end.send(20 * KB);
    expect(pushed(end)).toBe('....P....P');
  });

  it('tcp_min_tso_segs: no shorter, if half of the congestion window has room', () => {
    const end = established({ sysctls: { tcp_min_tso_segs: 4 } });
    end.send(10 * KB);
    expect(pushed(end)).toBe('...P...P.P');
  });

  it('small writes that waited are one segment', () => {
    const end = established();
    for (let i = 0; i < 6; i++) end.send(100);
    end.expectSent('10 PA 1+100 ack 1 data');
    end
      .at(60)
      .receive(ack({ ack: 101 }))
      .expectSent('60 PA 101+500 ack 1 data');
  });

  it('TCP_NODELAY: each write leaves at once', () => {
    const end = established().option('TCP_NODELAY', 1);
    for (let i = 0; i < 6; i++) end.send(100);
    expect(pushed(end)).toBe('PPPPPP');
  });
});

describe('bursts that could be longer', () => {
  /** 20 segments in flight since 20 ms; bursts are worth three or four by now. */
  const flight = (sysctls: EndpointOptions['sysctls'] = {}) => {
    const end = established({ sysctls });
    end.send(60 * KB);
    for (let acked = 1; acked <= 10; acked++) end.at(20).receive(ack({ ack: 1 + acked * KB }));
    end.segments();
    return end;
  };
  const sentAfterEach = (end: ReturnType<typeof flight>, times: readonly number[]) =>
    times.map((time, i) => {
      end.at(time).receive(ack({ ack: 1 + (11 + i) * KB }));
      return end.segments().length;
    });

  it('wait for the next ACK, which is near, while sending goes on', () => {
    // Each ACK allows two more: the first are sent at once, since nothing was for long.
    expect(sentAfterEach(flight(), [30, 30, 30, 30, 30, 30])).toEqual([2, 0, 4, 0, 4, 0]);
  });

  it('do not wait when nothing was sent for a millisecond', () => {
    expect(sentAfterEach(flight(), [30, 31, 32, 33])).toEqual([2, 2, 2, 2]);
  });

  it('do not wait for more than tcp_tso_win_divisor asks for: by default a third of the window', () => {
    expect(sentAfterEach(flight({ tcp_tso_win_divisor: 100 }), [30, 30, 30])).toEqual([2, 2, 2]);
    expect(sentAfterEach(flight({ tcp_tso_win_divisor: 0 }), [30, 30, 30])).toEqual([2, 0, 4]);
  });
});

describe('pieces of the send queue', () => {
  /** Windows of 15928 bytes: a piece holds five segments, and half a window is 7964 bytes. */
  const small = (kernel?: readonly [number, number]) => {
    const end = established(kernel === undefined ? {} : { kernel });
    end.tcb.snd.maxWnd = 15_928;
    end.tcb.snd.wnd = 15_928;
    return end;
  };
  /** What is sent again has PSH only where a piece ends. */
  const endsOfPieces = (end: ReturnType<typeof established>): readonly number[] =>
    Array.from({ length: end.tcb.sent.length }, (_, i) => end.tcb.sent.at(i)!)
      .filter(({ push }) => push)
      .map((segment) => segment.end - end.tcb.snd.iss);

  it('what a burst leaves of the last piece is filled up again; pushed after half a window', () => {
    const end = small();
    end.send(30_000);
    // Seven segments are pushed, although the first piece would end after five: two had left when it was filled up.
    expect(pushed(end)).toBe('.P.P.PP.P.');
    expect(endsOfPieces(end)).toEqual([10_137]);
  });

  it('a piece shorter than a burst takes from the next one since 6.10', () => {
    const rest = (kernel: readonly [number, number]): string => {
      const end = small(kernel);
      end.send(30_000);
      end.segments();
      for (let acked = 1448; acked <= 14_480; acked += 1448) end.receive(ack({ ack: 1 + acked, window: 1000 }));
      return pushed(end);
    };
    expect(rest([6, 12])).toBe('.P.P.P.P.PP');
    expect(rest([6, 9])).toBe('.P.PP..P.PP');
  });

  it('the end of a write is none any more when the next one continues its piece', () => {
    const end = established().receive(ack({ window: 0 }));
    end.send(1000);
    end.send(448);
    end.receive(ack({ window: 510 })).expectSent('10 PA 1+1448 ack 1 data');
    expect(endsOfPieces(end)).toEqual([1449]);
  });

  it('options set before connect() send nothing', () => {
    synSent({ socket: { TCP_NODELAY: 1 } }).expectNothing(5);
  });
});

describe('a window that is no multiple of the segment size', () => {
  it('the end of a burst fills it', () => {
    const end = established().receive(ack({ window: 20 }));
    end.send(10_000);
    // 2560 B: one segment and 1112 B.
    end.expectSent('10 A 1+1448 ack 1 data', '10 PA 1449+1112 ack 1 data');
  });

  it('no segment is longer than half of the largest window seen', () => {
    const end = synSent()
      .at(10)
      .receive(synAck({ window: 1000 }));
    end.sent();
    end.send(2000);
    end.expectSent('10 A 1+500 ack 1 data', '10 PA 501+500 ack 1 data');
    end.receive(ack({ ack: 1001, window: 20 }));
    expect(end.sent().at(0)).toBe('10 PA 1001+1000 ack 1 data');
  });

  it('less than a segment alone is not used', () => {
    const end = established().receive(ack({ window: 28 }));
    end.send(10_000);
    // 3584 B: a burst of two, and 688 B that stay free.
    end.expectSent('10 A 1+1448 ack 1 data', '10 PA 1449+1448 ack 1 data');
  });
});

describe('MSG_MORE', () => {
  it('what does not fill a segment waits for the rest; full ones leave, not pushed', () => {
    const end = established();
    end.send(KB + 100, true);
    end.expectSent('10 A 1+1448 ack 1 data');
    end.at(12).send(100);
    end.expectSent('12 PA 1449+200 ack 1 data');
  });

  it('it is of that call alone: an acknowledgement lets the rest go', () => {
    const end = established();
    end.send(KB + 100, true);
    end.sent();
    end
      .at(20)
      .receive(ack({ ack: 1 + KB }))
      .expectSent('20 A 1449+100 ack 1 data');
  });

  it('with nothing in flight only the persist timer ends the wait', () => {
    const end = established();
    end.send(100, true);
    end.expectNothing(219).at(220).expectSent('220 PA 1+100 ack 1 data');
  });
});

describe('TCP_CORK', () => {
  it('full segments leave, the rest waits until it is taken away', () => {
    const end = established().option('TCP_CORK', 1);
    end.send(2000);
    end.expectSent('10 A 1+1448 ack 1 data');
    end
      .at(20)
      .receive(ack({ ack: 1449 }))
      .expectNothing(100)
      .option('TCP_CORK', 0);
    end.expectSent('100 PA 1449+552 ack 1 data');
  });

  it('or until TCP_NODELAY is set, which lets go what is queued and nothing more', () => {
    const end = established().option('TCP_CORK', 1);
    end.send(100);
    end.expectNothing(60).option('TCP_NODELAY', 1).expectSent('60 PA 1+100 ack 1 data');
    end.send(100);
    end
      .at(70)
      .receive(ack({ ack: 101 }))
      .expectNothing(100)
      .option('TCP_CORK', 0)
      .expectSent('100 PA 101+100 ack 1 data');
  });

  it('or until the persist timer fires', () => {
    const end = established().option('TCP_CORK', 1);
    end.send(100);
    end.expectNothing(219).at(220).expectSent('220 PA 1+100 ack 1 data');
    expect([...end.trace.eventsOf('segment.sent')].at(-1)?.reason).toBe('corked-long-enough');
  });

  it('closing sends it with the FIN', () => {
    const end = established().option('TCP_CORK', 1);
    end.send(100);
    end.close().expectSent('10 FPA 1+100 ack 1 data');
  });
});
