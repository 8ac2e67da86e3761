/** Which item of the engine's run is which of the recording, and what differs but for times. */
import { MILLISECOND, type Micros } from '../../extension/base/time.ts';
import type { ObservedItem } from './observe.ts';
import type { CallItem, Item, SegmentItem, StateItem } from './recording.ts';
import { formatItem } from './recording.ts';

/** The same thing in both. */
export interface Match {
  readonly engine: ObservedItem;
  readonly kernel: Item;
}

export interface Matching {
  readonly matches: readonly Match[];
  /** What differs: `what: where: engine …, kernel …`. */
  readonly differences: readonly string[];
}

/** States that last shorter are seen by chance: the kernel's are read between two events. */
const TOO_SHORT_TO_SEE: Micros = 2 * MILLISECOND;

export function matchItems(engine: readonly ObservedItem[], kernel: readonly Item[]): Matching {
  const matches: Match[] = [];
  const differences: string[] = [];
  const pairUp = (
    where: string,
    ours: readonly ObservedItem[],
    theirs: readonly Item[],
    compare: (where: string, ours: Item, theirs: Item) => string[],
  ): void => {
    for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
      const [own, other] = [ours[i], theirs[i]];
      const at = `${where} ${i + 1}`;
      if (own === undefined || other === undefined) {
        differences.push(`sequence: ${at}: engine ${shown(own)}, kernel ${shown(other)}`);
        return;
      }
      const found = compare(at, own, other);
      differences.push(...found);
      if (found.some((each) => each.startsWith('sequence'))) return;
      matches.push({ engine: own, kernel: other });
    }
  };
  const ours = rowsOf(engine);
  const theirs = rowsOf(kernel);
  for (const row of new Set([...ours.keys(), ...theirs.keys()])) {
    pairUp(row, comparable(ours.get(row) ?? []), comparable(theirs.get(row) ?? []), differencesOf);
  }
  return { matches, differences };
}

function rowsOf<T extends Item>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const rows = new Map<string, T[]>();
  for (const item of items) {
    const name = rowOf(item);
    const row = rows.get(name);
    if (row === undefined) rows.set(name, [item]);
    else row.push(item);
  }
  return rows;
}

/** What is compared in order: the segments of one end, its states, the calls of a process on a connection, a statement's times. */
function rowOf(item: Item): string {
  switch (item.kind) {
    case 'segment':
      return `segment of ${item.connection} from ${item.host}`;
    case 'state':
      return `state of ${item.connection} on ${item.host}`;
    case 'call':
      return `call of ${item.process} on ${item.connection}`;
    case 'action':
      return `statement ${item.index}`;
  }
}

/** A row without what is a matter of chance. */
function comparable<T extends Item>(row: readonly T[]): readonly T[] {
  return mergedReads(visibleStates(row));
}

function differencesOf(where: string, ours: Item, theirs: Item): string[] {
  if (ours.kind === 'segment' && theirs.kind === 'segment') return segmentDifferences(where, ours, theirs);
  if (ours.kind === 'state' && theirs.kind === 'state') return stateDifferences(where, ours, theirs);
  if (ours.kind === 'call' && theirs.kind === 'call') return callDifferences(where, ours, theirs);
  return [];
}

function shown(item: Item | undefined): string {
  return item === undefined ? 'nothing' : formatItem(item).trim().replaceAll(/\s+/g, ' ');
}

const join = (values: readonly (string | number | boolean | undefined)[]): string =>
  values.map((value) => String(value ?? '-')).join(' ');

function segmentDifferences(where: string, ours: SegmentItem, theirs: SegmentItem): string[] {
  const identity = (item: SegmentItem): string =>
    join([item.flags, 'seq', item.seq, 'ack', item.ack, 'len', item.length]);
  if (identity(ours) !== identity(theirs)) {
    return [`sequence: ${where}: engine ${identity(ours)}, kernel ${identity(theirs)}`];
  }
  const fields: readonly (readonly [string, (item: SegmentItem) => string])[] = [
    ['window', (item) => String(item.window)],
    ['SACK', (item) => item.sack.map((block) => block.join('-')).join(' ')],
    [
      'options',
      (item) => join([item.mss, item.wscale, item.sackPermitted, item.timestamps === undefined ? 'no ts' : 'ts']),
    ],
    ['fate', (item) => item.fate],
  ];
  return fields.flatMap(([name, read]) =>
    read(ours) === read(theirs) ? [] : [`${name}: ${where}: engine ${read(ours)}, kernel ${read(theirs)}`],
  );
}

function stateDifferences(where: string, ours: StateItem, theirs: StateItem): string[] {
  return ours.to === theirs.to ? [] : [`sequence: ${where}: engine ${ours.to}, kernel ${theirs.to}`];
}

function callDifferences(where: string, ours: CallItem, theirs: CallItem): string[] {
  const read = (item: CallItem): string =>
    join([item.call, item.call === 'recv' || item.call === 'send' ? item.value : '', item.errno]);
  return read(ours) === read(theirs) ? [] : [`sequence: ${where}: engine ${read(ours)}, kernel ${read(theirs)}`];
}

/** Without the states that a connection only passed through. */
function visibleStates<T extends Item>(row: readonly T[]): readonly T[] {
  return row.filter(
    (item, i) => item.kind !== 'state' || (row[i + 1]?.time ?? Infinity) - item.time >= TOO_SHORT_TO_SEE,
  );
}

/** How many calls of recv() it takes to read what came is a matter of a program's speed: the last of a row counts for all. */
function mergedReads<T extends Item>(row: readonly T[]): readonly T[] {
  const merged: T[] = [];
  for (const item of row) {
    const last = merged.at(-1);
    if (last !== undefined && bytesRead(last) > 0 && bytesRead(item) > 0) {
      merged[merged.length - 1] = { ...item, value: bytesRead(last) + bytesRead(item) };
    } else {
      merged.push(item);
    }
  }
  return merged;
}

function bytesRead(item: Item): number {
  return item.kind === 'call' && item.call === 'recv' ? item.value : 0;
}
