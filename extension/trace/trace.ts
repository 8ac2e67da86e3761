import { assertDefined } from '../base/assert.ts';
import type { Column, TraceData } from './columns.ts';
import type { Connection, EndPlace, EventFields, EventId, EventOf, Place, PlaceId, TraceEvent } from './event.ts';
import type { EventKind, FieldType } from './schema.ts';
import { ACK, EVENT_KINDS, EVENT_SCHEMA } from './schema.ts';
import type { TraceHeader } from './header.ts';

interface FieldReader {
  readonly name: string;
  readonly type: FieldType;
}

const FIELDS: readonly (readonly FieldReader[])[] = EVENT_KINDS.map((kind) =>
  Object.entries<FieldType>(EVENT_SCHEMA[kind]).map(([name, type]) => ({ name, type })),
);
const KIND_CODES = new Map(EVENT_KINDS.map((kind, code) => [kind, code]));

/** A finished trace, to be read. The single-column methods cost no object; `event` makes one. */
export class Trace {
  readonly header: TraceHeader;
  readonly places: readonly Place[];
  readonly connections: readonly Connection[];
  /** Number of events. */
  readonly length: number;
  readonly data: TraceData;

  constructor(data: TraceData) {
    this.data = data;
    this.header = data.header;
    this.places = data.places;
    this.connections = data.connections;
    this.length = data.length;
  }

  timeAt(id: EventId): number {
    return this.data.time[id] as number;
  }

  kindAt(id: EventId): EventKind {
    return EVENT_KINDS[this.data.kind[id] as number] as EventKind;
  }

  placeAt(id: EventId): PlaceId {
    return this.data.place[id] as number;
  }

  /** Id of the event that brought it about; -1 = none. */
  causeAt(id: EventId): EventId {
    return this.data.cause[id] as number;
  }

  /** The whole event. @throws Error when there is no such event. */
  event(id: EventId): TraceEvent {
    if (!(id >= 0 && id < this.length)) throw new Error(`Trace: no event ${id}`);
    const code = this.data.kind[id] as number;
    const event: Record<string, unknown> = {
      id,
      time: this.timeAt(id),
      kind: EVENT_KINDS[code],
      place: this.placeAt(id),
      cause: this.causeAt(id),
    };
    const columns = this.data.tables[code] as readonly Column[];
    const row = this.data.row[id] as number;
    for (const [i, field] of (FIELDS[code] as readonly FieldReader[]).entries()) {
      event[field.name] = this.decode(field.type, (columns[i] as Column)[row] as number);
    }
    return event as unknown as TraceEvent;
  }

  /** The event as the given kind. @throws Error when it is of another kind. */
  eventOf<K extends EventKind>(kind: K, id: EventId): EventOf<K> {
    const event = this.event(id);
    if (event.kind !== kind) throw new Error(`Trace: event ${id} is ${event.kind}, not ${kind}`);
    return event as unknown as EventOf<K>;
  }

  /** All events of one kind, in order. */
  *eventsOf<K extends EventKind>(kind: K): Generator<EventOf<K>> {
    const code = KIND_CODES.get(kind);
    for (let id = 0; id < this.length; id++) {
      if (this.data.kind[id] === code) yield this.event(id) as unknown as EventOf<K>;
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

  private decode(type: FieldType, stored: number): unknown {
    if (typeof type === 'object') return type.enum[stored];
    switch (type) {
      case 'bool':
        return stored !== 0;
      case 'string':
        return this.data.strings[stored];
      case 'numbers':
        return stored === 0
          ? []
          : Array.from(this.data.lists.subarray(stored + 1, stored + 1 + (this.data.lists[stored] as number)));
      default:
        return stored;
    }
  }
}
