import { createLangiumParser, type LangiumCoreServices, type LangiumParser, type ParseResult } from '../langium.ts';
import * as messages from '../problems/messages.ts';
import { errorBudget } from './expected-tokens.ts';
import { type LexingError, ScenarioLexer, type Token } from './lexer.ts';

type ParserOptions = Parameters<LangiumParser['parse']>[1];

export type ParserError = ParseResult['parserErrors'][number];

/**
 * Langium's parser, made to report one error for one broken line. Its own recovery is good within a line; where braces stand on
 * the broken line, blocks end at the wrong place and lines that are right seem wrong. Then the text is parsed again with that line
 * replaced by a token that stands for it, until no such line is left.
 */
export function createRecoveringParser(services: LangiumCoreServices): LangiumParser {
  const parser = createLangiumParser(services);
  let parseOnce: LangiumParser['parse'] = parser.parse.bind(parser);

  parser.parse = (input, options) => {
    errorBudget.left = MAX_ERRORS;
    try {
      return parseRecovering(parseOnce, services, input, options) as never;
    } catch (error) {
      // Recovery recurses once for each broken line, so a long file of nothing else would end the stack too.
      if (!(error instanceof RangeError)) throw error;
      const fresh = createLangiumParser(services);
      parseOnce = fresh.parse.bind(fresh);
      const problem = messages.tooManyBrokenLines();
      const limit: LexingError = { problem, message: problem.message, offset: 0, line: 1, column: 1, length: 1 };
      return { ...parseOnce('', options), lexerErrors: [limit] } as never;
    }
  };
  return parser;
}

function parseRecovering(
  parse: LangiumParser['parse'],
  services: LangiumCoreServices,
  input: string,
  options: ParserOptions,
): ParseResult {
  const lexer = services.parser.Lexer;
  let result: ParseResult = parse(input, options);
  if (!(lexer instanceof ScenarioLexer) || result.parserErrors.length === 0) return result;
  const tokens = lexer.tokenize(input).tokens;
  const braces = linesWithBraces(tokens);
  const found = new Map<number, ParserError>();
  const unclosed = new Set<number>();
  const braceless = new Set<number>();
  const passes = Math.min(MAX_PASSES, 1 + Math.floor(TOKEN_BUDGET / tokens.length));
  try {
    for (let pass = 0; pass < passes; pass++) {
      const errors = firstOfEachLine(result.parserErrors).filter(([line]) => !found.has(line));
      const culprit = errors.find(([line, error]) => braces.has(line) || isUnclosedBlock(error));
      // A broken line may have opened a block that nobody closes: then its brace was part of what is broken.
      const opener =
        culprit && isUnclosedBlock(culprit[1]) && ruleOfError(culprit[1]) === 'BrokenLine'
          ? [...found.keys()].filter((line) => line < culprit[0] && braces.has(line) && !braceless.has(line)).at(-1)
          : undefined;
      for (const [line, error] of errors) {
        if (culprit === undefined || line < culprit[0] || (line === culprit[0] && opener === undefined)) {
          found.set(line, error);
        }
      }
      if (culprit === undefined) break;
      const [line, error] = culprit;
      if (opener !== undefined) braceless.add(opener);
      else if (isUnclosedBlock(error)) unclosed.add(line);
      lexer.braceless = braceless;
      lexer.closedBefore = unclosed;
      lexer.brokenLines = new Set([...found].filter(([, error]) => !isUnclosedBlock(error)).map(([line]) => line));
      result = parse(input, options);
    }
  } finally {
    lexer.brokenLines = new Set();
    lexer.closedBefore = new Set();
    lexer.braceless = new Set();
  }
  return { ...result, parserErrors: [...found.values()] };
}

/** The line (from 1) of an error; Infinity at the end of the text. */
export function lineOfError(error: ParserError): number {
  return isEnd(error) ? Infinity : (error.token.startLine ?? 1);
}

/** The grammar rule in which the parser was, without Langium's suffix. */
export function ruleOfError(error: ParserError): string {
  return (error.context.ruleStack.at(-1) ?? '').replace(/[^A-Za-z].*$/, '');
}

/** A `}` was expected, and a statement that cannot stand in the block, or the end of the file, came instead. */
export function isUnclosedBlock(error: ParserError): boolean {
  if (error.name !== 'MismatchedTokenException' || !error.message.startsWith('}')) return false;
  return isEnd(error) || AFTER_A_BLOCK.has(error.token.image);
}

function isEnd(error: ParserError): boolean {
  return isEndOfText(error.token);
}

/** Whether a token stands for the end of the text: the language has a word `EOF`, whose tokens bear the same name. */
export function isEndOfText(token: Token): boolean {
  return token.tokenType.name === 'EOF' && token.image === '';
}

function firstOfEachLine(errors: readonly ParserError[]): [number, ParserError][] {
  const first = new Map<number, ParserError>();
  for (const error of errors) {
    const line = lineOfError(error);
    if (!first.has(line)) first.set(line, error);
  }
  return [...first].sort((a, b) => a[0] - b[0]);
}

function linesWithBraces(tokens: readonly Token[]): Set<number> {
  return new Set(tokens.filter(({ image }) => image === '{' || image === '}').map((token) => token.startLine ?? 0));
}

const AFTER_A_BLOCK = new Set([
  ...[
    'scenario',
    'title',
    'question',
    'takeaway',
    'let',
    'host',
    'link',
    'router',
    'firewall',
    'nat',
    'process',
    'seed',
    'run',
    'part',
    'variant',
  ],
  ...['at', 'after', 'every', 'when', 'expect'],
]);
const MAX_PASSES = 12;
/** How many tokens may be read in all while looking for what is broken. */
const TOKEN_BUDGET = 200_000;
/** Each costs the parser a look through the rest of the file. */
const MAX_ERRORS = 300;
