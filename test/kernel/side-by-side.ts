/** A recording and the engine's run in two columns, with a third that says how far they agree. */
import type { RunPlan } from '../../extension/scenario/plan.ts';
import type { Comparison } from './compare.ts';
import type { Item, SegmentItem } from './recording.ts';
import { seconds } from './recording.ts';

const COLUMN = 58;

interface Row {
  readonly time: number;
  readonly kernel: string;
  readonly engine: string;
  /** Empty = the same. */
  readonly difference: string;
}

export function sideBySide(
  comparison: Comparison,
  plan: RunPlan,
  titles: { readonly kernel: string; readonly engine: string },
): string[] {
  const textOf = (item: Item): string => `${seconds(item.time).padStart(12)} ${describe(item, plan)}`;
  const rows: Row[] = [
    ...comparison.matches.map((match): Row => {
      const late = comparison.times.some((difference) => difference.match === match) ? ['time'] : [];
      return {
        time: match.kernel.time,
        kernel: textOf(match.kernel),
        engine: textOf(match.engine),
        difference: [...match.differences.map((line) => line.split(':')[0] ?? ''), ...late].join(', '),
      };
    }),
    ...comparison.kernelOnly.map((item): Row => ({
      ...alone(item),
      kernel: textOf(item),
      difference: 'only the kernel',
    })),
    ...comparison.engineOnly.map((item): Row => ({
      ...alone(item),
      engine: textOf(item),
      difference: 'only the engine',
    })),
  ];
  rows.sort((a, b) => a.time - b.time);
  const line = (kernel: string, mark: string, engine: string): string =>
    `${kernel.padEnd(COLUMN)} ${mark} ${engine}`.trimEnd();
  return [
    line(titles.kernel, ' ', titles.engine),
    ...rows.map(({ kernel, engine, difference }) =>
      difference === '' ? line(kernel, '=', engine) : `${line(kernel, '≠', engine.padEnd(COLUMN))} ${difference}`,
    ),
  ];
}

function alone({ time }: Item): Pick<Row, 'time' | 'kernel' | 'engine'> {
  return { time, kernel: '', engine: '' };
}

function describe(item: Item, plan: RunPlan): string {
  switch (item.kind) {
    case 'segment':
      return `${item.host} ${segmentText(item)}`;
    case 'state':
      return `${item.host} ${item.connection}: ${item.to}`;
    case 'call':
      return `${item.process} ${item.call}() = ${item.errno === 'OK' ? item.value : item.errno}`;
    case 'arp':
      return `${item.host} ARP ${item.what}${item.fate === 'delivered' ? '' : ` ✗ ${item.fate}`}`;
    case 'action':
      return `# ${plan.actions[item.index]?.text.replace(/^at \S+\s+/, '') ?? item.index}`;
  }
}

/** By their letters in a recording. */
const FLAG_NAMES: Readonly<Record<string, string>> = { S: 'SYN', F: 'FIN', R: 'RST', P: 'PSH', A: 'ACK', U: 'URG' };
function segmentText({ flags, seq, ack, length, window, fate }: SegmentItem): string {
  const names = Array.from(flags, (flag) => FLAG_NAMES[flag] ?? flag).join('+');
  return `→ ${names} ${seq}:${seq + length} ack ${ack ?? '–'} win ${window}${fate === 'delivered' ? '' : ` ✗ ${fate}`}`;
}
