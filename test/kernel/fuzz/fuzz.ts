/**
 * `npm run kernel:fuzz`: plays random scenarios on this machine's kernel and in the engine, and says where they differ.
 *   npm run kernel:fuzz -- --seeds 1-50       the scenarios of these seeds
 *   npm run kernel:fuzz -- FILE…              the first run of these files
 *   --out FOLDER                              where scenarios, recordings and ladders go (default: a new one for temporary files)
 *   --width 6                                 so many at the same time
 *   --shrink                                  leaves out of what always differs all that is not needed for it
 *   --compare                                 no recording: those in FOLDER with the engine as it is now
 * Exit status: 0 nothing always differs, 1 something does, 2 it cannot be done.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Lab } from '../lab.ts';
import { localLab, missing } from '../lab.ts';
import { formatRecording, parseRecording } from '../recording.ts';
import { sideBySide } from '../side-by-side.ts';
import { NotRecordable } from '../not-recordable.ts';
import { generate } from './generate.ts';
import type { Outcome, Verdict } from './outcome.ts';
import { judge, placeOf, planOfText, verdictOf } from './outcome.ts';
import { pool } from './pool.ts';
import { shrink } from './shrink.ts';

interface Subject {
  readonly name: string;
  readonly text: string;
}

interface Found extends Subject {
  readonly outcome: Outcome;
}

interface Request {
  readonly subjects: readonly Subject[];
  readonly folder: string;
  readonly width: number;
  readonly shrinks: boolean;
  readonly onlyCompares: boolean;
}

const SCENARIO = '.tcpscn';
const RECORDING = '.txt';

/** @throws Error with what is wrong with the arguments */
function readArguments(args: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      out: { type: 'string' },
      width: { type: 'string', default: '6' },
      shrink: { type: 'boolean', default: false },
      compare: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const width = Number(values.width);
  if (!Number.isInteger(width) || width < 1) throw new Error(`--width ${values.width}: a number from 1 on is needed.`);
  if (values.compare && values.out === undefined) throw new Error('--compare needs the folder: --out FOLDER.');
  const folder = values.out ?? mkdtempSync(join(tmpdir(), 'tcpscn-fuzz-'));
  const files = positionals.map((file) => ({ name: basename(file, SCENARIO), text: readFileSync(file, 'utf8') }));
  const subjects = [...seeded(values.seeds), ...files, ...(values.compare ? recorded(folder) : [])];
  if (subjects.length === 0) throw new Error('Say which: --seeds 1-50, or files.');
  return { subjects, folder, width, shrinks: values.shrink, onlyCompares: values.compare };
}

function seeded(seeds: string | undefined): Subject[] {
  if (seeds === undefined) return [];
  const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(seeds) ?? [];
  if (first === '') throw new Error(`--seeds ${seeds}: a number, or two as in 1-50, are needed.`);
  const count = Math.max(0, Number(last) - Number(first) + 1);
  return Array.from({ length: count }, (_, i) => Number(first) + i).map((seed) => ({
    name: `seed-${seed}`,
    text: generate(seed),
  }));
}

/** What has a recording in the folder. */
function recorded(folder: string): Subject[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(SCENARIO) && existsSync(join(folder, file.replace(SCENARIO, RECORDING))))
    .map((file) => ({ name: basename(file, SCENARIO), text: readFileSync(join(folder, file), 'utf8') }));
}

async function main(args: readonly string[]): Promise<0 | 1 | 2> {
  const request = readArguments(args);
  const lacks = request.onlyCompares ? undefined : missing();
  if (lacks !== undefined) throw new Error(lacks);
  mkdirSync(request.folder, { recursive: true });
  const lab: Lab = request.onlyCompares ? () => Promise.reject(new Error('Nothing is recorded.')) : localLab();
  console.log(`${request.subjects.length} scenarios; what comes of them is in ${request.folder}`);
  const all = pool(request.width);
  const found = await all(request.subjects.map((subject) => () => examine(lab, subject, request)));
  const different = found.flatMap((each) => (each === undefined || each.outcome.verdict === 'agrees' ? [] : [each]));
  if (request.shrinks && !request.onlyCompares) {
    for (const each of different) {
      if (each.outcome.verdict !== 'always') continue;
      const least = await shrink(lab, each.name, each.text, placeOf(each.outcome), all);
      writeFileSync(join(request.folder, `${each.name}-least${SCENARIO}`), least);
      console.log(`\n${each.name}, the least of it:\n${least}`);
    }
  }
  printTable(found.flatMap((each) => each ?? []));
  return different.some(({ outcome: { verdict } }) => verdict === 'always' || verdict === 'crash') ? 1 : 0;
}

async function examine(lab: Lab, subject: Subject, request: Request): Promise<Found | undefined> {
  const { name, text } = subject;
  const file = (ending: string): string => join(request.folder, name + ending);
  try {
    const plan = planOfText(text);
    writeFileSync(file(SCENARIO), text);
    const outcome = request.onlyCompares
      ? judge(plan, parseRecording(readFileSync(file(RECORDING), 'utf8')))
      : await verdictOf(lab, name, plan);
    const { recording, comparison, verdict, differences } = outcome;
    if (!request.onlyCompares) writeFileSync(file(RECORDING), formatRecording(recording));
    if (comparison !== undefined) {
      const lines = sideBySide(comparison, plan, { kernel: 'kernel', engine: 'engine' });
      writeFileSync(file('.ladder'), `${lines.join('\n')}\n`);
    }
    if (verdict !== 'agrees') console.log(`${verdict.padEnd(6)} ${name}: ${differences[0] ?? ''}`);
    return { ...subject, outcome };
  } catch (error) {
    // Of a random scenario: on to the next one.
    const reason = (error as Error).message;
    console.log(`${name}: ${error instanceof NotRecordable ? 'namespaces cannot play ' : ''}${reason}`);
    return undefined;
  }
}

function printTable(found: readonly Found[]): void {
  const different = found.filter(({ outcome }) => outcome.verdict !== 'agrees');
  const counts = new Map<Verdict, number>();
  for (const { outcome } of found) counts.set(outcome.verdict, (counts.get(outcome.verdict) ?? 0) + 1);
  console.log('');
  for (const { name, outcome } of different.toSorted((a, b) => a.outcome.verdict.localeCompare(b.outcome.verdict)))
    console.log(`${outcome.verdict.padEnd(6)} ${name.padEnd(10)} ${placeOf(outcome)}`);
  console.log([...counts].map(([verdict, count]) => `${verdict} ${count}`).join(', '));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
