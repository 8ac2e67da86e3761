import { describe, expect, it } from 'vitest';
import { ICMP_ERRORS, ICMP_MESSAGES, type IcmpMessageName } from '../../../extension/scenario/icmp.ts';
import {
  ack,
  data,
  type Endpoint,
  established,
  finWait1,
  synReceived,
  synSent,
  timeWait,
} from '../support/endpoint.ts';

/** What the kernel says an end thinks of the network: the errors it put on the socket or remembers. */
function errors(end: Endpoint): string[] {
  return [...end.trace.eventsOf('tcp.error')].map(({ errno, soft }) => `${soft ? 'soft ' : ''}${errno}`);
}

function ignoredIcmp(end: Endpoint): string[] {
  return [...end.trace.eventsOf('icmp.ignored')].map(({ reason }) => reason);
}

describe('SYN_SENT', () => {
  const fatal = ICMP_MESSAGES.filter((message) => ICMP_ERRORS[message] !== undefined);

  it.each(fatal)('%s ends the attempt at once', (message) => {
    const end = synSent().at(5).icmp(message, 0);
    expect([end.state, errors(end), end.goneBecause]).toEqual(['CLOSED', [ICMP_ERRORS[message]], 'unreachable']);
    end.expectNothing(10_000);
  });

  it('source quench means nothing', () => {
    const end = synSent().at(5).icmp('source quench', 0);
    expect([end.state, errors(end), ignoredIcmp(end)]).toEqual(['SYN_SENT', [], ['no-error']]);
  });

  it('a message about something that was never sent is ignored', () => {
    const end = synSent().at(5).icmp('host unreachable', 7);
    expect([end.state, ignoredIcmp(end)]).toEqual(['SYN_SENT', ['out-of-window']]);
  });
});

describe('SYN_RECEIVED', () => {
  it.each<[IcmpMessageName, string]>([
    ['net unreachable', 'CLOSED'],
    ['host unreachable', 'CLOSED'],
    ['time exceeded', 'CLOSED'],
    ['parameter problem', 'CLOSED'],
    ['port unreachable', 'SYN_RECEIVED'],
    ['communication prohibited', 'SYN_RECEIVED'],
  ])('%s: the request is %s', (message, state) => {
    const end = synReceived().at(5).icmp(message, 0);
    expect([end.state, errors(end)]).toEqual([state, []]);
  });
});

describe('ESTABLISHED', () => {
  /** 100 B under way since 1 s. */
  function sending(): Endpoint {
    const end = established().at(1000);
    end.send(100);
    end.sent();
    return end;
  }

  it.each(ICMP_MESSAGES)('%s never ends it', (message) => {
    const end = sending().icmp(message, 1);
    const errno = ICMP_ERRORS[message];
    expect([end.state, errors(end)]).toEqual(['ESTABLISHED', errno === undefined ? [] : [`soft ${errno}`]]);
    expect(end.read()).toBe('would-block');
  });

  it('with IP_RECVERR the next call is told, and the connection lives', () => {
    const end = sending().option('IP_RECVERR', 1).icmp('port unreachable', 1);
    expect([end.state, errors(end), end.read(), end.read()]).toEqual([
      'ESTABLISHED',
      ['ECONNREFUSED'],
      'ECONNREFUSED',
      'would-block',
    ]);
    end.at(1210).expectSent('1210 PA 1+100 ack 1 tail-loss-probe');
    expect(end.icmp('host unreachable', 1).send(10)).toBe('EHOSTUNREACH');
    expect(end.send(10)).toBe(10);
  });

  it.each([
    ['before what is in flight, as of a keepalive probe', 0],
    ['beyond it', 102],
  ])('a message about SEQ %s is ignored', (_, seq) => {
    const end = sending().icmp('host unreachable', seq);
    expect([errors(end), ignoredIcmp(end)]).toEqual([[], ['out-of-window']]);
  });

  it('what was remembered is the error when the kernel gives up', () => {
    const end = sending().icmp('port unreachable', 1).at(940_000);
    expect([end.state, errors(end)]).toEqual(['CLOSED', ['soft ECONNREFUSED', 'ECONNREFUSED']]);
    expect(end.read()).toBe('ECONNREFUSED');
  });

  it('any acceptable ACK forgets it', () => {
    const end = sending()
      .icmp('port unreachable', 1)
      .at(1005)
      .receive(ack({ ack: 101 }));
    end.at(2000).send(100);
    end.at(940_000);
    expect(errors(end)).toEqual(['soft ECONNREFUSED', 'ETIMEDOUT']);
  });

  it('host unreachable takes a doubling back: the wait counts from the last copy', () => {
    const end = sending().at(2260);
    // Probe at 1210, firings at 1420 and 1840; the next would be at 2680.
    end.expectSent(
      '1210 PA 1+100 ack 1 tail-loss-probe',
      '1420 PA 1+100 ack 1 rto-retransmission',
      '1840 PA 1+100 ack 1 rto-retransmission',
    );
    // 420 ms after the copy of 1840 are over: at once, and doubled again from there.
    end.icmp('host unreachable', 1).expectSent('2260 PA 1+100 ack 1 rto-retransmission');
    end.at(2270).icmp('host unreachable', 1).expectSent();
    end.at(2680).expectSent('2680 PA 1+100 ack 1 rto-retransmission');
  });

  it('others leave the wait as it is, and so does one about what is not the oldest', () => {
    const end = sending().at(1850);
    end.send(50);
    end.sent();
    end.icmp('communication prohibited', 1).icmp('host unreachable', 101).at(2679).expectSent();
    end.at(2680).expectSent('2680 PA 1+100 ack 1 rto-retransmission');
  });

  it('nothing in flight and nothing retransmitted: only remembered', () => {
    const end = established().receive(data(10)).at(500).icmp('host unreachable', 1);
    end.sent();
    expect([end.state, errors(end)]).toEqual(['ESTABLISHED', ['soft EHOSTUNREACH']]);
    end.expectNothing(10_000);
  });
});

it('an orphan whose wait has reached its ceiling dies at the next firing once the network has complained', () => {
  const options = { sysctls: { tcp_rto_max_ms: 1000, tcp_orphan_retries: 20 }, kernel: [6, 15] } as const;
  const patient = finWait1(options).at(10_000);
  const warned = finWait1(options).at(3000).icmp('port unreachable', 1).at(10_000);
  expect([patient.state, warned.state]).toEqual(['FIN_WAIT_1', 'CLOSED']);
  expect(warned.goneBecause).toBe('orphan-timed-out');
});

it('TIME_WAIT ignores it', () => {
  const end = timeWait().icmp('host unreachable', 1);
  expect([end.state, ignoredIcmp(end)]).toEqual(['TIME_WAIT', ['time-wait']]);
});
