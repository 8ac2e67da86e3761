/**
 * One run, played twice in a process that has done nothing before: `node bulk.cjs PLAN-FILE`. Prints one line of JSON for
 * `run.mjs`.
 */
import { readFileSync } from 'node:fs';
import { Simulation } from '../../extension/engine/simulation.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import type { TraceData } from '../../extension/trace/columns.ts';
import { Trace } from '../../extension/trace/trace.ts';
import type { BulkRun, Taken } from './figures.ts';

/** Bytes of all buffers in a trace. */
function bytesIn(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum: number, each) => sum + bytesIn(each), 0)
    : 0;
}

function play(plan: RunPlan): { readonly data: TraceData; readonly taken: Taken } {
  const wall = performance.now();
  const processor = process.threadCpuUsage();
  const simulation = new Simulation(plan, { maxEvents: Infinity });
  simulation.advance(Infinity);
  const data = simulation.finish();
  const { user, system } = process.threadCpuUsage(processor);
  return { data, taken: { wall: (performance.now() - wall) / 1000, processor: (user + system) / 1e6 } };
}

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as RunPlan;
const first = play(plan);
const again = play(plan);

const trace = new Trace(first.data);
let packets = 0;
let window = 0;
for (let id = trace.length - 1; id >= 0; id--) {
  if (trace.kindAt(id) !== 'segment.sent') continue;
  packets++;
  // It is at its largest long before the end.
  if (packets < 100) window = Math.max(window, trace.eventOf('segment.sent', id).windowBytes);
}
const figures: BulkRun = {
  packets,
  events: trace.length,
  bytes: bytesIn(first.data),
  window,
  first: first.taken,
  again: again.taken,
};
console.log(JSON.stringify(figures));
