/**
 * How the fields of an event get into a draft. Those of the kinds that come with every packet are read each where it is;
 * the other kinds' are looked up by name, which takes much longer.
 */
import type { EventFields } from '../event.ts';
import type { EventKind } from '../schema.ts';
import type { DraftBlock } from './draft.ts';
import type { FieldLayout } from './layout.ts';
import { FIRST_KEY, FIRST_VALUE, KIND, KIND_CODES, LAYOUTS, stepsBack } from './layout.ts';
import type { StringTable } from './string-table.ts';

const code = (kind: EventKind): number => KIND_CODES.get(kind) as number;

/** Numbers of the words of a field. */
function codes<K extends EventKind>(kind: K, field: keyof EventFields<K>): ReadonlyMap<string, number> {
  return (LAYOUTS[code(kind)] as readonly FieldLayout[]).find(({ name }) => name === field)?.codes as ReadonlyMap<
    string,
    number
  >;
}

/** Puts the kind and the fields of an event into the draft. */
export function putFields<K extends EventKind>(
  draft: DraftBlock,
  kind: K,
  fields: EventFields<K>,
  strings: StringTable,
): void {
  // Those that are most frequent come first. The one kind with pairs is among them.
  switch (kind) {
    case 'tcp.variables':
      putVariables(draft, fields as EventFields<'tcp.variables'>);
      break;
    case 'segment.sent':
      putSent(draft, fields as EventFields<'segment.sent'>);
      break;
    case 'segment.delivered':
      putDelivered(draft, fields as EventFields<'segment.delivered'>);
      break;
    case 'timer.armed':
      putArmed(draft, fields as EventFields<'timer.armed'>);
      break;
    case 'call.returned':
      putReturned(draft, fields as EventFields<'call.returned'>);
      break;
    case 'segment.queued':
      putQueued(draft, fields as EventFields<'segment.queued'>);
      break;
    case 'timer.cancelled':
      putCancelled(draft, fields as EventFields<'timer.cancelled'>);
      break;
    default:
      putByName(draft, code(kind), fields, strings);
  }
}

const SENT = code('segment.sent');
const PURPOSE_CODES = codes('segment.sent', 'purpose');
const REASON_CODES = codes('segment.sent', 'reason');

function putSent(draft: DraftBlock, fields: EventFields<'segment.sent'>): void {
  const { key } = draft;
  const { sack, args } = fields;
  key[KIND] = SENT;
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
  key[12] = PURPOSE_CODES.get(fields.purpose) as number;
  key[13] = REASON_CODES.get(fields.reason) as number;
  key[14] = args.length;
  const at = draft.seat(15, 9 + sack.length + args.length);
  const { values } = draft;
  values[at + 1] = fields.seq;
  values[at + 2] = fields.ack;
  values[at + 3] = fields.length;
  values[at + 4] = fields.window;
  values[at + 5] = fields.windowBytes;
  values[at + 6] = fields.mss;
  values[at + 7] = fields.tsVal;
  values[at + 8] = fields.tsEcr;
  if (sack.length > 0) values.set(sack, at + 9);
  if (args.length > 0) values.set(args, at + 9 + sack.length);
}

const DELIVERED = code('segment.delivered');

function putDelivered(draft: DraftBlock, { segment }: EventFields<'segment.delivered'>): void {
  draft.key[KIND] = DELIVERED;
  const at = draft.seat(2, 2);
  draft.values[at + 1] = stepsBack(segment, draft.id);
}

const QUEUED = code('segment.queued');

function putQueued(draft: DraftBlock, { segment, wait, ahead, bytes }: EventFields<'segment.queued'>): void {
  draft.key[KIND] = QUEUED;
  const at = draft.seat(2, 5);
  const { values } = draft;
  values[at + 1] = stepsBack(segment, draft.id);
  values[at + 2] = wait;
  values[at + 3] = ahead;
  values[at + 4] = bytes;
}

const CHANGED = code('tcp.variables');

function putVariables(draft: DraftBlock, { changes }: EventFields<'tcp.variables'>): void {
  draft.key[KIND] = CHANGED;
  draft.key[2] = changes.length;
  putPairs(draft, changes, 3, 1);
}

const ARMED = code('timer.armed');
const CANCELLED = code('timer.cancelled');
const TIMER_CODES = codes('timer.armed', 'timer');

function putArmed(draft: DraftBlock, { timer, deadline, backoff, late }: EventFields<'timer.armed'>): void {
  const { key } = draft;
  key[KIND] = ARMED;
  key[2] = TIMER_CODES.get(timer) as number;
  key[3] = backoff;
  const at = draft.seat(4, 3);
  draft.values[at + 1] = deadline;
  draft.values[at + 2] = late;
}

function putCancelled(draft: DraftBlock, { timer }: EventFields<'timer.cancelled'>): void {
  draft.key[KIND] = CANCELLED;
  draft.key[2] = TIMER_CODES.get(timer) as number;
  draft.seat(3, 1);
}

const RETURNED = code('call.returned');
const CALL_CODES = codes('call.returned', 'call');
const ERRNO_CODES = codes('call.returned', 'errno');

function putReturned(draft: DraftBlock, { call, process, value, errno }: EventFields<'call.returned'>): void {
  const { key } = draft;
  key[KIND] = RETURNED;
  key[2] = CALL_CODES.get(call) as number;
  key[3] = process;
  key[4] = ERRNO_CODES.get(errno) as number;
  const at = draft.seat(5, 2);
  draft.values[at + 1] = value;
}

/** The one list of pairs of an event: which ones, into the key from `keys` on; what they are, into the row from `width` on. */
function putPairs(draft: DraftBlock, pairs: readonly number[], keys: number, width: number): void {
  const { length } = pairs;
  const names = (length + 1) >> 1;
  draft.reserve(keys + names);
  const { key } = draft;
  for (let i = 0; i < names; i++) key[keys + i] = pairs[2 * i] as number;
  const at = draft.seat(keys + names, width + (length >> 1));
  const { values } = draft;
  for (let i = 1, to = at + width; i < length; i += 2) values[to++] = pairs[i] as number;
}

function putByName(
  draft: DraftBlock,
  kind: number,
  fields: Readonly<Record<string, unknown>>,
  strings: StringTable,
): void {
  const layout = LAYOUTS[kind] as readonly FieldLayout[];
  draft.key[KIND] = kind;
  let keys = FIRST_KEY;
  let width = FIRST_VALUE;
  for (const field of layout) {
    const value = fields[field.name];
    if (field.role !== 'value') draft.key[keys++] = keyOf(field, value);
    width += field.role === 'list' ? (value as readonly number[]).length : field.role === 'value' ? 1 : 0;
  }
  let at = draft.seat(keys, width) + FIRST_VALUE;
  for (const field of layout) {
    if (field.role === 'value') draft.values[at++] = valueOf(draft, field, fields[field.name], strings);
  }
  for (const { name, role } of layout) {
    if (role !== 'list') continue;
    const list = fields[name] as readonly number[];
    draft.values.set(list, at);
    at += list.length;
  }
}

function keyOf({ type, role, codes }: FieldLayout, value: unknown): number {
  if (typeof type === 'object') return codes.get(value as string) as number;
  return role === 'list' ? (value as readonly number[]).length : Number(value);
}

function valueOf({ id }: DraftBlock, { type }: FieldLayout, value: unknown, strings: StringTable): number {
  if (type === 'string') return strings.intern(value as string);
  return type === 'event' ? stepsBack(value as number, id) : Number(value);
}
