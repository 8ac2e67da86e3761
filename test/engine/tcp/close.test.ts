import { describe, expect, it } from 'vitest';
import { add } from '../../../extension/engine/tcp/seq.ts';
import {
  accepted,
  ack,
  closeWait,
  data,
  established,
  fin,
  finWait1,
  finWait2,
  halfClosed,
  rst,
  synSent,
  timeWait,
} from '../support/endpoint.ts';

describe('close()', () => {
  it('ESTABLISHED: FIN, FIN_WAIT_1', () => {
    const end = established().close().expectSent('10 FA 1 ack 1 fin');
    expect(end.state).toBe('FIN_WAIT_1');
  });

  it('with unread data: RST instead, the window open again', () => {
    const end = established().receive(data(2000));
    end.sent();
    end.close();
    const [reset] = end.segments();
    expect([end.state, end.goneBecause]).toEqual(['CLOSED', 'aborted']);
    expect([reset?.flags, reset?.window]).toEqual([4 + 16, 487]);
  });

  it('with only a FIN in the queue: no RST', () => {
    const end = closeWait().close().expectSent('60 FA 1 ack 2 fin');
    expect(end.state).toBe('LAST_ACK');
  });

  it('SYN_SENT: nothing is sent, the SYN-ACK finds no socket', () => {
    const end = synSent().close().expectSent();
    expect(end.state).toBe('CLOSED');
    end.at(10).receive({ flags: 'SA', seq: 0, ack: 1 }).expectSent('10 R 1 rst');
  });

  it('data that was queued before still goes out, and the FIN rides on the last of it', () => {
    const end = established();
    end.send(20 * 1448);
    end.close();
    expect(end.sent()).toHaveLength(10);
    end.at(20).receive(ack({ ack: 14_481 }));
    const rest = end.sent();
    expect([rest.length, rest.at(-1)]).toEqual([10, '20 FPA 27513+1448 ack 1 data']);
  });

  it('a closed window holds the FIN back', () => {
    const end = established();
    end.receive(ack({ window: 0 })).receive(data(1, { window: 0 }));
    end.read();
    end.sent();
    end.close().expectSent();
  });

  it('FIN_WAIT_2 after shutdown(): the entry lives 60 s from the close', () => {
    const end = halfClosed().at(10_000).close().at(69_999);
    expect([end.state, end.tcb.isTimeWaitEntry]).toEqual(['FIN_WAIT_2', true]);
    expect(end.at(70_000).goneBecause).toBe('fin-wait-2-timed-out');
  });

  it('TIME_WAIT with unread data: nothing happens, the data was readable until then', () => {
    const end = halfClosed()
      .at(30)
      .receive(data(10), fin({ seq: 11 }));
    end.sent();
    expect([end.state, end.close().state]).toEqual(['TIME_WAIT', 'TIME_WAIT']);
    end.expectSent();
    const reader = halfClosed()
      .at(30)
      .receive(data(10), fin({ seq: 11 }));
    reader.sent();
    expect([reader.read(), reader.read()]).toEqual([10, 0]);
    reader.expectSent();
  });
});

describe('SO_LINGER with no time', () => {
  it.each([
    ['ESTABLISHED', () => established(), '10 RA 1 ack 1 rst'],
    ['CLOSE_WAIT', () => closeWait(), '60 RA 1 ack 2 rst'],
    ['FIN_WAIT_2', () => halfClosed(), '20 RA 2 ack 1 rst'],
  ])('%s: RST+ACK, gone', (_, make, reset) => {
    const end = make().option('SO_LINGER', 0).close().expectSent(reset);
    expect([end.state, end.goneBecause]).toEqual(['CLOSED', 'aborted']);
  });

  it('what waits for the windows is thrown away', () => {
    const end = established().option('SO_LINGER', 0);
    end.send(20 * 1448);
    expect(end.sent()).toHaveLength(10);
    end.close().expectSent('10 RA 14481 ack 1 rst');
  });

  it('unread data is the stronger reason', () => {
    const end = established().option('SO_LINGER', 0).receive(data(10));
    end.sent();
    end.close();
    expect([...end.trace.eventsOf('segment.sent')].at(-1)!.reason).toBe('unread-data');
  });
});

describe('TCP_LINGER2', () => {
  it('replaces tcp_fin_timeout, 0 takes it back', () => {
    const wait = (seconds: number): ReturnType<typeof established> => {
      const end = established().option('TCP_LINGER2', seconds).close();
      return end.at(20).receive(ack());
    };
    expect([wait(10).at(10_019).state, wait(10).at(10_020).state]).toEqual(['FIN_WAIT_2', 'CLOSED']);
    expect([wait(0).at(60_019).state, wait(0).at(60_020).state]).toEqual(['FIN_WAIT_2', 'CLOSED']);
  });

  it('negative, the FIN is acknowledged after the close: RST in answer', () => {
    const end = established().option('TCP_LINGER2', -1).close();
    end.sent();
    end.at(20).receive(ack()).expectSent('20 R 2 rst');
    expect(end.goneBecause).toBe('aborted');
  });

  it('negative, closed in FIN_WAIT_2: RST', () => {
    const end = halfClosed().option('TCP_LINGER2', -1).at(500).close().expectSent('500 RA 2 ack 1 rst');
    expect(end.goneBecause).toBe('aborted');
  });
});

