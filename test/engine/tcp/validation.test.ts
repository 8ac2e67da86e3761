import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../support/endpoint.ts';
import {
  ack,
  closeWait,
  data,
  established,
  fin,
  finWait1,
  halfClosed,
  rst,
  syn,
  synAck,
  timeWait,
} from '../support/endpoint.ts';

describe('RST at RCV.NXT: what the application learns', () => {
  it.each<[string, () => Endpoint, string | number]>([
    ['ESTABLISHED', established, 'ECONNRESET'],
    ['FIN_WAIT_2 with an owner', halfClosed, 'ECONNRESET'],
  ])('%s: %s', (_state, make, errno) => {
    const end = make().receive(rst());
    expect([end.state, end.read(), end.read(), end.send(1)]).toEqual(['CLOSED', errno, 0, 'EPIPE']);
  });

  it('CLOSE_WAIT: EPIPE, but recv still says EOF', () => {
    const end = closeWait().receive(rst());
    expect([end.read(), end.send(1), end.send(1)]).toEqual([0, 'EPIPE', 'EPIPE']);
  });

  it('ESTABLISHED with unread data: the data, the error once, then 0', () => {
    const end = established().receive(data(50), rst());
    expect([end.read(), end.read(), end.read()]).toEqual([50, 'ECONNRESET', 0]);
  });

  it('send() first: ECONNRESET once, then EPIPE; recv 0', () => {
    const end = established().receive(rst());
    expect([end.send(1), end.send(1), end.read()]).toEqual(['ECONNRESET', 'EPIPE', 0]);
  });

  it('an orphan in FIN_WAIT_1: gone, nobody learns', () => {
    const end = finWait1().receive(rst());
    expect([end.goneBecause, [...end.trace.eventsOf('tcp.error')]]).toEqual(['reset', []]);
  });
});

describe('RST elsewhere', () => {
  it('in the window but not exact: challenge ACK', () => {
    const end = established()
      .receive(rst({ seq: 100 }))
      .expectSent('10 A 1 ack 1 challenge-ack');
    expect(end.state).toBe('ESTABLISHED');
  });

  it('outside the window: ignored', () => {
    const end = established()
      .receive(rst({ seq: 200_000 }))
      .expectSent();
    expect(end.ignored).toEqual(['rst-out-of-window']);
  });

  it('at the right edge of what was reported by SACK: reset', () => {
    const end = established().receive(data(100, { seq: 201 }));
    expect(end.receive(rst({ seq: 301 })).state).toBe('CLOSED');
  });

  it('at RCV.NXT − 1 once the FIN was taken, acknowledged or not: reset', () => {
    expect(closeWait().receive(rst({ seq: 1 })).state).toBe('CLOSED');
    expect(established().receive(fin(), rst({ seq: 1 })).state).toBe('CLOSED');
    expect(established().receive(data(1), rst({ seq: 1 })).state).toBe('ESTABLISHED');
  });
});

describe('SYN for a connection', () => {
  it('ESTABLISHED, in the window or not: challenge ACK, one per 500 ms', () => {
    const end = established()
      .receive(syn({ seq: 50 }))
      .expectSent('10 A 1 ack 1 challenge-ack');
    end
      .at(509)
      .receive(syn({ seq: 300_000_000 }))
      .expectSent();
    end
      .at(510)
      .receive(syn({ seq: 300_000_000 }))
      .expectSent('510 A 1 ack 1 challenge-ack');
    expect(end.state).toBe('ESTABLISHED');
  });

  it('ESTABLISHED, the SYN-ACK again: challenge ACK', () => {
    established().receive(synAck()).expectSent('10 A 1 ack 1 challenge-ack');
  });

  it('ESTABLISHED, with an old timestamp: challenge ACK too', () => {
    established()
      .receive(syn({ seq: 50, tsVal: 1 }))
      .expectSent('10 A 1 ack 1 challenge-ack');
  });
});

