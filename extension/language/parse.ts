/** The one way from text to plans: no server, no files, no editor. */
import type * as ast from './generated/ast.ts';
import { type CompiledDocument, compileParsed } from './compile/compile-document.ts';
import type { LangiumCoreServices } from './langium.ts';
import { createCoreServices } from './module.ts';

/**
 * Compiles the text of a `.tcpscn` file. Never throws; messages are in the language that `l10n.config` of `@vscode/l10n` set.
 * The first call builds the parser (some ten milliseconds), later ones use it again.
 */
export function parseScenarios(text: string): CompiledDocument {
  services ??= createCoreServices();
  const result = services.parser.LangiumParser.parse<ast.Document>(text);
  return compileParsed(result, text);
}

let services: LangiumCoreServices | undefined;
