/**
 * A trace as text for reading in a diff: one line per event, times in seconds, names instead of ids, sequence numbers
 * counted from each side's first. Expectations are left out; they stand in the scenario.
 */
import { CONGESTION_STATES } from '../../extension/scenario/congestion.ts';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import type { EventId, EventOf, PlaceId, TraceEvent } from '../../extension/trace/event.ts';
import { ACK, FIN, PSH, RST, SYN, VARIABLES } from '../../extension/trace/schema.ts';
import type { Trace } from '../../extension/trace/trace.ts';

const FLAGS = [
  [SYN, 'SYN'],
  [FIN, 'FIN'],
  [RST, 'RST'],
  [PSH, 'PSH'],
  [ACK, 'ACK'],
] as const;

/** Sequence numbers that count from the end's own first, and from its peer's. */
const OWN: ReadonlySet<string> = new Set(['snd.iss', 'snd.una', 'snd.nxt']);
const PEER: ReadonlySet<string> = new Set(['rcv.irs', 'rcv.nxt']);

export function formatTrace(trace: Trace): string {
  const rows = [...trace.events()]
    .filter(({ kind }) => kind !== 'expectation')
    .map((event) => ({ time: seconds(event.time), where: whereOf(trace, event.place), what: whatOf(trace, event) }));
  const width = Math.max(...rows.map(({ where }) => where.length));
  return rows.map(({ time, where, what }) => `${time}  ${where.padEnd(width)}  ${what}`.trimEnd() + '\n').join('');
}

/**
 * Compares with the file. Where they differ, what came out is left beside it as `….actual`. `UPDATE_GOLDEN=1` rewrites the
 * file instead: read the diff before you commit it.
 */
export function expectGolden(file: string, actual: string): void {
  const beside = `${file}.actual`;
  rmSync(beside, { force: true });
  const wanted = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (wanted === actual) return;
  mkdirSync(dirname(file), { recursive: true });
  if (process.env.UPDATE_GOLDEN === '1') {
    writeFileSync(file, actual);
    return;
  }
  writeFileSync(beside, actual);
  expect(actual, `${file} differs; see ${beside}, or rewrite with UPDATE_GOLDEN=1`).toBe(wanted);
}

function seconds(time: number): string {
  return (time / 1e6).toFixed(6).padStart(14);
}

function whereOf(trace: Trace, id: PlaceId): string {
  const end = trace.endAt(id);
  return end === undefined ? trace.placeName(id) : `${trace.placeName(end.host)} ${trace.placeName(id)}`;
}

