import { describe, expect, it } from 'vitest';
import type { BehaviourPlan } from '../../../extension/scenario/plan.ts';
import type { SocketOptionName } from '../../../extension/scenario/socket-option.ts';
import type { PlanOptions, Statement } from '../support/run.ts';
import { at, calls, close, cut, gone, run, send, sent, setOption } from '../support/run.ts';

type Uses = Omit<Extract<BehaviourPlan, { kind: 'uses-option' }>, 'range'>;
const uses = (option: SocketOptionName, value: number): Uses => ({ kind: 'uses-option', option, value });
const outcome = (option: SocketOptionName, value: number, options: PlanOptions = {}): string | undefined =>
  calls(run([at(1, setOption('app', option, value))], { kernel: [6, 18], until: 2, ...options }), 'app').find((line) =>
    line.includes('setsockopt'),
  );
/** Data sent at 2 s into a cut wire: when it goes again. */
const again = (options: PlanOptions, statements: readonly Statement[] = []): string[] =>
  sent(
    run([...statements, at(2, cut()), at(2, send('app', 100))], {
      kernel: [6, 18],
      until: 200,
      ...options,
      client: { tcp_early_retrans: 0, ...options.client },
    }),
    'client',
    2,
  ).map((line) => line.split(' ')[0] ?? '');

describe('options that came with Linux 6.15', () => {
  it.each(['TCP_RTO_MAX_MS', 'TCP_RTO_MIN_US', 'TCP_DELACK_MAX_US'] as const)('%s: ENOPROTOOPT before', (option) => {
    const value = option === 'TCP_RTO_MAX_MS' ? 2000 : 50_000;
    expect(outcome(option, value)).toBe('1 setsockopt 0');
    expect(outcome(option, value, { kernel: [6, 14] })).toBe('1 setsockopt ENOPROTOOPT');
  });

  it('times below two ticks: EINVAL', () => {
    expect(outcome('TCP_RTO_MIN_US', 4_000, { hz: 250 })).toBe('1 setsockopt EINVAL');
    expect(outcome('TCP_RTO_MIN_US', 4_001, { hz: 250 })).toBe('1 setsockopt 0');
    expect(outcome('TCP_DELACK_MAX_US', 1_000)).toBe('1 setsockopt EINVAL');
  });

  it('a refused option changes nothing, of a listener neither', () => {
    const trace = run([], { kernel: [6, 14], until: 1, web: [uses('TCP_RTO_MAX_MS', 1000)] });
    expect(calls(trace, 'web')[0]).toBe('0 setsockopt ENOPROTOOPT');
    expect(again({ kernel: [6, 14], app: [uses('TCP_RTO_MAX_MS', 1000)] }).slice(0, 5)).toEqual([
      '2',
      '2.21',
      '2.63',
      '3.47',
      '5.15',
    ]);
  });

  it('TCP_RTO_MAX_MS ends doubling, and the time until the kernel gives up', () => {
    const options = { app: [uses('TCP_RTO_MAX_MS', 1000)], client: { tcp_retries2: 5 } };
    expect(again(options)).toEqual(['2', '2.21', '2.63', '3.47', '4.47', '5.47', '6.47']);
    const trace = run([at(2, cut()), at(2, send('app', 100))], { kernel: [6, 18], ...options, until: 200 });
    expect(gone(trace, 'client')[0]).toMatch(/timed-out$/);
  });

  it('TCP_RTO_MIN_US shortens what is added to the round trip', () => {
    expect(again({ app: [uses('TCP_RTO_MIN_US', 20_000)] }).slice(0, 3)).toEqual(['2', '2.03', '2.09']);
  });

  it('TCP_DELACK_MAX_US bounds how long an ACK is delayed; children have it of their listener', () => {
    const trace = run([at(1, send('app', 100)), at(1.006, send('web', 10)), at(1.1, send('app', 100))], {
      kernel: [6, 18],
      until: 3,
      web: [uses('TCP_DELACK_MAX_US', 12_000)],
    });
    expect(sent(trace, 'server', 1.1)).toEqual(['1.117 A 11 ack 201 ack']);
  });
});

