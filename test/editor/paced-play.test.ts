import { describe, expect, it } from 'vitest';
import type { Pacing, Playable } from '../../extension/editor/paced-play.ts';
import { SLICE_MS, playInSlices } from '../../extension/editor/paced-play.ts';
import type { TraceData } from '../../extension/trace/columns.ts';

const TRACE = { length: 7 } as TraceData;

/** A run whose every step takes the same real time, and the clock that it moves. */
function slowRun({ steps, msPerStep }: { steps: number; msPerStep: number }) {
  let done = 0;
  let ms = 0;
  const longest = { sinceGivingWay: 0, began: 0 };
  const run: Playable = {
    advance(maxSteps) {
      for (let i = 0; i < maxSteps && done < steps; i++) {
        done++;
        ms += msPerStep;
      }
      longest.sinceGivingWay = Math.max(longest.sinceGivingWay, ms - longest.began);
      return done === steps;
    },
    get now() {
      return done * 1000;
    },
    get eventCount() {
      return done;
    },
    finish: () => TRACE,
  };
  let turns = 0;
  const pacing: Pacing = {
    clock: () => ms,
    giveWay() {
      turns++;
      longest.began = ms;
      return Promise.resolve();
    },
  };
  return { run, pacing, longest, turns: () => turns, done: () => done };
}

describe('playing in slices', () => {
  it('a short run is over at once and gives way to nobody', async () => {
    const { run, pacing, turns } = slowRun({ steps: 100, msPerStep: 0.01 });
    const told: unknown[] = [];
    const trace = await playInSlices(run, { isCancelled: () => false, progress: (at) => told.push(at), pacing });
    expect(trace).toBe(TRACE);
    expect({ turns: turns(), told }).toEqual({ turns: 0, told: [] });
  });

  it('a long run never goes on for 20 ms without giving way', async () => {
    const { run, pacing, longest, turns } = slowRun({ steps: 100_000, msPerStep: 0.05 });
    await playInSlices(run, { isCancelled: () => false, pacing });
    expect(longest.sinceGivingWay).toBeLessThan(20);
    expect(longest.sinceGivingWay).toBeGreaterThanOrEqual(SLICE_MS);
    expect(turns()).toBeGreaterThan(100);
  });

  it('a long run says how far it is, five times a second at most', async () => {
    const { run, pacing } = slowRun({ steps: 20_000, msPerStep: 0.05 });
    const told: { time: number; events: number }[] = [];
    await playInSlices(run, { isCancelled: () => false, progress: (at) => told.push(at), pacing });
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told.length).toBeLessThanOrEqual(5);
    expect(told.every(({ time, events }) => time === events * 1000)).toBe(true);
  });

  it('a run that is cancelled stops within one slice', async () => {
    const { run, pacing, turns, done } = slowRun({ steps: 1_000_000, msPerStep: 0.05 });
    const trace = await playInSlices(run, { isCancelled: () => turns() === 3, pacing });
    expect(trace).toBeUndefined();
    expect(done()).toBeLessThan(1_500);
  });
});
