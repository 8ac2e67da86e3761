import { assertDefined } from '../../base/assert.ts';
import type { ExpectationPlan } from '../../scenario/expectation.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import { TCP_STATES } from '../../scenario/tcp-state.ts';
import type { EventId, PlaceId } from '../event.ts';
import type { Facts, StateChange } from './facts.ts';
import type { Outcome } from './result.ts';
import { failed, met } from './result.ts';
import type { Window } from './window.ts';
import { windowOf } from './window.ts';

type StatePlan = Extract<ExpectationPlan, { readonly kind: 'state' }>;

/** A stretch of time in one state; `until` is not part of it. */
interface Stretch {
  readonly state: TcpState;
  readonly from: number;
  readonly until: number;
  /** What put the end there; −1 = nothing, it did not exist yet. */
  readonly event: EventId;
}

/**
 * The state at a time is the one after the last event at or before it; states that were passed through within one
 * microsecond do not count. An end that does not exist (yet, or any more) is CLOSED.
 *
 * - no time: at the end of the run;
 * - `at`: then; with a tolerance: at some time that near;
 * - `within`, `before`: at some time in it;
 * - `between`, `after`: during all of it (`after`: to the end of the run; `and just before`: up to that time, without it).
 */
export function checkState(facts: Facts, plan: StatePlan): Outcome {
  const ends = facts.ends(plan.connection, plan.host);
  const stretches = stretchesOf(changesOfNewest(facts, ends));
  const window = stateWindow(facts, plan, ends.at(-1));
  if ('met' in window) return window;
  const throughout = plan.when.kind === 'between' || plan.when.kind === 'after';
  // "For ever after" means as long as the run lasted.
  const needed = plan.when.kind === 'after' || !throughout ? window.from : window.to;
  if (facts.ended !== undefined && needed > facts.knownUntil)
    return failed('run-ended-before', facts.ended.id, needed, facts.ended.time);
  if (plan.when.kind === 'after' && facts.isCutShort && facts.ended !== undefined)
    return failed('run-ended-before', facts.ended.id, -1, facts.ended.time);
  const touched = stretches.filter(({ from, until }) => from <= window.to && until > window.from);
  const right = touched.find(({ state }) => state === plan.state);
  const wrong = touched.find(({ state }) => state !== plan.state);
  if (throughout ? wrong === undefined : right !== undefined)
    return met(right?.event ?? -1, Math.max(right?.from ?? 0, window.from, 0));
  const actual = assertDefined(wrong ?? stretches.at(-1), 'stretch of a state');
  return failed('other-state', actual.event, TCP_STATES.indexOf(actual.state), Math.max(actual.from, window.from, 0));
}

function stateWindow(facts: Facts, plan: StatePlan, end: PlaceId | undefined): Window | Outcome {
  if (plan.when.kind === 'any') {
    const at = facts.ended?.time ?? facts.trace.endTime;
    return { from: at, to: at };
  }
  const window = windowOf(facts, plan.when, () => (end === undefined ? undefined : facts.lastReceived(end, Infinity)));
  if ('met' in window || plan.when.kind !== 'between' || window.before === undefined) return window;
  // A state has no place in the order of one microsecond: "just before" is what holds up to it.
  return { ...window, to: window.to - 1 };
}

/** Where several connections have had the name, the newest one counts from its first state on. */
function changesOfNewest(facts: Facts, ends: readonly PlaceId[]): StateChange[] {
  const changes = ends.map((end) => facts.stateChanges(end));
  const next: number[] = [];
  for (let i = changes.length - 1, newer = Infinity; i >= 0; i--) {
    next[i] = newer;
    newer = changes[i]?.[0]?.id ?? newer;
  }
  return changes.flatMap((own, i) => {
    const until = next[i] ?? Infinity;
    return own.filter(({ id }) => id < until);
  });
}

/** From minus infinity to infinity without gaps. Of changes in one microsecond only the last counts. */
function stretchesOf(changes: readonly StateChange[]): Stretch[] {
  const lasting = changes.filter((change, i) => changes[i + 1]?.time !== change.time);
  const first: Stretch = { state: 'CLOSED', from: -Infinity, until: lasting[0]?.time ?? Infinity, event: -1 };
  return [
    first,
    ...lasting.map(({ id, time, to }, i) => ({
      state: to,
      from: time,
      until: lasting[i + 1]?.time ?? Infinity,
      event: id,
    })),
  ];
}
