import { describe, expect, it } from 'vitest';
import { DAY } from '../../extension/base/time.ts';
import { STEPS_PER_LOOK } from '../../extension/editor/paced-play.ts';
import { stoppedRun } from '../../extension/editor/stopped-run.ts';
import { play } from '../../extension/engine/play.ts';
import { Simulation } from '../../extension/engine/simulation.ts';
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

  it('does no more at a time than fits between two looks at the clock', () => {
    const run = new Simulation(runawayPlan(), { maxEvents: 50_000 });
    let most = 0;
    for (let before = 0, isOver = false; !isOver; before = run.eventCount) {
      isOver = run.advance(STEPS_PER_LOOK);
      most = Math.max(most, run.eventCount - before);
    }
    // Some two microseconds each.
    expect(most).toBeLessThan(500);
  });
});
