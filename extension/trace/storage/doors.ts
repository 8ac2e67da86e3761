/**
 * Doors for the kinds of events that come with every packet: their fields are put each where it belongs, by one function for each kind.
 * What they leave behind is what `by-name.ts` would.
 */
import type { EventFields, EventId, PlaceId } from '../event.ts';
import { NO_CAUSE } from '../event.ts';
import type { EventKind } from '../schema.ts';
import { SYN } from '../schema.ts';
import { putByName } from './by-name.ts';
import type { DraftBlock } from './draft.ts';
import type { FieldLayout } from './layout.ts';
import { KIND, KIND_CODES, LAYOUTS, PLACE } from './layout.ts';
import { BIAS, LARGE } from './numbers.ts';
import { StringTable } from './string-table.ts';
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

/** Segments have no texts. */
const NO_TEXTS = new StringTable();

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

/** Who sends a segment: an end, or the host where none does. */
export interface Sender {
  readonly place: PlaceId;
  readonly connection: number;
  readonly remote: { readonly host: PlaceId };
}

/** Writes at the present time of a clock what the current event, or another one, causes. Every door returns the event's id. */
export class EventDoors {
  /** The event whose consequences are being worked out. Whoever sets it puts back what was there. */
  cause: EventId = NO_CAUSE;
  protected readonly clock: { readonly now: number };
  private readonly draft: DraftBlock;
  private readonly purposes = wordsOf('segment.sent', 'purpose');
  private readonly reasons = wordsOf('segment.sent', 'reason');
  private readonly timers = wordsOf('timer.armed', 'timer');
  private readonly calls = wordsOf('call.returned', 'call');
  private readonly errors = wordsOf('call.returned', 'errno');

  /** @param clock tells the time in µs */
  constructor(draft: DraftBlock, clock: { readonly now: number }) {
    this.draft = draft;
    this.clock = clock;
  }

  /** @param from the host @param windowBytes what the window field means */
  sent(
    sender: Sender,
    from: PlaceId,
    segment: SegmentOnWire,
    windowBytes: number,
    purpose: EventFields<'segment.sent'>['purpose'],
    reason: EventFields<'segment.sent'>['reason'],
    args: readonly number[],
  ): EventId {
    const { flags } = segment;
    // Of SYNs, which have other options, not even those are asked for: all others look alike.
    const options = (flags & SYN) === 0 ? segment.options : undefined;
    if (options === undefined || options.sack !== undefined)
      return this.rareSent(sender, from, segment, windowBytes, purpose, reason, args);
    const { draft } = this;
    const { key, length: id } = draft;
    const { timestamps } = options;
    const code = this.reasons.of(reason);
    key[KIND] = SENT;
    key[PLACE] = sender.place;
    key[2] = sender.connection;
    key[3] = from;
    key[4] = sender.remote.host;
    key[5] = segment.fromPort;
    key[6] = segment.toPort;
    key[7] = flags;
    // No window scale, SACK not permitted.
    key[8] = 255;
    key[9] = 0;
    key[10] = timestamps === undefined ? 0 : 1;
    // No blocks.
    key[11] = 0;
    key[12] = this.purposes.of(purpose);
    key[13] = code;
    key[14] = args.length;
    const at = draft.seat(this.clock.now, this.cause, 15, 8 + args.length, flags + code + args.length);
    const { values } = draft;
    values[at] = segment.seq;
    values[at + 1] = segment.ack;
    values[at + 2] = segment.length;
    values[at + 3] = segment.window;
    values[at + 4] = windowBytes;
    values[at + 5] = 0;
    values[at + 6] = timestamps === undefined ? 0 : timestamps.tsVal;
    values[at + 7] = timestamps === undefined ? 0 : timestamps.tsEcr;
    for (let i = 0; i < args.length; i++) values[at + 8 + i] = draft.packed(args[i] as number);
    return id;
  }

