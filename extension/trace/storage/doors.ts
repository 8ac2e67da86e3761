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

/** A segment as the engine has it: numbers modulo 2^32 may be signed. */
interface SegmentOnWire {
  readonly fromPort: number;
  readonly toPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly length: number;
  readonly window: number;
  readonly options: {
    readonly mss?: number;
    readonly windowScale?: number;
    readonly sackPermitted?: boolean;
    readonly timestamps?: { readonly tsVal: number; readonly tsEcr: number };
    readonly sack?: readonly (readonly [number, number])[];
  };
}

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

  /** @param from and @param to the two hosts @param windowBytes what the window field means */
  sent(
    time: number,
    place: PlaceId,
    cause: EventId,
    connection: number,
    from: PlaceId,
    to: PlaceId,
    segment: SegmentOnWire,
    windowBytes: number,
    purpose: EventFields<'segment.sent'>['purpose'],
    reason: EventFields<'segment.sent'>['reason'],
    args: readonly number[],
  ): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    const { mss, windowScale, sackPermitted, timestamps, sack } = segment.options;
    const sackNumbers = sack === undefined ? 0 : 2 * sack.length;
    key[KIND] = SENT;
    key[PLACE] = place;
    key[2] = connection;
    key[3] = from;
    key[4] = to;
    key[5] = segment.fromPort;
    key[6] = segment.toPort;
    key[7] = segment.flags;
    key[8] = windowScale ?? 255;
    key[9] = sackPermitted === true ? 1 : 0;
    key[10] = timestamps === undefined ? 0 : 1;
    key[11] = sackNumbers;
    key[12] = this.purposes.of(purpose);
    key[13] = this.reasons.of(reason);
    key[14] = args.length;
    const hint = segment.flags + key[13] + args.length;
    const at = draft.seat(time, cause, 15, 9 + sackNumbers + args.length, hint);
    const { values } = draft;
    values[at + 1] = segment.seq >>> 0;
    values[at + 2] = segment.ack >>> 0;
    values[at + 3] = segment.length;
    values[at + 4] = segment.window;
    values[at + 5] = windowBytes;
    values[at + 6] = mss ?? 0;
    values[at + 7] = timestamps === undefined ? 0 : timestamps.tsVal >>> 0;
    values[at + 8] = timestamps === undefined ? 0 : timestamps.tsEcr >>> 0;
    if (sack !== undefined) for (const [i, edge] of sack.flat().entries()) values[at + 9 + i] = edge >>> 0;
    if (args.length > 0) values.set(args, at + 9 + sackNumbers);
    return id;
  }

  delivered(time: number, place: PlaceId, cause: EventId, segment: EventId): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    key[KIND] = DELIVERED;
    key[PLACE] = place;
    const at = draft.seat(time, cause, 2, 2, 0);
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
    const at = draft.seat(time, cause, 2, 5, 0);
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
    let hint = 0;
    for (let i = 0; i < names; i++) {
      const name = changes[2 * i] as number;
      key[3 + i] = name;
      hint = (5 * hint + name) & 0xffff;
    }
    const at = draft.seat(time, cause, 3 + names, FIRST_VALUE + (length >> 1), hint);
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
    const at = draft.seat(time, cause, 4, 3, key[2]);
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
    draft.seat(time, cause, 3, 1, key[2]);
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
    const at = draft.seat(time, cause, 5, 2, 0);
    draft.values[at + 1] = fields.value;
    return id;
  }
}
