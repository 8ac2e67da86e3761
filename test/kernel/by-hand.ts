/**
 * `tcpscn kernel FILE…`: records the runs of a file on this machine's kernel, or in a virtual machine on another release's (`--kernel 6.12`),
 * and shows them beside the engine's.
 * Exit status: 0 they agree, 1 they differ, 2 it cannot be done.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { formatDuration, SECOND } from '../../extension/base/time.ts';
import { chooseRuns } from '../../extension/cli/choice.ts';
import { parseScenarios } from '../../extension/language/index.ts';
import { compareWith } from './compare.ts';
import type { Laboratory } from './laboratory.ts';
import { laboratoryOf } from './laboratory.ts';
import { lengthOf, record } from './record.ts';
import type { Take } from './record.ts';
import { NotRecordable } from './not-recordable.ts';
import { turnsMachineKnobs } from './script.ts';
import { sideBySide } from './side-by-side.ts';

interface Asked {
  /** Of another kernel than this machine's. */
  readonly version: string | undefined;
  readonly takes: readonly Take[];
}

function readArguments(args: readonly string[]): Asked | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { scenario: { type: 'string' }, variant: { type: 'string' }, kernel: { type: 'string' } },
    allowPositionals: true,
  });
  const files = positionals.map((file) => {
    const { scenarios, problems } = parseScenarios(readFileSync(file, 'utf8'));
    const wrong = problems.find(({ severity }) => severity === 'error');
    if (wrong !== undefined) throw new Error(`${file}:${wrong.range.start.line + 1}: ${wrong.message}`);
    return { file, scenarios };
  });
  const runs = chooseRuns(files, {
    ...(values.scenario === undefined ? {} : { scenario: values.scenario }),
    ...(values.variant === undefined ? {} : { variant: values.variant }),
  });
  if ('message' in runs) return runs.message;
  const takes = runs.map(({ file, plan }) => ({ scenario: basename(file, '.tcpscn'), plan, overrides: [] }));
  return { version: values.kernel, takes };
}

async function main(args: readonly string[]): Promise<0 | 1 | 2> {
  const asked = readArguments(args);
  if (typeof asked === 'string') {
    console.error(asked);
    return 2;
  }
  const laboratory = laboratoryOf(asked.version);
  try {
    if (laboratory.isVirtual) console.error('Starting a virtual machine: some ten seconds.');
    else console.error(`Recording in real time: about ${longestOf(asked.takes)}.`);
    const results = await Promise.all(asked.takes.map((take) => show(laboratory, take)));
    for (const { text } of results) console.log(text);
    return results.reduce<0 | 1 | 2>((worst, { status }) => (status > worst ? status : worst), 0);
  } finally {
    laboratory.close();
  }
}

function longestOf(takes: readonly Take[]): string {
  const longest = Math.max(...takes.map(({ plan }) => plan.until ?? lengthOf(plan)));
  return formatDuration(Math.ceil(longest / SECOND) * SECOND);
}

async function show(laboratory: Laboratory, take: Take): Promise<{ text: string; status: 0 | 1 | 2 }> {
  const { plan } = take;
  const title = plan.variant === undefined ? plan.scenario.en : `${plan.scenario.en} — ${plan.variant.en}`;
  if (!laboratory.isVirtual && turnsMachineKnobs(plan))
    return {
      text: `${title}\n\nIt needs a knob of the whole machine: only npm run kernel:record turns those.\n`,
      status: 2,
    };
  try {
    const recording = await record(laboratory.play, take);
    const timers = recording.aligned ? 'wheel' : 'ideal';
    const comparison = compareWith(timers, plan, recording);
    const agree = comparison.differences.length === 0 && comparison.times.length === 0;
    const titles = { kernel: `${recording.kernel}, HZ ${recording.hz}`, engine: `the engine, timers ${timers}` };
    const lines = sideBySide(comparison, plan, titles);
    return { text: `${title}\n\n${lines.join('\n')}\n`, status: agree ? 0 : 1 };
  } catch (error) {
    if (!(error instanceof NotRecordable)) throw error;
    return { text: `${title}\n\nNamespaces cannot play ${error.message}.\n`, status: 2 };
  }
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
