import { broken, type MakeInvariant } from './invariant.ts';

/** What only the scenario itself explains, or what looks back on the run. */
const ROOTS: ReadonlySet<string> = new Set(['scenario.action', 'scenario.skipped', 'run.ended', 'expectation']);

/** Time never goes back, no event comes before its cause, and every chain of causes ends at the scenario. */
export const causes: MakeInvariant = (trace) => {
  let last = 0;
  return {
    see(event) {
      const { id, time, cause, kind } = event;
      if (time < last || !Number.isInteger(time)) broken(event, `after ${last} µs`);
      last = time;
      if (cause >= id) broken(event, `its cause is ${cause}`);
      if (cause >= 0 && trace.timeAt(cause) > time) broken(event, `its cause comes later`);
      // What the file says of a link holds from the beginning.
      const isGiven = kind === 'link.changed' && time === 0;
      if (cause < 0 && !ROOTS.has(kind) && !isGiven) broken(event, 'no cause');
    },
    end() {
      if (trace.kindAt(trace.length - 1) !== 'run.ended') throw new Error('The run has no end');
    },
  };
};
