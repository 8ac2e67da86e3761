/** A trace as the list of things worth a line of the diagram, in the order in which they happened. */
import type { EventId, EventOf, PlaceId, TraceEvent } from '../event.ts';
import { gaveUpWaiting } from '../explain/calls.ts';
import type { EventKind } from '../schema.ts';
import type { Trace } from '../trace.ts';
import type { Stretch } from './fold.ts';
import { findStretches } from './fold.ts';
import type { NoteRow, Row, SegmentRow, StateNote, Tone } from './row.ts';
import { originOf, Outcomes } from './segments.ts';

/** Nothing sent for so long is said in a line of its own. */
export const SILENCE = 3_000_000;

/** All that can be drawn of a trace. */
export interface Rows {
  /** Nothing folded: every thing that a reader can step to. */
  readonly all: readonly Row[];
  /** What `foldRows` folds. */
  readonly stretches: readonly Stretch[];
}

export function buildRows(trace: Trace): Rows {
  const rows = new RowBuilder(trace).build();
  return withSilences(rows, findStretches(trace, rows));
}

/** Calls that programs make all the time and that explain nothing by themselves. */
const QUIET_CALLS: ReadonlySet<string> = new Set(['accept', 'recv']);
/** Answers that mean "not yet". */
const NOT_YET: ReadonlySet<string> = new Set(['OK', 'EAGAIN', 'EINPROGRESS']);
/** What an action's effect may be, when the effect has a line of its own. */
const EFFECTS: ReadonlySet<EventKind> = new Set<EventKind>([
  'host.state',
  'host.frozen',
  'process.state',
  'link.state',
  'link.changed',
  'carrier.state',
  'device-queue.state',
  'route.state',
  'flow.state',
  'call.entered',
  'scenario.skipped',
]);

class RowBuilder {
  private readonly trace: Trace;
  private readonly outcomes: Outcomes;
  /** States by the segment or note beside which they are written. */
  private readonly states = new Map<EventId, StateNote[]>();
  /** Events that another line already tells. */
  private readonly told = new Set<EventId>();

  constructor(trace: Trace) {
    this.trace = trace;
    this.outcomes = new Outcomes(trace);
  }

