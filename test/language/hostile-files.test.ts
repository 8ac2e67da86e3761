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

describe('files that nobody writes', () => {});

describe('a word alone on its line', () => {
  it('that is nearly a statement: which, at the word', () => {
    const [problem] = parseScenarios(`${BASE}  scenari # oops\n`).problems;
    expect(problem?.message).toContain('Did you mean “scenario”?');
    expect(problem?.range).toEqual({ start: { line: 8, character: 2 }, end: { line: 8, character: 9 } });
  });
});
