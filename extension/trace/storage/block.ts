import type { EventId, TraceEvent } from '../event.ts';
import type { SealedBlock } from './layout.ts';
import { BACK, HEAD, LONG, PAUSE, SERIES } from './layout.ts';
import { Series } from './series.ts';

/** What is looked up most, of the blocks that have been opened, by the ids of the events. */
export class EventIndex {
  readonly times: Float64Array;
  /** How many events back the cause of each is, 0 = none. */
  readonly causes: Int32Array;
  /** Indexes into EVENT_KINDS. */
  readonly kinds: Uint8Array;
  /** Each one's series in its block, and where its row begins. */
  readonly series: Uint16Array;
  readonly rows: Uint32Array;

  constructor(length: number) {
    this.times = new Float64Array(length);
    this.causes = new Int32Array(length);
    this.kinds = new Uint8Array(length);
    this.series = new Uint16Array(length);
    this.rows = new Uint32Array(length);
  }
}

/** A block, to be read: any of its events at once. */
export class Block {
  readonly first: EventId;
  readonly length: number;
  private readonly data: SealedBlock;
  private readonly index: EventIndex;
  private readonly series: readonly Series[];

  /** @param first the id of its first event @param index where its events are entered */
  constructor(data: SealedBlock, first: EventId, index: EventIndex) {
    this.data = data;
    this.first = first;
    this.length = data.heads.length / HEAD;
    this.index = index;
    this.series = seriesOf(data.keys);
    this.enter();
  }

  placeOf(id: EventId): number {
    return (this.series[this.index.series[id] as number] as Series).place;
  }

  causeOf(id: EventId): EventId {
    const back = this.index.causes[id] as number;
    return back === 0 ? -1 : id - back;
  }

  event(id: EventId, strings: readonly string[]): TraceEvent {
    const { index } = this;
    const series = this.series[index.series[id] as number] as Series;
    const event: Record<string, unknown> = {
      id,
      time: index.times[id],
      kind: series.name,
      place: series.place,
      cause: this.causeOf(id),
    };
    series.read(event, id, this.data.rows, index.rows[id] as number, this.data.large, strings);
    return event as unknown as TraceEvent;
  }

  /** Whether there is an event of that kind in it. */
  has(kind: number): boolean {
    return this.series.some((series) => series.kind === kind);
  }

  /** Enters its events into the index. */
  private enter(): void {
    const { first, length, index, data, series } = this;
    let time = data.from;
    let row = 0;
    let longPauses = 0;
    let farCauses = 0;
    for (let i = 0; i < length; i++) {
      const head = HEAD * i;
      const number = data.heads[head + SERIES] as number;
      const { kind, width } = series[number] as Series;
      const pause = data.heads[head + PAUSE] as number;
      const back = data.heads[head + BACK] as number;
      time = pause === LONG ? (data.times[longPauses++] as number) : time + pause;
      index.times[first + i] = time;
      index.causes[first + i] = back === LONG ? (data.farCauses[farCauses++] as number) : back;
      index.kinds[first + i] = kind;
      index.series[first + i] = number;
      index.rows[first + i] = row;
      row += width;
    }
  }
}

function seriesOf(keys: Int32Array): readonly Series[] {
  const series: Series[] = [];
  for (let at = 0; at < keys.length;) {
    const [width, length] = [keys[at] as number, keys[at + 1] as number];
    series.push(new Series(keys.subarray(at + 2, at + 2 + length), width));
    at += 2 + length;
  }
  return series;
}
