/** What the recorder's C program printed, as a recording: names instead of ports, relative numbers, in order of time. */
import type { Micros } from '../../extension/base/time.ts';
import type { Item, SegmentItem } from './recording.ts';

export interface LabOutput {
  readonly hz: number;
  readonly aligned: boolean;
  readonly realtime: boolean;
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
  const relative = new RelativeNumbers();
  const segments = lines
    .filter(([word]) => word === 'seg')
    .sort((a, b) => Number(a[1]) - Number(b[1]))
    .map((words) => segmentOf(words, relative, nameOf));
  const others = lines.flatMap((words): Item[] => otherOf(words, nameOf));
  return {
    hz: Number(info('hz')),
    aligned: info('jiffies') === 'aligned',
    realtime: info('realtime') === 'yes',
    cableLate: Math.max(0, ...lines.filter(([word]) => word === 'seg').map((words) => Number(words.at(-1)))),
    actionLate: Math.max(0, ...lines.filter(([word]) => word === 'act').map((words) => Number(words.at(-1)))),
    items: [...segments, ...others].sort((a, b) => a.time - b.time),
    refused: lines.filter(([, name]) => name === 'sysctl-refused').map((words) => words.slice(2).join(' ')),
  };
}

type NameOf = (time: Micros, ...ports: string[]) => string;

function otherOf(words: readonly string[], nameOf: NameOf): Item[] {
  const [word, timeText, ...rest] = words;
  const time = Number(timeText);
  switch (word) {
    case 'state': {
      const [host = '', local = '', remote = '', from = '', to = ''] = rest;
      return [{ kind: 'state', time, host, connection: nameOf(time, local, remote), from, to }];
    }
    case 'call': {
      const [connection = '', call = '', value, errno = '', process = ''] = rest;
      return [{ kind: 'call', time, process, connection, call, value: Number(value), errno }];
    }
    case 'act':
      return [{ kind: 'action', time, index: Number(rest[0]) }];
    default:
      return [];
  }
}

/** Initial sequence numbers and first timestamps by sender, taken from the SYNs as they pass. */
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

function segmentOf(words: readonly string[], relative: RelativeNumbers, nameOf: NameOf): SegmentItem {
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
  const own = `${host}:${fromPort}-${toPort}`;
  const other = `${to}:${toPort}-${fromPort}`;
  if (flags.includes('S')) relative.syn(own, Number(seq));
  const named = new Map(options.split(',').map((option) => option.split('=', 2) as [string, string | undefined]));
  const [value, echo] = (named.get('ts') ?? '').split('/');
  const blocks = named.get('sack')?.split('/') ?? [];
  return {
    kind: 'segment',
    time: Number(time),
    host,
    connection: nameOf(Number(time), fromPort, toPort),
    flags,
    seq: relative.seq(own, Number(seq)),
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
