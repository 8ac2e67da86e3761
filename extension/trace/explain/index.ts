/** A trace in sentences: why something happened, why nothing happens, what an end believes and what is true. */
export { explainSilence } from './silence.ts';
export { explainWhy } from './why.ts';
export { describeEvent, goneReason, ignoredReason } from './describe.ts';
export { callOutcome } from './calls.ts';
export { describeExpectation } from './expectations.ts';
export type { Rule } from './rules.ts';
export type { WhyStep } from './step.ts';
export type { Truth, Verdict } from './verdict.ts';
export { verdict } from './verdict.ts';
export { rootAction } from './root.ts';
export { clock, flagNames, longSpan, placeTitle, segmentTitle, span, statementLabel, timerTitle } from './words.ts';
export { type Stop, stopOf } from './stopped.ts';
