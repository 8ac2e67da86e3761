/**
 * The trace as columns: blocks of events whose numbers stand column by column, each as narrow as its values allow. They travel
 * to the panel without being copied object by object, and take a fraction of the memory of objects. `TraceWriter` appends, `Trace`
 * (trace.ts) reads, `storage/` knows how.
 */
import type { Connection, EventFields, EventId, Place, PlaceId } from './event.ts';
import { NO_CAUSE } from './event.ts';
import type { TraceHeader } from './header.ts';
import type { EventKind } from './schema.ts';
import { putFields } from './storage/doors.ts';
import { DraftBlock } from './storage/draft.ts';
import { BLOCK_EVENTS } from './storage/layout.ts';
import { Sealer } from './storage/seal.ts';
import { StringTable } from './storage/string-table.ts';

/** Everything a trace is, as plain data: structured clone carries it between threads and to the panel. */
export interface TraceData {
  readonly header: TraceHeader;
  readonly places: readonly Place[];
  readonly connections: readonly Connection[];
  /** Number of events. */
  readonly length: number;
  /** Of BLOCK_EVENTS events each, the last one of what is left. Nobody changes them: traces may share them. */
  readonly blocks: readonly Uint8Array[];
  readonly strings: readonly string[];
}

/** Appends events; `finish` gives the trace's data. Time never goes backward. */
export class TraceWriter {
  readonly places: Place[] = [{ kind: 'scenario' }];
  readonly connections: Connection[] = [];
  private readonly header: TraceHeader;
  private count = 0;
  private lastTime = -Infinity;
  private readonly blocks: Uint8Array[] = [];
  private readonly draft = new DraftBlock();
  private readonly sealer = new Sealer();
  private readonly strings = new StringTable();

  constructor(header: TraceHeader) {
    this.header = header;
  }

  /** Number of events so far: the id of the next one. */
  get length(): number {
    return this.count;
  }

  /** Adds a place that comes into being during the run. */
  addPlace(place: Place): PlaceId {
    return this.places.push(place) - 1;
  }

  /**
   * Appends one event.
   * @throws Error when `time` lies before the last event or `cause` is not an earlier event: a bug of the engine.
   */
  add<K extends EventKind>(kind: K, time: number, place: PlaceId, cause: EventId, fields: EventFields<K>): EventId {
    const id = this.count;
    if (time < this.lastTime) throw new Error(`Trace: time goes backward at event ${id}`);
    if (cause >= id || cause < NO_CAUSE) throw new Error(`Trace: event ${id} has no earlier cause`);
    this.draft.begin(id, place, time, cause);
    putFields(this.draft, kind, fields, this.strings);
    this.lastTime = time;
    this.count = id + 1;
    if (this.draft.count === BLOCK_EVENTS) {
      this.blocks.push(this.sealer.seal(this.draft));
      this.draft.clear();
    }
    return id;
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
      length: this.count,
      blocks: this.draft.count === 0 ? [...this.blocks] : [...this.blocks, this.sealer.seal(this.draft)],
      strings: [...this.strings.strings],
    };
  }
}