  /** @param segment an earlier event */
  delivered(place: PlaceId, segment: EventId, cause: EventId): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    key[KIND] = DELIVERED;
    key[PLACE] = place;
    const at = draft.seat(this.clock.now, cause, 2, 1, 0);
    draft.values[at] = id - segment;
    return id;
  }

  /** @param segment an earlier event @param wait µs @param ahead packets that wait before it, and how many bytes they are */
  queued(place: PlaceId, segment: EventId, wait: number, ahead: number, bytes: number, cause: EventId): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    key[KIND] = QUEUED;
    key[PLACE] = place;
    const at = draft.seat(this.clock.now, cause, 2, 4, 0);
    const { values } = draft;
    values[at] = id - segment;
    values[at + 1] = draft.packed(wait);
    values[at + 2] = ahead;
    values[at + 3] = bytes;
    return id;
  }

  /**
   * Those of the variables asked for, indices into VARIABLES, whose value is not the one that was published last; now it is.
   * @returns the event; NO_CAUSE where nothing changed
   */
  variables(
    place: PlaceId,
    asked: readonly number[],
    current: ArrayLike<number>,
    published: Float64Array | number[],
  ): EventId {
    const { draft } = this;
    const { length } = asked;
    if (3 + length > draft.key.length) draft.reserve(3 + length);
    const { key, length: id } = draft;
    let count = 0;
    let hint = 0;
    for (let i = 0; i < length; i++) {
      const index = asked[i] as number;
      if (current[index] === published[index]) continue;
      key[3 + count] = index;
      count += 1;
      hint = (5 * hint + index) & 0xffff;
    }
    if (count === 0) return NO_CAUSE;
    key[KIND] = CHANGED;
    key[PLACE] = place;
    key[2] = 2 * count;
    const at = draft.seat(this.clock.now, this.cause, 3 + count, count, hint);
    const { values } = draft;
    for (let i = 0; i < count; i++) {
      const index = key[3 + i] as number;
      const value = current[index] as number;
      published[index] = value;
      // Most fit as they are: known without a call.
      const biased = value + BIAS;
      const fits = biased >>> 0 === biased && biased < LARGE && biased - BIAS === value;
      values[at + i] = fits ? biased : draft.packed(value);
    }
    return id;
  }

  /** @param late how much later than the deadline it fires, µs */
  timerArmed(
    place: PlaceId,
    timer: EventFields<'timer.armed'>['timer'],
    deadline: number,
    backoff: number,
    late: number,
    cause: EventId,
  ): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    const code = this.timers.of(timer);
    key[KIND] = ARMED;
    key[PLACE] = place;
    key[2] = code;
    key[3] = backoff;
    const at = draft.seat(this.clock.now, cause, 4, 2, code);
    draft.values[at] = draft.packed(deadline);
    draft.values[at + 1] = draft.packed(late);
    return id;
  }

  timerCancelled(place: PlaceId, timer: EventFields<'timer.armed'>['timer']): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    const code = this.timers.of(timer);
    key[KIND] = CANCELLED;
    key[PLACE] = place;
    key[2] = code;
    draft.seat(this.clock.now, this.cause, 3, 0, code);
    return id;
  }

  returned(
    place: PlaceId,
    call: EventFields<'call.returned'>['call'],
    process: PlaceId,
    value: number,
    errno: EventFields<'call.returned'>['errno'],
  ): EventId {
    const { draft } = this;
    const { key, length: id } = draft;
    key[KIND] = RETURNED;
    key[PLACE] = place;
    key[2] = this.calls.of(call);
    key[3] = process;
    key[4] = this.errors.of(errno);
    const at = draft.seat(this.clock.now, this.cause, 5, 1, 0);
    draft.values[at] = draft.packed(value);
    return id;
  }

  /** A segment with other options than timestamps. */
  private rareSent(
    { place, connection, remote }: Sender,
    from: PlaceId,
    segment: SegmentOnWire,
    windowBytes: number,
    purpose: EventFields<'segment.sent'>['purpose'],
    reason: EventFields<'segment.sent'>['reason'],
    args: readonly number[],
  ): EventId {
    const { fromPort, toPort, flags, length, window } = segment;
    const { mss, windowScale, sackPermitted, timestamps, sack } = segment.options;
    const fields: EventFields<'segment.sent'> = {
      connection,
      from,
      to: remote.host,
      fromPort,
      toPort,
      seq: segment.seq >>> 0,
      ack: segment.ack >>> 0,
      flags,
      length,
      window,
      windowBytes,
      mss: mss ?? 0,
      wscale: windowScale ?? 255,
      sackPermitted: sackPermitted === true,
      timestamps: timestamps !== undefined,
      tsVal: (timestamps?.tsVal ?? 0) >>> 0,
      tsEcr: (timestamps?.tsEcr ?? 0) >>> 0,
      sack: (sack ?? []).flat().map((edge) => edge >>> 0),
      purpose,
      reason,
      args,
    };
    return putByName(this.draft, NO_TEXTS, SENT, this.clock.now, place, this.cause, fields);
  }
}
