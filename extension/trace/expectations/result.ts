import type { EventId } from '../event.ts';

/**
 * How an expectation was decided, and what `args` then holds. Times are absolute, in µs; −1 stands for an open end.
 * States, errors and calls are given as indices into TCP_STATES and ERRNOS (−1 = no error).
 */
export const RESULT_CODES = [
  /** Met. Args of a count and of bytes: [number]; of everything else: [time of the evidence]. */
  'met',
  /** It happened, though not when it should: [window from, window to, actual time]. Evidence: the nearest one. */
  'other-time',
  /** It happened on the wrong side of what it should come before (1) or after (0): [time of that, time of this, 1 or 0]. */
  'other-order',
  /** It never happened: [window from, window to]. */
  'not-happened',
  /** The end was in another state: [actual state, time]. Evidence: what put it there. */
  'other-state',
  /** The end failed, with another error: [actual error, time]. */
  'other-error',
  /** The end should not have failed: [error, time]. */
  'failed',
  /** The call had another outcome: [actual error, time]. */
  'other-outcome',
  /** poll() never reported just these: [what it reported last, time]. */
  'other-events',
  /** [counted, expected]. Evidence: the first one too many, or the last that was counted. */
  'other-count',
  /** [bytes read by then, expected, time of the last read, or −1]. */
  'other-bytes',
  /** There was never such an end. */
  'no-connection',
  /** The moment that it refers to never came: [index of the action]. Evidence: the `scenario.skipped`, if there is one. */
  'moment-not-reached',
  /** No action of the run has the name that it refers to. */
  'moment-unknown',
  /** What it should come before or after never happened. */
  'other-not-happened',
  /** "The last segment received" when none was. */
  'nothing-received',
  /** The run was over before it could be decided: [time needed, or −1; end of the run]. */
  'run-ended-before',
] as const;

export type ResultCode = (typeof RESULT_CODES)[number];

/** What became of one expectation: the fields of an `expectation` event. */
export interface ExpectationResult {
  /** Index into the run's expectations. */
  readonly expectation: number;
  readonly met: boolean;
  /** The event that decided; −1 = none. */
  readonly evidence: EventId;
  readonly code: ResultCode;
  readonly args: readonly number[];
}

export type Outcome = Omit<ExpectationResult, 'expectation'>;

export function met(evidence: EventId, ...args: readonly number[]): Outcome {
  return { met: true, evidence, code: 'met', args };
}

export function failed(code: ResultCode, evidence: EventId, ...args: readonly number[]): Outcome {
  return { met: false, evidence, code, args };
}
