/** What the author expects of a run, held against its trace. */
export { checkExpectations } from './check.ts';
export type { ExpectationResult, ResultCode } from './result.ts';
export { RESULT_CODES } from './result.ts';
export { isOfClass } from './segment-class.ts';
