/** The scenario language for everybody else: text in, plans and problems out. No server, no files, no editor. */
import type * as ast from './generated/ast.ts';
import { type CompiledDocument, compileParsed } from './compile/compile-document.ts';
import type { LangiumCoreServices, ParseResult } from './langium.ts';
import { createCoreServices } from './module.ts';

export type { CompiledDocument } from './compile/compile-document.ts';
export { PROBLEM_CODES, type ProblemCode } from './problems/codes.ts';
export type { Problem, ProblemData, Severity } from './problems/problem.ts';

/**
 * Compiles the text of a `.tcpscn` file. Never throws; messages are in the language that `l10n.config` of `@vscode/l10n` set.
 * The first call builds the parser (some ten milliseconds), later ones use it again.
 */
export function compileDocument(text: string): CompiledDocument {
  services ??= createCoreServices();
  const result = services.parser.LangiumParser.parse(text) as ParseResult<ast.Document>;
  return compileParsed(result, text);
}

let services: LangiumCoreServices | undefined;

/** The same under the name of what callers want. */
export const parseScenarios: (text: string) => CompiledDocument = compileDocument;
