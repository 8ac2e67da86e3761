/** What the overview strip draws. */
import type { NoteRow, Tone } from '../../extension/trace/diagram/row.ts';
import { hostsOf } from '../../extension/trace/diagram/mermaid-text.ts';
import type { EventId, PlaceId } from '../../extension/trace/event.ts';
import type { EventKind } from '../../extension/trace/schema.ts';
import type { Life } from './life.ts';
import { lifeOf } from './life.ts';
import type { RunView } from './run-view.ts';
import type { Span } from './time-scale.ts';
import { TimeScale } from './time-scale.ts';

export interface StripModel {
  readonly scale: TimeScale;
  readonly lanes: readonly Lane[];
  readonly landmarks: readonly Landmark[];
  /** Idle stretches that are squeezed so hard that they must be named. */
  readonly breaks: readonly Break[];
}

export interface Break extends Span {
  /** For how long nothing is sent: from before the stretch, where the last segment left earlier. */
  readonly duration: number;
}

export interface Lane {
  readonly host: PlaceId;
  readonly bars: readonly { readonly left: number; readonly right: number; readonly life: Life }[];
  readonly ticks: readonly { readonly at: number; readonly kind: 'sent' | 'lost' | 'reset' }[];
}

export interface Landmark {
  readonly event: EventId;
  readonly row: NoteRow;
  readonly at: number;
  readonly kind: Exclude<Tone, 'plain'>;
}

/** From here on an idle stretch is named. */
const IDLE = 60_000_000;
/** Finer than this two landmarks of these kinds are one. */
const LANDMARKS_ACROSS = 24;
const REPEATED: ReadonlySet<EventKind> = new Set<EventKind>(['icmp.delivered', 'arp.sent', 'neighbour.state']);
/** Finer than this two ticks are one. */
const TICKS_ACROSS = 600;

export function stripModel(view: RunView): StripModel {
  const { trace, rows } = view;
  const scale = new TimeScale([0, ...rows.all.map((row) => row.time), trace.endTime]);
  const landmarks: Landmark[] = [];
  const ticks = new Map<PlaceId, Map<string, { at: number; kind: 'sent' | 'lost' | 'reset' }>>();
  const noticed = new Set<string>();
  for (const row of rows.all) {
    if (row.kind === 'note' && row.tone !== 'plain') {
      const at = scale.position(row.time);
      // What the network says again and again is no landmark each time.
      const place = `${trace.kindAt(row.event)} ${Math.round(at * LANDMARKS_ACROSS)}`;
      if (!REPEATED.has(trace.kindAt(row.event)) || !noticed.has(place))
        landmarks.push({ event: row.event, row, at, kind: row.tone });
      noticed.add(place);
    }
    if (row.kind !== 'segment') continue;
    const at = scale.position(row.time);
    const lost = row.outcome.kind === 'dropped' || row.outcome.kind === 'ignored';
    const kind = trace.eventOf('segment.sent', row.segment).purpose === 'rst' ? 'reset' : lost ? 'lost' : 'sent';
    const lane = ticks.get(row.from) ?? new Map<string, { at: number; kind: 'sent' | 'lost' | 'reset' }>();
    lane.set(`${kind} ${Math.round(at * TICKS_ACROSS)}`, { at, kind });
    ticks.set(row.from, lane);
  }
  const lanes = hostsOf(trace).map((host) => ({
    host,
    bars: bars(view, host, scale),
    ticks: [...(ticks.get(host)?.values() ?? [])],
  }));
  const silences = new Map(rows.all.flatMap((row) => (row.kind === 'silence' ? [[row.time, row.duration]] : [])));
  const breaks = scale
    .idle(IDLE)
    .map((span) => ({ ...span, duration: silences.get(span.from) ?? span.to - span.from }));
  return { scale, lanes, landmarks, breaks };
}

function bars({ trace }: RunView, host: PlaceId, scale: TimeScale): Lane['bars'] {
  const changes = lifeOf(trace, host);
  const at = (event: EventId): number => (event < 0 ? 0 : scale.position(trace.timeAt(event)));
  return changes.map(({ event, life }, i) => {
    const next = changes[i + 1];
    return { left: at(event), right: next === undefined ? 1 : at(next.event), life };
  });
}

export interface StripLabel {
  readonly text: string;
  readonly kind: string;
  /** Left edge, px. */
  readonly left: number;
  /** 0: right below the lanes. */
  readonly line: number;
}

export interface WantedLabel {
  readonly text: string;
  readonly kind: string;
  /** The stretch that it names, 0…1; a point has both alike. */
  readonly from: number;
  readonly to: number;
}

/** Width of a letter of the strip's small font, px; wide letters count twice. */
const LETTER = 6.2;
const GAP = 10;

/** Labels on two lines, the first in the list first; what finds no room is left out: its mark stays. */
export function placeLabels(wanted: readonly WantedLabel[], width: number): readonly StripLabel[] {
  const placed: (StripLabel & { readonly right: number })[] = [];
  for (const { text, kind, from, to } of wanted) {
    const size = Array.from(text).reduce((sum, letter) => sum + (letter > '\u2e7f' ? 2 : 1), 0) * LETTER;
    const [start, end] = [from * width, to * width];
    // In the middle of what it names, else at its right end, else at its left.
    const places =
      start === end
        ? [start - size / 2, start - 8, start + 8 - size]
        : [(start + end - size) / 2, end - size - GAP / 2, start + GAP / 2];
    const free = (left: number, line: number): boolean =>
      placed.every((other) => line !== other.line || left > other.right + GAP || left + size + GAP < other.left);
    const found = [0, 1]
      .flatMap((line) => places.map((place) => ({ line, left: Math.min(Math.max(0, place), width - size) })))
      .find(({ left, line }) => left >= 0 && free(left, line));
    if (found !== undefined) placed.push({ ...found, right: found.left + size, text, kind });
  }
  return placed.map(({ text, kind, left, line }) => ({ text, kind, left, line }));
}

/** Idle stretches worth a name: each length once, the longest first. */
export function namedBreaks(breaks: readonly Break[], most = 4): readonly Break[] {
  const lengths = new Map<number, Break>();
  for (const stretch of breaks) {
    const length = Math.round(stretch.duration / 1_000_000);
    if (!lengths.has(length)) lengths.set(length, stretch);
  }
  return [...lengths]
    .sort(([a], [b]) => b - a)
    .slice(0, most)
    .map(([, stretch]) => stretch);
}
