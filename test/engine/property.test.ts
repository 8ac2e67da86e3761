import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play } from '../../extension/engine/play.ts';
import { diff, seq } from '../../extension/engine/tcp/seq.ts';
import type { RunPlan } from '../../extension/scenario/plan.ts';
import type { TcpState } from '../../extension/scenario/tcp-state.ts';
import type { TraceData } from '../../extension/trace/columns.ts';
import type { TimerName, VariableName } from '../../extension/trace/schema.ts';
import { VARIABLES } from '../../extension/trace/schema.ts';
import type { Trace } from '../../extension/trace/trace.ts';
import { anyPlan } from './support/arbitrary.ts';
import { hostOf } from './support/run.ts';

const RUNS = Number(process.env.TCPSCN_PROPERTY_RUNS ?? 300);
const MAX_EVENTS = 60_000;

/** What RFC 9293 figure 5 allows, beside the ways out by RST, timeout and abort, which lead to CLOSED from anywhere. */
const EDGES: Readonly<Record<TcpState, readonly TcpState[]>> = {
  CLOSED: ['SYN_SENT', 'SYN_RECEIVED'],
  LISTEN: [],
  SYN_SENT: ['ESTABLISHED', 'SYN_RECEIVED'],
  SYN_RECEIVED: ['ESTABLISHED', 'FIN_WAIT_1'],
  ESTABLISHED: ['FIN_WAIT_1', 'CLOSE_WAIT'],
  FIN_WAIT_1: ['FIN_WAIT_2', 'CLOSING', 'TIME_WAIT'],
  FIN_WAIT_2: ['TIME_WAIT'],
  CLOSE_WAIT: ['LAST_ACK'],
  CLOSING: ['TIME_WAIT'],
  LAST_ACK: [],
  TIME_WAIT: [],
};

/** The slots of an end's timers: arming in a slot replaces what is there. */
const SLOT: Readonly<Record<TimerName, number>> = {
  retransmission: 0,
  'tail-loss-probe': 0,
  reordering: 0,
  persist: 0,
  'syn-ack': 0,
  'delayed-ack': 1,
  'compressed-ack': 4,
  keepalive: 2,
  'fin-wait-2': 3,
  'time-wait': 3,
};

function checkRun(plan: RunPlan): void {
  const trace = play(plan, { maxEvents: MAX_EVENTS });
  checkOrder(trace);
  checkStates(trace);
  checkVariables(trace);
  checkTimers(trace);
  checkPower(trace);
  checkBytes(trace);
  checkCalls(trace);
  const last = trace.event(trace.length - 1);
  expect(last.kind).toBe('run.ended');
  // Another run of the same plan writes the same bytes.
  expect(bytesOf(play(plan, { maxEvents: MAX_EVENTS }).data)).toBe(bytesOf(trace.data));
}

function bytesOf(data: TraceData): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value,
  );
}

function checkOrder(trace: Trace): void {
  for (let id = 0; id < trace.length; id++) {
    if (id > 0 && trace.timeAt(id) < trace.timeAt(id - 1)) throw new Error(`time at ${id}`);
    if (!Number.isInteger(trace.timeAt(id))) throw new Error(`time of ${id} is ${trace.timeAt(id)}`);
    const cause = trace.causeAt(id);
    if (cause >= id) throw new Error(`cause of ${id}`);
    if (cause < 0 && !['scenario.action', 'scenario.skipped', 'run.ended'].includes(trace.kindAt(id)))
      throw new Error(`${trace.kindAt(id)} ${id} has no cause`);
  }
}

function checkStates(trace: Trace): void {
  const current = new Map<number, TcpState>();
  for (const { place, from, to } of trace.eventsOf('tcp.state')) {
    if ((current.get(place) ?? 'CLOSED') !== from) throw new Error(`${place} was not ${from}`);
    if (to !== 'CLOSED' && !EDGES[from].includes(to)) throw new Error(`${from} to ${to}`);
    current.set(place, to);
  }
}

function checkVariables(trace: Trace): void {
  const ends = new Map<number, number[]>();
  const index = (name: VariableName): number => VARIABLES.indexOf(name);
  for (const { id, place, changes } of trace.eventsOf('tcp.variables')) {
    const values = ends.get(place) ?? VARIABLES.map(() => 0);
    for (let i = 0; i < changes.length; i += 2) values[changes[i]!] = changes[i + 1]!;
    ends.set(place, values);
    const distance = diff(seq(values[index('snd.nxt')]!), seq(values[index('snd.una')]!));
    if (distance < 0) throw new Error(`SND.UNA after SND.NXT at ${id}`);
    for (const name of [
      'unread',
      'unsent',
      'rto',
      'cwnd',
      'rcv.wnd',
      'retransmits',
      'backoff',
      'probes_out',
    ] as const) {
      const value = values[index(name)]!;
      if (!(Number.isSafeInteger(value) && value >= 0)) throw new Error(`${name} is ${value} at ${id}`);
    }
    if (values[index('cwnd')]! < 1) throw new Error(`cwnd at ${id}`);
  }
}

