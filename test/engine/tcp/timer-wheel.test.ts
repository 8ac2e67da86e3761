import { describe, expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import { jiffyOf, wheelExpiry } from '../../../extension/engine/tcp/timer-wheel.ts';
import { plan, POWER_LOSS, SEND_AT_2 } from '../../support/plans.ts';

const TICK = 4_000;
const at = (jiffy: number) => jiffy * TICK;
const expiry = (now: number, delay: number) => wheelExpiry(at(now), at(now + delay), 250) / TICK;

describe('timer wheel', () => {
  it.each([
    // [set at jiffy, delay, fires at]: HZ 250
    [0, 1, 2],
    [500, 53, 554],
    [500, 62, 563],
    [500, 63, 568],
    [609, 106, 720],
    [720, 212, 936],
    [0, 503, 504],
    [0, 504, 512],
    [0, 4031, 4032],
    [0, 4032, 4096],
    [0, 30_000, 30_208],
    [0, 1_800_000, 1_802_240],
  ])('set at %i for %i more fires at %i', (now, delay, fires) => {
    expect(expiry(now, delay)).toBe(fires);
  });

  it('counts from the jiffies in which both times lie', () => {
    // 3 ms into jiffy 1 for 40 ms (10 jiffies): deadline in jiffy 11, fires at the end of that.
    expect(wheelExpiry(7_000, 47_000, 250)).toBe(at(12));
  });

  it('is never early, and late by an eighth of the wait and two jiffies at most', () => {
    for (const hz of [100, 250, 300, 1000]) {
      for (let wait = 1_000; wait < 8e9; wait = Math.floor(wait * 1.37)) {
        const late = wheelExpiry(123_457, 123_457 + wait, hz) - 123_457 - wait;
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThanOrEqual(wait / 7.8 + 2e6 / hz);
      }
    }
  });

  it('a jiffy begins at a rounded µs where it is no whole number of them', () => {
    expect([3_332, 3_333, 6_666, 6_667].map((time) => jiffyOf(time, 300))).toEqual([0, 1, 1, 2]);
  });

  it('fires a run’s timers late, and the trace says how late', () => {
    const ideal = plan([POWER_LOSS, SEND_AT_2]);
    const wheel = { ...ideal, hosts: ideal.hosts.map((host) => ({ ...host, hz: 250, timers: 'wheel' as const })) };
    const trace = play(wheel);
    expect(trace.header.hosts[0]!.timers).toBe('wheel');
    const sent = [...trace.eventsOf('segment.sent')].filter(({ time }) => time >= 2e6).map(({ time }) => time / 1e6);
    // As Linux 6.18 sends them in the same situation (test/kernel/recordings/C1.txt).
    expect(sent.slice(0, 7)).toEqual([2, 2.216, 2.432, 2.88, 3.744, 5.472, 8.96]);
    for (const fired of trace.eventsOf('timer.fired')) {
      const armed = trace.eventOf('timer.armed', fired.cause);
      expect(fired.time).toBe(armed.deadline + armed.late);
    }
  });
});
