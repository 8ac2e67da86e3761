/** Repetition folds: nine probes, fifteen retransmissions, a heartbeat's question and answer again and again. */
import type { EventId } from '../event.ts';
import type { Trace } from '../trace.ts';
import type { DisplayRow, Row } from './row.ts';

/** Rows that one repetition may have at most: a heartbeat with its answer, their acknowledgements and calls. */
const LONGEST_PERIOD = 8;
/** So many rows must be hidden at least, or folding saves nothing. */
const LEAST_HIDDEN = 2;

/** Rows `start` up to, not including, `end`, in which the same `period` rows repeat. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly period: number;
}

/** Where the same repeats so often that it is worth folding. */
export function findStretches(trace: Trace, rows: readonly Row[]): readonly Stretch[] {
  const keys = rows.map((row) => rowKey(trace, row));
  const stretches: Stretch[] = [];
  for (let at = 0; at < rows.length;) {
    const found = longestStretch(keys, at);
    const stretch = found === undefined ? undefined : inStep(rows, keys, found);
    if (stretch !== undefined) stretches.push(stretch);
    at = stretch?.end ?? at + 1;
  }
  return stretches;
}

/**
 * The lines to draw: of every repetition the first and the last time stay, those between are one line.
 * @param opened first events of the folds that are open
 */
export function foldRows(
  rows: readonly Row[],
  stretches: readonly Stretch[],
  opened: ReadonlySet<EventId>,
): readonly DisplayRow[] {
  const result: DisplayRow[] = [];
  let done = 0;
  for (const { start, end, period } of stretches) {
    const hidden = rows.slice(start + period, end - period);
    const first = hidden[0] as Row;
    const open = opened.has(first.event);
    append(result, rows.slice(done, start + period));
    result.push({
      kind: 'fold',
      event: first.event,
      time: first.time,
      rows: hidden,
      period,
      open,
    });
    if (open) append(result, hidden);
    done = end - period;
  }
  append(result, rows.slice(done));
  return result;
}

function longestStretch(keys: readonly string[], start: number): Stretch | undefined {
  let best: Stretch | undefined;
  for (let period = 1; period <= LONGEST_PERIOD; period++) {
    let end = start + period;
    while (end < keys.length && keys[end] === keys[end - period]) end++;
    end -= (end - start) % period;
    const hidden = end - start - 2 * period;
    if (hidden < Math.max(LEAST_HIDDEN, period)) continue;
    if (best === undefined || end > best.end) best = { start, end, period };
  }
  return best;
}

/** A repetition begins after its longest pause: with the question, not with the answer. */
function inStep(rows: readonly Row[], keys: readonly string[], { start, end, period }: Stretch): Stretch {
  // The second time round: before the first there may be anything.
  const pause = (shift: number): number =>
    timeOf(rows, start + period + shift) - timeOf(rows, start + period + shift - 1);
  let shift = 0;
  for (let other = 1; other < period; other++) if (pause(other) > pause(shift)) shift = other;
  const shifted = start + shift;
  let reach = end;
  while (reach < keys.length && keys[reach] === keys[reach - period]) reach++;
  const whole = reach - ((reach - shifted) % period);
  return whole - shifted - 2 * period >= Math.max(LEAST_HIDDEN, period)
    ? { start: shifted, end: whole, period }
    : { start, end, period };
}

function timeOf(rows: readonly Row[], index: number): number {
  return rows[index]?.time ?? 0;
}

/** Equal for rows that a reader would call the same again. Times and numbers that count on are left out. */
export function rowKey(trace: Trace, row: Row): string {
  switch (row.kind) {
    case 'silence':
      return `silence ${row.event}`;
    case 'segment': {
      const segment = trace.eventOf('segment.sent', row.segment);
      const states = row.states.map(({ event, host }) => `${host} ${trace.eventOf('tcp.state', event).to}`).join();
      return [
        row.event === row.segment ? 'sent' : 'copy',
        segment.connection,
        segment.from,
        segment.fromPort,
        segment.purpose,
        segment.flags,
        segment.length,
        row.outcome.kind,
        row.outcome.where ?? '',
        row.outcome.heldUp ?? 0,
        states,
      ].join(' ');
    }
    case 'note': {
      const event = trace.event(row.event);
      const place = `${event.kind} ${event.place}`;
      switch (event.kind) {
        case 'call.entered':
        case 'call.returned':
          return `${place} ${event.call} ${event.value} ${event.process}`;
        case 'app.decided':
        case 'arp.sent':
          return `${place} ${event.what}`;
        case 'neighbour.state':
          return `${place} ${event.state}`;
        case 'icmp.delivered': {
          const sent = trace.eventOf('icmp.sent', event.icmp);
          return `${place} ${sent.message} ${sent.place}`;
        }
        default:
          // Whatever else happens is worth its own line each time.
          return `${place} ${event.id}`;
      }
    }
  }
}

/** Not push(...more): a run has more lines than a call takes arguments. */
function append(rows: DisplayRow[], more: readonly DisplayRow[]): void {
  for (const row of more) rows.push(row);
}