/** Every armed timer is fired, cancelled, replaced, dropped with its end, or pending when the run ends. */
function checkTimers(trace: Trace): void {
  const pending = new Map<string, { timer: TimerName; deadline: number }>();
  const alive = new Set<number>();
  const frozen = new Set<string>();
  for (const event of trace.events()) {
    if (event.kind === 'end.opened') alive.add(event.place);
    if (event.kind === 'end.gone') {
      alive.delete(event.place);
      for (let slot = 0; slot < 4; slot++) pending.delete(`${event.place}/${slot}`);
    }
    if (event.kind === 'host.frozen') {
      const name = trace.placeName(event.place);
      if (event.frozen) frozen.add(name);
      else frozen.delete(name);
    }
    if (event.kind === 'host.state') frozen.delete(trace.placeName(event.place));
    if (event.kind !== 'timer.armed' && event.kind !== 'timer.fired' && event.kind !== 'timer.cancelled') continue;
    const key = `${event.place}/${SLOT[event.timer]}`;
    const armed = pending.get(key);
    if (event.kind === 'timer.armed') {
      if (!alive.has(event.place)) throw new Error(`${event.id}: timer of an end that is gone`);
      if (armed !== undefined && armed.timer !== event.timer)
        throw new Error(`${event.id}: ${armed.timer} was pending`);
      if (event.deadline < event.time || !Number.isInteger(event.deadline)) throw new Error(`${event.id}: deadline`);
      pending.set(key, { timer: event.timer, deadline: event.deadline });
      continue;
    }
    if (armed?.timer !== event.timer) throw new Error(`${event.id}: ${event.timer} was not pending`);
    if (event.kind === 'timer.fired' && armed.deadline !== event.time) throw new Error(`${event.id}: late`);
    pending.delete(key);
  }
  for (const [key, { timer, deadline }] of pending)
    if (deadline < trace.endTime && !frozen.has(hostOf(trace, Number.parseInt(key, 10))))
      throw new Error(`${timer} should have fired at ${deadline}`);
}

/** A host without power does nothing, nor does one that is frozen; a process that ended calls nothing. */
function checkPower(trace: Trace): void {
  const off = new Set<string>();
  const dead = new Set(trace.places.flatMap((place, id) => (place.kind === 'process' && place.forked ? [id] : [])));
  for (const event of trace.events()) {
    if (event.kind === 'host.state') {
      const name = trace.placeName(event.place);
      if (event.on) off.delete(name);
      else off.add(name);
    }
    if (event.kind === 'host.frozen') {
      const name = trace.placeName(event.place);
      if (event.frozen) off.add(name);
      else off.delete(name);
    }
    if (event.kind === 'process.state') {
      if (event.running) dead.delete(event.place);
      else dead.add(event.place);
    }
    const host = hostOf(trace, event.place);
    const isOwn = ['segment.sent', 'segment.delivered', 'timer.fired', 'timer.armed', 'call.entered', 'tcp.state'];
    if (off.has(host) && isOwn.includes(event.kind))
      throw new Error(`${event.id}: ${event.kind} on ${host}, which is off`);
    if (event.kind === 'call.entered' && dead.has(event.process)) throw new Error(`${event.id}: a dead process calls`);
  }
}

/** Bytes that an application read are what the other wrote: never more, and all of them after a clean close. */
function checkBytes(trace: Trace): void {
  const written = new Map<number, number>();
  const read = new Map<number, number>();
  const sawEof = new Set<number>();
  for (const { call, place, value, errno } of trace.eventsOf('call.returned')) {
    if (errno !== 'OK') continue;
    if (call === 'send') written.set(place, (written.get(place) ?? 0) + value);
    if (call === 'recv') read.set(place, (read.get(place) ?? 0) + value);
    if (call === 'recv' && value === 0) sawEof.add(place);
  }
  const failed = new Set([...trace.eventsOf('tcp.error')].map((event) => event.place));
  // Whoever shuts down reading gets 0 at once.
  for (const { detail, place } of trace.eventsOf('call.entered')) if (detail === 'SHUT_RD') failed.add(place);
  for (const { sides } of trace.connections) {
    for (const [from, to] of [sides, [sides[1], sides[0]]] as const) {
      const all = written.get(from.end) ?? 0;
      const got = read.get(to.end) ?? 0;
      if (got > all) throw new Error(`read ${got} of ${all}`);
      // recv returns 0 after the peer's FIN, and after an error that was reported.
      if (sawEof.has(to.end) && !failed.has(to.end) && got !== all) throw new Error(`EOF after ${got} of ${all}`);
    }
  }
}

/** Calls come in pairs: nothing returns that was not entered, but those in which a program waits. */
function checkCalls(trace: Trace): void {
  const open = new Map<string, number>();
  for (const event of trace.events()) {
    if (event.kind === 'call.entered') {
      const key = `${event.process} ${event.call}`;
      open.set(key, (open.get(key) ?? 0) + 1);
    }
    if (event.kind === 'call.returned' && !['accept', 'recv', 'close', 'poll', 'getsockopt'].includes(event.call)) {
      const key = `${event.process} ${event.call}`;
      const count = open.get(key) ?? 0;
      if (count === 0) throw new Error(`${event.id}: ${event.call} was not called`);
      open.set(key, count - 1);
    }
  }
}

describe('any plan', () => {
  it(`keeps every promise of the trace (${RUNS} plans)`, { timeout: 60_000 + RUNS * 200 }, () => {
    fc.assert(fc.property(anyPlan, checkRun), { numRuns: RUNS });
  });
});
