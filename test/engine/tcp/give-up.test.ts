import { describe, expect, it } from 'vitest';
import { modelTimeout } from '../../../extension/engine/tcp/retransmit.ts';
import {
  at,
  calls,
  close,
  cut,
  gone,
  kill,
  powerLoss,
  run,
  SECOND,
  send,
  sent,
  setOption,
  states,
  variable,
} from '../support/run.ts';

/** Seconds after `start` at which `host` sent segments with this purpose. */
function timesOf(lines: readonly string[], purpose: string, start: number): number[] {
  return lines
    .filter((line) => line.endsWith(` ${purpose}`))
    .map((line) => Math.round((Number(line.split(' ')[0]) - start) * SECOND) / SECOND);
}

describe('the limit that tcp_retries2 means', () => {
  it.each([
    [3, 120, 3],
    [5, 120, 12.6],
    [8, 120, 102.2],
    [15, 120, 924.6],
    [15, 5, 61.2],
    [15, 1, 14.4],
  ])('model(%d) with waits up to %d s is %d s', (boundary, cap, limit) => {
    expect(modelTimeout(boundary, 200_000, cap * SECOND)).toBe(Math.round(limit * SECOND));
  });
});

/** Round trips that give this RTO (ms): RTO = m + max(2m, 200 ms). */
const RTT_FOR = { 201: 1, 204: 4, 212: 12, 220: 20, 300: 100, 500: 500 / 3, 1000: 1000 / 3, 3000: 1000 } as const;

describe('data to a dead host, no tail loss probe: firing that aborts, retransmissions, seconds after the send', () => {
  it.each([
    [201, 3, 5, 6.231],
    [201, 5, 7, 25.527],
    [201, 8, 9, 102.711],
    [201, 15, 16, 925.623],
    [204, 3, 5, 6.324],
    [204, 5, 6, 12.852],
    [204, 8, 9, 104.244],
    [204, 15, 16, 928.692],
    [212, 3, 5, 6.572],
    [212, 5, 6, 13.356],
    [212, 8, 9, 108.332],
    [212, 15, 16, 936.876],
    [220, 3, 4, 3.3],
    [220, 5, 6, 13.86],
    [220, 8, 9, 112.42],
    [220, 15, 16, 945.06],
    [300, 3, 4, 4.5],
    [300, 5, 6, 18.9],
    [300, 8, 9, 153.3],
    [300, 15, 16, 993.3],
    [500, 3, 3, 3.5],
    [500, 5, 5, 15.5],
    [500, 8, 8, 127.5],
    [500, 15, 15, 967.5],
    [1000, 3, 3, 7],
    [1000, 5, 4, 15],
    [1000, 8, 7, 127],
    [1000, 15, 14, 967],
    [3000, 3, 2, 9],
    [3000, 5, 3, 21],
    [3000, 8, 6, 189],
    [3000, 15, 13, 1029],
  ] as const)('RTO %d ms, tcp_retries2 %d: %d, %d s', (rto, retries2, firing, total) => {
    // Whole µs one way, and never a µs more than the round trip that the RTO allows.
    const delayMs = Math.floor((RTT_FOR[rto] * 1000) / 2) / 1000;
    const trace = run([at(10, powerLoss('server')), at(20, send('app', 100))], {
      delayMs,
      client: { tcp_early_retrans: 0, tcp_retries2: retries2 },
    });
    const copies = timesOf(sent(trace, 'client', 20), 'rto-retransmission', 20);
    expect([copies.length + 1, copies[0], calls(trace, 'app', 21)[0]]).toEqual([
      firing,
      rto / 1000,
      `${Math.round((20 + total) * 1000) / 1000} recv ETIMEDOUT`,
    ]);
  });
});

