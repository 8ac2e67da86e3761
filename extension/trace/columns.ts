/**
 * The trace as plain data: blocks of events whose numbers stand in a few arrays. They travel to the panel without being copied object by
 * object, and take a fraction of the memory of objects. `TraceWriter` appends, `Trace` (trace.ts) reads, `storage/` knows how.
 */
import type { Connection, EventFields, EventId, Place, PlaceId } from './event.ts';
import type { TraceHeader } from './header.ts';
import type { EventKind } from './schema.ts';
import { putByName, putVariables } from './storage/by-name.ts';
import { DraftBlock } from './storage/draft.ts';
import type { SealedBlock } from './storage/layout.ts';
import { KIND_CODES } from './storage/layout.ts';
import { StringTable } from './storage/string-table.ts';

export { EventLimitReached } from './storage/draft.ts';

/** Everything a trace is, as plain data: structured clone carries it between threads and to the panel. */
export interface TraceData {
  readonly header: TraceHeader;
  readonly places: readonly Place[];
  readonly connections: readonly Connection[];
  /** Number of events. */
  readonly length: number;
  /** Of BLOCK_EVENTS events each, the last one of what is left. Nobody changes them: traces may share them. */
  readonly blocks: readonly SealedBlock[];
  readonly strings: readonly string[];
}

/** Appends events; `finish` gives the trace's data. Time never goes backward. */
export class TraceWriter {
  readonly places: Place[] = [{ kind: 'scenario' }];
  readonly connections: Connection[] = [];
  /** Where the events go: for the doors of those that come with every packet. */
  readonly draft: DraftBlock;
  private readonly header: TraceHeader;
  private readonly blocks: SealedBlock[] = [];
  private readonly strings = new StringTable();

  constructor(header: TraceHeader) {
    this.header = header;
    this.draft = new DraftBlock(() => {
      this.blocks.push(this.draft.seal());
    });
  }

  /** Number of events so far: the id of the next one. */
  get length(): number {
    return this.draft.length;
  }

  /** How many events there may be. */
  set limit(events: number) {
    this.draft.limit = events;
  }

  /** Adds a place that comes into being during the run. */
  addPlace(place: Place): PlaceId {
    return this.places.push(place) - 1;
  }

  /**
   * Appends one event.
   * @throws EventLimitReached instead, when the trace is full
   * @throws Error when `time` lies before the last event or `cause` is not an earlier event: a bug of the engine.
   */
  add<K extends EventKind>(kind: K, time: number, place: PlaceId, cause: EventId, fields: EventFields<K>): EventId {
    if (kind === 'tcp.variables') {
      const { changes } = fields as EventFields<'tcp.variables'>;
      return putVariables(this.draft, time, place, cause, changes);
    }
    return putByName(this.draft, this.strings, KIND_CODES.get(kind) as number, time, place, cause, fields);
  }

  /** Everything written so far. The writer may go on. */
  finish(): TraceData {
    return {
      header: this.header,
      places: this.places.map((place) => ({ ...place })),
      connections: this.connections.map((c) => ({
        name: c.name,
        sides: [{ ...c.sides[0] }, { ...c.sides[1] }] as const,
      })),
      length: this.length,
      blocks: this.draft.count === 0 ? [...this.blocks] : [...this.blocks, this.draft.seal()],
      strings: [...this.strings.strings],
    };
  }
}
