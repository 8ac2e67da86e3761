/** Runs the programs of the benchmark in turn and prints what they took, as ratios: `node report.cjs FOLDER beside-ns3|alone`. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { BulkRun, CatalogueFigures, Ns3Run, Taken } from './figures.ts';
import { median } from './figures.ts';

/** One bandwidth-delay product of 1 Gbit/s and 5 ms each way, in bytes. */
const BDP = 1_250_000;
const LARGE_WINDOW = 16_000_000;
const ROUNDS = 7;
/** Megabytes of the transfers. */
const SHORT = 100;
/** So many megabytes are played in a process before what is compared is played once more: the compilers have done their work then. */
const LONG = 500;

const [, , folder = '.', peer] = process.argv;

/** Runs a program that prints one line of JSON. */
function run(program: string, args: readonly string[]): unknown {
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8' }));
}

function node(name: string, ...args: readonly string[]): unknown {
  return run(process.execPath, [join(folder, `${name}.cjs`), ...args]);
}

/** Leaves V8 as many threads for compiling as the machine has cores to spare: by itself Node takes four, however few cores there are. */
const SPARE_CORES = '--v8-pool-size=0';

function nodeOnSpareCores(name: string, ...args: readonly string[]): unknown {
  return run(process.execPath, [SPARE_CORES, join(folder, `${name}.cjs`), ...args]);
}

/** Writes the plan of a transfer. @returns its file */
function planOf(megabytes: number, window: number): string {
  const file = join(folder, `plan-${megabytes}-${window}.json`);
  writeFileSync(file, JSON.stringify(node('bulk-plan', String(megabytes), String(window))));
  return file;
}

/** Packets per second, by the clock and by the processor's time. */
function rate<Run extends { readonly packets: number }>(
  runs: readonly Run[],
  taken: (run: Run) => Taken,
  share: (run: Run) => number = () => 1,
): Taken {
  return {
    wall: median(runs.map((each) => (share(each) * each.packets) / taken(each).wall)),
    processor: median(runs.map((each) => (share(each) * each.packets) / taken(each).processor)),
  };
}

function print(what: string, value: string | number, goal = ''): void {
  console.log(`  ${what.padEnd(44)} ${String(value).padEnd(20)} ${goal}`.trimEnd());
}

function thousands({ wall, processor }: Taken): string {
  return `${Math.round(wall / 1000)} k (${Math.round(processor / 1000)} k)`;
}

function times(a: Taken, b: Taken): string {
  return `${(a.wall / b.wall).toFixed(2)} (${(a.processor / b.processor).toFixed(2)})`;
}

function reportBulk(): void {
  const plan = planOf(SHORT, BDP);
  const largePlan = planOf(SHORT, LARGE_WINDOW);
  const longPlan = planOf(LONG, BDP);
  const ours: BulkRun[] = [];
  const onSpareCores: BulkRun[] = [];
  const theirs: Ns3Run[] = [];
  const large: BulkRun[] = [];
  const long: BulkRun[] = [];
  // In turn, so that whatever else the machine does meets all of them.
  for (let round = 0; round < ROUNDS; round++) {
    if (peer === 'beside-ns3') theirs.push(run(join(folder, 'ns3-bulk'), [String(SHORT), String(BDP)]) as Ns3Run);
    ours.push(node('bulk', plan, String(LONG / SHORT)) as BulkRun);
    onSpareCores.push(nodeOnSpareCores('bulk', plan, '0') as BulkRun);
    large.push(node('bulk', largePlan, String(LONG / SHORT)) as BulkRun);
    long.push(node('bulk', longPlan, '1') as BulkRun);
  }
  console.log('\n100 MB, window of one bandwidth-delay product, the full trace kept, first run of a fresh process:');
  const first = rate(ours, (each) => each.first);
  const firstOnSpareCores = rate(onSpareCores, (each) => each.first);
  print('packets per second', thousands(first));
  print(`the same with ${SPARE_CORES}`, thousands(firstOnSpareCores));
  const ns3 = theirs.length === 0 ? undefined : rate(theirs, ({ taken }) => taken);
  if (ns3 !== undefined) {
    print('ns-3, packets per second', thousands(ns3));
    print('times ns-3', times(first, ns3), 'to reach: 10');
    print(`times ns-3 with ${SPARE_CORES}`, times(firstOnSpareCores, ns3), 'to reach: 10');
  } else {
    print('ns-3', 'not measured: needs the Debian packages ns3 and libns3-dev, and g++');
  }
  print('bytes of trace per packet', Math.round(median(ours.map((each) => each.bytes / each.packets))), 'at most: 120');
  print('events per packet', median(ours.map((each) => each.events / each.packets)).toFixed(1));
  const windows = [ours, large].map((runs) => (median(runs.map((each) => each.window)) / 1e6).toFixed(2));
  const withLargeWindow = `slower with ${windows[1]} MB of window than ${windows[0]} MB`;
  print(
    withLargeWindow,
    times(
      first,
      rate(large, (each) => each.first),
    ),
  );
  console.log('\nthe second half of a first run of 500 MB, when the compiler has done its work:');
  const warm = rate(
    long,
    (each) => each.secondHalf.taken,
    (each) => each.secondHalf.share,
  );
  print('packets per second', thousands(warm));
  if (ns3 !== undefined) print('times ns-3', times(warm, ns3));
  console.log('\n100 MB once more in a process that has played 500 MB before:');
  const again = rate(ours, (each) => each.again);
  print('packets per second', thousands(again));
  print(
    withLargeWindow,
    times(
      again,
      rate(large, (each) => each.again),
    ),
    'at most: 1.2',
  );
  print(
    'a packet of 500 MB costs, one of 100 MB = 1',
    times(
      again,
      rate(long, (each) => each.again),
    ),
    '0.9 to 1.1',
  );
}

function reportCatalogue(): void {
  const { runs, whole, some } = node('catalogue') as CatalogueFigures;
  console.log('\nthe catalogue, warm, milliseconds of the processor:');
  print(`all ${runs} runs`, whole.toFixed(1), 'at most: 150');
  for (const { id, virtual, taken } of some)
    print(`${id}: ${virtual.toFixed(0)} s of virtual time`, taken.toFixed(3), id === 'B2' ? 'at most: 1' : '');
}

console.log(`${cpus()[0]?.model ?? 'A processor'}, ${cpus().length} cores, Node ${process.version}.`);
console.log(
  `Medians of ${ROUNDS} processes each: by the clock, and in brackets by the simulating thread's time on the processor.`,
);
reportBulk();
reportCatalogue();
