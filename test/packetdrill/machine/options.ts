/** TCP options as a script writes them, and as they travel. */
import type { Segment, SegmentOptions } from '../../../extension/engine/tcp/segment.ts';
import { has, SYN } from '../../../extension/engine/tcp/segment.ts';
import type { Seq } from '../../../extension/engine/tcp/seq.ts';
import { fail, unsupported } from '../language/problem.ts';
import type { OptionText } from '../language/script.ts';

/** Numbers of the host under test: the script counts them its own way. */
export interface Mapping {
  /** What a SACK block covers. */
  toLive(seq: number): Seq;
  /** What an echoed TSval was. */
  echo(tsEcr: number): number;
}

const LENGTHS: Readonly<Record<string, number>> = { nop: 1, eol: 1, mss: 4, wscale: 3, sackOK: 2, TS: 10 };

/** What a packet of the script carries. */
export function readOptions(options: readonly OptionText[], mapping: Mapping): SegmentOptions {
  let found: SegmentOptions = {};
  for (const option of options) found = { ...found, ...readOption(option, mapping) };
  const excess = options.reduce((sum, option) => sum + lengthOf(option), 0) % 4;
  if (excess > 0) fail(`the options need ${4 - excess} more bytes (nop) to fill 32-bit words`);
  return found;
}

/** Bytes on the wire. */
function lengthOf({ name, values }: OptionText): number {
  if (name === 'sack') return 2 + 4 * values.length;
  return LENGTHS[name] ?? 0;
}

function readOption({ name, values }: OptionText, mapping: Mapping): SegmentOptions {
  const numbers = values.filter((value) => typeof value === 'number');
  switch (name) {
    case 'nop':
    case 'eol':
      return {};
    case 'mss':
      return { mss: numbers[0] ?? fail('mss takes a number') };
    case 'wscale':
      return { windowScale: numbers[0] ?? fail('wscale takes a number') };
    case 'sackOK':
      return { sackPermitted: true };
    case 'sack':
      return { sack: pairs(numbers).map(([left, right]) => [mapping.toLive(left), mapping.toLive(right)] as const) };
    case 'TS': {
      const { val, ecr } = stampsOf(values);
      return { timestamps: { tsVal: val, tsEcr: mapping.echo(ecr) } };
    }
    default:
      unsupported(`the TCP option "${name}"`);
  }
}

/** `TS val 100 ecr 200`. */
export function stampsOf(values: OptionText['values']): { readonly val: number; readonly ecr: number } {
  const [val, one, ecr, two] = values;
  if (val !== 'val' || ecr !== 'ecr' || typeof one !== 'number' || typeof two !== 'number')
    fail('timestamps are written "TS val NUMBER ecr NUMBER"');
  return { val: one, ecr: two };
}

function pairs(numbers: readonly number[]): (readonly [number, number])[] {
  if (numbers.length === 0 || numbers.length % 2 !== 0) fail('SACK blocks are written "sack LEFT:RIGHT"');
  return numbers.flatMap((left, i) => (i % 2 === 0 ? [[left, numbers[i + 1] ?? left] as const] : []));
}

/** The options of a segment in the order in which Linux puts them on the wire, padded as it pads them (`tcp_options_write`). */
export function writtenOptions(
  segment: Segment,
  script: { tsVal(live: number): number; seq(live: Seq): number },
): OptionText[] {
  const { mss, timestamps, sackPermitted = false, windowScale, sack } = segment.options;
  const written: OptionText[] = [];
  const put = (name: string, ...values: (number | string)[]): void => void written.push({ name, values });
  const pad = (count: number): void => {
    for (let i = 0; i < count; i++) put('nop');
  };
  if (has(segment, SYN) && mss !== undefined) put('mss', mss);
  if (timestamps !== undefined) {
    if (sackPermitted) put('sackOK');
    else pad(2);
    put('TS', 'val', script.tsVal(timestamps.tsVal), 'ecr', timestamps.tsEcr);
  } else if (sackPermitted) {
    pad(2);
    put('sackOK');
  }
  if (windowScale !== undefined) {
    pad(1);
    put('wscale', windowScale);
  }
  if (sack !== undefined && sack.length > 0) {
    pad(2);
    put('sack', ...sack.flat().map((edge) => script.seq(edge)));
  }
  return written;
}

/** As a script writes it. */
export function formatOptions(options: readonly OptionText[] | 'any'): string {
  if (options === 'any') return '<...>';
  return options.length === 0 ? '' : `<${options.map(formatOption).join(',')}>`;
}

function formatOption({ name, values }: OptionText): string {
  if (name === 'sack')
    return `sack ${pairs(values as number[])
      .map(([left, right]) => `${left}:${right}`)
      .join(' ')}`;
  return [name, ...values].join(' ');
}
