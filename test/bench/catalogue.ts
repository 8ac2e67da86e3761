/** How long the catalogue takes once the compiler is done with the engine, and some of its runs; prints one line of JSON for `report.ts`. */
import { play } from '../../extension/engine/play.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import { catalogue, scenarioOf } from '../support/catalogue.ts';
import type { CatalogueFigures } from './figures.ts';
import { median } from './figures.ts';

const ROUNDS = 7;

/** Milliseconds of the processor that `count` times the work take, divided by `count`: the median of some rounds after the first. */
function warm(count: number, work: () => unknown): number {
  const round = (): number => {
    const start = process.threadCpuUsage();
    for (let i = 0; i < count; i++) work();
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / 1000 / count;
  };
  round();
  return median(Array.from({ length: ROUNDS }, round));
}

const scenarios = catalogue().map(({ id, name, text }) => ({ id, runs: scenarioOf(name, text).runs }));
const all: readonly RunPlan[] = scenarios.flatMap(({ runs }) => runs);
const figures: CatalogueFigures = {
  runs: all.length,
  whole: warm(2, () => all.map((plan) => play(plan))),
  some: ['A3', 'B2', 'C1'].map((id) => {
    const plan = scenarios.find((scenario) => scenario.id === id)?.runs[0];
    if (plan === undefined) throw new Error(`No scenario ${id}`);
    return { id, virtual: play(plan).endTime / 1e6, taken: warm(200, () => play(plan)) };
  }),
};
console.log(JSON.stringify(figures));
