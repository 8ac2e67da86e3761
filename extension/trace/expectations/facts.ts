import type { CallName } from '../../scenario/expectation.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { EventId, EventOf, PlaceId } from '../event.ts';
import type { EventKind } from '../schema.ts';
import { FIN, SYN } from '../schema.ts';
import type { Trace } from '../trace.ts';
import type { Occurrence } from './occurrences.ts';
import type { Outcome } from './result.ts';
import { failed } from './result.ts';
import type { ClassifiedSegment } from './segment-class.ts';

export interface SentSegment extends ClassifiedSegment {
  readonly id: EventId;
  readonly time: number;
  readonly place: PlaceId;
  readonly from: PlaceId;
}

export interface StateChange {
  readonly id: EventId;
  readonly time: number;
  readonly to: TcpState;
}

/** What expectations ask of a trace, gathered in one pass and kept: a run can have many expectations. */
export class Facts {
  readonly trace: Trace;
  readonly segments: readonly SentSegment[];
  /** The `run.ended`, once it is written. */
  readonly ended: EventOf<'run.ended'> | undefined;
  private bySent: ReadonlyMap<EventId, SentSegment> | undefined;
  private readonly ids = new Map<EventKind, EventId[]>();
  private readonly changes = new Map<PlaceId, StateChange[]>();
  /** Per end and per host, the deliveries in order. */
  private readonly deliveries = new Map<PlaceId, EventId[]>();
  /** What `occurrencesOf` has gathered so far. */
  readonly occurrences = new Map<string, readonly Occurrence[]>();
  private readonly moments = new Map<string, { readonly event: EventId } | Outcome>();
  private readonly endsByName = new Map<string, PlaceId[]>();

  constructor(trace: Trace) {
    this.trace = trace;
    for (const { place, end } of trace.ends())
      listIn(this.endsByName, `${trace.placeName(end.host)} ${trace.placeName(place)}`).push(place);
    const segments: SentSegment[] = [];
    const isNew = newDataTest();
    for (let id = 0; id < trace.length; id++) {
      const kind = trace.kindAt(id);
      listIn(this.ids, kind).push(id);
      if (kind === 'segment.delivered') this.addDelivery(id);
      else if (kind === 'tcp.state' || kind === 'end.gone') this.addChange(id);
      else if (kind === 'segment.sent') {
        const event = trace.eventOf('segment.sent', id);
        const { time, place, from, flags, length, window, purpose } = event;
        segments.push({ id, time, place, from, flags, length, window, purpose, isNew: isNew(event) });
      }
    }
    this.segments = segments;
    const ended = this.ids.get('run.ended')?.[0];
    this.ended = ended === undefined ? undefined : trace.eventOf('run.ended', ended);
  }

  /** All events of a kind, in order. */
  *eventsOf<K extends EventKind>(kind: K): Generator<EventOf<K>> {
    for (const id of this.ids.get(kind) ?? []) yield this.trace.eventOf(kind, id);
  }

  /** The segment that left with that event. */
  segment(sent: EventId): SentSegment | undefined {
    this.bySent ??= new Map(this.segments.map((segment) => [segment.id, segment]));
    return this.bySent.get(sent);
  }

  /** The ends of the connections of that name on that host, in the order in which they came into being. */
  ends(connection: string, host: string): readonly PlaceId[] {
    return this.endsByName.get(`${host} ${connection}`) ?? [];
  }

  place(kind: 'host' | 'process' | 'link', name: string): PlaceId | undefined {
    const found = this.trace.places.findIndex((place) => place.kind === kind && place.name === name);
    return found === -1 ? undefined : found;
  }

  /** Every entry into a state, disappearing included (as CLOSED, unless it was CLOSED already). */
  stateChanges(end: PlaceId): readonly StateChange[] {
    return this.changes.get(end) ?? [];
  }

  /** Errors that the kernel put on sockets of that name on that host, in order. */
  hardErrors(connection: string, host: string): EventOf<'tcp.error'>[] {
    return this.onEnds(this.eventsOf('tcp.error'), connection, host).filter(
      ({ soft, errno }) => !soft && errno !== 'OK',
    );
  }

