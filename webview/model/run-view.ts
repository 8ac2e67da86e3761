/** One played run, ready to be looked at: the trace with the questions that the page asks of it. */
import { hostOf } from '../../extension/trace/diagram/rows.ts';
import { buildRows } from '../../extension/trace/diagram/rows.ts';
import type { Rows } from '../../extension/trace/diagram/rows.ts';
import type { Row } from '../../extension/trace/diagram/row.ts';
import type { Selection } from '../../extension/trace/diagram/window.ts';
import { selectionOf } from '../../extension/trace/diagram/window.ts';
import type { TraceData } from '../../extension/trace/columns.ts';
import type { EventId, EventOf, PlaceId } from '../../extension/trace/event.ts';
import { Trace } from '../../extension/trace/trace.ts';
import type { World } from '../../extension/trace/world.ts';
import { WorldIndex } from '../../extension/trace/world.ts';

/** How far one step goes. */
export const STEP_SIZES = ['row', 'packet', 'event', 'state'] as const;
export type StepSize = (typeof STEP_SIZES)[number];

/** What the page looks at. `exact`: the world right after the event, not what came of it. */
export interface Cursor extends Selection {
  readonly exact?: boolean;
}

export class RunView {
  readonly trace: Trace;
  readonly rows: Rows;
  private readonly worlds: WorldIndex;
  private readonly rowOfEvent = new Map<EventId, number>();
  /** Per end: ids of the arrivals there, in order. */
  private readonly arrivals = new Map<PlaceId, EventId[]>();

  constructor(data: TraceData) {
    this.trace = new Trace(data);
    this.rows = buildRows(this.trace);
    this.worlds = new WorldIndex(this.trace);
    for (const [index, row] of this.rows.all.entries()) {
      if (row.kind !== 'silence') this.rowOfEvent.set(row.event, index);
    }
    for (const event of this.trace.eventsOf('segment.delivered')) {
      const list = this.arrivals.get(event.place) ?? [];
      list.push(event.id);
      this.arrivals.set(event.place, list);
    }
  }

  /** The beginning: the first thing that can be stepped to. */
  get first(): Cursor {
    const row = this.rows.all[0];
    return row === undefined ? { event: 0 } : selectionOf(row);
  }

  /** Index into `rows.all` of what is selected, or of the last row before it. */
  rowIndex(cursor: Cursor): number {
    const own = this.rowOfEvent.get(cursor.event);
    if (own !== undefined) return cursor.until === undefined ? own : own + 1;
    let low = 0;
    let high = this.rows.all.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.rows.all[middle] as Row).event <= cursor.event) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /**
   * The last event whose effect is shown: for a segment what came of it until something else happens, since a reader who
   * points at an arrow asks what it did.
   */
  shownEvent(cursor: Cursor): EventId {
    const { trace } = this;
    if (cursor.exact === true) return cursor.event;
    const index = this.rowIndex(cursor);
    const row = this.rows.all[index];
    if (row?.event !== cursor.event) return cursor.event;
    let after = index + 1;
    while ((this.rows.all[after]?.event ?? Infinity) <= row.event) after++;
    const next = this.rows.all[after]?.event ?? trace.length;
    // A silence begins with what the line before it left behind.
    const begun = row.kind === 'silence' ? (this.rows.all[index - 1] ?? row) : row;
    const arrives = begun.kind === 'segment' && begun.outcome.event >= 0 && begun.outcome.kind !== 'dropped';
    const arrival = arrives ? trace.timeAt(begun.outcome.event) : begun.time;
    let shown = row.event;
    while (shown + 1 < next && trace.timeAt(shown + 1) <= arrival) shown++;
    return shown;
  }

  world(cursor: Cursor): World {
    return this.worlds.after(this.shownEvent(cursor));
  }

  /** The moment at the cursor, µs. */
  time(cursor: Cursor): number {
    return this.trace.length === 0 ? 0 : this.trace.timeAt(this.shownEvent(cursor));
  }

  /** The world one step earlier: what "changed" is measured against. */
  worldBefore(cursor: Cursor): World {
    if (cursor.exact === true) return this.worlds.after(cursor.event - 1);
    let index = this.rowIndex(cursor) - 1;
    while ((this.rows.all[index]?.event ?? -1) >= cursor.event) index--;
    const before = this.rows.all[index];
    return before === undefined ? this.worlds.after(-1) : this.world(selectionOf(before));
  }

  /** When the last segment arrived at an end, at or before an event; undefined when none has. */
  lastArrival(end: PlaceId, upTo: EventId): number | undefined {
    const found = this.arrivals.get(end)?.findLast((id) => id <= upTo);
    return found === undefined ? undefined : this.trace.timeAt(found);
  }

  /** The cursor after one step; the same one at either end of the run. */
  step(cursor: Cursor, direction: 1 | -1, size: StepSize): Cursor {
    if (size === 'event') {
      const event = Math.min(Math.max(cursor.event + direction, 0), this.trace.length - 1);
      return { event, exact: true };
    }
    const { all } = this.rows;
    // From an event between two rows, back goes to the row that stands before it.
    const at = this.rowIndex(cursor);
    const between = all[at]?.event !== cursor.event;
    for (let i = direction < 0 && between ? at : at + direction; i >= 0 && i < all.length; i += direction) {
      const row = all[i] as Row;
      if (this.isStop(row, size)) return selectionOf(row);
    }
    return cursor;
  }

  /** The first or last thing that can be stepped to. */
  edge(direction: 1 | -1): Cursor {
    const row = direction < 0 ? this.rows.all[0] : this.rows.all.at(-1);
    return row === undefined ? { event: 0 } : selectionOf(row);
  }

  private isStop(row: Row, size: StepSize): boolean {
    switch (size) {
      case 'packet':
        return row.kind === 'segment';
      case 'state':
        return row.kind !== 'silence' && row.states.length > 0;
      default:
        return true;
    }
  }

  /** The selectable thing nearest to a moment. */
  nearest(time: number): Cursor {
    let best: Row | undefined;
    for (const row of this.rows.all) {
      if (row.kind === 'silence') continue;
      if (best === undefined || Math.abs(row.time - time) <= Math.abs(best.time - time)) best = row;
    }
    return best === undefined ? this.first : selectionOf(best);
  }

  /** The first thing that a line of the scenario brought about; undefined when it did nothing. */
  firstOfAction(action: number): Cursor | undefined {
    for (const event of this.trace.eventsOf('scenario.action')) {
      if (event.action !== action) continue;
      const row = this.rows.all.find(({ kind, event: id }) => kind !== 'silence' && id >= event.id);
      return row === undefined ? undefined : selectionOf(row);
    }
    return undefined;
  }

  /** The expectations' results, in the order of the file. */
  expectations(): readonly EventOf<'expectation'>[] {
    return [...this.trace.eventsOf('expectation')];
  }

  host(place: PlaceId): PlaceId {
    return hostOf(this.trace, place);
  }
}
