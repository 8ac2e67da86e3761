import { describe, expect, it } from 'vitest';
import { parseScenarios } from '../../extension/language/index.ts';

const BASE = `scenario "x"
host a
host b
link w between a and b
process p on a
process q on b
at 0s q listens on 80
at 10ms p connects to b:80 as c
`;
const count = 5_000;
const numbers = Array.from({ length: count }, (_, i) => i);
const found = (text: string): string[] =>
  parseScenarios(BASE + text).problems.map(({ code, range }) => `${code} ${range.start.line - 7}`);

describe('files that nobody writes', () => {
  it('thousands of values, each needing the next: computed', () => {
    const lets = numbers.map((i) => `let x${i} = x${i + 1}`).join('\n');
    const { scenarios, problems } = parseScenarios(`${BASE}${lets}\nlet x${count} = 7s\nrun until x0\n`);
    expect(problems).toEqual([]);
    expect(scenarios[0]?.runs[0]?.until).toBe(7_000_000);
  });

  it('thousands of values in a circle: one problem, at the first', () => {
    const lets = numbers.map((i) => `let x${i} = x${(i + 1) % count}`).join('\n');
    expect(found(`${lets}\nrun until x0\n`)).toEqual(['TCPSCN013 1']);
  });

  it('thousands of moments, each counting from the one below: no time goes missing', () => {
    const statements = numbers.map((i) => `at 0s after m${i + 1} p sends 1 B on c as m${i}`).join('\n');
    const { scenarios, problems } = parseScenarios(`${BASE}${statements}\nat 2s p sends 1 B on c as m${count}\n`);
    expect(problems).toEqual([]);
    const trigger = scenarios[0]?.runs[0]?.actions[2]?.trigger;
    expect(trigger).toEqual({ kind: 'at', time: 2_000_000 });
  });
});

it('a process that connects to its own host: reported at the host, no run', () => {
  const { scenarios, problems } = parseScenarios(`${BASE}at 1s p listens on 81\nat 1s p connects to a:81 as d\n`);
  expect(problems.map(({ code, range }) => [code, range.start])).toEqual([['TCPSCN053', { line: 9, character: 20 }]]);
  expect(scenarios[0]?.runs).toEqual([]);
});

describe('a word alone on its line', () => {
  it('that is nearly a statement: which, at the word', () => {
    const [problem] = parseScenarios(`${BASE}  scenari # oops\n`).problems;
    expect(problem?.message).toContain('Did you mean “scenario”?');
    expect(problem?.range).toEqual({ start: { line: 8, character: 2 }, end: { line: 8, character: 9 } });
  });
});
