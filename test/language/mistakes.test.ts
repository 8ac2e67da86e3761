import { describe, expect, it } from 'vitest';
import { parseScenarios } from '../../extension/language/index.ts';
import { withBase } from './support.ts';

const BASE = `scenario "x"
host a
host b
link w between a and b
process p on a
process q on b
at 0s q listens on 80
at 10ms p connects to b:80 as c
`;

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

it.each([
  ['another port', 'at 1s web connects to client:4001 as both from port 5000'],
  ['another host', 'at 1s app connects to server:5001 as both from port 4001'],
  ['no port of its own', 'at 1s web connects to client:4000 as both'],
])('a connection opened twice, which is not the other side of the first: %s', (_, line) => {
  const { problems } = parseScenarios(withBase(`at 1s app connects to server:5000 as both from port 4000\n${line}`));
  expect(problems.map(({ code }) => code)).toContain('TCPSCN012');
});
