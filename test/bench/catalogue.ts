/** `npm run bench`: how long runs take, as ratios to the virtual time that they play and to playing the whole catalogue once. */
import { play } from '../../extension/engine/play.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import { catalogue, scenarioOf } from '../support/catalogue.ts';

const ROUNDS = 7;

/** Median of a few rounds, in milliseconds; the first pays for the compiler and is not counted. */
function median(work: () => unknown): number {
  work();
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return times[Math.floor(ROUNDS / 2)] ?? 0;
}

const scenarios = catalogue().map(({ id, name, text }) => ({ id, runs: scenarioOf(name, text).runs }));
const all: readonly RunPlan[] = scenarios.flatMap(({ runs }) => runs);
const wholeCatalogue = median(() => all.map((plan) => play(plan)));
console.log(`the whole catalogue, ${all.length} runs: ${wholeCatalogue.toFixed(1)} ms warm`);

for (const id of ['A3', 'B2', 'C1']) {
  const plan = scenarios.find((scenario) => scenario.id === id)?.runs[0];
  if (plan === undefined) throw new Error(`No scenario ${id}`);
  const virtual = play(plan).endTime / 1000;
  const taken = median(() => play(plan));
  console.log(
    `${id}: ${taken.toFixed(2)} ms warm for ${(virtual / 1000).toFixed(3)} s of virtual time, ` +
      `${Math.round(virtual / taken).toLocaleString('en')} times real time, ${((100 * taken) / wholeCatalogue).toFixed(1)} % of the catalogue`,
  );
}
