import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenarios } from '../../extension/language/parse.ts';
import { BASE, problemsOf, withBase } from './support.ts';

const catalogue = new URL('../../media/scenarios/', import.meta.url);
const texts = readdirSync(catalogue)
  .filter((name) => name.endsWith('.tcpscn'))
  .map((name) => readFileSync(new URL(name, catalogue), 'utf8'));

const many = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');
const unknownAmongMany = `scenario "x"\n${many(8_000, (i) => `host host${i}`)}\n${many(6_000, (i) => `at 1s hxst${i} boots`)}`;

describe('nothing that is written makes the language throw or hang', { timeout: 60_000 }, () => {
  const words = [
    ...new Set(`${texts.join(' ')} ± +- ( ) { } " # ' 's -1 0 99999999999999999999 \u0000 é 断 . : ,`.split(/\s+/)),
  ];
  const word = fc.constantFrom(...words, '\n', '\n', '\n', '"', '{', '}');

  it('any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        parseScenarios(text);
        parseScenarios(withBase(text));
      }),
      { numRuns: 300 },
    );
  });

  it('the words of the catalogue in any order', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (list) => {
        parseScenarios(withBase(list.join(' ')));
      }),
      { numRuns: 300 },
    );
  });

  it('scenarios of the catalogue with pieces cut out, doubled or exchanged', () => {
    const mutation = fc.record({
      text: fc.constantFrom(...texts),
      from: fc.nat(),
      length: fc.nat(80),
      insert: fc.oneof(fc.constant(''), word, fc.string({ maxLength: 5 })),
    });
    fc.assert(
      fc.property(mutation, ({ text, from, length, insert }) => {
        const at = from % text.length;
        const { problems } = parseScenarios(text.slice(0, at) + insert + text.slice(at + length));
        for (const { range, message } of problems) {
          expect(message).not.toBe('');
          expect(range.start.line).toBeGreaterThanOrEqual(0);
          expect(range.end.line).toBeGreaterThanOrEqual(range.start.line);
          if (range.end.line === range.start.line)
            expect(range.end.character).toBeGreaterThanOrEqual(range.start.character);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('one problem at most for a line that was cut off anywhere', () => {
    const lines = BASE.trimEnd().split('\n');
    for (const [index, line] of lines.entries()) {
      for (let length = 1; length < line.length; length++) {
        const cut = lines.with(index, line.slice(0, length)).join('\n');
        const here = problemsOf(cut).filter((problem) => problem.startsWith(`${index + 1}:`));
        expect(here.length, line.slice(0, length)).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('hostile files', { timeout: 60_000 }, () => {
  it.each<[name: string, text: string]>([
    ['parentheses in parentheses', withBase(`let a = ${'('.repeat(100_000)}1s`)],
    ['minus after minus', withBase(`let a = ${'-'.repeat(100_000)}1s`)],
    ['a sum without end', withBase(`let a = 1s${' + 1s'.repeat(100_000)}\nrun until a`)],
    ['a product that explodes', withBase(`let a = ${'999999999999999999 * '.repeat(100)}1s\nrun until a`)],
    ['digits without end', withBase(`run until ${'9'.repeat(1_000_000)}s`)],
    ['one line of a megabyte', 'a '.repeat(500_000)],
    ['one word of a megabyte', 'a'.repeat(1_000_000)],
    ['one text of a megabyte', `scenario "${'a'.repeat(1_000_000)}"`],
    ['one quotation mark and a megabyte', `scenario "${'\\'.repeat(1_000_000)}`],
    ['nothing but NUL', '\u0000'.repeat(100_000)],
    ['lines of nothing that is known', 'foo bar\n'.repeat(50_000)],
    ['blocks that are never closed', 'variant "a" {\n'.repeat(5_000)],
    ['braces', '{\n'.repeat(5_000)],
    ['closing braces', '}\n'.repeat(5_000)],
    ['scenarios without end', 'scenario "a"\n'.repeat(20_000)],
    ['a hundred thousand braces', '{\n'.repeat(100_000)],
    ['a megabyte of characters that begin nothing', '§ '.repeat(500_000)],
    ['a megabyte of lone surrogates', '\ud800\n'.repeat(500_000)],
    ['a megabyte of quotation marks', '"\n'.repeat(500_000)],
    ['ten thousand hosts', `scenario "x"\n${many(10_000, (i) => `host h${i}`)}`],
    ['a hundred thousand expectations', withBase(many(100_000, (i) => `expect no FIN at ${i}s`))],
    ['unknown names among many that are known', unknownAmongMany],
    ['variants without end', withBase(many(10_000, (i) => `variant "v${i}"`))],
    [
      'variants that build on each other',
      withBase(many(2_000, (i) => `variant "v${i}" extends "v${i - 1}" { let a = 1s }`)),
    ],
    ['more than we read', '#'.repeat(3_000_000)],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(parseScenarios(text).problems.length).toBeLessThan(1500);
  });

  it('a chain of 5,000 lets and of 5,000 afters', () => {
    const lets = Array.from({ length: 5000 }, (_, index) => `let a${index} = a${index + 1}`).join('\n');
    expect(() => parseScenarios(withBase(`${lets}\nlet a5000 = 1s\nrun until a0`))).not.toThrow();
    const afters = 'after 1s app sends 1 B on conn\n'.repeat(5000);
    expect(problemsOf(withBase(`at end app closes conn\n${afters}after 1s app sends 1 B on conn as end`))).toHaveLength(
      1,
    );
  });
});

describe('what a limit says', () => {
  const limits = (text: string) =>
    parseScenarios(text)
      .problems.filter(({ code }) => code === 'TCPSCN005')
      .map(({ message, severity }) => `${severity}: ${message}`);

  it.each([
    ['{\n'.repeat(100_000), 'error: The file has more than 60000 words and lines and is not read.'],
    [
      '\u0000'.repeat(100_000),
      'error: The file has more than 5000 characters that the language does not have. Is it a scenario?',
    ],
    [withBase(`run until ${'('.repeat(100_000)}`), 'error: More than 60 parentheses inside each other are not read.'],
    [unknownAmongMany, 'error: There are more than 1000 problems in this file; the others are not listed.'],
    [
      `scenario "x"\n${many(2_000, (i) => `host h${i}`)}`,
      'information: There are more than 1000 problems in this file; the others are not listed.',
    ],
    [
      withBase(many(3_000, (i) => `variant "v${i}"`)),
      'error: The runs of this scenario have more than 20000 statements in all; the rest is not read.',
    ],
  ])('case %#', (text, message) => {
    expect(limits(text)).toEqual([message]);
  });

  it('errors come before hints when there are too many problems', () => {
    const text = `scenario "x"\n${many(2_000, (i) => `host h${i}`)}\nat 1s nobody boots`;
    expect(problemsOf(text)).toContainEqual('2002:7-12 TCPSCN010');
  });
});

it.each([
  ['\u202e', '\\u202e'],
  ['\u2066', '\\u2066'],
  ['\ud800', '\\ud800'],
  ['\u0000', '\\u0000'],
  ['\u200b', '\\u200b'],
])('a character that cannot be seen is named: %j', (character, name) => {
  expect(parseScenarios(withBase(`at 1s ${character} web is killed`)).problems[0]?.message).toBe(
    `The language has no character “${name}”.`,
  );
});

it('a file that could not be read leaves nothing behind for the next', () => {
  parseScenarios('foo bar\n'.repeat(50_000));
  expect(problemsOf(BASE)).toEqual([]);
});
