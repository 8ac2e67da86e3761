/** What the recorder's C program printed, as a recording: names instead of ports, relative numbers, in order of time. */
import type { Micros } from '../../extension/base/time.ts';
import type { ArpItem, Item, SegmentItem, StateItem } from './recording.ts';

export interface LabOutput {
  /** As `uname -r` says. */
  readonly release: string;
  readonly hz: number;
  readonly aligned: boolean;
  readonly realtime: boolean;
  /** The kernel changed how long a neighbour counts as reachable, as it does every 5 minutes. */
  readonly drawnAnew: boolean;
  readonly cableLate: Micros;
  readonly actionLate: Micros;
  readonly items: readonly Item[];
  /** Sysctls that this kernel refused, as it was told. */
  readonly refused: readonly string[];
}

interface PortName {
  readonly time: Micros;
  readonly port: string;
  readonly name: string;
}

/** A program tells the name of a port just after its SYN has left. */
const NAME_LATENESS = 5_000;

export function readLabOutput(text: string): LabOutput {
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' '));
  const info = (key: string): string | undefined => lines.find(([word, name]) => word === 'info' && name === key)?.[2];
  const ports = lines.flatMap(([word, time, port = '', name = '']): PortName[] =>
    word === 'port' ? [{ time: Number(time), port, name }] : [],
  );
  const nameOf = (time: Micros, ...candidates: string[]): string =>
    ports.findLast((each) => candidates.includes(each.port) && each.time <= time + NAME_LATENESS)?.name ?? '-';
  const ends = new EndNames(nameOf);
  const states = lines.filter(([word]) => word === 'state').flatMap((words) => ends.stateItems(words));
  const relative = new RelativeNumbers();
  const segments = lines
    .filter(([word]) => word === 'seg')
    .sort((a, b) => Number(a[1]) - Number(b[1]))
    .map((words) => segmentOf(words, relative, ends));
  const others = lines.flatMap((words): Item[] => otherOf(words));
  return {
    release: info('kernel') ?? '',
    hz: Number(info('hz')),
    aligned: info('jiffies') === 'aligned',
    realtime: info('realtime') === 'yes',
    cableLate: Math.max(0, ...lines.filter(([word]) => word === 'seg').map((words) => Number(words.at(-1)))),
    actionLate: Math.max(0, ...lines.filter(([word]) => word === 'act').map((words) => Number(words.at(-1)))),
    items: [...segments, ...states, ...others].sort((a, b) => a.time - b.time),
    drawnAnew: info('neighbours') === 'drawn-anew',
    refused: lines.filter(([, name]) => name === 'sysctl-refused').map((words) => words.slice(2).join(' ')),
  };
}

type NameOf = (time: Micros, ...ports: string[]) => string;

function otherOf(words: readonly string[]): Item[] {
  const [word, timeText, ...rest] = words;
  const time = Number(timeText);
  switch (word) {
    case 'call': {
      const [connection = '', call = '', value, errno = '', process = ''] = rest;
      return [{ kind: 'call', time, process, connection, call, value: Number(value), errno }];
    }
    case 'arp': {
      const [host = '', what, fate, when] = rest;
      return [{ kind: 'arp', time, host, what, fate, fateTime: Number(when) } as ArpItem];
    }
    case 'act':
      return [{ kind: 'action', time, index: Number(rest[0]) }];
    default:
      return [];
  }
}

/** Which connection an end belongs to: ports can be used again while the other side still has the connection before. */
class EndNames {
  private readonly nameOf: NameOf;
  /** By host and ports: what the end was called, from when on. */
  private readonly names = new Map<string, { readonly time: Micros; readonly name: string }[]>();

  constructor(nameOf: NameOf) {
    this.nameOf = nameOf;
  }

