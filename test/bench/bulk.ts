/**
 * One run in a process that has done nothing before, and the same again as often as it is told: `node bulk.cjs PLAN-FILE TIMES`. Prints
 * one line of JSON for `run.mjs`.
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

/** Where a run stood at a moment. */
interface Mark extends Taken {
  readonly events: number;
}

const STEPS_PER_MARK = 10_000;

function mark(events: number): Mark {
  const { user, system } = process.threadCpuUsage();
  return { events, wall: performance.now() / 1000, processor: (user + system) / 1e6 };
}

function between(from: Mark, to: Mark): Taken {
  return { wall: to.wall - from.wall, processor: to.processor - from.processor };
}

function play(plan: RunPlan): { readonly data: TraceData; readonly marks: readonly Mark[] } {
  const marks = [mark(0)];
  const simulation = new Simulation(plan, { maxEvents: Infinity });
  while (!simulation.advance(STEPS_PER_MARK)) marks.push(mark(simulation.eventCount));
  const data = simulation.finish();
  return { data, marks: [...marks, mark(simulation.eventCount)] };
}

function whole(marks: readonly Mark[]): Taken {
  return between(marks[0] as Mark, marks.at(-1) as Mark);
}

function secondHalf(marks: readonly Mark[]): BulkRun['secondHalf'] {
  const last = marks.at(-1) as Mark;
  const middle = marks.find(({ events }) => events >= last.events / 2) as Mark;
  return { share: 1 - middle.events / last.events, taken: between(middle, last) };
}

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as RunPlan;
const first = play(plan);
let again = first;
for (let times = Number(process.argv[3] ?? 1); times > 0; times--) again = play(plan);

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
  first: whole(first.marks),
  again: whole(again.marks),
  secondHalf: secondHalf(first.marks),
};
console.log(JSON.stringify(figures));
