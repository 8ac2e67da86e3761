/**
 * How the fields of an event get into a draft. Those of the kinds that come with every packet are read each where it is;
 * the other kinds' are looked up by name, which takes much longer.
 */
import type { EventFields } from '../event.ts';
import type { EventKind } from '../schema.ts';
import type { DraftBlock } from './draft.ts';
import type { FieldLayout } from './layout.ts';
import { FIRST_KEY, FIRST_VALUE, KIND_CODES, LAYOUTS, stepsBack } from './layout.ts';
import type { StringTable } from './string-table.ts';

type Door<K extends EventKind> = (draft: DraftBlock, fields: EventFields<K>) => void;

/** Numbers of the words of a field. */
function codes<K extends EventKind>(kind: K, field: keyof EventFields<K>): ReadonlyMap<string, number> {
  return (LAYOUTS[KIND_CODES.get(kind) as number] as readonly FieldLayout[]).find(({ name }) => name === field)
    ?.codes as ReadonlyMap<string, number>;
}

const PURPOSE_CODES = codes('segment.sent', 'purpose');
const REASON_CODES = codes('segment.sent', 'reason');
const TIMER_CODES = codes('timer.armed', 'timer');
const CALL_CODES = codes('call.returned', 'call');
const ERRNO_CODES = codes('call.returned', 'errno');

const HOT: { readonly [K in EventKind]?: Door<K> } = {
  'segment.sent': (draft, fields) => {
    const { key, row } = draft;
    const { sack, args } = fields;
    key[2] = fields.connection;
    key[3] = fields.from;
    key[4] = fields.to;
    key[5] = fields.fromPort;
    key[6] = fields.toPort;
    row[1] = fields.seq;
    row[2] = fields.ack;
    key[7] = fields.flags;
    row[3] = fields.length;
    row[4] = fields.window;
    row[5] = fields.windowBytes;
    row[6] = fields.mss;
    key[8] = fields.wscale;
    key[9] = fields.sackPermitted ? 1 : 0;
    key[10] = fields.timestamps ? 1 : 0;
    row[7] = fields.tsVal;
    row[8] = fields.tsEcr;
    key[11] = sack.length;
    key[12] = PURPOSE_CODES.get(fields.purpose) as number;
    key[13] = REASON_CODES.get(fields.reason) as number;
    key[14] = args.length;
    draft.keys = 15;
    draft.values = 9;
    if (sack.length > 0) draft.list(sack);
    if (args.length > 0) draft.list(args);
  },
  'segment.delivered': (draft, { segment }) => {
    draft.row[1] = stepsBack(segment, draft.id);
    draft.keys = 2;
    draft.values = 2;
  },
  'segment.queued': (draft, { segment, wait, ahead, bytes }) => {
    const { row } = draft;
    row[1] = stepsBack(segment, draft.id);
    row[2] = wait;
    row[3] = ahead;
    row[4] = bytes;
    draft.keys = 2;
    draft.values = 5;
  },
  'tcp.variables': (draft, { changes }) => {
    draft.key[2] = changes.length;
    draft.keys = 3;
    draft.values = 1;
    draft.pairs(changes);
  },
  'timer.armed': (draft, { timer, deadline, backoff, late }) => {
    const { key, row } = draft;
    key[2] = TIMER_CODES.get(timer) as number;
    row[1] = deadline;
    key[3] = backoff;
    row[2] = late;
    draft.keys = 4;
    draft.values = 3;
  },
  'timer.cancelled': (draft, { timer }) => {
    draft.key[2] = TIMER_CODES.get(timer) as number;
    draft.keys = 3;
    draft.values = 1;
  },
  'call.returned': (draft, { call, process, value, errno }) => {
    const { key, row } = draft;
    key[2] = CALL_CODES.get(call) as number;
    key[3] = process;
    row[1] = value;
    key[4] = ERRNO_CODES.get(errno) as number;
    draft.keys = 5;
    draft.values = 2;
  },
};

const DOORS: (((draft: DraftBlock, fields: object) => void) | undefined)[] = [];
for (const [kind, door] of Object.entries(HOT)) {
  DOORS[KIND_CODES.get(kind as EventKind) as number] = door as (draft: DraftBlock, fields: object) => void;
}

/** Puts the fields of an event whose kind has the number `kind` into the draft. */
export function putFields(draft: DraftBlock, kind: number, fields: object, strings: StringTable): void {
  const door = DOORS[kind];
  if (door === undefined) putByName(draft, kind, fields as Readonly<Record<string, unknown>>, strings);
  else door(draft, fields);
}

function putByName(
  draft: DraftBlock,
  kind: number,
  fields: Readonly<Record<string, unknown>>,
  strings: StringTable,
): void {
  const layout = LAYOUTS[kind] as readonly FieldLayout[];
  draft.keys = FIRST_KEY;
  draft.values = FIRST_VALUE;
  for (const field of layout) {
    const value = fields[field.name];
    if (field.role === 'value') draft.row[draft.values++] = valueOf(draft, field, value, strings);
    else draft.key[draft.keys++] = keyOf(field, value);
  }
  for (const { name, type } of layout) {
    if (type === 'numbers') draft.list(fields[name] as readonly number[]);
    else if (type === 'changes') draft.pairs(fields[name] as readonly number[]);
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