describe('tcp_max_orphans', () => {
  it('one more than allowed: it has not been counted yet when it closes, and goes with a RST at the first timeout', () => {
    const end = established({ sysctls: { tcp_max_orphans: 0 } }).close();
    end.expectSent('10 FA 1 ack 1 fin');
    end.at(10_000).expectSent('220 FA 1 ack 1 tail-loss-probe', '430 RA 2 ack 1 rst');
    expect(end.goneBecause).toBe('aborted');
  });

  it('a time-wait entry is no orphan', () => {
    const end = halfClosed({ sysctls: { tcp_max_orphans: 0 } })
      .close()
      .expectSent();
    expect(end.state).toBe('FIN_WAIT_2');
  });
});

describe('shutdown(SHUT_RD)', () => {
  it('data is taken and acknowledged, read once, then 0', () => {
    const end = established();
    expect([end.shutdown('SHUT_RD'), end.read()]).toEqual([undefined, 0]);
    end.expectSent().receive(data(10)).expectSent('10 A 1 ack 11 ack');
    expect([end.state, end.read(), end.read()]).toEqual(['ESTABLISHED', 10, 0]);
  });

  it('both directions: data in FIN_WAIT_2 is refused', () => {
    const end = halfClosed();
    end.shutdown('SHUT_RD');
    end.at(30).receive(data(10)).expectSent('30 R 2 rst');
    expect(end.goneBecause).toBe('reset');
  });
});

describe('shutdown(SHUT_WR)', () => {
  it('FIN_WAIT_2 with an owner lasts for ever, and data flows back', () => {
    const end = halfClosed().at(10_000_000);
    expect(end.state).toBe('FIN_WAIT_2');
    end.receive(data(100));
    expect([end.read(), end.state]).toEqual([100, 'FIN_WAIT_2']);
  });

  it('send() after it: EPIPE; a second one succeeds and does nothing; on a closed one ENOTCONN', () => {
    const end = halfClosed();
    expect([end.send(1), end.shutdown()]).toEqual(['EPIPE', undefined]);
    end.expectSent();
    end.receive(rst({ seq: 1 }));
    expect(end.shutdown()).toBe('ENOTCONN');
  });
});

describe('FIN_WAIT_1', () => {
  it('the FIN is acknowledged: FIN_WAIT_2', () => {
    expect(finWait1().at(20).receive(ack()).state).toBe('FIN_WAIT_2');
  });

  it('FIN without the ACK of ours: CLOSING; then its ACK: TIME_WAIT', () => {
    const end = finWait1()
      .at(20)
      .receive(fin({ ack: 1 }))
      .expectSent('20 A 2 ack 2 ack');
    expect(end.state).toBe('CLOSING');
    expect(end.receive(ack()).state).toBe('TIME_WAIT');
  });

  it('FIN with the ACK of ours: TIME_WAIT', () => {
    const end = finWait1().at(20).receive(fin()).expectSent('20 A 2 ack 2 ack');
    expect(end.state).toBe('TIME_WAIT');
  });

  it('data for an orphan: RST with its ACK number, gone', () => {
    const end = finWait1()
      .at(20)
      .receive(data(10, { ack: 1 }))
      .expectSent('20 R 1 rst');
    expect(end.goneBecause).toBe('reset');
  });

  it('a FIN beyond a gap for an orphan: RST', () => {
    const end = finWait1()
      .at(20)
      .receive(fin({ seq: 11 }))
      .expectSent('20 R 2 rst');
    expect(end.state).toBe('CLOSED');
  });
});

