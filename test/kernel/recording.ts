/** A recording: what one scenario did on a real kernel, and the text in which it is kept (see README.md). */
import type { Micros } from '../../extension/base/time.ts';
import type { EventFields } from '../../extension/trace/event.ts';
import type { Override } from './override.ts';
import { formatOverride, parseOverride } from './override.ts';

/** A segment as it was on the wire; numbers are relative to each side's initial sequence number. */
export interface SegmentItem {
  readonly kind: 'segment';
  readonly time: Micros;
  readonly host: string;
  readonly connection: string;
  /** Letters of SFRPA. */
  readonly flags: string;
  readonly seq: number;
  /** Undefined without the ACK flag. */
  readonly ack: number | undefined;
  readonly length: number;
  /** The field, unscaled. */
  readonly window: number;
  readonly mss: number | undefined;
  readonly wscale: number | undefined;
  readonly sackPermitted: boolean;
  /** TSval and TSecr in ms, relative to the first value that each side sent. */
  readonly timestamps: readonly [value: number, echo: number | undefined] | undefined;
  readonly sack: readonly (readonly [from: number, to: number])[];
  /** `held`: it never left its host, which had no carrier or found no neighbour. */
  readonly fate: 'delivered' | EventFields<'segment.dropped'>['reason'] | 'held' | 'under-way';
  /** When it was delivered or lost. */
  readonly fateTime: Micros;
}

export interface StateItem {
  readonly kind: 'state';
  readonly time: Micros;
  readonly host: string;
  readonly connection: string;
  readonly from: string;
  readonly to: string;
}

/** A system call returned. */
export interface CallItem {
  readonly kind: 'call';
  readonly time: Micros;
  readonly process: string;
  /** `-` where there is none. */
  readonly connection: string;
  readonly call: string;
  readonly value: number;
  /** `OK` = it succeeded. */
  readonly errno: string;
}

/** A statement of the scenario was carried out. */
export interface ActionItem {
  readonly kind: 'action';
  readonly time: Micros;
  readonly index: number;
}

/** A question for a hardware address, or the answer, on a cable. */
export interface ArpItem {
  readonly kind: 'arp';
  readonly time: Micros;
  readonly host: string;
  readonly what: EventFields<'arp.sent'>['what'];
  readonly fate: 'delivered' | EventFields<'arp.dropped'>['reason'] | 'held' | 'under-way';
  readonly fateTime: Micros;
}

export type Item = SegmentItem | ArpItem | StateItem | CallItem | ActionItem;

export interface Recording {
  /** The scenario's file without its ending, and its variant's English title (`''` = the one run). */
  readonly scenario: string;
  readonly variant: string;
  readonly kernel: string;
  readonly hz: number;
  /** Whether the start was in step with the kernel's jiffies: only then can timer wheels be compared. */
  readonly aligned: boolean;
  /** How late the cable handed segments over, and how late statements were begun: the worst of the run. */
  readonly cableLate: Micros;
  readonly actionLate: Micros;
  readonly overrides: readonly Override[];
  readonly end: Micros;
  readonly items: readonly Item[];
}

export function formatRecording(recording: Recording): string {
  return [
    `scenario ${recording.scenario}`,
    ...(recording.variant === '' ? [] : [`variant ${recording.variant}`]),
    `kernel ${recording.kernel}`,
    `hz ${recording.hz}`,
    `jiffies ${recording.aligned ? 'aligned' : 'unknown'}`,
    `cable late ${recording.cableLate}us`,
    `actions late ${recording.actionLate}us`,
    ...recording.overrides.map((override) => `override ${formatOverride(override)}`),
    `end ${seconds(recording.end)}`,
    '',
    ...recording.items.map(formatItem),
    '',
  ].join('\n');
}

export function seconds(time: Micros): string {
  return (time / 1e6).toFixed(6);
}

const micros = (text: string): Micros => Math.round(Number(text) * 1e6);

