/** Holds the engine against a recording: plays the same plan and says what differs. */
import { play } from '../../extension/engine/play.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import type { Run } from './lateness.ts';
import { latenessOf } from './lateness.ts';
import type { Matching } from './match.ts';
import { matchItems } from './match.ts';
import { itemsOf } from './observe.ts';
import { orderDifferences } from './order.ts';
import { applyOverrides } from './override.ts';
import { recordedHost } from './recorded-host.ts';
import type { Recording } from './recording.ts';
import type { TimeDifference } from './times.ts';
import { timeDifferences } from './times.ts';

/** What was recorded, as a plan for the engine: shortened, with the recorded kernel, as long as the recording. */
export function planOf(run: RunPlan, recording: Recording, timers: 'wheel' | undefined): RunPlan {
  const plan = applyOverrides(run, recording.overrides);
  const hosts = plan.hosts.map((host) => recordedHost(host, recording, timers));
  return { ...plan, until: recording.end, hosts };
}

/** The engine's run of a recorded plan beside the recording. */
export interface Comparison extends Matching, Run {
  readonly times: readonly TimeDifference[];
}

/**
 * @param timers how exact the engine's are
 * @param wheel with ideal timers: the run on the wheel, where that can be compared
 */
export function compareWith(timers: 'wheel' | 'ideal', run: RunPlan, recording: Recording, wheel?: Run): Comparison {
  const trace = play(planOf(run, recording, timers === 'wheel' ? timers : undefined));
  const items = itemsOf(trace).filter(({ time }) => time <= recording.end);
  const matching = matchItems(items, recording.items);
  const lateness = wheel === undefined ? undefined : latenessOf({ trace, items }, wheel);
  const matches = matching.matches.filter(({ engine }) => lateness?.decided(engine.event) !== true);
  const differences = [...matching.differences, ...orderDifferences(trace, matches)];
  return {
    ...matching,
    differences,
    trace,
    items,
    times: timeDifferences(trace, recording, matches, timers, lateness?.shorter),
  };
}

/** @returns a line for each difference; its first word says of what kind it is */
export function compare(run: RunPlan, recording: Recording): readonly string[] {
  const wheel = recording.aligned ? compareWith('wheel', run, recording) : undefined;
  const ideal = compareWith('ideal', run, recording, wheel);
  // Late timers can change the order of things: without the wheel's lateness only times are compared.
  const { differences } = wheel ?? ideal;
  return [...differences, ...[...(wheel?.times ?? []), ...ideal.times].map(({ line }) => line)];
}
