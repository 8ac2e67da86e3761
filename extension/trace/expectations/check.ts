import { ERRNOS } from '../../scenario/errno.ts';
import type { ExpectationPlan } from '../../scenario/expectation.ts';
import type { EventId, EventOf, PlaceId } from '../event.ts';
import type { Trace } from '../trace.ts';
import { Facts } from './facts.ts';
import { checkState } from './check-state.ts';
import type { ExpectationResult, Outcome } from './result.ts';
import { failed, met } from './result.ts';
import { isOfClass } from './segment-class.ts';
import type { Window } from './window.ts';
import { ALWAYS, bounds, distance, isInside, windowOf } from './window.ts';

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
    case 'transition': {
      const ends = facts.ends(plan.connection, plan.host);
      if (ends.length === 0) return failed('no-connection', -1);
      return happens(facts, plan, () =>
        ends.flatMap((end) =>
          facts
            .stateChanges(end)
            .filter(({ to }) => to === plan.state)
            .map(({ id, time }) => ({ id, time, place: end })),
        ),
      );
    }
    case 'failure':
      return checkFailure(facts, plan);
    case 'no-failure':
      return checkNoFailure(facts, plan);
    case 'eof': {
      const ends = facts.ends(plan.connection, plan.host);
      if (ends.length === 0) return failed('no-connection', -1);
      return happens(facts, plan, () => reads(facts, ends).filter(({ value }) => value === 0));
    }
    case 'bytes-read':
      return checkBytes(facts, plan);
    case 'call':
      return checkCall(facts, plan);
    case 'sends': {
      const host = facts.place('host', plan.host);
      return happens(facts, plan, () =>
        facts.segments.filter((segment) => segment.from === host && isOfClass(segment, plan.class)),
      );
    }
    case 'count':
      return checkCount(facts, plan);
    case 'gives-up': {
      const process = facts.place('process', plan.process);
      return happens(facts, plan, () =>
        [...facts.eventsOf('app.decided')].filter(
          (event) =>
            event.what === 'gave-up' && event.process === process && concerns(facts, event.place, plan.connection),
        ),
      );
    }
  }
}

interface Candidate {
  readonly id: EventId;
  readonly time: number;
  readonly place: PlaceId;
}

/** The window for one candidate: "last segment received" is what its own end (or host) received before it. */
function windowFor(facts: Facts, plan: ExpectationPlan, candidate: Candidate): Window | Outcome {
  return windowOf(facts, plan.when, () => facts.lastReceived(candidate.place, candidate.id));
}

/** Met by the first candidate inside its window; otherwise told by the one that comes nearest. */
function happens(facts: Facts, plan: ExpectationPlan, candidates: () => readonly Candidate[]): Outcome {
  const found = candidates();
  let nearest: { readonly candidate: Candidate; readonly window: Window } | undefined;
  let problem: Outcome | undefined;
  for (const candidate of found) {
    const window = windowFor(facts, plan, candidate);
    if ('met' in window) {
      problem ??= window;
      continue;
    }
    if (isInside(window, candidate.id, candidate.time)) return met(candidate.id, candidate.time);
    if (nearest === undefined || distance(window, candidate.time) < distance(nearest.window, nearest.candidate.time))
      nearest = { candidate, window };
  }
  if (nearest !== undefined)
    return failed('other-time', nearest.candidate.id, ...bounds(nearest.window), nearest.candidate.time);
  return problem ?? neverHappened(facts, plan);
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

function hardErrors(facts: Facts, ends: readonly PlaceId[]): EventOf<'tcp.error'>[] {
  return [...facts.eventsOf('tcp.error')].filter(
    (event) => !event.soft && event.errno !== 'OK' && ends.includes(event.place),
  );
}

function checkFailure(facts: Facts, plan: Expected<'failure'>): Outcome {
  const ends = facts.ends(plan.connection, plan.host);
  if (ends.length === 0) return failed('no-connection', -1);
  const errors = hardErrors(facts, ends);
  const outcome = happens(facts, plan, () => errors.filter(({ errno }) => errno === plan.errno));
  const [other] = errors;
  if (outcome.code !== 'not-happened' || other === undefined) return outcome;
  return failed('other-error', other.id, errnoIndex(other.errno), other.time);
}

function checkNoFailure(facts: Facts, plan: Expected<'no-failure'>): Outcome {
  const ends = facts.ends(plan.connection, plan.host);
  if (ends.length === 0) return failed('no-connection', -1);
  for (const error of hardErrors(facts, ends)) {
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

/** Reads that returned data or EOF, in order. */
function reads(facts: Facts, ends: readonly PlaceId[]): EventOf<'call.returned'>[] {
  return [...facts.eventsOf('call.returned')].filter(
    (event) => event.call === 'recv' && event.errno === 'OK' && ends.includes(event.place),
  );
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
  for (const event of reads(facts, ends)) {
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
  const process = facts.place('process', plan.process);
  const calls = [...facts.eventsOf('call.returned')].filter(
    (event) =>
      event.call === plan.call &&
      event.process === process &&
      (plan.connection === undefined || concerns(facts, event.place, plan.connection)),
  );
  const wanted = plan.errno ?? 'OK';
  const outcome = happens(facts, plan, () => calls.filter(({ errno }) => errno === wanted));
  const other = outcome.code === 'not-happened' ? calls[0] : undefined;
  return other === undefined
    ? outcome
    : failed('other-outcome', other.id, other.errno === 'OK' ? -1 : errnoIndex(other.errno), other.time);
}

function checkCount(facts: Facts, plan: Expected<'count'>): Outcome {
  const host = plan.host === undefined ? undefined : facts.place('host', plan.host);
  const counted: EventId[] = [];
  for (const segment of facts.segments) {
    if ((plan.host !== undefined && segment.from !== host) || !isOfClass(segment, plan.class)) continue;
    const window = windowFor(facts, plan, segment);
    if ('met' in window) {
      if (window.code === 'nothing-received') continue;
      return window;
    }
    if (isInside(window, segment.id, segment.time)) counted.push(segment.id);
  }
  const window = overallWindow(facts, plan, host);
  // Without candidates, a moment that never came has not been noticed yet.
  if ('met' in window && window.code !== 'nothing-received') return window;
  const count = counted.length;
  const tooMany = plan.comparison !== 'at-least' && count > plan.count;
  if (tooMany) return failed('other-count', counted[plan.count] ?? -1, count, plan.count);
  const whole = 'met' in window ? ALWAYS : window;
  const tooFew = plan.comparison !== 'at-most' && count < plan.count;
  if (tooFew) return undecidedWithin(facts, whole) ?? failed('other-count', counted.at(-1) ?? -1, count, plan.count);
  const missing = plan.comparison === 'at-least' ? undefined : undecidedAbsence(facts, whole);
  return missing ?? met(counted.at(-1) ?? -1, count);
}

/** Whether something at this place is about the connection of that name. A process stands for any of its connections. */
function concerns(facts: Facts, place: PlaceId, connection: string): boolean {
  return facts.trace.endAt(place) === undefined || facts.trace.placeName(place) === connection;
}

function errnoIndex(errno: string): number {
  return ERRNOS.findIndex((each) => each === errno);
}