export function formatItem(item: Item): string {
  const time = seconds(item.time).padStart(14);
  switch (item.kind) {
    case 'segment':
      return [
        time,
        'segment',
        item.host.padEnd(8),
        item.connection,
        item.flags.padEnd(3),
        `seq ${item.seq}`,
        `ack ${item.ack ?? '-'}`,
        `len ${item.length}`,
        `win ${item.window}`,
        formatOptions(item),
        item.fate,
        seconds(item.fateTime),
      ].join(' ');
    case 'state':
      return `${time} state   ${item.host.padEnd(8)} ${item.connection} ${item.from} ${item.to}`;
    case 'call':
      return `${time} call    ${item.process.padEnd(8)} ${item.connection} ${item.call} ${item.value} ${item.errno}`;
    case 'action':
      return `${time} action  ${item.index}`;
    case 'arp':
      return `${time} arp     ${item.host.padEnd(8)} ${item.what} ${item.fate} ${seconds(item.fateTime)}`;
  }
}

function formatOptions(item: SegmentItem): string {
  const options = [
    ...(item.mss === undefined ? [] : [`mss=${item.mss}`]),
    ...(item.sackPermitted ? ['sack-ok'] : []),
    ...(item.timestamps === undefined ? [] : [`ts=${item.timestamps[0]}/${item.timestamps[1] ?? '-'}`]),
    ...(item.wscale === undefined ? [] : [`wscale=${item.wscale}`]),
    ...(item.sack.length === 0 ? [] : [`sack=${item.sack.map(([from, to]) => `${from}-${to}`).join('/')}`]),
  ];
  return options.length === 0 ? '-' : options.join(',');
}

/** @throws Error with the line that cannot be read */
export function parseRecording(text: string): Recording {
  const [head = '', body = ''] = text.split('\n\n', 2);
  const header = new Map(head.split('\n').map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
  const need = (key: string): string => {
    const value = header.get(key);
    if (value === undefined) throw new Error(`A recording without “${key}”`);
    return value;
  };
  return {
    scenario: need('scenario'),
    variant: header.get('variant') ?? '',
    kernel: need('kernel'),
    hz: Number(need('hz')),
    aligned: need('jiffies') === 'aligned',
    cableLate: Number.parseInt(need('cable').replace('late ', ''), 10),
    actionLate: Number.parseInt(need('actions').replace('late ', ''), 10),
    overrides: head
      .split('\n')
      .filter((line) => line.startsWith('override '))
      .map((line) => parseOverride(line.slice('override '.length))),
    end: micros(need('end')),
    items: body.split('\n').filter(Boolean).map(parseItem),
  };
}

function parseItem(line: string): Item {
  const words = line.trim().split(/\s+/);
  const [time = '', kind, ...rest] = words;
  switch (kind) {
    case 'segment':
      return parseSegment(micros(time), rest, line);
    case 'state': {
      const [host = '', connection = '', from = '', to = ''] = rest;
      return { kind, time: micros(time), host, connection, from, to };
    }
    case 'call': {
      const [process = '', connection = '', call = '', value, errno = ''] = rest;
      return { kind, time: micros(time), process, connection, call, value: Number(value), errno };
    }
    case 'action':
      return { kind, time: micros(time), index: Number(rest[0]) };
    case 'arp': {
      const [host = '', what, fate, fateTime = ''] = rest;
      return { kind, time: micros(time), host, what, fate, fateTime: micros(fateTime) } as ArpItem;
    }
    default:
      throw new Error(`Not a line of a recording: ${line}`);
  }
}

function parseSegment(time: Micros, words: readonly string[], line: string): SegmentItem {
  const [host = '', connection = '', flags = '', , seq, , ack, , length, , window, options = '', fate, fateTime = ''] =
    words;
  const named = new Map(options.split(',').map((option) => option.split('=', 2) as [string, string | undefined]));
  const number = (name: string): number | undefined => (named.has(name) ? Number(named.get(name)) : undefined);
  const pair = (text: string, mark: string): [number, number] => text.split(mark).map(Number) as [number, number];
  const [value, echo] = named.get('ts')?.split('/') ?? [];
  if (fate === undefined) throw new Error(`Not a segment: ${line}`);
  return {
    kind: 'segment',
    time,
    host,
    connection,
    flags,
    seq: Number(seq),
    ack: ack === '-' ? undefined : Number(ack),
    length: Number(length),
    window: Number(window),
    mss: number('mss'),
    wscale: number('wscale'),
    sackPermitted: named.has('sack-ok'),
    timestamps: value === undefined ? undefined : [Number(value), echo === '-' ? undefined : Number(echo)],
    sack:
      named
        .get('sack')
        ?.split('/')
        .map((block) => pair(block, '-')) ?? [],
    fate: fate as SegmentItem['fate'],
    fateTime: micros(fateTime),
  };
}
