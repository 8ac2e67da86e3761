import { assertDefined } from '../../base/assert.ts';
import { ERRNOS } from '../../scenario/errno.ts';
import type { ExpectationPlan, Happening } from '../../scenario/expectation.ts';
import type { EventId, EventOf, PlaceId } from '../event.ts';
import type { Trace } from '../trace.ts';
import { Facts } from './facts.ts';
import { checkQueue } from './check-queue.ts';
import { checkState } from './check-state.ts';
import type { Occurrence } from './occurrences.ts';
import { occurrencesOf, rangeInside } from './occurrences.ts';
import type { ExpectationResult, Outcome } from './result.ts';
import { failed, met } from './result.ts';
import type { Window } from './window.ts';
import { ALWAYS, bounds, distance, isInside, speaksOfLastReceived, windowOf } from './window.ts';

/** One expectation of the given kind. */
export type Expected<K extends ExpectationPlan['kind']> = Extract<ExpectationPlan, { readonly kind: K }>;

/**
 * Holds a run against what its author expects: one result per expectation, in their order. Asks the trace alone, and never
 * throws: an expectation that cannot be decided is not met, and its code says why.
 *
 * The meaning of each kind and of each form of time is written down in `README.md` beside `trace/`.
 */
export function checkExpectations(trace: Trace, expectations: readonly ExpectationPlan[]): ExpectationResult[] {
  if (expectations.length === 0) return [];
  const facts = new Facts(trace);
  return expectations.map((plan, expectation) => ({ expectation, ...checkOne(facts, plan) }));
}

function checkOne(facts: Facts, plan: ExpectationPlan): Outcome {
  switch (plan.kind) {
    case 'state':
      return checkState(facts, plan);
    case 'transition':
      return facts.ends(plan.connection, plan.host).length === 0
        ? failed('no-connection', -1)
        : happens(facts, plan, plan);
    case 'failure':
      return checkFailure(facts, plan);
    case 'no-failure':
      return checkNoFailure(facts, plan);
    case 'eof':
      return facts.ends(plan.connection, plan.host).length === 0
        ? failed('no-connection', -1)
        : happens(facts, plan, plan);
    case 'bytes-read':
      return checkBytes(facts, plan);
    case 'call':
      return checkCall(facts, plan);
    case 'poll':
      return checkPoll(facts, plan);
    case 'sends':
    case 'gives-up':
      return happens(facts, plan, plan);
    case 'count':
      return checkCount(facts, plan);
    case 'accept-queue':
      return checkQueue(facts, plan);
  }
}

/** The window for one event: "last segment received" is what its own end (or host) received before it. */
function windowFor(facts: Facts, plan: ExpectationPlan, occurrence: Occurrence): Window | Outcome {
  return windowOf(facts, plan.when, () => facts.lastReceived(occurrence.place, occurrence.id));
}

/** Met by the first occurrence inside its window; otherwise told by the one that comes nearest. */
function happens(facts: Facts, plan: ExpectationPlan, what: Happening): Outcome {
  const found = occurrencesOf(facts, what);
  if (found.length === 0) return neverHappened(facts, plan);
  if (speaksOfLastReceived(plan.when)) return happensInItsWindow(facts, plan, found);
  const window = windowOf(facts, plan.when, () => undefined);
  if ('met' in window) return window;
  const { first, end } = rangeInside(found, window);
  const inside = first < end ? found[first] : undefined;
  if (inside !== undefined) return met(inside.id, inside.time);
  const [earlier, later] = [found[first - 1], found[first]];
  const isNearer =
    later !== undefined && (earlier === undefined || distance(window, later.time) < distance(window, earlier.time));
  return missed(facts, window, assertDefined(isNearer ? later : earlier, 'nearest occurrence'));
}

/** As `happens`, where each event has a last segment received of its own. */
function happensInItsWindow(facts: Facts, plan: ExpectationPlan, found: readonly Occurrence[]): Outcome {
  let nearest: { readonly occurrence: Occurrence; readonly window: Window } | undefined;
  let problem: Outcome | undefined;
  for (const occurrence of found) {
    const window = windowFor(facts, plan, occurrence);
    if ('met' in window) {
      problem ??= window;
      continue;
    }
    if (isInside(window, occurrence.id, occurrence.time)) return met(occurrence.id, occurrence.time);
    if (nearest === undefined || distance(window, occurrence.time) < distance(nearest.window, nearest.occurrence.time))
      nearest = { occurrence, window };
  }
  if (nearest !== undefined) return missed(facts, nearest.window, nearest.occurrence);
  return problem ?? neverHappened(facts, plan);
}

/** It happened outside of its window: by the clock, or by the order of events. */
function missed(facts: Facts, window: Window, { id, time }: Occurrence): Outcome {
  const { before, after } = window;
  if (before !== undefined && id >= before && (time === window.to || !Number.isFinite(window.from)))
    return failed('other-order', id, facts.trace.timeAt(before), time, 1);
  if (after !== undefined && id <= after) return failed('other-order', id, facts.trace.timeAt(after), time, 0);
  return failed('other-time', id, ...bounds(window), time);
}

function neverHappened(facts: Facts, plan: ExpectationPlan): Outcome {
  const window = windowOf(facts, plan.when, () => undefined);
  if ('met' in window) return window.code === 'nothing-received' ? failed('not-happened', -1, -1, -1) : window;
  return undecidedWithin(facts, window) ?? failed('not-happened', -1, ...bounds(window));
}

/** The outcome when the run was over before the time that matters. */
function undecided(facts: Facts, needed: number): Outcome | undefined {
  if (facts.ended === undefined || needed <= facts.knownUntil) return undefined;
  return failed('run-ended-before', facts.ended.id, Number.isFinite(needed) ? needed : -1, facts.ended.time);
}

