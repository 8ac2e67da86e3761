/** Which item of the engine's run is which of the recording, and what differs but for times. */
import { MILLISECOND, type Micros } from '../../extension/base/time.ts';
import type { ObservedItem } from './observe.ts';
import type { Item, SegmentItem } from './recording.ts';
import { formatItem } from './recording.ts';

/** The same thing in both. */
export interface Match {
  readonly engine: ObservedItem;
  readonly kernel: Item;
  /** What differs: `what: where: engine …, kernel …`. */
  readonly differences: readonly string[];
}

export interface Matching {
  readonly matches: readonly Match[];
  /** Where a row is no longer the same: how it goes on at each side. */
  readonly engineOnly: readonly ObservedItem[];
  readonly kernelOnly: readonly Item[];
  readonly differences: readonly string[];
}

/** States that last shorter are seen by chance: the kernel's are read between two events. */
const TOO_SHORT_TO_SEE: Micros = 2 * MILLISECOND;

export function matchItems(engine: readonly ObservedItem[], kernel: readonly Item[]): Matching {
  const matches: Match[] = [];
  const engineOnly: ObservedItem[] = [];
  const kernelOnly: Item[] = [];
  const differences: string[] = [];
  const [ours, theirs] = [rowsOf(engine), rowsOf(kernel)];
  for (const row of new Set([...ours.keys(), ...theirs.keys()])) {
    const own = comparable(ours.get(row) ?? []);
    const others = comparable(theirs.get(row) ?? []);
    const parting = own.findIndex((item, i) => {
      const other = others[i];
      return other === undefined || isAnother(item, other) || !matches.push(match(`${row} ${i + 1}`, item, other));
    });
    const same = parting < 0 ? own.length : parting;
    if (same === Math.max(own.length, others.length)) continue;
    engineOnly.push(...own.slice(same));
    kernelOnly.push(...others.slice(same));
    differences.push(`sequence: ${row} ${same + 1}: engine ${shown(own[same])}, kernel ${shown(others[same])}`);
  }
  return {
    matches,
    engineOnly,
    kernelOnly,
    differences: [...differences, ...matches.flatMap((each) => each.differences)],
  };
}

function match(where: string, engine: ObservedItem, kernel: Item): Match {
  const differences =
    engine.kind === 'segment' && kernel.kind === 'segment' ? segmentDifferences(where, engine, kernel) : [];
  return { engine, kernel, differences };
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
    case 'arp':
      return `ARP from ${item.host}`;
  }
}

/** A row without what is a matter of chance. */
function comparable<T extends Item>(row: readonly T[]): readonly T[] {
  return mergedReads(visibleStates(row));
}

function shown(item: Item | undefined): string {
  return item === undefined ? 'nothing' : formatItem(item).trim().replaceAll(/\s+/g, ' ');
}

const join = (values: readonly (string | number | boolean | undefined)[]): string =>
  values.map((value) => String(value ?? '-')).join(' ');

/** What makes it another thing, and not the same one with a difference. */
function isAnother(ours: Item, theirs: Item): boolean {
  return identityOf(ours) !== identityOf(theirs);
}

/** Calls whose value says something: bytes, events. */
const VALUED_CALLS = ['recv', 'send', 'poll'];

function identityOf(item: Item): string {
  switch (item.kind) {
    case 'segment':
      return join([item.flags.replace('P', ''), numberOf(item.seq), numberOf(item.ack), item.length]);
    case 'state':
      return item.to;
    case 'call':
      return join([item.call, VALUED_CALLS.includes(item.call) ? item.value : '', item.errno]);
    case 'action':
      return join([item.index]);
    case 'arp':
      return join([item.what, item.fate]);
  }
}

/** A number of another connection, seen from this one, is a matter of chance. */
const FOREIGN = 2 ** 22;

function numberOf(relative: number | undefined): number | string | undefined {
  return relative !== undefined && Math.abs(relative | 0) > FOREIGN ? 'foreign' : relative;
}

function segmentDifferences(where: string, ours: SegmentItem, theirs: SegmentItem): string[] {
  const fields: readonly (readonly [string, (item: SegmentItem) => string])[] = [
    ['PSH', (item) => String(item.flags.includes('P'))],
    ['window', (item) => String(item.window)],
    ['SACK', (item) => item.sack.map((block) => block.join('-')).join(' ')],
    [
      'options',
      (item) => join([item.mss, item.wscale, item.sackPermitted, item.timestamps === undefined ? 'no ts' : 'ts']),
    ],
    // What is held at the end may still leave.
    ['fate', (item) => (item === ours && item.fate === 'under-way' && theirs.fate === 'held' ? 'held' : item.fate)],
  ];
  return fields.flatMap(([name, read]) =>
    read(ours) === read(theirs) ? [] : [`${name}: ${where}: engine ${read(ours)}, kernel ${read(theirs)}`],
  );
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
