import { describe, expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import type { LinkSettingPlan } from '../../../extension/scenario/link-setting.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import type { Statement } from '../support/run.ts';
import { at, cut, planOf, restore, seconds, send, sent } from '../support/run.ts';

function played(statements: readonly Statement[], settings: readonly LinkSettingPlan[], seed = 1, until = 20): Trace {
  const plan = planOf(statements, { until, seed });
  return play({ ...plan, links: plan.links.map((link) => ({ ...link, settings })) });
}

const lost = (trace: Trace): string[] =>
  [...trace.eventsOf('segment.dropped')].map(({ time, reason }) => `${seconds(time)} ${reason}`);

describe('settings of a link', () => {
  it('bandwidth: a segment of 1000 B takes as long as its packet of 1052 B at 1 Mbit/s', () => {
    const trace = played([at(1, send('app', 1000))], [{ kind: 'bandwidth', rate: 1_000_000 }]);
    const arrival = [...trace.eventsOf('segment.delivered')].find(({ time }) => time > 1e6);
    expect(arrival?.time).toBe(1_000_000 + 8416 + 5000);
  });

  it('in one direction only', () => {
    const trace = played([at(1, send('app', 1))], [{ kind: 'delay', delay: 50_000, from: 'server' }], 1, 1.1);
    const delivered = [...trace.eventsOf('segment.delivered')].map(({ time }) => seconds(time));
    expect(delivered).toEqual(['0.015', '0.065', '0.07', '1.005', '1.055']);
  });

  it('a statement that describes none of the segments: they go as without it', () => {
    const settings: readonly LinkSettingPlan[] = [
      { kind: 'bandwidth', rate: 1_000_000 },
      { kind: 'queue', unit: 'packets', limit: 8 },
      { kind: 'jitter', jitter: 900 },
    ];
    const way = (statements: readonly Statement[]): string[] =>
      [...played([at(1, send('app', 100_000)), ...statements], settings).events()]
        .filter(({ kind }) => kind.startsWith('segment.'))
        .map(({ kind, time }) => `${kind} ${time}`);
    const rule = {
      kind: 'link-rule',
      link: 'wire',
      class: 'SYN',
      which: { kind: 'next', count: 1 },
      effect: { kind: 'drop' },
    } as const;
    const without = way([]);
    expect(without).toContainEqual(expect.stringContaining('segment.dropped'));
    expect(way([at(19, rule)])).toEqual(without);
  });

  it('a change counts for what is sent from then on, and is told', () => {
    const change = { kind: 'link-change', link: 'wire', setting: { kind: 'delay', delay: 300_000 } } as const;
    const trace = played([at(1, send('app', 1)), at(1.006, change), at(3, send('web', 1))], [], 1, 3.5);
    const delivered = [...trace.eventsOf('segment.delivered')].map(({ time }) => seconds(time));
    expect(delivered.slice(3, 6)).toEqual(['1.005', '1.01', '3.3']);
    const [changed] = [...trace.eventsOf('link.changed')];
    expect([changed?.setting, changed?.value, trace.kindAt(changed!.cause)]).toEqual([
      'delay',
      300_000,
      'scenario.action',
    ]);
  });

  it('the MSS of both ends follows the MTU', () => {
    const trace = played([at(1, send('app', 2000))], [{ kind: 'mtu', bytes: 1000 }], 1, 1.1);
    expect([...trace.eventsOf('segment.sent')].filter(({ mss }) => mss > 0).map(({ mss }) => mss)).toEqual([960, 960]);
    expect(sent(trace, 'client', 1)[0]).toBe('1 A 1+948 ack 1 data');
  });

  it('a smaller MTU in the path loses what is larger, again and again', () => {
    const change = { kind: 'link-change', link: 'wire', setting: { kind: 'mtu', bytes: 600 } } as const;
    const trace = played([at(1, change), at(2, send('app', 1000)), at(2, send('web', 100))], [], 1, 2.5);
    expect(lost(trace)).toEqual(['2 too-big', '2.21 too-big', '2.42 too-big']);
  });

  it('a cut empties the queue: after it nothing waits for what was lost', () => {
    const deeds = [at(1, send('app', 5000)), at(1.001, cut()), at(1.002, restore()), at(1.003, send('web', 1))];
    const trace = played(deeds, [{ kind: 'bandwidth', rate: 1_000_000 }], 1, 1.1);
    expect(lost(trace)).toEqual(['1.001 link-cut', '1.001 link-cut', '1.001 link-cut', '1.001 link-cut']);
    expect([...trace.eventsOf('segment.queued')].filter(({ time }) => time > 1_001_000 && time < 1_010_000)).toEqual(
      [],
    );
  });

  const everySecond = Array.from({ length: 200 }, (_, n) => at(1 + n * 0.1, send('app', 10)));
  const loss = { kind: 'loss', chance: 100_000, from: 'client' } as const;
  const losses = (settings: readonly LinkSettingPlan[], seed = 1): string =>
    lost(played(everySecond, settings, seed)).join();

  it('loss by chance: the same with the same seed, and with another one another', () => {
    expect(losses([loss])).toBe(losses([loss]));
    expect(losses([loss], 2)).not.toBe(losses([loss]));
  });

  it('another kind of chance does not move the losses', () => {
    const jitter = { kind: 'jitter', jitter: 100 } as const;
    expect(losses([loss, jitter]).split(',')[0]).toBe(losses([loss]).split(',')[0]);
  });
});
