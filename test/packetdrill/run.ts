/** `npm run packetdrill -- FOLDER…`: plays every `.pkt` file below the folders and says how each one went. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { LINUX_6_18 } from './machine/world.ts';
import type { Verdict } from './play.ts';
import { playScript } from './play.ts';
import { table } from './report.ts';

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('npm run packetdrill -- FOLDER…   plays every .pkt file below; also single files');
  process.exit(2);
}

const results: { family: string; name: string; verdict: Verdict }[] = [];
for (const path of paths) {
  for (const file of scriptsBelow(path)) {
    const verdict = playScript(readFileSync(file, 'utf8'), dirname(file), LINUX_6_18);
    const shown = relative(process.cwd(), file);
    const where = verdict.line === undefined ? shown : `${shown}:${verdict.line}`;
    console.log(`${verdict.outcome.padEnd(11)} ${where}${verdict.message === undefined ? '' : `: ${verdict.message}`}`);
    results.push({ family: basename(dirname(file)), name: basename(file, '.pkt'), verdict });
  }
}
console.log(`\n${table(results).join('\n')}`);
process.exit(results.some(({ verdict }) => verdict.outcome === 'failed') ? 1 : 0);

function scriptsBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.pkt'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
