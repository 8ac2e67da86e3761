import { describe, expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import type { RunPlan } from '../../../extension/scenario/plan.ts';
import type { Verdict } from '../../../extension/trace/explain/index.ts';
import { verdict } from '../../../extension/trace/explain/index.ts';
import { WorldIndex } from '../../../extension/trace/world.ts';
import { KEEPALIVE, KILLED, plan, POWER_LOSS, SEND_AT_2 } from '../../support/plans.ts';

/** What `conn` on a host believes at a time, against the truth. */
function at(scenario: RunPlan, seconds: number, host: 'client' | 'server' = 'client'): Verdict {
  const trace = play(scenario);
  const own = trace.ends().find(({ end }) => trace.placeName(end.host) === host)!;
  return verdict(trace, new WorldIndex(trace).at(seconds * 1e6), own.place);
}

describe('verdict', () => {
  it('both ends well: alive, not half-open', () => {
    expect(at(plan([KEEPALIVE, POWER_LOSS]), 0.5)).toMatchObject({
      believes: 'ESTABLISHED',
      beliefText: 'nothing received since 0.020 s',
      truth: 'alive',
      truthDetail: 'its end is ESTABLISHED',
      halfOpen: false,
      knows: false,
    });
  });

  it('the peer host has lost power, keepalive on: half-open, and learns by ETIMEDOUT', () => {
    expect(at(plan([KEEPALIVE, POWER_LOSS]), 7800.02)).toMatchObject({
      believes: 'ESTABLISHED',
      truth: 'host-off',
      truthText: 'host has no power',
      truthDetail: 'since 1.000 s; its end of the connection is gone',
      truthAction: 3,
      halfOpen: true,
      halfOpenSince: 1e6,
      faultAt: 1e6,
      learnsAt: 7875.02e6,
      learnsBy: 'ETIMEDOUT',
      learnsText: 'ETIMEDOUT, at 7875.020 s',
      knows: false,
    });
  });

  it('the peer host has lost power, nothing to send: never learns', () => {
    const never = at(plan([POWER_LOSS], { until: 2_592_000 }), 2_000_000);
    expect(never).toMatchObject({
      halfOpen: true,
      truth: 'host-off',
      learnsText: 'never; the run ends at 2592000.000 s',
    });
    expect(never.learnsAt).toBeUndefined();
  });

  it('after it was told: gone, and knows', () => {
    expect(at(plan([POWER_LOSS, SEND_AT_2]), 1000)).toMatchObject({
      believes: 'CLOSED',
      exists: false,
      goneBecause: 'timed-out',
      halfOpen: false,
      knows: true,
    });
  });

  it('the peer process was killed, its FIN on the way: the kernel still holds its end', () => {
    expect(at(plan([KILLED]), 1.002)).toMatchObject({
      believes: 'ESTABLISHED',
      truth: 'process-dead',
      truthDetail: 'since 1.000 s; its kernel still holds the connection: FIN_WAIT_1',
      halfOpen: false,
      learnsBy: 'EOF',
      learnsAt: 1.005e6,
    });
  });

  it('TIME_WAIT while the peer end is gone: not half-open', () => {
    expect(at(plan([KILLED]), 30, 'server')).toMatchObject({ believes: 'TIME_WAIT', truth: 'gone', halfOpen: false });
  });

  it('the peer has rebooted: it does not know the connection', () => {
    const boots = [3, 'at 3s server boots', { kind: 'host-boot', host: 'server' }] as const;
    expect(at(plan([POWER_LOSS, boots], { until: 60 }), 5)).toMatchObject({
      truth: 'unknown-after-reboot',
      truthDetail: 'it lost power at 1.000 s and has booted since',
      halfOpen: true,
    });
  });

  it('the cable is cut, nobody died: unreachable', () => {
    const isCut = [1, 'at 1s wire is cut', { kind: 'link-cut', link: 'wire' }] as const;
    expect(at(plan([isCut], { until: 60 }), 5)).toMatchObject({
      truth: 'unreachable',
      truthText: 'alive, but the link is cut',
      truthDetail: 'since 1.000 s; its end is ESTABLISHED',
      halfOpen: false,
      faultAt: 1e6,
    });
  });
});
