/**
 * `npm run kernel:record`: plays scenarios on the real kernel and keeps what happened in recordings/.
 *   npm run kernel:record                         every run of the catalogue that namespaces can play
 *   npm run kernel:record -- C1 D6                the runs of these scenarios
 *   npm run kernel:record -- --new                those that have no recording yet
 *   npm run kernel:record -- --vm 6.12            in a virtual machine with that kernel, into recordings/linux-6.12/
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SECOND, type Micros } from '../../extension/base/time.ts';
import { play } from '../../extension/engine/play.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import { scenarioOf, variantName } from '../support/catalogue.ts';
import { readLabOutput } from './lab-output.ts';
import type { Lab } from './lab.ts';
import { laboratoryOf } from './laboratory.ts';
import type { Override } from './override.ts';
import { applyOverrides } from './override.ts';
import { shorteningOf } from './overrides.ts';
import type { Recording } from './recording.ts';
import { formatRecording } from './recording.ts';
import { recordable } from './recordable.ts';
import { folderOf, recordingName } from './recordings.ts';
import { NotRecordable } from './not-recordable.ts';
import { scriptOf, turnsMachineKnobs } from './script.ts';

/** A cable or a program that was so late did not play the scenario: the machine was too busy. */
const DISTURBED: Micros = 3_000;
const TRIES = 5;
/** ms: recordings that begin together act together, and are in each other's way. */
const STAGGER = 2_100;

/** ms: what a dead host's sockets take to go, and how often that is looked for. */
const QUIET_WITHIN = 180_000;
const QUIET_POLL = 500;

/** One run, as it is to be recorded. */
export interface Take {
  readonly scenario: string;
  readonly plan: RunPlan;
  readonly overrides: readonly Override[];
  readonly end?: Micros | undefined;
}

/** Records one run. @throws NotRecordable; Error when the machine cannot */
export async function record(lab: Lab, take: Take): Promise<Recording> {
  const plan = applyOverrides(take.plan, take.overrides);
  const end = take.end ?? plan.until ?? lengthOf(plan);
  const script = scriptOf(plan, end);
  for (let attempt = 1; ; attempt++) {
    const output = readLabOutput(await lab(script));
    for (const refused of output.refused) console.error(`  this kernel refuses ${refused}`);
    const isDisturbed = output.drawnAnew || Math.max(output.cableLate, output.actionLate) > DISTURBED;
    if (isDisturbed && attempt < TRIES) {
      console.error(`  ${recordingName(take.scenario, variantName(plan))}: disturbed, once more`);
      continue;
    }
    return {
      scenario: take.scenario,
      variant: variantName(plan),
      kernel: `Linux ${output.release}`,
      hz: output.hz,
      aligned: output.aligned,
      cableLate: output.cableLate,
      actionLate: output.actionLate,
      overrides: take.overrides,
      end,
      items: output.items.filter(({ time }) => time <= end),
    };
  }
}

/** The engine's run and what real timers may be late. */
export function lengthOf(plan: RunPlan): Micros {
  const trace = play(plan);
  let last: Micros = 0;
  for (const event of trace.events()) {
    if (event.kind !== 'run.ended' && event.kind !== 'expectation') last = event.time;
  }
  return Math.ceil(last + Math.min(0.14 * last + 3 * SECOND, 30 * SECOND));
}

function takes(ids: readonly string[], version: string | undefined, onlyNew: boolean): Take[] {
  return recordable()
    .filter(({ id }) => ids.length === 0 || ids.includes(id))
    .flatMap(({ id, name, text }) =>
      scenarioOf(name, text).runs.map((plan) => {
        const { overrides, end } = shorteningOf(id, variantName(plan));
        return { scenario: id, plan, overrides, end: end === undefined ? undefined : end * SECOND };
      }),
    )
    .filter((take) => !onlyNew || !existsSync(fileOf(take, version)));
}

function fileOf({ scenario, plan }: Take, version: string | undefined): string {
  return join(folderOf(version), recordingName(scenario, variantName(plan)));
}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { new: { type: 'boolean' }, vm: { type: 'string' } },
    allowPositionals: true,
  });
  const chosen = takes(positionals, values.vm, values.new === true);
  const laboratory = laboratoryOf(values.vm);
  const keepTake = (take: Take): Promise<void> => keep(laboratory.play, take, fileOf(take, values.vm));
  try {
    if (laboratory.isVirtual) for (const take of chosen) await keepTake(take);
    else await recordHere(chosen, keepTake);
  } finally {
    laboratory.close();
  }
}

/** On this machine's kernel, in real time: at the same time what does not turn knobs of the whole machine. */
async function recordHere(chosen: readonly Take[], keepTake: (take: Take) => Promise<void>): Promise<void> {
  const [together, alone] = [
    chosen.filter(({ plan }) => !turnsMachineKnobs(plan)),
    chosen.filter(({ plan }) => turnsMachineKnobs(plan)),
  ];
  console.log(`Recording ${together.length} runs at the same time, one begun every ${STAGGER / 1000} s.`);
  await Promise.all(
    together.map(async (take, index) => {
      await setTimeout(index * STAGGER);
      await keepTake(take);
    }),
  );
  for (const take of alone) {
    await quietMachine();
    await keepTake(take);
  }
}

/** Sockets without a process count for the whole machine: those of runs before must be gone. */
async function quietMachine(): Promise<void> {
  const orphans = (): number => Number(/orphan (\d+)/.exec(readFileSync('/proc/net/sockstat', 'utf8'))?.[1] ?? 0);
  if (orphans() > 0) console.log('Waiting until no socket of the machine is without a process.');
  for (const last = Date.now() + QUIET_WITHIN; orphans() > 0 && Date.now() < last;) await setTimeout(QUIET_POLL);
  // The kernel counts ten times a second.
  await setTimeout(QUIET_POLL);
  if (orphans() > 0) throw new Error(`${orphans()} sockets of this machine are without a process: record this alone.`);
}

async function keep(lab: Lab, take: Take, file: string): Promise<void> {
  const name = basename(file);
  try {
    const recording = await record(lab, take);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, formatRecording(recording));
    console.log(`${name}: ${recording.items.length} lines, cable late at most ${recording.cableLate} us`);
  } catch (error) {
    if (!(error instanceof NotRecordable)) throw error;
    console.log(`${name}: cannot be recorded: ${error.message}`);
  }
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
