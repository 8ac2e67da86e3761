/** From "at 7875s after last segment received" to a stretch of time, or to the reason why there is none. */
import type { TimeConstraint, TimeReference } from '../../scenario/expectation.ts';
import type { EventId } from '../event.ts';
import type { Facts } from './facts.ts';
import { occurrencesOf } from './occurrences.ts';
import type { Outcome } from './result.ts';
import { failed } from './result.ts';

/**
 * When the expected event may happen: `from` and `to` are included. `after` and `before` are events that it must follow
 * or precede in the trace's order: what "after fault" and "before fault" mean, so that a FIN sent in the microsecond of a
 * kill comes after it.
 */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly after?: EventId;
  readonly before?: EventId;
}

export const ALWAYS: Window = { from: -Infinity, to: Infinity };

export function isInside(window: Window, id: EventId, time: number): boolean {
  return (
    time >= window.from &&
    time <= window.to &&
    (window.after === undefined || id > window.after) &&
    (window.before === undefined || id < window.before)
  );
}

/** The delivery that "last segment received" means; undefined when nothing was received. */
export type LastReceived = () => EventId | undefined;

/** Whether the window is another one for each event: as many "last segments received" as there are events. */
export function speaksOfLastReceived(when: TimeConstraint): boolean {
  switch (when.kind) {
    case 'any':
      return false;
    case 'within':
      return when.of.base.kind === 'last-received';
    case 'between':
      return when.from.base.kind === 'last-received' || when.to.base.kind === 'last-received';
    default:
      return when.time.base.kind === 'last-received';
  }
}

/** How far outside the window a time lies. */
export function distance(window: Window, time: number): number {
  return Math.max(0, window.from - time, time - window.to);
}

/** A window's bounds as result arguments: −1 where it is open. */
export function bounds(window: Window): [from: number, to: number] {
  return [Number.isFinite(window.from) ? window.from : -1, Number.isFinite(window.to) ? window.to : -1];
}

/**
 * The window of a constraint. `lastReceived` gives the delivery that "last segment received" means for the event in question.
 * A reference that cannot be resolved gives the outcome of the whole expectation.
 */
export function windowOf(facts: Facts, when: TimeConstraint, lastReceived: LastReceived): Window | Outcome {
  switch (when.kind) {
    case 'any':
      return ALWAYS;
    case 'at': {
      const at = resolve(facts, when.time, lastReceived);
      if ('met' in at) return at;
      return { from: at.time - when.tolerance, to: at.time + when.tolerance };
    }
    case 'within': {
      const of = resolve(facts, when.of, lastReceived);
      if ('met' in of) return of;
      return { from: of.time, to: of.time + when.duration };
    }
    case 'before': {
      const at = resolve(facts, when.time, lastReceived);
      if ('met' in at) return at;
      return { from: -Infinity, ...upTo(at) };
    }
    case 'after': {
      const at = resolve(facts, when.time, lastReceived);
      if ('met' in at) return at;
      return at.event === undefined
        ? { from: at.time + 1, to: Infinity }
        : { from: at.time, to: Infinity, after: at.event };
    }
    case 'between': {
      const from = resolve(facts, when.from, lastReceived);
      if ('met' in from) return from;
      const to = resolve(facts, when.to, lastReceived);
      if ('met' in to) return to;
      return { from: from.time, ...(when.endsJustBefore === true ? upTo(to) : { to: to.time }) };
    }
  }
}

/** `event` is there when the reference is something that happens, without an offset. */
interface Point {
  readonly time: number;
  readonly event?: EventId;
}

/** The end of a window that does not include the point. */
function upTo({ time, event }: Point): Pick<Window, 'to' | 'before'> {
  return event === undefined ? { to: time - 1 } : { to: time, before: event };
}

function resolve(facts: Facts, reference: TimeReference, lastReceived: LastReceived): Point | Outcome {
  const { base, offset } = reference;
  switch (base.kind) {
    case 'start':
      return { time: offset };
    case 'last-received': {
      const event = lastReceived();
      return event === undefined ? failed('nothing-received', -1) : pointAt(facts, event, offset);
    }
    case 'moment': {
      const moment = facts.moment(base.name);
      return 'met' in moment ? moment : pointAt(facts, moment.event, offset);
    }
    case 'happening': {
      const [first] = occurrencesOf(facts, base.event);
      return first === undefined ? failed('other-not-happened', -1) : pointAt(facts, first.id, offset);
    }
  }
}

function pointAt(facts: Facts, event: EventId, offset: number): Point {
  const time = facts.trace.timeAt(event) + offset;
  return offset === 0 ? { time, event } : { time };
}