  /** Reads that returned data or EOF, in order. */
  reads(connection: string, host: string): EventOf<'call.returned'>[] {
    return this.onEnds(this.eventsOf('call.returned'), connection, host).filter(
      ({ call, errno }) => call === 'recv' && errno === 'OK',
    );
  }

  /** Returns of one call of a process, on one connection or on any. */
  callsOf(process: string, call: CallName, connection: string | undefined): EventOf<'call.returned'>[] {
    const caller = this.place('process', process);
    return [...this.eventsOf('call.returned')].filter(
      (event) =>
        event.call === call &&
        event.process === caller &&
        (connection === undefined || this.concerns(event.place, connection)),
    );
  }

  /** Whether something at this place is about the connection of that name. A process stands for any of its connections. */
  concerns(place: PlaceId, connection: string): boolean {
    return this.trace.endAt(place) === undefined || this.trace.placeName(place) === connection;
  }

  private onEnds<E extends { readonly place: PlaceId }>(events: Iterable<E>, connection: string, host: string): E[] {
    const ends = new Set(this.ends(connection, host));
    return [...events].filter(({ place }) => ends.has(place));
  }

  /** The last delivery to an end, a process's host or a host before an event in the trace's order. */
  lastReceived(place: PlaceId, before: EventId): EventId | undefined {
    const where = this.trace.places[place];
    const list = this.deliveries.get(where?.kind === 'process' ? where.host : place) ?? [];
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((list[middle] ?? Infinity) < before) low = middle + 1;
      else high = middle;
    }
    return list[low - 1];
  }

  /** The first time that the action called `name` was carried out. */
  moment(name: string): { readonly event: EventId } | Outcome {
    const known = this.moments.get(name) ?? this.findMoment(name);
    this.moments.set(name, known);
    return known;
  }

  private findMoment(name: string): { readonly event: EventId } | Outcome {
    const action = this.trace.header.actions.findIndex((statement) => statement.moment === name);
    if (action === -1) return failed('moment-unknown', -1);
    for (const event of this.eventsOf('scenario.action')) if (event.action === action) return { event: event.id };
    for (const event of this.eventsOf('scenario.skipped'))
      if (event.action === action) return failed('moment-not-reached', event.id, action);
    return failed('moment-not-reached', -1, action);
  }

  /** Until when it is known what happened: the end of a run that was cut off or told to end, otherwise for ever. */
  get knownUntil(): number {
    return this.ended === undefined || this.ended.reason === 'idle' ? Infinity : this.ended.time;
  }

  /** Whether the run was stopped by a limit or by hand, so that "never" and "no more than" cannot be decided. */
  get isCutShort(): boolean {
    return this.ended !== undefined && this.ended.reason !== 'idle' && this.ended.reason !== 'until';
  }

  private addDelivery(id: EventId): void {
    const place = this.trace.placeAt(id);
    listIn(this.deliveries, place).push(id);
    const host = this.trace.endAt(place)?.host;
    if (host !== undefined) listIn(this.deliveries, host).push(id);
  }

  private addChange(id: EventId): void {
    const event = this.trace.event(id);
    const list = listIn(this.changes, event.place);
    const to = event.kind === 'tcp.state' ? event.to : 'CLOSED';
    const last = list.at(-1)?.to ?? 'CLOSED';
    if (to !== last) list.push({ id, time: event.time, to });
  }
}

function listIn<K, V>(lists: Map<K, V[]>, key: K): V[] {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  return list;
}

/** Tells, segment after segment, whether one ends beyond everything that its side had sent before. */
function newDataTest(): (segment: EventOf<'segment.sent'>) => boolean {
  const sentUpTo = new Map<string, number>();
  return ({ connection, from, fromPort, seq, length, flags }) => {
    const key = `${connection}/${from}/${fromPort}`;
    const end = seq + length + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0);
    const before = sentUpTo.get(key);
    const isNew = before === undefined || ((end - before) | 0) > 0;
    if (isNew) sentUpTo.set(key, end >>> 0);
    return isNew;
  };
}
