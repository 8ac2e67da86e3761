import { parseScenarios } from '../../extension/language/parse.ts';
import type { Problem } from '../../extension/language/problems/problem.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';

/** Two hosts, a link, a server, a client and an open connection, for tests to add to. */
export const BASE = `scenario "Base"
host client
host server
link wire between client and server { delay 5ms }
process web on server
process app on client
at 0s web listens on 80
at 10ms app connects to server:80 as conn
`;

/** The base with more lines. */
export function withBase(lines: string): string {
  return `${BASE}${lines}\n`;
}

/** `line:from-to CODE` for each problem, lines and columns from 1, as an editor shows them. */
export function problemsOf(text: string): string[] {
  return parseScenarios(text).problems.map(place);
}

function place({ code, range: { start, end } }: Problem): string {
  const to = start.line === end.line ? `${end.character}` : `${end.line + 1}:${end.character}`;
  return `${start.line + 1}:${start.character + 1}-${to} ${code}`;
}

/** Takes «marks» out of a text, and says where they stood in the form of `problemsOf`. */
export function unmark(marked: string): { text: string; marks: string[] } {
  const marks: string[] = [];
  const text = marked
    .split('\n')
    .map((line, index) => {
      const start = line.indexOf('«');
      const end = line.indexOf('»');
      if (start < 0) return line;
      marks.push(`${index + 1}:${start + 1}-${end - 1}`);
      return line.replace('«', '').replace('»', '');
    })
    .join('\n');
  return { text, marks };
}

/** The only run of a text without problems. */
export function onlyRun(text: string): RunPlan {
  const { scenarios, problems } = parseScenarios(text);
  const serious = problems.filter(({ severity }) => severity !== 'hint');
  if (serious.length > 0) throw new Error(serious.map((problem) => `${place(problem)} ${problem.message}`).join('\n'));
  return scenarios[0]!.runs[0]!;
}
