import type { SourceRange } from '../../scenario/source.ts';
import type { ParseResult } from '../langium.ts';
import { nearest } from '../names/suggestion.ts';
import * as messages from '../problems/messages.ts';
import type { Problem, ProblemText } from '../problems/problem.ts';
import { expectedTokens } from './expected-tokens.ts';
import type { LexingError, Token } from './lexer.ts';
import { isEndOfText, isUnclosedBlock, lineOfError, ruleOfError, type ParserError } from './recovering-parser.ts';

/** What could not be read: at most one problem for each line. Lines are zero-based. */
export interface SyntaxProblems {
  readonly problems: readonly Problem[];
  readonly brokenLines: ReadonlySet<number>;
}

/** Makes problems of what lexer and parser report: the first of each line counts, the others follow from it. */
export function syntaxProblems(result: ParseResult, lines: readonly string[]): SyntaxProblems {
  const byLine = new Map<number, Problem>();
  const put = (line: number, problem: Problem): void => {
    if (!byLine.has(line)) byLine.set(line, problem);
  };
  const last = Math.max(
    0,
    lines.findLastIndex((line) => /^\s*[^#\s]/.test(line)),
  );
  for (const error of result.lexerErrors) {
    const line = (error.line ?? 1) - 1;
    put(line, lexerProblem(error, line, lines[line] ?? ''));
  }
  for (const error of result.parserErrors) {
    const line = Math.min(lineOfError(error) - 1, last);
    put(line, parserProblem(error, line, lines[line] ?? ''));
  }
  const problems = [...byLine.values()];
  const broken = [...byLine].filter(([, { code }]) => code !== 'TCPSCN007').map(([line]) => line);
  return { problems, brokenLines: new Set(broken) };
}

function lexerProblem(error: LexingError, line: number, text: string): Problem {
  const character = Math.max(0, (error.column ?? 1) - 1);
  const end = Math.max(character + 1, Math.min(text.length, character + error.length));
  const problem = error.problem ?? messages.strangeCharacters(printable(text.slice(character, end)));
  return { ...problem, range: { start: { line, character }, end: { line, character: end } } };
}

function parserProblem(error: ParserError, line: number, text: string): Problem {
  return { ...explain(error, text), range: place(error, line, text) };
}

function explain(error: ParserError, line: string): ProblemText {
  if (isUnclosedBlock(error)) return messages.unclosedBlock();
  const token = error.token;
  const word = token.image;
  const expected = expectedTokens(error);
  const rule = ruleOfError(error);

  const shown = describe(expected);
  if (isLineEnd(token)) {
    const lone = loneWord(error, line);
    const meant = lone === undefined ? undefined : nearest(lone, STATEMENTS);
    return lone !== undefined && meant !== undefined
      ? messages.unknownStatement(lone, meant)
      : messages.unexpectedEnd(shown);
  }
  if (
    rule === 'Name' ||
    rule === 'PlainName' ||
    (expected.includes('ID') && RESERVED.test(word) && expected.length > 5)
  ) {
    return RESERVED.test(word) && !(word in PUNCTUATION)
      ? messages.reservedWord(word)
      : messages.unexpectedText(word, shown);
  }
  const first = line.trim().split(/[^\w]/)[0] ?? '';
  if (rule === 'Document' || rule === 'Behaviour' || rule === 'BehaviourStatement') {
    const untimed = TIMED_VERBS.has(word) && line.trim().startsWith(first);
    const suggestion = nearest(first, STATEMENTS);
    if (!untimed && (suggestion !== undefined || rule === 'Document'))
      return messages.unknownStatement(first, suggestion);
  }
  const keywords = expected.filter((name) => /^[a-z]/i.test(name) && !TOKEN_NAMES.has(name));
  if (keywords.length > 0 && /^\w+$/.test(word)) {
    const suggestion = nearest(word, keywords);
    if (suggestion !== undefined) return messages.unknownVerb(word, suggestion);
  }
  return messages.unexpectedText(printable(word), shown);
}

function place(error: ParserError, line: number, text: string): SourceRange {
  const token = error.token;
  if (isLineEnd(token)) {
    const end = text.replace(/\s*(#.*)?$/, '').length;
    const word = loneWord(error, text);
    const length = word !== undefined && nearest(word, STATEMENTS) !== undefined ? word.length : 1;
    return { start: { line, character: Math.max(0, end - length) }, end: { line, character: Math.max(1, end) } };
  }
  const first = text.length - text.trimStart().length;
  const rule = ruleOfError(error);
  // A word that begins no statement is read as a process, and its second word is what cannot stand there: show the first.
  const fromStart =
    rule === 'Behaviour' && !TIMED_VERBS.has(token.image) && nearest(text.trim().split(/\W/)[0] ?? '', STATEMENTS);
  const character = fromStart ? first : (token.startColumn ?? 1) - 1;
  const end = fromStart ? first + (text.trim().split(/\W/)[0] ?? '').length : character + token.image.length;
  return { start: { line, character }, end: { line, character: Math.max(end, character + 1) } };
}

/** A word alone on its line is read as the name of a process; perhaps it was to begin something else. */
function loneWord(error: ParserError, line: string): string | undefined {
  const rule = ruleOfError(error);
  return rule === 'Behaviour' || rule === 'BehaviourStatement' ? /^\s*(\w+)\s*(?:#.*)?$/.exec(line)?.[1] : undefined;
}

function isLineEnd(token: Token): boolean {
  return token.tokenType.name === 'NL' || isEndOfText(token);
}

/** What could have come, as a reader would say it; a long list helps nobody. */
function describe(expected: readonly string[]): string[] {
  const isName = expected.includes('ID');
  const rest = isName ? expected.filter((name) => !NAME_WORDS.has(name)) : expected;
  const shown = rest.map((name) => TOKEN_NAMES.get(name) ?? `\`${name}\``).filter((name) => name !== '');
  return shown.length > 14 ? [] : [...new Set(shown)];
}

/** What cannot be seen, or changes how the text around it is shown: control and formatting characters, halves of characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function printable(text: string): string {
  const visible = text.replace(INVISIBLE, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
  return visible.length > 40 ? `${visible.slice(0, 40)}…` : visible;
}

const TOKEN_NAMES = new Map([
  ['ID', 'name'],
  ['NUMBER', '1'],
  ['QUANTITY', '10ms'],
  ['STRING', '"…"'],
  ['UNCLOSED_STRING', ''],
  ['IPV4', '10.0.0.1'],
  ['KERNEL', 'linux-6.12'],
  ['POSSESSIVE', '’s'],
  ['NL', ''],
  ['BROKEN', ''],
]);
const PUNCTUATION: Readonly<Record<string, true>> = { '{': true, '}': true, '=': true, ':': true, ',': true };
const RESERVED = /^[a-z-]+$/i;
/** Statements' first words, for "did you mean". */
const STATEMENTS = [
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
    'sysctl',
    'kernel',
    'address',
    'hz',
    'timers',
  ],
  ...['delay', 'bandwidth', 'queue', 'jitter', 'loss', 'duplication', 'reordering', 'mtu'],
  ...['seed', 'run', 'part', 'variant', 'at', 'after', 'every', 'when', 'expect'],
];
const TIMED_VERBS = new Set([
  ...[
    'loses',
    'boots',
    'shuts',
    'reboots',
    'is',
    'exits',
    'starts',
    'listens',
    'connects',
    'sends',
    'sets',
    'stops',
    'resumes',
    'drops',
    'duplicates',
    'delays',
    'has',
  ],
]);
/** Words that the rule `Name` takes besides ID. */
const NAME_WORDS = new Set([
  ...[
    'SO_REUSEADDR',
    'accepts',
    'address',
    'back',
    'backlog',
    'bandwidth',
    'by',
    'cut',
    'delay',
    'down',
    'duplicated',
    'duplication',
    'fails',
    'for',
    'has',
    'hz',
    'ideal',
    'idle',
    'jitter',
    'kernel',
  ],
  ...[
    'killed',
    'least',
    'loss',
    'lost',
    'miss',
    'misses',
    'most',
    'mtu',
    'next',
    'packet',
    'packets',
    'port',
    'power',
    'queue',
    'reading',
    'received',
    'reordering',
    'restored',
    'segment',
    'starts',
    'timers',
    'the',
    'up',
  ],
  'wheel',
  'writing',
]);
