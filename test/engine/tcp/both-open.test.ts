import { describe, expect, it } from 'vitest';
import { defaultsOf, hasFeature, parseVersion } from '../../../extension/scenario/kernel-version.ts';
import type { Action } from '../../../extension/scenario/plan.ts';
import { ack, rst, syn, synAck, synSent } from '../support/endpoint.ts';
import { at, calls, close, listen, run, sent, states } from '../support/run.ts';

describe('simultaneous open', () => {
  it('SYN_SENT, a SYN arrives: SYN-ACK with our own options and window', () => {
    const end = synSent().at(10).receive(syn());
    const [answer] = end.segments();
    expect([answer?.window, answer?.options.windowScale, end.state]).toEqual([64_240, 7, 'SYN_RECEIVED']);
  });

  it('whatever the SYN offered that arrived', () => {
    const end = synSent({ offers: { timestamps: false, sack: false } })
      .at(10)
      .receive(syn());
    const [answer] = end.segments();
    expect([answer?.options.timestamps?.tsEcr, answer?.options.sackPermitted]).toEqual([0, true]);
    end.at(20).receive(ack()).send(1);
    expect(end.segments()[0]?.options).toEqual({});
  });

  it('the crossed SYN-ACK completes it; the SYN that came twice is reported', () => {
    const end = synSent().at(5).receive(syn());
    end.sent();
    end.at(10).receive(synAck());
    const [answer] = end.segments();
    expect([end.state, answer?.options.sack?.length, end.tcb.rto]).toEqual(['ESTABLISHED', 1, 210_000]);
  });

  it('a bare ACK completes it too', () => {
    const end = synSent().receive(syn()).at(10).receive(ack());
    expect(end.state).toBe('ESTABLISHED');
  });

  it('nobody acknowledges: the SYN-ACK is repeated in place of the SYN, and connect() fails', () => {
    const end = synSent().at(10).receive(syn());
    end.expectSent('10 SA 0 ack 1 syn-ack').at(1000).expectSent('1000 SA 0 ack 1 syn-ack-retransmission');
    end.at(200_000);
    expect([end.state, end.read()]).toEqual(['CLOSED', 'ETIMEDOUT']);
  });

  it('RST: ECONNRESET, for the SYN had been answered', () => {
    const end = synSent()
      .receive(syn())
      .receive(rst({ seq: 1 }));
    expect([end.state, end.read()]).toEqual(['CLOSED', 'ECONNRESET']);
  });

  it('an ACK of something else is answered with RST', () => {
    const end = synSent().receive(syn());
    end.sent();
    end.receive(ack({ ack: 77 })).expectSent('0 R 77 rst');
  });
});

/** connect() of `app` from port 40000, at `seconds`. */
function from40000(seconds: number, connection: string, reuseAddress = true): ReturnType<typeof at> {
  const action: Action = {
    kind: 'connect',
    process: 'app',
    host: 'server',
    port: 80,
    connection,
    localPort: 40_000,
    reuseAddress,
  };
  return at(seconds, action);
}

describe("connect() over one's own TIME_WAIT", () => {
  const closed = [at(0, listen), from40000(0.01, 'conn'), at(1, close('app'))];
  const connects = (trace: ReturnType<typeof run>): string | undefined =>
    calls(trace, 'app').filter((line) => line.includes('connect'))[1];

  it('bind() without SO_REUSEADDR: EADDRINUSE', () => {
    expect(connects(run([...closed, from40000(5, 'again', false)], { bare: true }))).toBe('5 connect EADDRINUSE');
  });

  it('with it: the numbers go on where the old ones ended, and the timestamp is echoed', () => {
    const trace = run([...closed, from40000(5, 'again')], { bare: true });
    expect(connects(trace)).toBe('5.01 connect 0');
    const syns = [...trace.eventsOf('segment.sent')].filter(({ purpose }) => purpose === 'syn');
    expect(syns[1]!.seq).toBe((syns[0]!.seq + 2 + 65_537) % 2 ** 32);
    expect([syns[0]!.tsEcr, syns[1]!.tsEcr > 0, syns[1]!.window]).toEqual([0, true, 65_160]);
  });

  it('without timestamps: EADDRNOTAVAIL', () => {
    const plain = { bare: true, client: { tcp_timestamps: 0 } };
    expect(connects(run([...closed, from40000(5, 'again')], plain))).toBe('5 connect EADDRNOTAVAIL');
  });
});