function whatOf(trace: Trace, event: TraceEvent): string {
  switch (event.kind) {
    case 'scenario.action':
      return `# ${statement(trace, event.action)}`;
    case 'scenario.skipped':
      return `# skipped, ${event.reason}: ${statement(trace, event.action)}`;
    case 'host.state':
      return `${event.on ? 'on' : 'off'} (${event.reason})`;
    case 'host.frozen':
      return event.frozen ? 'frozen' : 'resumed';
    case 'segment.held':
      return `held: ${segmentText(trace, trace.eventOf('segment.sent', event.segment))}`;
    case 'process.state':
      if (event.reason === 'forked') return 'running (forked)';
      return event.running ? 'running' : `ended (${event.reason})`;
    case 'process.signal':
      return `${event.signal}${event.ignored ? ' ignored' : ''}`;
    case 'link.state':
      return `${event.up ? 'restored' : 'cut'}${event.from === -1 ? '' : ` from ${trace.placeName(event.from)}`}`;
    case 'link.changed':
      return `${event.setting} ${event.value}${event.by === 0 ? '' : ` by ${event.by}`}${event.from === -1 ? '' : ` from ${trace.placeName(event.from)}`}`;
    case 'end.opened':
      return `opened (${event.how})`;
    case 'end.gone':
      return `gone (${event.reason})`;
    case 'listener.queue':
      return `port ${event.port}: ${event.length} waiting, limit ${event.limit}`;
    case 'call.entered':
      return `${event.call}(${[event.detail, event.value].filter((part) => part !== '' && part !== 0).join(', ')})`;
    case 'call.returned':
      return `${event.call}() = ${event.errno === 'OK' ? event.value : event.errno}`;
    case 'app.decided':
      return `decided: ${event.what} ${event.value}`;
    case 'segment.sent':
      return `-> ${segmentText(trace, event)}  ${event.purpose} (${[event.reason, ...event.args].join(' ')})`;
    case 'segment.delivered':
      return `<- ${segmentText(trace, trace.eventOf('segment.sent', event.segment))}`;
    case 'segment.dropped':
      return `lost (${event.reason}): ${segmentText(trace, trace.eventOf('segment.sent', event.segment))}`;
    case 'segment.duplicated':
      return `copied (${event.by}): ${segmentText(trace, trace.eventOf('segment.sent', event.segment))}`;
    case 'segment.delayed':
      return `held up ${event.delay} us (${event.by}): ${segmentText(trace, trace.eventOf('segment.sent', event.segment))}`;
    case 'segment.queued':
      return `waits ${event.wait} us behind ${event.ahead}: ${segmentText(trace, trace.eventOf('segment.sent', event.segment))}`;
    case 'segment.ignored':
      return `ignored (${event.reason}): ${segmentText(trace, trace.eventOf('segment.sent', event.segment))}`;
    case 'icmp.sent':
      return `icmp ${event.message} to ${trace.placeName(event.to)} about ${segmentText(trace, trace.eventOf('segment.sent', event.segment))}`;
    case 'tcp.mss':
      return `at most ${event.mss} B a segment (${event.reason})`;
    case 'icmp.delivered':
      return `icmp received: ${trace.eventOf('icmp.sent', event.icmp).message}`;
    case 'icmp.dropped':
      return `icmp lost (${event.reason})`;
    case 'icmp.ignored':
      return `icmp ignored (${event.reason})`;
    case 'flow.state':
      return `flow of ${trace.connection(event.connection).name} ${event.known ? `known${event.port === 0 ? '' : ` as ${event.port}`}` : `forgotten after ${event.after} us`} (${event.reason})`;
    case 'carrier.state':
      return `carrier ${event.up ? 'up' : 'down'} on ${trace.placeName(event.link)}`;
    case 'device-queue.state':
      return `device queue ${event.full ? 'full' : 'has room'} on ${trace.placeName(event.link)}`;
    case 'route.state':
      return `route to ${trace.placeName(event.to)} ${event.present ? 'present' : 'gone'}`;
    case 'neighbour.state':
      return `neighbour ${trace.placeName(event.neighbour)} ${event.state}`;
    case 'arp.sent':
      return `arp ${event.what} for ${trace.placeName(event.neighbour)}`;
    case 'arp.delivered':
      return `arp ${trace.eventOf('arp.sent', event.arp).what} received`;
    case 'arp.dropped':
      return `arp lost (${event.reason})`;
    case 'tcp.state':
      return `${event.from} => ${event.to}`;
    case 'timer.armed':
      return `${event.timer} armed for ${seconds(event.deadline).trim()}${event.backoff === 0 ? '' : `, backoff ${event.backoff}`}`;
    case 'timer.fired':
      return `${event.timer} fired`;
    case 'timer.cancelled':
      return `${event.timer} cancelled`;
    case 'tcp.variables':
      return variablesText(trace, event.id, event.place, event.changes);
    case 'metrics.saved':
      return `metrics saved: rtt ${event.rtt}, rttvar ${event.rttvar}, ssthresh ${event.ssthresh}, cwnd ${event.cwnd}, reordering ${event.reordering}`;
    case 'metrics.used':
      return `metrics used: rto ${event.rto}, ssthresh ${event.ssthresh}, reordering ${event.reordering}`;
    case 'tcp.undo':
      return `reduction undone (${event.reason})`;
    case 'tcp.error':
      return `${event.soft ? 'soft error' : 'error'} ${event.errno}`;
    case 'run.ended':
      return `end of the run (${event.reason})`;
    case 'expectation':
      return '';
  }
}

function statement(trace: Trace, action: number): string {
  return trace.header.actions[action]!.text.replaceAll(/\s+/g, ' ');
}

function segmentText(trace: Trace, segment: EventOf<'segment.sent'>): string {
  const { seq, ack } = trace.relative(segment);
  const flags = FLAGS.filter(([bit]) => Math.floor(segment.flags / bit) % 2 === 1).map(([, name]) => name);
  const options = [
    segment.mss === 0 ? '' : `mss ${segment.mss}`,
    segment.sackPermitted ? 'sackOK' : '',
    segment.timestamps ? 'ts' : '',
    segment.wscale === 255 ? '' : `wscale ${segment.wscale}`,
    segment.sack.length === 0 ? '' : `sack of ${segment.sack.length / 2}`,
  ].filter((option) => option !== '');
  return `${flags.join(' ')} ${seq}:${seq + segment.length} ack ${ack} win ${segment.windowBytes} [${options.join(', ')}]`;
}

function variablesText(trace: Trace, id: EventId, place: PlaceId, changes: readonly number[]): string {
  const end = trace.endAt(place);
  if (end === undefined) throw new Error(`Event ${id}: variables without an end`);
  const [a, b] = trace.connection(end.connection).sides;
  const [own, peer] = a.end === place ? [a, b] : [b, a];
  const words: string[] = [];
  for (let i = 0; i < changes.length; i += 2) {
    const name = VARIABLES[changes[i]!]!;
    const value = changes[i + 1]!;
    const from = OWN.has(name) ? own.iss : PEER.has(name) ? peer.iss : 0;
    if (name === 'ca_state') {
      words.push(`${name} ${CONGESTION_STATES[value]}`);
      continue;
    }
    words.push(`${name} ${from === 0 ? value : (value - from + 2 ** 32) % 2 ** 32}`);
  }
  return words.join(', ');
}
