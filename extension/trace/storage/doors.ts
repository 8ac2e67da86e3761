/**
 * Doors for the kinds of events that come with every packet: their fields are put each where it belongs, by one function for each kind.
 * What they leave behind is what `by-name.ts` would.
 */
import type { EventFields, EventId, PlaceId } from '../event.ts';
import type { EventKind } from '../schema.ts';
import type { DraftBlock } from './draft.ts';
import type { FieldLayout } from './layout.ts';
import { FIRST_VALUE, KIND, KIND_CODES, LAYOUTS, PLACE, stepsBack } from './layout.ts';
import { WordCodes } from './word-codes.ts';

const code = (kind: EventKind): number => KIND_CODES.get(kind) as number;

/** Numbers of the words of a field. */
function wordsOf<K extends EventKind>(kind: K, name: keyof EventFields<K>): WordCodes {
  const field = (LAYOUTS[code(kind)] as readonly FieldLayout[]).find((each) => each.name === name) as FieldLayout;
  return new WordCodes(field.codes);
}

const SENT = code('segment.sent');
const DELIVERED = code('segment.delivered');
const QUEUED = code('segment.queued');
const CHANGED = code('tcp.variables');
const ARMED = code('timer.armed');
const CANCELLED = code('timer.cancelled');
const RETURNED = code('call.returned');

/** Every door takes time, place and cause first, and returns the event's id. */
export class EventDoors {
  private readonly draft: DraftBlock;
  private readonly purposes = wordsOf('segment.sent', 'purpose');
  private readonly reasons = wordsOf('segment.sent', 'reason');
  private readonly timers = wordsOf('timer.armed', 'timer');
  private readonly calls = wordsOf('call.returned', 'call');
  private readonly errors = wordsOf('call.returned', 'errno');

  constructor(draft: DraftBlock) {
    this.draft = draft;
  }

  sent(time: number, place: PlaceId, cause: EventId, fields: EventFields<'segment.sent'>): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    const { sack, args } = fields;
    key[KIND] = SENT;
    key[PLACE] = place;
    key[2] = fields.connection;
    key[3] = fields.from;
    key[4] = fields.to;
    key[5] = fields.fromPort;
    key[6] = fields.toPort;
    key[7] = fields.flags;
    key[8] = fields.wscale;
    key[9] = fields.sackPermitted ? 1 : 0;
    key[10] = fields.timestamps ? 1 : 0;
    key[11] = sack.length;
    key[12] = this.purposes.of(fields.purpose);
    key[13] = this.reasons.of(fields.reason);
    key[14] = args.length;
    const at = draft.seat(time, cause, 15, 9 + sack.length + args.length);
    const { values } = draft;
    values[at + 1] = fields.seq;
    values[at + 2] = fields.ack;
    values[at + 3] = fields.length;
    values[at + 4] = fields.window;
    values[at + 5] = fields.windowBytes;
    values[at + 6] = fields.mss;
    values[at + 7] = fields.tsVal;
    values[at + 8] = fields.tsEcr;
    if (sack.length + args.length > 0) {
      values.set(sack, at + 9);
      values.set(args, at + 9 + sack.length);
    }
    return id;
  }

  delivered(time: number, place: PlaceId, cause: EventId, segment: EventId): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    key[KIND] = DELIVERED;
    key[PLACE] = place;
    const at = draft.seat(time, cause, 2, 2);
    draft.values[at + 1] = stepsBack(segment, id);
    return id;
  }

  queued(
    time: number,
    place: PlaceId,
    cause: EventId,
    segment: EventId,
    wait: number,
    ahead: number,
    bytes: number,
  ): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    key[KIND] = QUEUED;
    key[PLACE] = place;
    const at = draft.seat(time, cause, 2, 5);
    const { values } = draft;
    values[at + 1] = stepsBack(segment, id);
    values[at + 2] = wait;
    values[at + 3] = ahead;
    values[at + 4] = bytes;
    return id;
  }

  /** @param changes pairs (index into VARIABLES, value), flattened; so many numbers of it count */
  variables(time: number, place: PlaceId, cause: EventId, changes: ArrayLike<number>, length: number): EventId {
    const { draft } = this;
    const id = draft.length;
    // An index has half of a pair; so has one without its value.

    const names = (length + 1) >> 1;
    draft.reserve(3 + names);
    const { key } = draft;
    key[KIND] = CHANGED;
    key[PLACE] = place;
    key[2] = length;
    for (let i = 0; i < names; i++) key[3 + i] = changes[2 * i] as number;

    const at = draft.seat(time, cause, 3 + names, FIRST_VALUE + (length >> 1));
    const { values } = draft;
    for (let i = 1, to = at + FIRST_VALUE; i < length; i += 2) values[to++] = changes[i] as number;
    return id;
  }

  timerArmed(time: number, place: PlaceId, cause: EventId, fields: EventFields<'timer.armed'>): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    key[KIND] = ARMED;
    key[PLACE] = place;
    key[2] = this.timers.of(fields.timer);
    key[3] = fields.backoff;
    const at = draft.seat(time, cause, 4, 3);
    draft.values[at + 1] = fields.deadline;
    draft.values[at + 2] = fields.late;
    return id;
  }

  timerCancelled(time: number, place: PlaceId, cause: EventId, timer: EventFields<'timer.armed'>['timer']): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    key[KIND] = CANCELLED;
    key[PLACE] = place;
    key[2] = this.timers.of(timer);
    draft.seat(time, cause, 3, 1);
    return id;
  }

  returned(time: number, place: PlaceId, cause: EventId, fields: EventFields<'call.returned'>): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    key[KIND] = RETURNED;
    key[PLACE] = place;
    key[2] = this.calls.of(fields.call);
    key[3] = fields.process;
    key[4] = this.errors.of(fields.errno);
    const at = draft.seat(time, cause, 5, 2);
    draft.values[at + 1] = fields.value;
    return id;
  }
}