describe('other options of one socket', () => {
  it('TCP_THIN_LINEAR_TIMEOUTS: six waits that do not double, once slow start has ended', () => {
    const lost: Statement = at(1, {
      kind: 'link-rule',
      link: 'wire',
      from: 'client',
      effect: { kind: 'drop' },
      which: { kind: 'next', count: 1 },
      class: 'data segment',
    });
    const waits = again({ app: [uses('TCP_THIN_LINEAR_TIMEOUTS', 1)] }, [lost, at(1, send('app', 100))]).map(Number);
    const gaps = waits.slice(1).map((time, i) => Math.round((time - (waits[i] ?? 0)) * 1000));
    expect(gaps.slice(0, 9)).toEqual([210, 210, 210, 210, 210, 210, 210, 420, 840]);
  });

  it('TCP_SYNCNT of a listener counts SYN-ACKs', () => {
    const trace = run([at(0.016, cut())], { web: [uses('TCP_SYNCNT', 2)], until: 50 });
    expect(gone(trace, 'server')).toEqual(['7.015 timed-out']);
  });

  it('TCP_MAXSEG goes into the SYN, and bounds what is sent', () => {
    const trace = run([at(1, send('app', 3000)), at(2, send('web', 3000))], {
      app: [uses('TCP_MAXSEG', 1000)],
      until: 3,
    });
    expect([...trace.eventsOf('segment.sent')].slice(0, 2).map(({ mss }) => mss)).toEqual([1000, 1460]);
    const largest = (host: string): number =>
      Math.max(
        ...[...trace.eventsOf('segment.sent')]
          .filter(({ from }) => trace.placeName(from) === host)
          .map(({ length }) => length),
      );
    expect([largest('client'), largest('server')]).toEqual([988, 988]);
  });

  it('TCP_WINDOW_CLAMP: no larger window is offered', () => {
    const trace = run([], { web: [uses('TCP_WINDOW_CLAMP', 5000)], until: 1 });
    expect([...trace.eventsOf('segment.sent')][1]?.window).toBe(4344);
  });
});

describe('SO_RCVLOWAT', () => {
  const web = [uses('SO_RCVLOWAT', 1000)];

  it('a reader is told when so much is there, or at the end', () => {
    const trace = run(
      [
        at(1, send('app', 400)),
        at(2, send('app', 400)),
        at(3, send('app', 400)),
        at(4, send('app', 300)),
        at(5, close('app')),
      ],
      { web },
    );
    expect(calls(trace, 'web').filter((line) => line.includes('recv'))).toEqual([
      '3.005 recv 1200',
      '5.005 recv 300',
      '5.005 recv 0',
    ]);
  });

  it('setting less wakes the reader', () => {
    const trace = run([at(1, send('app', 400)), at(2, setOption('web', 'SO_RCVLOWAT', 1))], { web, until: 3 });
    expect(calls(trace, 'web').slice(-2)).toEqual(['2 setsockopt 0', '2 recv 400']);
  });

  it('with SO_RCVTIMEO recv() returns what there is', () => {
    const trace = run([at(1, send('app', 400))], { web: [...web, uses('SO_RCVTIMEO', 2000)], until: 4 });
    expect(calls(trace, 'web').find((line) => line.includes('recv'))).toBe('2.025 recv 400');
  });

  it('no more than half of the buffer is waited for, and the buffer grows to hold it', () => {
    const small = [uses('SO_RCVBUF', 4096), uses('SO_RCVLOWAT', 1_000_000)];
    const trace = run([at(1, send('app', 20_000))], { web: small, until: 3 });
    expect(calls(trace, 'web').some((line) => line.includes('recv'))).toBe(true);
    const grown = run([], { web: [uses('SO_RCVLOWAT', 200_000)], until: 1 });
    expect([...grown.eventsOf('segment.sent')][1]?.window).toBe(65_535);
  });
});
