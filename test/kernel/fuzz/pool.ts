import { setTimeout } from 'node:timers/promises';

/** Carries out jobs at the same time. @returns their results in the order of the jobs */
export type Work = <T>(jobs: readonly (() => Promise<T>)[]) => Promise<readonly T[]>;

/** ms: recordings that begin together act together, and are in each other's way. */
const STAGGER = 700;

/** So many at a time, the first ones begun one after the other. */
export function pool(width: number): Work {
  return async (jobs) => {
    const results: Awaited<ReturnType<(typeof jobs)[number]>>[] = [];
    let next = 0;
    const work = async (worker: number): Promise<void> => {
      await setTimeout(worker * STAGGER);
      for (let i = next++; i < jobs.length; i = next++) results[i] = await (jobs[i] as (typeof jobs)[number])();
    };
    await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, (_, worker) => work(worker)));
    return results;
  };
}
