import { describe, expect, it } from 'vitest';
import { parseScenarios } from '../../extension/language/parse.ts';
import { BASE, problemsOf, unmark, withBase } from './support.ts';

/** The base, a part and a variant after the line under test, so that whatever goes wrong has something to spoil. */
const AFTER = `part dies { at 1s server loses power as fault }
variant "one" uses dies {
  expect no segment after fault
}
variant "two" {
  at 1s web is killed
  expect server sends FIN at 1s
}`;

describe('one broken line is one problem', () => {
  it.each([
    ['a word that is no statement', '«expct» no segment'],
    ['a misspelt declaration', '«hsot» other'],
    ['an unknown verb', 'at 1s server «explodes» as x'],
    ['a verb nearly right', 'at 1s app «close» conn'],
    ['a missing word', 'at 1s app sends 100 B conn'],
    ['a line that ends too early', 'expect conn on client i«s»'],
    ['a time without what happens', 'at 2«s»'],
    ['a broken line with braces', 'link other «betwen» client and server { delay 5ms }'],
    ['a brace too many', '«}»'],
    ['an unknown setting in a block', 'host other { «adress» 10.0.0.9 }'],
    ['a broken block', '«varaint» "x" {\n  at 1s web is killed\n}'],
    ['a block that is closed twice', 'host other { }  «}»'],
    ['a keyword for a name', 'process «host» on client'],
    ['characters of no language', '«\u0000\u0001» at 1s'],
    ['emptiness', 'le«t»'],
    ['a text that is not closed', 'at 1s app sends «"abc»'],
    ['the word EOF where nothing can end', 'expect conn on clreads «EOF» at 5ms'],
    ['the word EOF after a word too few', 'web ignore«s»'],
    ['a count without what is counted', 'expect 9 «9» from client'],
    ['a comma in the wrong place', 'at 1s server reboots«,»'],
    ['a title without a text', 'variant «{»\n}'],
  ])('%s', (_, line) => {
    const { text, marks } = unmark(`${BASE}${line}\n${AFTER}`);
    expect(problemsOf(text).map((problem) => problem.split(' ')[0])).toEqual(
      marks.length > 0 ? marks : [expect.any(String)],
    );
  });

  it('a block that is never closed, before a variant', () => {
    expect(problemsOf(`${BASE}part other_part {\n  at 1s web is killed\n${AFTER}`)).toEqual(['11:1-4 TCPSCN007']);
  });

  it('a block that is never closed, at the end', () => {
    const problems = problemsOf(withBase('variant "x" {\n  at 1s web is killed'));
    expect(problems).toEqual([expect.stringContaining('TCPSCN007')]);
  });

  it('a host block that is never closed', () => {
    expect(problemsOf('scenario "x"\nhost a {\n  hz 1000\nhost b\nlink w between a and b')).toEqual([
      '4:1-4 TCPSCN007',
    ]);
  });

  it('two broken lines are two problems', () => {
    const text = `${BASE}at 1s web dies\n${AFTER}\nexpect nothing\n`;
    expect(problemsOf(text)).toHaveLength(2);
  });
});

it('one broken line in a file of 5,000 lines is one problem, wherever it stands', { timeout: 60_000 }, () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `at ${index + 1}s app sends 100 B on conn as m${index}`);
  for (const at of [0, 2500, 4999]) {
    expect(problemsOf(withBase(lines.with(at, 'at 1s app explodes').join('\n')))).toEqual([
      `${9 + at}:11-18 TCPSCN001`,
    ]);
  }
  expect(problemsOf(withBase(lines.with(2500, 'at 1s app explodes {').join('\n')))).toEqual(['2509:11-18 TCPSCN001']);
});

it('names on a broken line may be declarations: nobody complains that they are unknown', () => {
  const text = 'scenario "x"\nhost client\nhost server\nlink wire betwen client and server\nat 1s wire is cut\n';
  expect(problemsOf(text)).toHaveLength(1);
});

it('no run is made of a block with a broken line, others stay', () => {
  const { scenarios } = parseScenarios(withBase('variant "a" {\n  at 1s web dies\n}\nvariant "b" {\n}'));
  expect(scenarios[0]?.runs.map(({ variant }) => variant?.en)).toEqual(['b']);
});

it('suggests the word that was meant', () => {
  const [problem] = parseScenarios(withBase('at 1s app close conn')).problems;
  expect(problem).toMatchObject({ code: 'TCPSCN001', data: { replacement: 'closes' } });
  expect(problem?.message).toContain('“closes”');
});

it('Windows and old Macintosh line ends', () => {
  expect(problemsOf(BASE.replaceAll('\n', '\r\n'))).toEqual([]);
  expect(problemsOf(BASE.replaceAll('\n', '\r'))).toEqual([]);
  expect(problemsOf(`\uFEFF${BASE}`)).toEqual([]);
});

it('words of the language are names where that cannot be misread', () => {
  const text = `scenario "x"
host power
host address
link segment between power and address { delay 1ms }
process starts on address
process reading on power
let delay = 1s
at 0s starts listens on 80
at 10ms reading connects to address:80 as port
at 20ms reading sends 1 B on port as send
at 1s segment is cut as cut
at delay + 1s segment is restored as restored
expect port on power is ESTABLISHED at restored
expect no segment between cut and 1ms after cut
run until 1min
`;
  expect(problemsOf(text)).toEqual([]);
});