describe('FIN_WAIT_2 of an orphan', () => {
  it('ends silently after 60 s', () => {
    const end = finWait2().at(60_019);
    expect(end.state).toBe('FIN_WAIT_2');
    end.at(60_020).expectSent();
    expect(end.goneBecause).toBe('fin-wait-2-timed-out');
  });

  it('tcp_fin_timeout 20 s: at least 3.5 RTO, else 20 s', () => {
    expect(finWait2({ sysctls: { tcp_fin_timeout: 20 } }).at(20_020).state).toBe('CLOSED');
    const slow = finWait2({ sysctls: { tcp_fin_timeout: 0 } });
    expect(slow.at(20 + 734).state).toBe('FIN_WAIT_2');
    expect(slow.at(20 + 735).state).toBe('CLOSED');
  });

  it('tcp_fin_timeout 120 s: 60 s as a socket, then 60 s as an entry', () => {
    const end = finWait2({ sysctls: { tcp_fin_timeout: 120 } }).at(60_000);
    expect([end.state, end.tcb.isTimeWaitEntry]).toEqual(['FIN_WAIT_2', false]);
    expect(end.at(60_020).tcb.isTimeWaitEntry).toBe(true);
    expect(end.at(120_019).state).toBe('FIN_WAIT_2');
    expect(end.at(120_020).goneBecause).toBe('fin-wait-2-timed-out');
  });

  it('FIN: acknowledged, TIME_WAIT for 60 s from then', () => {
    const end = finWait2().at(50_000).receive(fin()).expectSent('50000 A 2 ack 2 ack');
    expect([end.state, end.at(109_999).state, end.at(110_000).state]).toEqual(['TIME_WAIT', 'TIME_WAIT', 'CLOSED']);
  });

  it('data, or data with a FIN: RST, gone', () => {
    finWait2().at(30).receive(data(10)).expectSent('30 R 2 rst');
    finWait2()
      .at(30)
      .receive(fin({ length: 10 }))
      .expectSent('30 R 2 rst');
  });

  it('a keepalive probe: ACK, and the timer goes on', () => {
    const end = finWait2()
      .at(30_000)
      .receive(ack({ seq: 0 }))
      .expectSent('30000 A 2 ack 1 ack');
    expect(end.at(60_020).state).toBe('CLOSED');
    end
      .at(61_000)
      .receive(ack({ seq: 0, ack: 2 }))
      .expectSent('61000 R 2 rst');
  });

  it('a bare ACK in the window: ignored', () => {
    const end = finWait2().at(30).receive(ack()).expectSent();
    expect(end.ignored).toEqual(['not-for-this-state']);
  });

  it('RST in the window: gone', () => {
    expect(finWait2().receive(rst({ seq: 1 })).goneBecause).toBe('reset');
  });
});

describe('TIME_WAIT', () => {
  it('lasts 60 s', () => {
    const end = timeWait();
    expect([end.at(60_029).state, end.at(60_030).state, end.goneBecause]).toEqual([
      'TIME_WAIT',
      'CLOSED',
      'time-wait-over',
    ]);
  });

  it('the FIN comes again and again: acknowledged each time, the 60 s start anew', () => {
    const end = timeWait();
    for (const at of [240, 450, 870])
      end
        .at(at)
        .receive(fin({ seq: 1 }))
        .expectSent(`${at} A 2 ack 2 ack`);
    expect([end.at(60_869).state, end.at(60_870).state]).toEqual(['TIME_WAIT', 'CLOSED']);
  });

  it('says what was left of the last window; unscaled and larger than the field, its lower 16 bits', () => {
    const end = accepted({ sysctls: { tcp_window_scaling: 0 }, kernel: [6, 18] });
    for (let i = 0; i < 20; i++) {
      end.at(100 + i).receive(data(1448));
      end.read();
    }
    end.close().receive(ack());
    const { wnd } = end.tcb.rcv;
    expect([end.tcb.isTimeWaitEntry, wnd > 0xffff]).toEqual([true, true]);
    end.segments();
    end.receive(fin());
    expect(end.segments().map(({ window }) => window)).toEqual([wnd - 0x10000]);
  });

  it('a bare ACK in order: no answer, the 60 s start anew', () => {
    const end = timeWait().at(10_000).receive(ack()).expectSent();
    expect([end.at(69_999).state, end.at(70_000).state]).toEqual(['TIME_WAIT', 'CLOSED']);
  });

  it('RST in order: gone; with tcp_rfc1337 it stays', () => {
    expect(timeWait().receive(rst()).goneBecause).toBe('reset');
    expect(timeWait({ sysctls: { tcp_rfc1337: 1 } }).receive(rst()).state).toBe('TIME_WAIT');
  });

  it('RST elsewhere is ignored', () => {
    const end = timeWait().receive(rst({ seq: 50 }));
    expect([end.state, end.ignored]).toEqual(['TIME_WAIT', ['rst-out-of-window']]);
  });

  it('a new SYN at a listener: accepted, the new numbers 65537 ahead', () => {
    // The server closes first, so that its listener is still there.
    const end = accepted().close().at(20).receive(fin());
    end.sent();
    expect(end.state).toBe('TIME_WAIT');
    const { nxt } = end.tcb.snd;
    end.at(1000).receive({ flags: 'S', seq: 500_000 });
    const [answer] = end.segments();
    expect([answer?.flags, answer?.seq]).toEqual([2 + 16, add(nxt, 65_537)]);
    expect(end.goneBecause).toBe('replaced');
  });

  it('an old SYN: an ACK of the old numbers, and the wait is not prolonged', () => {
    const end = accepted().close().at(20).receive(fin());
    end.sent();
    end.at(1000).receive({ flags: 'S', seq: 0, tsVal: 5 }).expectSent('1000 A 2 ack 2 ack');
    expect(end.state).toBe('TIME_WAIT');
  });
});

describe('LAST_ACK', () => {
  it('its ACK: gone without TIME_WAIT', () => {
    const end = closeWait().close().at(70).receive(ack());
    expect([end.state, end.goneBecause]).toEqual(['CLOSED', 'closed']);
  });
});
