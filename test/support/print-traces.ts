/** Plays every scenario of a folder and prints the traces as JSON Lines: what the test of determinism runs in several processes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from '../../extension/engine/play.ts';
import { parseScenarios } from '../../extension/language/index.ts';
import { traceToJsonLines } from '../../extension/trace/jsonl.ts';

const [, , folder = '.'] = process.argv;
const names = readdirSync(folder)
  .filter((each) => each.endsWith('.tcpscn'))
  .sort();

for (const name of names) {
  const { scenarios } = parseScenarios(readFileSync(join(folder, name), 'utf8'));
  for (const run of scenarios.flatMap(({ runs }) => runs)) {
    process.stdout.write(`${name} ${run.variant?.en ?? ''}\n`);
    for (const line of traceToJsonLines(play(run))) process.stdout.write(line);
  }
}