describe('ACK', () => {
  it('of data that was never sent: ignored in ESTABLISHED, challenged once a FIN has passed', () => {
    const end = established()
      .receive(ack({ ack: 500 }))
      .expectSent();
    expect(end.ignored).toEqual(['ack-of-unsent-data']);
    closeWait()
      .at(600)
      .receive(ack({ ack: 500 }))
      .expectSent('600 A 1 ack 2 challenge-ack');
  });

  it('older than any window: challenge ACK', () => {
    const end = established();
    end.send(10_000);
    end.at(20).receive(ack());
    end.tcb.snd.maxWnd = 100;
    end.sent();
    end
      .at(30)
      .receive(ack({ ack: 1 }))
      .expectSent('30 A 10001 ack 1 challenge-ack');
  });

  it('old, with data: the data counts, and so does its timestamp', () => {
    const end = established();
    end.send(100);
    end.at(20).receive(ack());
    end.at(30).receive(data(10, { ack: 1, tsVal: 1_000_029 }));
    expect([end.read(), end.tcb.tsRecent]).toEqual([10, 1_000_029]);
  });

  it('none at all: ignored', () => {
    expect(established().receive({ flags: '', length: 10 }).ignored).toEqual(['not-for-this-state']);
  });
});

describe('the sequence number', () => {
  it('data beyond the window: a duplicate ACK', () => {
    const end = established()
      .receive(data(10, { seq: 100_000 }))
      .expectSent('10 A 1 ack 1 duplicate-ack');
    expect(end.read()).toBe('would-block');
  });

  it('old data is answered every time, empty segments once in 500 ms', () => {
    const end = established().receive(data(100));
    end.read();
    end.sent();
    end.at(100).receive(data(50, { seq: 1 }), data(50, { seq: 1 }));
    expect(end.sent()).toHaveLength(2);
    end.receive(ack({ seq: 1 }), ack({ seq: 1 }));
    expect(end.sent()).toHaveLength(1);
  });
});

describe('PAWS', () => {
  it('an older timestamp: dropped, answered', () => {
    const end = established().at(100).receive(data(10));
    end.read();
    end.sent();
    end.receive(data(10, { tsVal: 1_000_000 })).expectSent('100 A 1 ack 11 duplicate-ack');
    expect([end.ignored, end.read()]).toEqual([['paws'], 'would-block']);
  });

  it.each([
    [14, []],
    [12, ['100 A 1 ack 11 duplicate-ack']],
  ])('an ACK that data overtook, Linux 6.%d: %j', (minor, answers) => {
    const end = established({ kernel: [6, minor] })
      .at(100)
      .receive(data(10));
    end.read();
    end.sent();
    end.receive(ack({ seq: 1, tsVal: 1_000_000 })).expectSent(...answers);
    expect(end.ignored).toEqual(['paws']);
  });

  it('one tick older is accepted; a RST is not checked', () => {
    const end = established().at(100).receive(data(10));
    end.receive(data(10, { tsVal: 1_000_099 }));
    expect(end.read()).toBe(20);
    expect(end.receive(rst({ tsVal: 1 })).state).toBe('CLOSED');
  });

  it('a duplicate ACK that others overtook is taken without a word, also with a smaller window', () => {
    const end = established().at(100);
    end.send(5000);
    end.sent();
    end.receive(ack({ ack: 1, window: 600, sack: [[1449, 4345]], tsVal: 1_000_100 }));
    end.receive(ack({ ack: 1, window: 555, sack: [[1449, 2897]], tsVal: 1_000_090 }));
    expect([end.ignored, end.sent().filter((line) => line.includes('duplicate-ack'))]).toEqual([[], []]);
  });

  it('after 2147 s of silence it says nothing', () => {
    const end = established()
      .at(2_200_000)
      .receive(data(10, { tsVal: 5 }));
    expect(end.read()).toBe(10);
  });
});

describe('no socket', () => {
  it('a segment with ACK: RST with its number; without: RST+ACK; an RST: nothing', () => {
    const end = timeWait().at(61_000);
    end.receive(data(10, { ack: 77 })).expectSent('61000 R 77 rst');
    end.receive(syn({ seq: 9 })).expectSent('61000 RA 0 ack 10 rst');
    end.receive(rst()).expectSent();
  });

  it('the reset has no window and no options', () => {
    const end = timeWait().at(61_000).receive(data(10));
    expect(end.segments().map(({ window, options }) => [window, options])).toEqual([[0, {}]]);
  });
});
