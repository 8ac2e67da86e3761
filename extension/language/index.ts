/** The scenario language for everybody else: text in, plans and problems out. */
export type { CompiledDocument } from './compile/compile-document.ts';
export { parseScenarios } from './parse.ts';
export { PROBLEM_CODES, type ProblemCode } from './problems/codes.ts';
export type { Problem, ProblemData, Severity } from './problems/problem.ts';
