import { describe, expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import { findWaits, hasWaits, textWidth, waitsTable } from '../../../extension/trace/text/index.ts';
import { KEEPALIVE, KILLED, plan, POWER_LOSS, SEND_AT_2 } from '../../support/plans.ts';

describe('waitsTable', () => {
  it('data to a dead host: probe, fifteen retransmissions, the error, and why then', () => {
    const table = waitsTable(play(plan([POWER_LOSS, SEND_AT_2])));
    expect(table).toMatchInlineSnapshot(`
      "Waits: conn on client
          what is sent                  at  wait before it  since first sent
       1  tail loss probe          2.210 s         0.210 s           0.210 s
       2  RTO retransmission 1     2.420 s         0.210 s           0.420 s
       3  RTO retransmission 2     2.840 s         0.420 s           0.840 s
       4  RTO retransmission 3     3.680 s         0.840 s           1.680 s
       5  RTO retransmission 4     5.360 s         1.680 s           3.360 s
       6  RTO retransmission 5     8.720 s         3.360 s           6.720 s
       7  RTO retransmission 6    15.440 s         6.720 s          13.440 s
       8  RTO retransmission 7    28.880 s        13.440 s          26.880 s
       9  RTO retransmission 8    55.760 s        26.880 s          53.760 s
      10  RTO retransmission 9   109.520 s        53.760 s         107.520 s
      11  RTO retransmission 10  217.040 s       107.520 s         215.040 s
      12  RTO retransmission 11  337.040 s       120.000 s         335.040 s
      13  RTO retransmission 12  457.040 s       120.000 s         455.040 s
      14  RTO retransmission 13  577.040 s       120.000 s         575.040 s
      15  RTO retransmission 14  697.040 s       120.000 s         695.040 s
      16  RTO retransmission 15  817.040 s       120.000 s         815.040 s
          ETIMEDOUT              937.040 s       120.000 s         935.040 s
      tcp_retries2 = 15 is a limit of time, 924.6 s: what so many retransmissions and the wait after the
      last would take, with waits from 200 ms on, doubling up to 120 s.
      The clock starts at the first retransmission by the RTO (420 ms after the first copy), a tail loss
      probe does not start it, and it is looked at only when the timer fires: here after 934.62 s, with 15
      RTO retransmissions.
      So neither the number of retransmissions nor 924.6 s sharp is what ends it.
      "
    `);
    expect(Math.max(...table.split('\n').map(textWidth))).toBeLessThanOrEqual(110);
  });

  it('keepalive probes: since the last segment received, with the sum of the knobs', () => {
    const table = waitsTable(play(plan([KEEPALIVE, POWER_LOSS])));
    expect(table).toContain('ETIMEDOUT            7875.020 s        75.000 s           7875.000 s');
    expect(table).toContain('7200 + 9 × 75 s = 7875 s after the');
  });

  it('SYNs without an answer: since the first', () => {
    const dead = [0.001, 'at 1ms server loses power', { kind: 'host-power-loss', host: 'server' }] as const;
    const [wait] = findWaits(play(plan([dead])));
    expect(wait?.kind).toBe('syn');
    expect(wait?.repeats.map(({ time }) => (time - wait.start) / 1e6)).toEqual([1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
    expect(wait?.gaveUp?.kind).toBe('tcp.error');
  });

  it('a FIN to a dead host: eight retransmissions, and nobody is told', () => {
    const close = [2, 'at 2s app closes conn', { kind: 'close', process: 'app', connection: 'conn' }] as const;
    const table = waitsTable(play(plan([POWER_LOSS, close])));
    expect(table).toMatch(/gone, nobody is told +109\.520 s +53\.760 s +107\.520 s/);
    expect(table).toContain('tcp_orphan_retries = 0 (read as 8) is a limit of time, 102.2 s');
  });

  it('TCP_USER_TIMEOUT: replaces the limit', () => {
    const option = [
      0.02,
      'at 20ms app sets TCP_USER_TIMEOUT = 10s on conn',
      { kind: 'set-option', process: 'app', connection: 'conn', option: 'TCP_USER_TIMEOUT', value: 10_000 },
    ] as const;
    const table = waitsTable(play(plan([option, POWER_LOSS, SEND_AT_2])));
    expect(table).toMatch(/ETIMEDOUT +12\.420 s/);
    expect(table).toContain('TCP_USER_TIMEOUT = 10000 ms replaces the limit of tcp_retries2.');
  });

  it('an answer in between: a new row of waits, no give-up', () => {
    const cut = [1, 'at 1s wire is cut', { kind: 'link-cut', link: 'wire' }] as const;
    const back = [5, 'at 5s wire is restored', { kind: 'link-restore', link: 'wire' }] as const;
    const waits = findWaits(play(plan([cut, SEND_AT_2, back], { until: 60 })));
    expect(waits.map(({ gaveUp, repeats }) => [gaveUp, repeats.length])).toEqual([[undefined, 5]]);
  });

  it('nothing repeated: no table', () => {
    const trace = play(plan([KILLED]));
    expect([hasWaits(trace), waitsTable(trace)]).toEqual([false, '']);
  });
});