  build(): readonly (SegmentRow | NoteRow)[] {
    this.placeStates();
    this.markTold();
    const rows: (SegmentRow | NoteRow)[] = [];
    for (let id = 0; id < this.trace.length; id++) {
      if (!ROW_KINDS.has(this.trace.kindAt(id)) || this.told.has(id)) continue;
      const row = this.rowOf(this.trace.event(id));
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  /**
   * A state change is written beside the segment that brought it, else beside the one that it sends, else beside the
   * error that comes with it, else alone.
   */
  private placeStates(): void {
    for (const event of this.trace.eventsOf('tcp.state')) {
      const beside = this.segmentBehind(event) ?? this.segmentSentWith(event) ?? this.errorWith(event);
      if (beside === undefined) continue;
      this.told.add(event.id);
      const notes = this.states.get(beside) ?? [];
      notes.push({ event: event.id, host: hostOf(this.trace, event.place) });
      this.states.set(beside, notes);
    }
  }

  private segmentBehind(event: EventOf<'tcp.state'>): EventId | undefined {
    if (event.cause < 0 || this.trace.kindAt(event.cause) !== 'segment.delivered') return undefined;
    return originOf(this.trace, this.trace.eventOf('segment.delivered', event.cause));
  }

  private segmentSentWith(event: EventOf<'tcp.state'>): EventId | undefined {
    return this.atSameTime(event, (id) => {
      const kind = this.trace.kindAt(id);
      return kind === 'segment.sent' && this.trace.placeAt(id) === event.place;
    });
  }

  private errorWith(event: EventOf<'tcp.state'>): EventId | undefined {
    return this.atSameTime(event, (id) => {
      if (this.trace.kindAt(id) !== 'call.returned') return false;
      const returned = this.trace.eventOf('call.returned', id);
      return !NOT_YET.has(returned.errno) && hostOf(this.trace, returned.place) === hostOf(this.trace, event.place);
    });
  }

  /** The first event of the same instant that `matches`, later ones before earlier ones. */
  private atSameTime(event: TraceEvent, matches: (id: EventId) => boolean): EventId | undefined {
    for (let id = event.id + 1; id < this.trace.length && this.trace.timeAt(id) === event.time; id++) {
      if (matches(id)) return id;
    }
    for (let id = event.id - 1; id >= 0 && this.trace.timeAt(id) === event.time; id--) {
      if (matches(id)) return id;
    }
    return undefined;
  }

  /** Marks what would be said twice: an action beside its effect, an error beside the call that returned it. */
  private markTold(): void {
    for (let id = 0; id < this.trace.length; id++) {
      const kind = this.trace.kindAt(id);
      const cause = this.trace.causeAt(id);
      if (EFFECTS.has(kind) && cause >= 0 && this.trace.kindAt(cause) === 'scenario.action') this.told.add(cause);
      if (kind === 'tcp.error') {
        const error = this.trace.eventOf('tcp.error', id);
        const returned = this.atSameTime(error, (other) => {
          if (this.trace.kindAt(other) !== 'call.returned') return false;
          const event = this.trace.eventOf('call.returned', other);
          return event.errno === error.errno && hostOf(this.trace, event.place) === hostOf(this.trace, error.place);
        });
        if (error.soft || error.errno === 'OK' || returned !== undefined) this.told.add(id);
      }
      if (kind === 'end.gone') {
        const gone = this.trace.eventOf('end.gone', id);
        const state = this.atSameTime(
          gone,
          (other) => this.trace.kindAt(other) === 'tcp.state' && this.trace.placeAt(other) === gone.place,
        );
        if (gone.reason === 'host-off' || state !== undefined) this.told.add(id);
      }
    }
  }

  private rowOf(event: TraceEvent): SegmentRow | NoteRow | undefined {
    switch (event.kind) {
      case 'segment.sent':
        return {
          kind: 'segment',
          event: event.id,
          segment: event.id,
          time: event.time,
          from: event.from,
          to: event.to,
          outcome: this.outcomes.of(event.id),
          states: this.states.get(event.id) ?? [],
        };
      case 'segment.duplicated': {
        const { from, to } = this.trace.eventOf('segment.sent', event.segment);
        const { id, segment, time } = event;
        const states = this.states.get(id) ?? [];
        return { kind: 'segment', event: id, segment, time, from, to, outcome: this.outcomes.of(id), states };
      }
      case 'host.state':
        return this.note(event, event.on ? 'good' : 'fault');
      case 'host.frozen':
        return this.note(event, event.frozen ? 'fault' : 'good');
      case 'process.state':
        // Every process runs at the start, and dies with its host.
        if ((event.time === 0 && event.running) || event.reason === 'host-off') return undefined;
        return this.note(event, event.running ? 'good' : 'fault');
      case 'link.state':
        return this.note(event, event.up ? 'good' : 'fault');
      case 'link.changed':
        // What a link is like from the beginning is no event.
        return event.cause < 0 ? undefined : this.note(event, 'notice');
      case 'carrier.state':
        return this.note(event, event.up ? 'good' : 'fault');
      case 'device-queue.state':
        return this.note(event, event.full ? 'fault' : 'good');
      case 'route.state':
        return this.note(event, event.present ? 'good' : 'fault');
      case 'flow.state':
        // That a flow begins is nothing to tell, unless it begins in the middle of a connection.
        if (event.known && event.port === 0) return undefined;
        return this.note(event, 'fault');
      case 'neighbour.state':
        return event.state === 'FAILED' ? this.note(event, 'fault') : undefined;
      case 'icmp.delivered':
      case 'arp.sent':
        return this.note(event, 'notice');
      case 'call.entered':
        return QUIET_CALLS.has(event.call) ? undefined : this.note(event, 'plain');
      case 'call.returned':
        if (!NOT_YET.has(event.errno) || gaveUpWaiting(event)) return this.note(event, 'error');
        if (event.call === 'poll' && event.errno === 'OK') return this.note(event, 'notice');
        return event.call === 'recv' && event.errno === 'OK' && event.value === 0
          ? this.note(event, 'notice')
          : undefined;
      case 'tcp.error':
      case 'app.decided':
        return this.note(event, 'error');
      case 'tcp.mss':
      case 'metrics.used':
      case 'tcp.undo':
        return this.note(event, 'notice');
      case 'scenario.skipped':
        return this.note(event, 'fault');
      case 'scenario.action':
        // What links and middleboxes do from now on to what passes; everything else that is done has an effect with a line of its own.
        return this.note(event, hostOf(this.trace, event.place) < 0 ? 'fault' : 'plain');
      default:
        return this.note(event, 'plain');
    }
  }

  private note(event: TraceEvent, tone: Tone): NoteRow {
    const host = hostOf(this.trace, event.place);
    const states = this.states.get(event.id) ?? [];
    return { kind: 'note', event: event.id, time: event.time, hosts: host < 0 ? [] : [host], tone, states };
  }
}

const ROW_KINDS: ReadonlySet<EventKind> = new Set<EventKind>([
  'scenario.action',
  'scenario.skipped',
  'host.state',
  'host.frozen',
  'process.state',
  'link.state',
  'link.changed',
  'carrier.state',
  'device-queue.state',
  'route.state',
  'flow.state',
  'neighbour.state',
  'icmp.delivered',
  'arp.sent',
  'end.gone',
  'call.entered',
  'call.returned',
  'app.decided',
  'segment.sent',
  'segment.duplicated',
  'tcp.state',
  'tcp.error',
  'tcp.mss',
  'metrics.used',
  'tcp.undo',
  'run.ended',
]);

/** The host where a place is; -1 for the scenario, links and middleboxes. */
export function hostOf(trace: Trace, place: PlaceId): PlaceId {
  const found = trace.places[place];
  switch (found?.kind) {
    case 'host':
      return place;
    case 'process':
    case 'end':
      return found.host;
    default:
      return -1;
  }
}

/**
 * Puts a line where nothing is sent for long; not between repetitions, which are that far apart by nature. Moves the
 * stretches along.
 */
function withSilences(rows: readonly (SegmentRow | NoteRow)[], stretches: readonly Stretch[]): Rows {
  const all: Row[] = [];
  const moved: Stretch[] = [];
  let next = 0;
  /** When the last segment left; forgotten once a silence after it was named. */
  let lastSegment: number | undefined;
  for (const [i, row] of rows.entries()) {
    while ((stretches[next]?.end ?? Infinity) <= i) next++;
    const stretch = stretches[next];
    const before = all.at(-1);
    const repeats = stretch !== undefined && i > stretch.start;
    if (before !== undefined && !repeats && row.time - before.time >= SILENCE) {
      const { event, time } = before;
      all.push({ kind: 'silence', event, until: row.event, time, duration: row.time - (lastSegment ?? time) });
      lastSegment = undefined;
    }
    if (row.kind === 'segment') lastSegment = row.time;
    if (stretch?.start === i) {
      moved.push({ ...stretch, start: all.length, end: all.length + stretch.end - stretch.start });
    }
    all.push(row);
  }
  return { all, stretches: moved };
}
