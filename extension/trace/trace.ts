import { assertDefined } from '../base/assert.ts';
import type { TraceData } from './columns.ts';
import type { Connection, EndPlace, EventFields, EventId, EventOf, Place, PlaceId, TraceEvent } from './event.ts';
import type { TraceHeader } from './header.ts';
import type { EventKind } from './schema.ts';
import { ACK, EVENT_KINDS } from './schema.ts';
import { Block, EventIndex } from './storage/block.ts';
import { BLOCK_BITS, BLOCK_EVENTS, KIND_CODES } from './storage/layout.ts';

/**
 * A finished trace, to be read. The single-column methods cost no object, and say undefined where there is no such event; `event`
 * makes one.
 */
export class Trace {
  readonly header: TraceHeader;
  readonly places: readonly Place[];
  readonly connections: readonly Connection[];
  /** Number of events. */
  readonly length: number;
  readonly data: TraceData;
  /** Those that have been read from. */
  private readonly blocks: (Block | undefined)[];
  private readonly index: EventIndex;

  constructor(data: TraceData) {
    this.data = data;
    this.header = data.header;
    this.places = data.places;
    this.connections = data.connections;
    this.length = data.length;
    this.blocks = data.blocks.map(() => undefined);
    this.index = new EventIndex(data.length);
  }

  timeAt(id: EventId): number {
    this.blockOf(id);
    return this.index.times[id] as number;
  }

  kindAt(id: EventId): EventKind {
    this.blockOf(id);
    return EVENT_KINDS[this.index.kinds[id] as number] as EventKind;
  }

  placeAt(id: EventId): PlaceId {
    return this.blockOf(id)?.placeOf(id) as PlaceId;
  }

  /** Id of the event that brought it about; -1 = none. */
  causeAt(id: EventId): EventId {
    return this.blockOf(id)?.causeOf(id) as EventId;
  }

  /** The whole event. @throws Error when there is no such event. */
  event(id: EventId): TraceEvent {
    const block = id < this.length ? this.blockOf(id) : undefined;
    if (block === undefined) throw new Error(`Trace: no event ${id}`);
    return block.event(id, this.data.strings);
  }

  /** The event as the given kind. @throws Error when it is of another kind. */
  eventOf<K extends EventKind>(kind: K, id: EventId): EventOf<K> {
    const event = this.event(id);
    if (event.kind !== kind) throw new Error(`Trace: event ${id} is ${event.kind}, not ${kind}`);
    return event as unknown as EventOf<K>;
  }

  /** All events of one kind, in order. */
  *eventsOf<K extends EventKind>(kind: K): Generator<EventOf<K>> {
    const code = KIND_CODES.get(kind) as number;
    for (let first = 0; first < this.length; first += BLOCK_EVENTS) {
      const block = this.blockOf(first);
      if (block?.has(code) !== true) continue;
      for (let id = first; id < first + block.length; id++) {
        if (this.index.kinds[id] === code) yield block.event(id, this.data.strings) as unknown as EventOf<K>;
      }
    }
  }

  *events(): Generator<TraceEvent> {
    for (let id = 0; id < this.length; id++) yield this.event(id);
  }

  /** Id of the last event at or before `time`; -1 when all come later. */
  lastEventAt(time: number): EventId {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeAt(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The time at which the run ended. */
  get endTime(): number {
    return this.length === 0 ? 0 : this.timeAt(this.length - 1);
  }

  /** The place as an end, or undefined. */
  endAt(place: PlaceId): EndPlace | undefined {
    const found = this.places[place];
    return found?.kind === 'end' ? found : undefined;
  }

  /** All ends, in the order in which they came into being. */
  ends(): readonly { readonly place: PlaceId; readonly end: EndPlace }[] {
    return this.places.flatMap((place, id) => (place.kind === 'end' ? [{ place: id, end: place }] : []));
  }

  /** A place's name for people: `client`, `web`, `wire`; an end is called by its connection. */
  placeName(id: PlaceId): string {
    const place = this.places[id];
    if (place === undefined || place.kind === 'scenario') return '';
    return place.kind === 'end' ? this.connection(place.connection).name : place.name;
  }

  connection(id: number): Connection {
    return assertDefined(this.connections[id], `connection ${id}`);
  }

  /** SEQ and ACK of a segment counted from each side's initial sequence number, as Wireshark shows them; ACK is 0 without its flag. */
  relative(segment: Pick<EventFields<'segment.sent'>, 'connection' | 'from' | 'fromPort' | 'seq' | 'ack' | 'flags'>): {
    seq: number;
    ack: number;
  } {
    const [a, b] = this.connection(segment.connection).sides;
    const [own, other] = a.host === segment.from && a.port === segment.fromPort ? [a, b] : [b, a];
    return {
      seq: own.iss < 0 ? segment.seq : (segment.seq - own.iss) >>> 0,
      ack: (segment.flags & ACK) === 0 ? 0 : other.iss < 0 ? segment.ack : (segment.ack - other.iss) >>> 0,
    };
  }

  /** The block that the event is in, opened; undefined when there is no such event. */
  private blockOf(id: EventId): Block | undefined {
    const number = id >> BLOCK_BITS;
    const opened = this.blocks[number];
    if (opened !== undefined) return opened;
    const bytes = this.data.blocks[number];
    if (bytes === undefined) return undefined;
    return (this.blocks[number] = new Block(bytes, number << BLOCK_BITS, this.index));
  }
}
