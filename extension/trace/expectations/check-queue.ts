import type { ExpectationPlan } from '../../scenario/expectation.ts';
import type { EventId } from '../event.ts';
import type { Facts } from './facts.ts';
import type { Outcome } from './result.ts';
import { failed, met } from './result.ts';
import { windowOf } from './window.ts';

type QueuePlan = Extract<ExpectationPlan, { readonly kind: 'accept-queue' }>;

/** A stretch of time with one length; `until` is not part of it. */
interface Stretch {
  readonly length: number;
  readonly from: number;
  readonly until: number;
  readonly event: EventId;
}

/**
 * How many connections wait at the listening ports of a process, in all. Read as a state is: at a time, at the end of the run,
 * or during all of a stretch of time (`between`, `after`).
 */
export function checkQueue(facts: Facts, plan: QueuePlan): Outcome {
  const end = facts.ended?.time ?? facts.trace.endTime;
  const window = plan.when.kind === 'any' ? { from: end, to: end } : windowOf(facts, plan.when, () => undefined);
  if ('met' in window) return window;
  const throughout = plan.when.kind === 'between' || plan.when.kind === 'after';
  const needed = plan.when.kind === 'between' ? window.to : window.from;
  if (facts.ended !== undefined && needed > facts.knownUntil)
    return failed('run-ended-before', facts.ended.id, needed, facts.ended.time);
  const touched = stretchesOf(facts, plan.process).filter(
    ({ from, until }) => from <= window.to && until > window.from,
  );
  const right = touched.find(({ length }) => length === plan.length);
  const wrong = touched.find(({ length }) => length !== plan.length);
  if (throughout ? wrong === undefined : right !== undefined) return met(right?.event ?? -1, plan.length);
  const actual = wrong ?? touched[0];
  return failed('other-count', actual?.event ?? -1, actual?.length ?? 0, plan.length);
}

function stretchesOf(facts: Facts, process: string): Stretch[] {
  const place = facts.place('process', process);
  const lengths = new Map<number, number>();
  const changes: { readonly time: number; readonly event: EventId; readonly length: number }[] = [];
  // A process that ends leaves no queue behind.
  const ended = [...facts.eventsOf('process.state')].filter((event) => event.place === place && !event.running);
  const events = [...facts.eventsOf('listener.queue'), ...ended].sort((a, b) => a.id - b.id);
  for (const event of events) {
    if (event.place !== place) continue;
    if (event.kind === 'listener.queue') lengths.set(event.port, event.length);
    else lengths.clear();
    const length = [...lengths.values()].reduce((sum, each) => sum + each, 0);
    changes.push({ time: event.time, event: event.id, length });
  }
  const lasting = changes.filter((change, i) => changes[i + 1]?.time !== change.time);
  const first: Stretch = { length: 0, from: -Infinity, until: lasting[0]?.time ?? Infinity, event: -1 };
  return [
    first,
    ...lasting.map(({ time, event, length }, i) => ({
      length,
      from: time,
      until: lasting[i + 1]?.time ?? Infinity,
      event,
    })),
  ];
}
