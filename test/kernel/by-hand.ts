/**
 * `tcpscn kernel FILE…`: records the runs of a file on this machine's kernel and shows them beside the engine's.
 * Exit status: 0 they agree, 1 they differ, 2 it cannot be done.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { formatDuration, SECOND } from '../../extension/base/time.ts';
import { chooseRuns } from '../../extension/cli/choice.ts';
import { parseScenarios } from '../../extension/language/index.ts';
import { compareWith } from './compare.ts';
import { compileLab, missing } from './lab.ts';
import { lengthOf, record } from './record.ts';
import type { Take } from './record.ts';
import { NotRecordable } from './not-recordable.ts';
import { turnsMachineKnobs } from './script.ts';
import { sideBySide } from './side-by-side.ts';

function takes(args: readonly string[]): readonly Take[] | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { scenario: { type: 'string' }, variant: { type: 'string' } },
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
  return runs.map(({ file, plan }) => ({ scenario: basename(file, '.tcpscn'), plan, overrides: [] }));
}

async function main(args: readonly string[]): Promise<0 | 1 | 2> {
  const lacks = missing();
  if (lacks !== undefined) {
    console.error(lacks);
    return 2;
  }
  const chosen = takes(args);
  if (typeof chosen === 'string') {
    console.error(chosen);
    return 2;
  }
  const longest = Math.max(...chosen.map(({ plan }) => plan.until ?? lengthOf(plan)));
  console.error(`Recording in real time: about ${formatDuration(Math.ceil(longest / SECOND) * SECOND)}.`);
  const program = compileLab();
  const results = await Promise.all(chosen.map((take) => show(program, take)));
  for (const { text } of results) console.log(text);
  return results.reduce<0 | 1 | 2>((worst, { status }) => (status > worst ? status : worst), 0);
}

async function show(program: string, take: Take): Promise<{ text: string; status: 0 | 1 | 2 }> {
  const { plan } = take;
  const title = plan.variant === undefined ? plan.scenario.en : `${plan.scenario.en} — ${plan.variant.en}`;
  if (turnsMachineKnobs(plan))
    return {
      text: `${title}\n\nIt needs a knob of the whole machine: only npm run kernel:record turns those.\n`,
      status: 2,
    };
  try {
    const recording = await record(program, take);
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
