/** What connections leave to later ones: tcp_metrics.c. */
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../extension/scenario/plan.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import type { PlanOptions, Statement } from '../support/run.ts';
import { at, boot, close, kill, listen, powerLoss, run, seconds, send, sent, setOption } from '../support/run.ts';

/** A first connection over a round trip of 100 ms, opened at 10 ms and closed at 2 s; from 3 s on the round trip is 10 ms. */
function after(end: readonly Statement[], later: readonly Statement[], options: PlanOptions = {}): Trace {
  const shorter: Action = { kind: 'link-change', link: 'wire', setting: { kind: 'delay', delay: 5000 } };
  const first = [at(1, send('app', 1000)), ...end, at(3, shorter)];
  return run([...first, ...later], { delayMs: 50, ...options });
}

const again: Action = { kind: 'connect', process: 'app', host: 'server', port: 80, connection: 'again' };
const sendAgain: Action = { kind: 'send', process: 'app', connection: 'again', bytes: 100 };
const dropsNext = (count: number, segments: 'data segment' | 'SYN' = 'data segment'): Action => ({
  kind: 'link-rule',
  link: 'wire',
  from: 'client',
  effect: { kind: 'drop' },
  which: { kind: 'next', count },
  class: segments,
});
const closed = [at(2, close('app'))];
const secondLost = [at(4, again), at(5, dropsNext(2)), at(5, sendAgain)];

const used = (trace: Trace): string[] =>
  [...trace.eventsOf('metrics.used')].map(
    ({ time, place, rto, ssthresh, reordering }) =>
      `${seconds(time)} ${trace.placeName(place)} ${rto / 1000} ${ssthresh} ${reordering}`,
  );
const lastSent = (trace: Trace, from: number): string[] => sent(trace, 'client', from);

describe('the metrics cache', () => {
  it('a connection that ends properly leaves its round trip, at both ends; the next one takes the first RTO from it', () => {
    const trace = after(closed, secondLost);
    expect([...trace.eventsOf('metrics.saved')].map(({ time, rtt }) => `${seconds(time)} ${rtt}`)).toEqual([
      '2.1 100000',
      '2.15 100000',
    ]);
    // 100 ms and twice as much: what the handshake measured would make 210 ms.
    expect(used(trace)).toEqual(['4.01 again 300 0 0', '4.015 again 300 0 0']);
    expect(lastSent(trace, 5)).toEqual([
      '5 PA 1+100 ack 1 data',
      '5.22 PA 1+100 ack 1 tail-loss-probe',
      '5.52 PA 1+100 ack 1 rto-retransmission',
    ]);
  });

  it('each event of its use names what was saved', () => {
    const trace = after(closed, secondLost);
    const saved = [...trace.eventsOf('metrics.saved')].map(({ id }) => id);
    expect([...trace.eventsOf('metrics.used')].map((event) => event.saved)).toEqual(saved);
  });

  it.each<[string, readonly Statement[], PlanOptions]>([
    ['a connection that is reset leaves nothing', [at(1.9, setOption('app', 'SO_LINGER', 0)), ...closed], {}],
    ['nor one without power', [at(2, powerLoss('server')), at(2.5, boot('server')), at(2.9, kill('app'))], {}],
    ['nothing is saved', closed, { client: { tcp_no_metrics_save: 1 }, server: { tcp_no_metrics_save: 1 } }],
  ])('%s', (_title, end, options) => {
    const start: Statement[] = [
      at(3.5, { kind: 'process-start', process: 'web' }),
      at(3.5, { kind: 'process-start', process: 'app' }),
      at(3.6, listen),
    ];
    const trace = after(end, [...start, ...secondLost], { ...options, until: 8 });
    expect(used(trace)).toEqual([]);
  });

  it('what a host remembers does not outlive its power; the other host remembers on', () => {
    const trace = after(closed, [
      at(3.1, powerLoss('server')),
      at(3.2, boot('server')),
      at(3.3, { kind: 'process-start', process: 'web' }),
      at(3.4, listen),
      at(4, again),
    ]);
    expect(used(trace)).toEqual(['4.01 again 300 0 0']);
  });

  it('for an hour', () => {
    const opens = (time: number): string[] => used(after(closed, [at(time, again)], { until: time + 1 }));
    expect(opens(3602).length).toBe(2);
    expect(opens(3603)).toEqual([]);
  });

  it('a shorter round trip counts for an eighth; a longer one than the cache is measured by oneself', () => {
    const trace = after(closed, [
      at(4, again),
      at(5, { kind: 'close', process: 'app', connection: 'again' }),
      at(6, { kind: 'link-change', link: 'wire', setting: { kind: 'delay', delay: 100_000 } }),
      at(7, { ...again, connection: 'third' }),
    ]);
    expect([...trace.eventsOf('metrics.saved')].map(({ rtt, rttvar }) => `${rtt} ${rttvar}`)).toEqual([
      '100000 100000',
      '100000 100000',
      '88750 97500',
      '88750 97500',
    ]);
    expect(used(trace).filter((line) => line.includes('third'))).toEqual([]);
  });

  it('ssthresh is left only where tcp_no_ssthresh_metrics_save is 0, as before Linux 5.6', () => {
    const lossy = (options: PlanOptions): string[] => {
      const trace = after(
        [at(1.5, dropsNext(1)), at(1.5, send('app', 20_000)), at(2.5, close('app'))],
        [at(4, again)],
        options,
      );
      return used(trace).filter((line) => line.startsWith('4.01 '));
    };
    expect(lossy({})).toEqual(['4.01 again 300 0 0']);
    expect(lossy({ client: { tcp_no_ssthresh_metrics_save: 0 } })).toEqual(['4.01 again 300 7 0']);
    expect(lossy({ kernel: [5, 5] })).toEqual(['4.01 again 300 7 0']);
  });

  it('what repeating a SYN did to ssthresh is over when the connection is open', () => {
    const trace = run([at(0.005, dropsNext(1, 'SYN')), at(2, send('app', 30_000))]);
    const thresholds = [...trace.eventsOf('tcp.variables')].flatMap(({ changes }) =>
      changes.flatMap((value, i) => (i % 2 === 0 && value === 14 ? [changes[i + 1]] : [])),
    );
    expect(thresholds).toEqual([2 ** 31 - 1, 7, 2 ** 31 - 1, 2 ** 31 - 1]);
  });
});
