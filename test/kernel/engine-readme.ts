/** The column “recorded” of extension/engine/README.md: which recordings are said to cover a behaviour. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = join(import.meta.dirname, '../../extension/engine/README.md');

/** Words that name no recording. */
const WORDS = ['–', 'all', 'in part'];

/** @returns by behaviour, the scenarios (ids) that a row names; those after “all but” too */
export function recordedColumn(): ReadonlyMap<string, readonly string[]> {
  const rows = new Map<string, readonly string[]>();
  let hasColumn = false;
  for (const line of readFileSync(README, 'utf8').split('\n')) {
    if (!line.startsWith('|')) {
      hasColumn = false;
      continue;
    }
    const cells = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    const [behaviour = '', last = ''] = [cells[0], cells.at(-1)];
    if (last === 'recorded') hasColumn = true;
    else if (hasColumn && !last.startsWith('---'))
      rows.set(
        behaviour,
        last
          .replace(/^all but /, '')
          .split(', ')
          .filter((word) => !WORDS.includes(word)),
      );
  }
  return rows;
}
