/** What the overview strip draws. */
import type { NoteRow } from '../../extension/trace/diagram/row.ts';
import { hostsOf } from '../../extension/trace/diagram/mermaid-text.ts';
import type { EventId, PlaceId } from '../../extension/trace/event.ts';
import { RST } from '../../extension/trace/schema.ts';
import type { RunView } from './run-view.ts';
import type { Span } from './time-scale.ts';
import { TimeScale } from './time-scale.ts';

export interface StripModel {
  readonly scale: TimeScale;
  readonly lanes: readonly Lane[];
  readonly landmarks: readonly Landmark[];
  /** Idle stretches that are squeezed so hard that they must be named. */
  readonly breaks: readonly Span[];
}

export interface Lane {
  readonly host: PlaceId;
  readonly bars: readonly { readonly left: number; readonly right: number; readonly on: boolean }[];
  readonly ticks: readonly { readonly at: number; readonly kind: 'sent' | 'lost' | 'reset' }[];
}

export interface Landmark {
  readonly event: EventId;
  readonly row: NoteRow;
  readonly at: number;
  readonly kind: 'fault' | 'error' | 'good';
}

/** From here on an idle stretch is named. */
const IDLE = 60_000_000;
/** Finer than this two ticks are one. */
const TICKS_ACROSS = 600;

export function stripModel(view: RunView): StripModel {
  const { trace, rows } = view;
  const scale = new TimeScale([0, ...rows.all.map((row) => row.time), trace.endTime]);
  const landmarks: Landmark[] = [];
  const ticks = new Map<PlaceId, Map<string, { at: number; kind: 'sent' | 'lost' | 'reset' }>>();
  for (const row of rows.all) {
    if (row.kind === 'note' && row.tone !== 'plain')
      landmarks.push({ event: row.event, row, at: scale.position(row.time), kind: row.tone });
    if (row.kind !== 'segment') continue;
    const at = scale.position(row.time);
    const lost = row.outcome.kind === 'dropped' || row.outcome.kind === 'ignored';
    const kind = (trace.eventOf('segment.sent', row.event).flags & RST) !== 0 ? 'reset' : lost ? 'lost' : 'sent';
    const lane = ticks.get(row.from) ?? new Map<string, { at: number; kind: 'sent' | 'lost' | 'reset' }>();
    lane.set(`${kind} ${Math.round(at * TICKS_ACROSS)}`, { at, kind });
    ticks.set(row.from, lane);
  }
  const lanes = hostsOf(trace).map((host) => ({
    host,
    bars: bars(view, host, scale),
    ticks: [...(ticks.get(host)?.values() ?? [])],
  }));
  return { scale, lanes, landmarks, breaks: scale.idle(IDLE) };
}

function bars(view: RunView, host: PlaceId, scale: TimeScale): Lane['bars'] {
  const result: { left: number; right: number; on: boolean }[] = [];
  let on = true;
  let left = 0;
  for (const event of view.trace.eventsOf('host.state')) {
    if (event.place !== host || event.on === on) continue;
    const right = scale.position(event.time);
    result.push({ left, right, on });
    left = right;
    on = event.on;
  }
  return [...result, { left, right: 1, on }];
}

export interface StripLabel {
  readonly text: string;
  readonly kind: string;
  /** Left edge, px. */
  readonly left: number;
}

/** Width of a letter of the strip's small font, px; wide letters count twice. */
const LETTER = 6.4;
const GAP = 10;

/** Labels on one line, the first in the list first; what finds no room is left out: its mark stays. */
export function placeLabels(
  wanted: readonly { readonly text: string; readonly at: number; readonly kind: string }[],
  width: number,
): readonly StripLabel[] {
  const placed: { left: number; right: number; text: string; kind: string }[] = [];
  for (const { text, at, kind } of wanted) {
    const size = Array.from(text).reduce((sum, letter) => sum + (letter > '\u2e7f' ? 2 : 1), 0) * LETTER;
    const left = Math.min(Math.max(0, at * width - size / 2), width - size);
    if (left < 0 || placed.some((other) => left < other.right + GAP && left + size + GAP > other.left)) continue;
    placed.push({ left, right: left + size, text, kind });
  }
  return placed.map(({ text, kind, left }) => ({ text, kind, left }));
}
