/** Holds the engine against a recording: plays the same plan and says what differs. */
import { play } from '../../extension/engine/play.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import type { Trace } from '../../extension/trace/trace.ts';
import { matchItems } from './match.ts';
import { itemsOf } from './observe.ts';
import { applyOverrides } from './override.ts';
import type { Recording } from './recording.ts';
import { timeDifferences } from './times.ts';

/** What was recorded, as a plan for the engine: shortened, with the kernel's HZ, as long as the recording. */
export function planOf(run: RunPlan, recording: Recording, timers: 'wheel' | undefined): RunPlan {
  const plan = applyOverrides(run, recording.overrides);
  const hosts = plan.hosts.map(({ name, address, kernel, sysctls, range }) => {
    const host = { name, address, kernel, sysctls, range, hz: recording.hz };
    return timers === undefined ? host : { ...host, timers };
  });
  return { ...plan, until: recording.end, hosts };
}

/** @returns a line for each difference; its first word says of what kind it is */
export function compare(run: RunPlan, recording: Recording): readonly string[] {
  const ideal = play(planOf(run, recording, undefined));
  const inIdealTime = timeDifferences(
    ideal,
    recording,
    matchItems(itemsUntilEnd(ideal, recording), recording.items).matches,
    'ideal',
  );
  if (!recording.aligned)
    return [...matchItems(itemsUntilEnd(ideal, recording), recording.items).differences, ...inIdealTime];
  const wheel = play(planOf(run, recording, 'wheel'));
  const { matches, differences } = matchItems(itemsUntilEnd(wheel, recording), recording.items);
  return [...differences, ...timeDifferences(wheel, recording, matches, 'wheel'), ...inIdealTime];
}

function itemsUntilEnd(trace: Trace, { end }: Recording): ReturnType<typeof itemsOf> {
  return itemsOf(trace).filter(({ time }) => time <= end);
}