/** The outcome when the run ended before the window, or was stopped halfway through it: it may still have come. */
function undecidedWithin(facts: Facts, window: Window): Outcome | undefined {
  return undecided(facts, facts.isCutShort ? window.to : window.from);
}

/** "No more than so many" of a run that was stopped halfway says nothing. */
function undecidedAbsence(facts: Facts, window: Window): Outcome | undefined {
  return facts.isCutShort ? undecided(facts, window.to) : undefined;
}

function checkFailure(facts: Facts, plan: Expected<'failure'>): Outcome {
  const ends = facts.ends(plan.connection, plan.host);
  if (ends.length === 0) return failed('no-connection', -1);
  const outcome = happens(facts, plan, plan);
  const [other] = facts.hardErrors(plan.connection, plan.host);
  if (outcome.code !== 'not-happened' || other === undefined) return outcome;
  return failed('other-error', other.id, errnoIndex(other.errno), other.time);
}

function checkNoFailure(facts: Facts, plan: Expected<'no-failure'>): Outcome {
  const ends = facts.ends(plan.connection, plan.host);
  if (ends.length === 0) return failed('no-connection', -1);
  for (const error of facts.hardErrors(plan.connection, plan.host)) {
    const window = windowFor(facts, plan, error);
    if ('met' in window) return window;
    if (isInside(window, error.id, error.time)) return failed('failed', error.id, errnoIndex(error.errno), error.time);
  }
  const window = overallWindow(facts, plan, ends[0]);
  if ('met' in window) return window;
  return undecidedAbsence(facts, window) ?? met(-1);
}

/** The window of something that has no event of its own. */
function overallWindow(facts: Facts, plan: ExpectationPlan, place: PlaceId | undefined): Window | Outcome {
  return windowOf(facts, plan.when, () => (place === undefined ? undefined : facts.lastReceived(place, Infinity)));
}

/**
 * The bytes read up to the end of the window are exactly the number, and the read that made it so lies inside the window
 * (with a number of 0 there is none).
 */
function checkBytes(facts: Facts, plan: Expected<'bytes-read'>): Outcome {
  const ends = facts.ends(plan.connection, plan.host);
  if (ends.length === 0) return failed('no-connection', -1);
  let total = 0;
  let last: { readonly event: EventOf<'call.returned'>; readonly window: Window } | undefined;
  for (const event of facts.reads(plan.connection, plan.host)) {
    const window = windowFor(facts, plan, event);
    if ('met' in window) return window;
    const isLater = event.time > window.to || (window.before !== undefined && event.id >= window.before);
    if (event.value === 0 || isLater) continue;
    total += event.value;
    last = { event, window };
  }
  if (total === plan.bytes) {
    if (last === undefined) return met(-1, total);
    if (isInside(last.window, last.event.id, last.event.time)) return met(last.event.id, total);
    return failed('other-time', last.event.id, ...bounds(last.window), last.event.time);
  }
  const window = overallWindow(facts, plan, ends[0]);
  if ('met' in window) return window;
  return (
    undecidedWithin(facts, window) ??
    failed('other-bytes', last?.event.id ?? -1, total, plan.bytes, last?.event.time ?? -1)
  );
}

function checkCall(facts: Facts, plan: Expected<'call'>): Outcome {
  const outcome = happens(facts, plan, plan);
  const other =
    outcome.code === 'not-happened' ? facts.callsOf(plan.process, plan.call, plan.connection)[0] : undefined;
  return other === undefined
    ? outcome
    : failed('other-outcome', other.id, other.errno === 'OK' ? -1 : errnoIndex(other.errno), other.time);
}

function checkPoll(facts: Facts, plan: Expected<'poll'>): Outcome {
  const outcome = happens(facts, plan, plan);
  const last =
    outcome.code === 'not-happened' ? facts.callsOf(plan.process, 'poll', plan.connection).at(-1) : undefined;
  return last === undefined ? outcome : failed('other-events', last.id, last.value, last.time);
}

/**
 * A time counts for each segment by itself: `at 75s after last segment received`. A stretch of time is one for all of them, and
 * "the last segment received" then the last one of the run.
 */
function checkCount(facts: Facts, plan: Expected<'count'>): Outcome {
  const host = plan.host === undefined ? undefined : facts.place('host', plan.host);
  const found = occurrencesOf(facts, plan);
  const isByItself = plan.when.kind === 'at' && speaksOfLastReceived(plan.when);
  const inside = isByItself
    ? found.filter((segment) => {
        const own = windowFor(facts, plan, segment);
        return !('met' in own) && isInside(own, segment.id, segment.time);
      })
    : undefined;
  const window = isByItself ? ALWAYS : overallWindow(facts, plan, host);
  if ('met' in window) return window;
  const { first, end } = inside === undefined ? rangeInside(found, window) : { first: 0, end: inside.length };
  const counted = (index: number): EventId => (inside ?? found)[first + index]?.id ?? -1;
  const count = end - first;
  const last = count === 0 ? -1 : counted(count - 1);
  const tooMany = plan.comparison !== 'at-least' && count > plan.count;
  if (tooMany) return failed('other-count', counted(plan.count), count, plan.count);
  const tooFew = plan.comparison !== 'at-most' && count < plan.count;
  if (tooFew) return undecidedWithin(facts, window) ?? failed('other-count', last, count, plan.count);
  const missing = plan.comparison === 'at-least' ? undefined : undecidedAbsence(facts, window);
  return missing ?? met(last, count);
}

function errnoIndex(errno: string): number {
  return ERRNOS.findIndex((each) => each === errno);
}
