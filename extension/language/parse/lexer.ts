import { DefaultLexer, type LexerResult } from '../langium.ts';
import * as messages from '../problems/messages.ts';
import type { ProblemText } from '../problems/problem.ts';

export type Token = LexerResult['tokens'][number];
export type LexingError = LexerResult['errors'][number] & { problem?: ProblemText };

/**
 * Langium's lexer with limits, so that no text can make the parser recurse or search without bound, and with a way to
 * put one token in the place of lines that turned out to be broken.
 */
export class ScenarioLexer extends DefaultLexer {
  /** Lines (from 1, as tokens count) that are replaced by a BROKEN token and the braces that they open or close. */
  brokenLines: ReadonlySet<number> = new Set();

  /** Broken lines whose braces are left out as well: they opened a block that nobody closes. */
  braceless: ReadonlySet<number> = new Set();

  /** Lines before which a missing `}` is put; Infinity for the end of the text. */
  closedBefore: ReadonlySet<number> = new Set();

  override tokenize(text: string): LexerResult {
    if (text.length > MAX_TEXT) {
      return { ...super.tokenize(''), errors: [limitError(messages.fileTooLong(MAX_TEXT), 0, 1, 1)] };
    }
    if (hasTooManyStrange(text)) {
      return { ...super.tokenize(''), errors: [limitError(messages.tooManyStrange(MAX_STRANGE), 0, 1, 1)] };
    }
    const result = super.tokenize(text);
    const errors: LexingError[] = [...result.errors];
    let tokens = this.limitLines(result.tokens, errors);
    if (tokens.length > MAX_TOKENS) {
      return { ...super.tokenize(''), errors: [limitError(messages.tooManyWords(MAX_TOKENS), 0, 1, 1)] };
    }
    if (this.brokenLines.size > 0) {
      tokens = this.replaceBrokenLines(tokens);
    }
    if (this.closedBefore.size > 0) {
      tokens = this.closeBlocks(tokens);
    }
    return { ...result, tokens, errors };
  }

  private closeBlocks(tokens: Token[]): Token[] {
    const type = this.tokenTypes['}'];
    const last = tokens.at(-1);
    if (type === undefined || last === undefined) return tokens;
    const closing = (at: Token): Token => ({
      ...at,
      image: '}',
      tokenType: type,
      tokenTypeIdx: type.tokenTypeIdx ?? at.tokenTypeIdx,
    });
    const result: Token[] = [];
    let line = 0;
    for (const token of tokens) {
      if (token.startLine !== line) {
        line = token.startLine ?? 0;
        // It stands where the line before ends, so that the block does not reach into this one.
        if (this.closedBefore.has(line)) result.push(closing(result.at(-1) ?? token));
      }
      result.push(token);
    }
    return this.closedBefore.has(Infinity) ? [...result, closing(last)] : result;
  }

  private limitLines(tokens: Token[], errors: LexingError[]): Token[] {
    let line = 0;
    let count = 0;
    let depth = 0;
    let skipping = false;
    const kept = tokens.filter((token) => {
      if (token.startLine !== line) {
        line = token.startLine ?? 0;
        count = 0;
        depth = 0;
        skipping = false;
      }
      if (token.tokenType.name === 'NL') return true;
      if (skipping) return false;
      if (token.tokenType.name === 'UNCLOSED_STRING') {
        errors.push(
          limitError(messages.unclosedText(), token.startOffset, line, token.startColumn ?? 1, token.image.length),
        );
      }
      count++;
      depth += token.image === '(' || token.image === '-' ? 1 : token.image === ')' ? -1 : 0;
      if (count <= MAX_TOKENS_A_LINE && depth <= MAX_DEPTH) return true;
      skipping = true;
      const problem = depth > MAX_DEPTH ? messages.nestedTooDeeply(MAX_DEPTH) : messages.lineTooLong(MAX_TOKENS_A_LINE);
      errors.push(limitError(problem, token.startOffset, line, token.startColumn ?? 1));
      return false;
    });
    return kept.length === tokens.length ? tokens : kept;
  }

  private replaceBrokenLines(tokens: Token[]): Token[] {
    const result: Token[] = [];
    for (let i = 0; i < tokens.length;) {
      const token = tokens[i];
      if (token === undefined) break;
      if (!this.brokenLines.has(token.startLine ?? 0) || token.tokenType.name === 'NL') {
        result.push(token);
        i++;
        continue;
      }
      const line: Token[] = [];
      for (
        let next = tokens[i];
        next && next.startLine === token.startLine && next.tokenType.name !== 'NL';
        next = tokens[++i]
      ) {
        line.push(next);
      }
      result.push(...this.replacement(line));
    }
    return result;
  }

  /** `varaint "x" {` becomes BROKEN `{`; what opens and closes on the line itself is gone. */
  private replacement(line: readonly Token[]): Token[] {
    const opened: Token[] = [];
    const closed: Token[] = [];
    for (const token of line) {
      if (token.image === '{') opened.push(token);
      else if (token.image === '}' && opened.pop() === undefined) closed.push(token);
    }
    const first = line[0];
    const type = this.tokenTypes.BROKEN;
    if (first === undefined || type === undefined) return [];
    const broken: Token = { ...first, tokenType: type, tokenTypeIdx: type.tokenTypeIdx ?? first.tokenTypeIdx };
    return this.braceless.has(first.startLine ?? 0) ? [broken] : [...closed, broken, ...opened.slice(0, 1)];
  }
}

/** The lexer tries every kind of token at every character that none begins with: a file of nothing else is stopped before. */
function hasTooManyStrange(text: string): boolean {
  let count = 0;
  for (const [, strange] of text.matchAll(/"(?:\\.|[^"\\\r\n])*|#[^\r\n]*|\w[\w.%]*|([^\s\w"#(){}=:,+*/-])/g)) {
    if (strange !== undefined && ++count > MAX_STRANGE) return true;
  }
  return false;
}

function limitError(problem: ProblemText, offset: number, line: number, column: number, length = 1): LexingError {
  return { problem, offset, line, column, length, message: problem.message };
}

const MAX_TEXT = 2_000_000;
/** Ends of lines included. The largest scenario of the catalogue has not one in fifty of that. */
const MAX_TOKENS = 60_000;
const MAX_STRANGE = 5_000;
const MAX_TOKENS_A_LINE = 400;
const MAX_DEPTH = 60;