describe('a SYN in TIME_WAIT', () => {
  it('newer: the new end begins beyond the old numbers', () => {
    const trace = run(
      [
        at(0, listen),
        from40000(0.01, 'conn'),
        at(1, close('web')),
        from40000(5, 'again'),
        at(6, { kind: 'process-kill', process: 'web' }),
      ],
      { bare: true },
    );
    const answers = [...trace.eventsOf('segment.sent')].filter(({ purpose }) => purpose === 'syn-ack');
    expect(answers[1]!.seq).toBe((answers[0]!.seq + 2 + 65_537) % 2 ** 32);
    expect(states(trace, 'client').filter((line) => line.endsWith('ESTABLISHED'))).toHaveLength(2);
    expect([...trace.eventsOf('end.gone')].map(({ reason }) => reason)).toContain('replaced');
    expect(sent(trace, 'server', 5)[0]).toBe('5.005 SA 0 ack 1 syn-ack');
  });
});

describe('kernel releases', () => {
  it('each difference begins with its release', () => {
    const first = (feature: Parameters<typeof hasFeature>[1]): string => {
      for (let major = 5; ; major++) {
        for (let minor = 0; minor < 20; minor++) if (hasFeature([major, minor], feature)) return `${major}.${minor}`;
      }
    };
    expect(first('linear SYN timeouts')).toBe('6.5');
    expect(first('PAWS wrap in seconds')).toBe('6.6');
    expect(first('TIME_WAIT in milliseconds')).toBe('6.14');
    expect(first('tcp_rmem up to 32 MiB')).toBe('6.16');
    expect([defaultsOf([5, 3]), defaultsOf([5, 4]), defaultsOf([6, 12])]).toEqual([
      { somaxconn: 128, tcp_no_ssthresh_metrics_save: 0 },
      { tcp_no_ssthresh_metrics_save: 0 },
      {},
    ]);
    expect(defaultsOf([6, 18])).toEqual({
      tcp_rmem: [4096, 131_072, 33_554_432],
      rmem_max: 4_194_304,
      wmem_max: 4_194_304,
    });
    expect([parseVersion('linux-6.1.192'), parseVersion('6.15'), parseVersion('six')]).toEqual([
      [6, 1],
      [6, 15],
      undefined,
    ]);
  });

  it('6.18 scales windows by 2^10', () => {
    const syns = [...run([], { kernel: [6, 18] }).eventsOf('segment.sent')].map(({ wscale, window }) => [
      wscale,
      window,
    ]);
    expect(syns).toEqual([
      [10, 64_240],
      [10, 65_160],
      [255, 63],
    ]);
  });

  it.each([
    ['whole seconds before 6.14', [6, 12] as const, ['1.99 EADDRNOTAVAIL', '2 OK']],
    ['1 s since 6.14', [6, 14] as const, ['2.01 EADDRNOTAVAIL', '2.011 OK']],
  ])('tcp_tw_reuse waits: %s', (_, kernel, expected) => {
    const automatic = (connection: string): Action => ({
      kind: 'connect',
      process: 'app',
      host: 'server',
      port: 80,
      connection,
    });
    const results = expected.map((line) => {
      const [seconds] = line.split(' ');
      const trace = run(
        [at(0, listen), at(0.01, automatic('conn')), at(1, close('app')), at(Number(seconds), automatic('again'))],
        {
          bare: true,
          kernel,
          client: { tcp_tw_reuse: 1 },
          portRange: [40_000, 40_000],
        },
      );
      const [, second] = [...trace.eventsOf('call.returned')].filter(({ call }) => call === 'connect');
      return `${seconds} ${second!.errno}`;
    });
    expect(results).toEqual(expected);
  });
});
