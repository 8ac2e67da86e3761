import { describe, expect, it } from 'vitest';
import { DAY } from '../../extension/base/time.ts';
import { playInSlices } from '../../extension/editor/paced-play.ts';
import { stoppedRun } from '../../extension/editor/stopped-run.ts';
import { play } from '../../extension/engine/play.ts';
import { Simulation } from '../../extension/engine/simulation.ts';
import { Trace } from '../../extension/trace/trace.ts';
import { runawayPlan } from './runaway.ts';

describe('a run that never rests', () => {
  it('is stopped at the limit of events, and its message names the limit and the last things that happened', () => {
    const stopped = stoppedRun(play(runawayPlan(), { maxEvents: 5_000 }));
    expect(stopped?.message).toMatch(/after 50\d\d events, at [\d.]+s of virtual time.*tcpScenarios\.run\.maxEvents/);
    expect(stopped?.lastEvents).toHaveLength(3);
    expect(stopped?.lastEvents.join('\n')).toMatch(/^\d+\.\d+ s: .+\n\d+\.\d+ s: .+\n\d+\.\d+ s: .+$/);
  });

  it('is stopped at the limit of virtual time', () => {
    const quiet = { ...runawayPlan() };
    const rare = quiet.actions.map((action) =>
      action.trigger.kind === 'every' ? { ...action, trigger: { ...action.trigger, interval: DAY } } : action,
    );
    const stopped = stoppedRun(play({ ...quiet, actions: rare }, { maxTime: 10 * DAY }));
    expect(stopped?.message).toMatch(/tcpScenarios\.run\.maxVirtualTime/);
  });

  it('a run that comes to its end was not stopped', () => {
    expect(stoppedRun(play({ ...runawayPlan(), until: 2_000_000 }))).toBeUndefined();
  });

  it('with two million events it never keeps anybody waiting for a tenth of a second while it plays', async () => {
    let longest = 0;
    let began = performance.now();
    const data = await playInSlices(new Simulation(runawayPlan()), {
      isCancelled: () => false,
      pacing: {
        clock: () => performance.now(),
        giveWay() {
          longest = Math.max(longest, performance.now() - began);
          return new Promise((resolve) =>
            setTimeout(() => {
              began = performance.now();
              resolve();
            }, 0),
          );
        },
      },
    });
    expect(data && new Trace(data).length).toBeGreaterThan(2_000_000);
    expect(longest).toBeLessThan(100);
  }, 60_000);
});
