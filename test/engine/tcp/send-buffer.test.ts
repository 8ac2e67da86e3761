import { describe, expect, it } from 'vitest';
import type { SysctlValues } from '../../../extension/scenario/sysctl.ts';
import { isWriteable } from '../../../extension/engine/tcp/send-buffer.ts';
import { ack, established } from '../support/endpoint.ts';
import { at, calls, connect, cut, listen, powerLoss, run, send, setOption } from '../support/run.ts';

const readStops = at(0.9, { kind: 'stop-reading', process: 'web', connection: 'conn' });

describe('the send buffer', () => {
  it('takes what its memory holds: 87040 bytes at the start, and what goes beyond it in the last piece', () => {
    const end = established();
    expect(end.send(1_000_000)).toBe(110_048);
    expect(end.send(1)).toBe(0);
  });

  it('SO_SNDBUF is doubled', () => {
    const end = established().option('SO_SNDBUF', 16_384);
    expect(end.send(1_000_000)).toBe(46_336);
  });

  it('begins with tcp_wmem[1] and follows the congestion window up to tcp_wmem[2]; SO_SNDBUF up to wmem_max', () => {
    const taken = (sysctls: Partial<SysctlValues>, option?: number): number | string => {
      const end = established({ sysctls });
      return (option === undefined ? end : end.option('SO_SNDBUF', option)).send(10_000_000);
    };
    // What left of the piece under way, the initial window, is filled up again.
    expect(taken({ tcp_wmem: [4096, 16_384, 16_384] })).toBe(46_336);
    expect(taken({ tcp_wmem: [4096, 2 ** 22, 2 ** 22] })).toBe(10 * 1448 + 128 * 31_856);
    expect(taken({}, 2 ** 22)).toBe(taken({}, 212_992));
    expect(taken({ wmem_max: 2 ** 22 }, 2 ** 22)).toBe(10 * 1448 + 256 * 31_856);
  });

  it('TCP_NOTSENT_LOWAT: no more begins to wait than that, and a writer wakes at half of it', () => {
    const end = established({ sysctls: { tcp_notsent_lowat: 20_000 } });
    // Ten segments leave at once; another piece, of 31856 bytes, is begun while less than the limit waits.
    expect(end.send(1_000_000)).toBe(10 * 1448 + 31_856);
    expect([end.tcb.unsent, end.send(1_000_000)]).toEqual([31_856, 0]);
    expect(isWriteable(end.tcb)).toBe(false);
    for (let acked = 1; acked <= 10; acked++) end.at(20).receive(ack({ ack: 1 + acked * 1448 }));
    expect([end.tcb.unsent, isWriteable(end.tcb)]).toEqual([2896, true]);
  });

  it('TCP_NOTSENT_LOWAT of the socket counts before the sysctl; 0 is as if not set', () => {
    const end = established().option('TCP_NOTSENT_LOWAT', 20_000);
    expect(end.send(1_000_000)).toBe(10 * 1448 + 31_856);
    expect(end.option('TCP_NOTSENT_LOWAT', 0).send(1_000_000)).toBeGreaterThan(0);
  });

  it('a third of it must be free before a writer is woken', () => {
    const end = established();
    end.send(1_000_000);
    for (let acked = 1448; !isWriteable(end.tcb); acked += 1448)
      end.at(20 + acked / 1448).receive(ack({ ack: 1 + acked }));
    expect(end.tcb.cwnd).toBeGreaterThan(10);
    expect(end.send(1_000_000)).toBeGreaterThan(0);
  });
});

describe('a send() that does not fit', () => {
  it('sleeps until there is room, and returns when everything is taken', () => {
    const trace = run([at(1, send('app', 300_000)), at(1.5, send('app', 10))], {});
    const [, first, second] = calls(trace, 'app');
    expect(first).toMatch(/^1\.0\d+ send 300000$/);
    expect(second).toBe('1.5 send 10');
    expect(calls(trace, 'web').reduce((sum, line) => sum + Number(/recv (\d+)/.exec(line)?.[1] ?? 0), 0)).toBe(300_010);
  });

  it('a later send() waits behind it', () => {
    const trace = run([readStops, at(1, send('app', 3_000_000)), at(2, send('app', 10))], { until: 10 });
    expect(calls(trace, 'app')).toEqual(['0.02 connect 0']);
  });

  it('the connection times out: it returns what was taken, and recv() the error', () => {
    const trace = run([at(1, cut()), at(2, powerLoss('server')), at(3, send('app', 300_000))]);
    expect(calls(trace, 'app', 2).slice(0, 2)).toEqual([
      expect.stringMatching(/send 110048$/),
      expect.stringMatching(/recv ETIMEDOUT$/),
    ]);
  });

  it('SO_SNDBUF set before connect() counts', () => {
    const trace = run(
      [
        at(0, listen),
        at(0.01, connect),
        at(0.02, setOption('app', 'SO_SNDBUF', 4096)),
        readStops,
        at(1, send('app', 40_000)),
      ],
      { bare: true, until: 5, web: [{ kind: 'uses-option', option: 'SO_RCVBUF', value: 2048 }] },
    );
    expect(calls(trace, 'app')).toHaveLength(2);
  });
});