describe('data to a dead host, with the tail loss probe', () => {
  it.each([
    [0.5, 3, 6.432],
    [0.5, 5, 25.728],
    [0.5, 8, 102.912],
    [0.5, 15, 925.824],
    [5, 3, 6.72],
    [5, 5, 13.44],
    [5, 8, 107.52],
    [5, 15, 935.04],
    [166.666, 3, 7.867],
    [166.666, 5, 15.867],
    [166.666, 8, 127.867],
    [166.666, 15, 967.867],
  ])('%d ms one way, tcp_retries2 %d: ETIMEDOUT after %d s', (delayMs, retries2, total) => {
    const trace = run([at(10, powerLoss('server')), at(20, send('app', 100))], {
      delayMs,
      client: { tcp_retries2: retries2 },
    });
    expect(calls(trace, 'app', 21)[0]).toBe(`${Math.round((20 + total) * 1000) / 1000} recv ETIMEDOUT`);
  });

  it('round trip 10 ms: one probe, then waits that double up to 120 s, and no RST', () => {
    const trace = run([at(1, powerLoss('server')), at(2, send('app', 100))]);
    const lines = sent(trace, 'client', 2);
    expect(timesOf(lines, 'tail-loss-probe', 2)).toEqual([0.21]);
    expect(timesOf(lines, 'rto-retransmission', 2)).toEqual([
      0.42, 0.84, 1.68, 3.36, 6.72, 13.44, 26.88, 53.76, 107.52, 215.04, 335.04, 455.04, 575.04, 695.04, 815.04,
    ]);
    expect(timesOf(lines, 'rst', 2)).toEqual([]);
  });

  it('tcp_thin_linear_timeouts: the waits double only after the sixth retransmission, and the limit stays a time', () => {
    const trace = run([at(1, powerLoss('server')), at(2, send('app', 100))], {
      client: { tcp_thin_linear_timeouts: 1, tcp_retries2: 5 },
    });
    expect(timesOf(sent(trace, 'client', 2), 'rto-retransmission', 2)).toEqual([
      0.42, 0.63, 0.84, 1.05, 1.26, 1.47, 1.68, 2.1, 2.94, 4.62, 7.98,
    ]);
    expect(calls(trace, 'app', 3)[0]).toBe('16.7 recv ETIMEDOUT');
  });

  it('round trip 600 ms: probe at 1.4 s, RTO 1.8 s, 12 retransmissions', () => {
    const trace = run([at(2, powerLoss('server')), at(3, send('app', 100))], { delayMs: 300 });
    const lines = sent(trace, 'client', 3);
    expect(timesOf(lines, 'tail-loss-probe', 3)).toEqual([1.4]);
    expect(timesOf(lines, 'rto-retransmission', 3)).toHaveLength(12);
    expect(calls(trace, 'app', 4)[0]).toBe('953 recv ETIMEDOUT');
  });

  it('TCP_USER_TIMEOUT 10 s counts from the first RTO retransmission: 10.42 s after the send', () => {
    const trace = run([
      at(1, setOption('app', 'TCP_USER_TIMEOUT', 10_000)),
      at(1, powerLoss('server')),
      at(2, send('app', 100)),
    ]);
    expect(calls(trace, 'app', 3)[0]).toBe('12.42 recv ETIMEDOUT');
  });

  it('a user timeout below the RTO still costs one RTO and one retransmission', () => {
    const trace = run([
      at(1, setOption('app', 'TCP_USER_TIMEOUT', 50)),
      at(1, powerLoss('server')),
      at(2, send('app', 100)),
    ]);
    expect(timesOf(sent(trace, 'client', 2), 'rto-retransmission', 2)).toEqual([0.42]);
    expect(calls(trace, 'app', 2.1)[0]).toBe('2.47 recv ETIMEDOUT');
  });

  it('tcp_rto_max_ms 1000 on 6.15: the limit is 14.4 s', () => {
    const trace = run([at(1, powerLoss('server')), at(2, send('app', 100))], {
      kernel: [6, 15],
      client: { tcp_rto_max_ms: 1000 },
    });
    // 0.21 probe, 0.42, 0.84, 1.68, then every second.
    expect(calls(trace, 'app', 3)[0]).toBe('17.68 recv ETIMEDOUT');
  });
});

describe('orphans', () => {
  it('close(), and the peer is dead: one probe and 8 repetitions of the FIN, gone 107.52 s after the close', () => {
    const trace = run([at(1, powerLoss('server')), at(2, close('app'))]);
    const lines = sent(trace, 'client', 2);
    expect(lines.map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'FA 1 ack 1 fin',
      'FA 1 ack 1 tail-loss-probe',
      ...Array<string>(8).fill('FA 1 ack 1 rto-retransmission'),
    ]);
    expect(states(trace, 'client', 2)).toEqual(['2 FIN_WAIT_1', '109.52 CLOSED']);
    expect(gone(trace, 'client')).toEqual(['109.52 orphan-timed-out']);
    expect([...trace.eventsOf('tcp.error')]).toEqual([]);
  });

  it('closed when the timer has backed off to its ceiling: gone at the next firing', () => {
    const trace = run([at(1, powerLoss('server')), at(2, send('app', 100)), at(500, kill('app'))]);
    expect(gone(trace, 'client')).toEqual(['577.04 orphan-timed-out']);
  });

  it('tcp_orphan_retries 2: the limit is 1.4 s', () => {
    const trace = run([at(1, powerLoss('server')), at(2, close('app'))], { client: { tcp_orphan_retries: 2 } });
    expect(gone(trace, 'client')).toEqual(['5.36 orphan-timed-out']);
  });
});

describe('the link comes back', () => {
  it('data resumes at the next firing, and the backoff is over', () => {
    const trace = run([at(1, send('app', 100)), at(1.002, cut()), at(4, { kind: 'link-restore', link: 'wire' })]);
    expect(sent(trace, 'client', 4)).toEqual(['4.36 PA 1+100 ack 1 rto-retransmission']);
    expect(calls(trace, 'web', 4)).toEqual(['4.365 recv 100']);
  });

  it('the ACK of a retransmission gives a sample when there are timestamps, and keeps the doubled RTO when not', () => {
    const deeds = [at(1, send('app', 100)), at(1.002, cut()), at(3, { kind: 'link-restore', link: 'wire' } as const)];
    const rtos = (timestamps: number) =>
      variable(run(deeds, { client: { tcp_timestamps: timestamps } }), 'client', 'rto');
    expect(rtos(1).at(-1)).toBe(210_000);
    expect(rtos(0).at(-1)).toBe(3_360_000);
  });
});
