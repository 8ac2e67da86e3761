import type { ParserError } from './recovering-parser.ts';

interface TokenType {
  readonly name: string;
}

/**
 * Instead of a sentence, an error of our parser carries the names of the tokens that were possible: the sentence is made later,
 * when it is known to be the first of its line, and in the reader's language.
 */
export class ExpectedTokensProvider {
  buildMismatchTokenMessage({ expected }: { expected: TokenType }): string {
    spend();
    return expected.name;
  }

  buildNotAllInputParsedMessage(): string {
    spend();
    return '';
  }

  buildNoViableAltMessage({ expectedPathsPerAlt }: { expectedPathsPerAlt: TokenType[][][] }): string {
    return encode(expectedPathsPerAlt.flat());
  }

  buildEarlyExitMessage({ expectedIterationPaths }: { expectedIterationPaths: TokenType[][] }): string {
    return encode(expectedIterationPaths);
  }
}

/** Names of the tokens that could have come; empty where the whole text was read and something follows. */
export function expectedTokens(error: ParserError): string[] {
  return error.message === '' ? [] : error.message.split(SEPARATOR);
}

/** Counts down over one text. A file of other contents would otherwise be searched for what it could mean, line by line. */
export const errorBudget = { left: Infinity };

function spend(): void {
  if (--errorBudget.left < 0) throw new RangeError('Too many syntax errors');
}

function encode(paths: readonly TokenType[][]): string {
  spend();
  const names = new Set<string>();
  for (const [first] of paths) {
    if (first !== undefined) names.add(first.name);
  }
  return [...names].join(SEPARATOR);
}

const SEPARATOR = '\u0000';