  /** To be given in order. Where an end makes way for another one this is two changes. */
  stateItems(words: readonly string[]): StateItem[] {
    const [, timeText, host = '', local = '', remote = '', from = '', to = ''] = words;
    const time = Number(timeText);
    const end = `${host}:${local}-${remote}`;
    const known = this.names.get(end) ?? [];
    const before = known.at(-1)?.name;
    const item = { kind: 'state', time, host } as const;
    const begins = from === 'CLOSED' || (OPENING.includes(to) && !OPENING.includes(from));
    if (!begins) return [{ ...item, connection: before ?? this.nameOf(time, local, remote), from, to }];
    const connection = this.nameOf(time, local, remote);
    this.names.set(end, [...known, { time, name: connection }]);
    if (from === 'CLOSED' || before === undefined) return [{ ...item, connection, from, to }];
    return [
      { ...item, connection: before, from, to: 'CLOSED' },
      { ...item, connection, from: 'CLOSED', to },
    ];
  }

  /** Of a segment: that of its sender's end, but a SYN belongs to what it begins. */
  ofSegment(time: Micros, host: string, local: string, remote: string, flags: string): string {
    const end = this.names.get(`${host}:${local}-${remote}`)?.findLast((each) => each.time <= time);
    return flags.includes('S') || end === undefined ? this.nameOf(time, local, remote) : end.name;
  }
}

const OPENING = ['SYN_SENT', 'SYN_RECEIVED'];

/** Initial sequence numbers and first timestamps by connection and sender, taken from the SYNs as they pass. */
class RelativeNumbers {
  private readonly iss = new Map<string, number>();
  private readonly firstTimestamp = new Map<string, number>();

  syn(sender: string, seq: number): void {
    this.iss.set(sender, seq);
  }

  seq(sender: string, seq: number): number {
    return (seq - (this.iss.get(sender) ?? 0)) >>> 0;
  }

  timestamp(sender: string, value: number): number {
    if (!this.firstTimestamp.has(sender)) this.firstTimestamp.set(sender, value);
    return this.echo(sender, value) ?? 0;
  }

  echo(sender: string, value: number): number | undefined {
    const first = this.firstTimestamp.get(sender);
    return first === undefined || value === 0 ? undefined : (value - first) | 0;
  }
}

function segmentOf(words: readonly string[], relative: RelativeNumbers, ends: EndNames): SegmentItem {
  const [
    ,
    time,
    host = '',
    to = '',
    fromPort = '',
    toPort = '',
    flags = '',
    seq,
    ack,
    length,
    window,
    options = '',
    fate,
    when,
  ] = words;
  const connection = ends.ofSegment(Number(time), host, fromPort, toPort, flags);
  const own = `${connection} ${host}:${fromPort}-${toPort}`;
  const other = `${connection} ${to}:${toPort}-${fromPort}`;
  if (flags.includes('S')) relative.syn(own, Number(seq));
  const named = new Map(options.split(',').map((option) => option.split('=', 2) as [string, string | undefined]));
  const [value, echo] = (named.get('ts') ?? '').split('/');
  const blocks = named.get('sack')?.split('/') ?? [];
  return {
    kind: 'segment',
    time: Number(time),
    host,
    connection,
    flags,
    // Who has no connection has no numbers of its own.
    seq: flags === 'RA' && seq === '0' ? 0 : relative.seq(own, Number(seq)),
    ack: flags.includes('A') ? relative.seq(other, Number(ack)) : undefined,
    length: Number(length),
    window: Number(window),
    mss: named.has('mss') ? Number(named.get('mss')) : undefined,
    wscale: named.has('wscale') ? Number(named.get('wscale')) : undefined,
    sackPermitted: named.has('sack-ok'),
    timestamps: named.has('ts')
      ? [relative.timestamp(own, Number(value)), relative.echo(other, Number(echo))]
      : undefined,
    sack: blocks.map((block) => {
      const [from, end] = block.split('-');
      return [relative.seq(other, Number(from)), relative.seq(other, Number(end))] as const;
    }),
    fate: fate as SegmentItem['fate'],
    fateTime: Number(when),
  };
}
