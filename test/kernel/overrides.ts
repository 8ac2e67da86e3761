/** Which runs are recorded with which changes, and how long. Without an entry a run is recorded as it is. */
import { SECOND } from '../../extension/base/time.ts';
import type { SysctlName } from '../../extension/scenario/sysctl.ts';
import type { Override } from './override.ts';

const sysctl = (name: SysctlName, value: number): Override => ({ kind: 'sysctl', name, value });
const shift = (from: number, to: number): Override => ({ kind: 'shift', from: from * SECOND, to: to * SECOND });
const delay = (link: string, ms: number): Override => ({ kind: 'delay', link, delay: ms * 1000 });
const FAST_KEEPALIVE = [sysctl('tcp_keepalive_time', 10), sysctl('tcp_keepalive_intvl', 3)];

interface Shortened {
  /** The scenario's id, and part of its variant's title. */
  readonly id: string;
  readonly variant?: string;
  readonly overrides: readonly Override[];
  /** Seconds, where the run goes on for ever or much longer than it is interesting. */
  readonly end?: number;
}

const SHORTENED: readonly Shortened[] = [
  { id: 'A3', overrides: [], end: 60 },
  { id: 'A4', overrides: [shift(3600, 60)] },
  { id: 'A10', overrides: [shift(700, 70), shift(601, 61)] },
  { id: 'A10', variant: 'what the server had sent', overrides: [], end: 605 },
  { id: 'A10', variant: 'idle', overrides: [shift(601, 61)] },
  { id: 'A10', variant: '20 minutes', overrides: [sysctl('tcp_retries2', 8), shift(1201, 121)] },
  { id: 'A10', variant: 'keepalive', overrides: [shift(601, 61)], end: 65 },
  { id: 'B1', overrides: FAST_KEEPALIVE, end: 45 },
  { id: 'B2', overrides: FAST_KEEPALIVE },
  { id: 'B4', overrides: [sysctl('tcp_keepalive_time', 90), sysctl('tcp_keepalive_intvl', 3)] },
  { id: 'B8', variant: 'healthy', overrides: [], end: 200 },
  { id: 'B10', overrides: [...FAST_KEEPALIVE, { kind: 'nat', name: 'box', idle: 5 * SECOND }] },
  {
    id: 'B10',
    variant: '240 s',
    overrides: [
      { kind: 'nat', name: 'box', idle: 12 * SECOND },
      { kind: 'option', name: 'TCP_KEEPIDLE', value: 10 },
      shift(7200, 45),
    ],
    end: 46,
  },
  // Three round trips must stay below a whole number of jiffies although a real one is some 0.1 ms longer.
  { id: 'C2', overrides: [delay('wire', 299.5)] },
  { id: 'C3', variant: '333.332', overrides: [delay('wire', 166.5)] },
  { id: 'C4', variant: 'not set', overrides: [sysctl('tcp_retries2', 8)] },
  {
    id: 'C4',
    variant: '30 min',
    overrides: [sysctl('tcp_retries2', 5), { kind: 'option', name: 'TCP_USER_TIMEOUT', value: 60_000 }],
  },
  { id: 'C7', overrides: [shift(3600, 120)] },
  { id: 'D1', variant: 'an hour', overrides: [shift(3601, 61)] },
  { id: 'D1', variant: '30 days', overrides: [shift(2_592_001, 61)] },
  { id: 'D4', overrides: [...FAST_KEEPALIVE, shift(7450, 21)], end: 60 },
  { id: 'D5', overrides: FAST_KEEPALIVE },
  { id: 'D7', variant: 'a router', overrides: [sysctl('tcp_retries2', 8)] },
  { id: 'D7', variant: 'its own cable', overrides: [sysctl('tcp_retries2', 8)] },
  { id: 'D7', variant: 'plugged back', overrides: [] },
  // Two round trips, as above.
  { id: 'D7', variant: 'the neighbour', overrides: [sysctl('tcp_retries2', 8), delay('wire', 4.7)] },
  { id: 'F2', overrides: [shift(3601, 31)] },
  { id: 'F8', variant: 'then killed', overrides: [shift(600, 60)] },
  // The probe's round trip counts, here and in G3, unless it is below the least one so far, that of the handshake: on a real path a race.
  {
    id: 'G2',
    variant: 'the last two',
    overrides: [{ kind: 'hold', link: 'wire', from: 'server', at: 1.03 * SECOND, by: 2000 }],
  },
  {
    id: 'G3',
    variant: 'the probe arrives',
    overrides: [{ kind: 'hold', link: 'wire', from: 'server', at: 0.6 * SECOND, by: 2000 }],
  },
  // Two round trips decide in which jiffy a loss probe leaves, and with it which of two ACKs is first.
  { id: 'G4', overrides: [delay('wire', 4.8)] },
  { id: 'G4', variant: 'never again', overrides: [delay('wire', 4.8)], end: 150 },
  { id: 'G5', overrides: [delay('wire', 4.8)] },
  { id: 'G5', variant: 'power loss', overrides: [delay('wire', 4.8), sysctl('tcp_retries2', 5)] },
  { id: 'G8', variant: 'large ones, and nothing', overrides: [sysctl('tcp_retries2', 8)] },
  { id: 'core-question', variant: 'power loss', overrides: [], end: 60 },
  { id: 'core-question', variant: 'data to send', overrides: [] },
  { id: 'core-question', variant: 'power loss, keepalive on', overrides: FAST_KEEPALIVE },
];

export function shorteningOf(id: string, variant: string): Pick<Shortened, 'overrides' | 'end'> {
  const found = SHORTENED.filter((each) => each.id === id && variant.includes(each.variant ?? '')).at(-1);
  return found ?? { overrides: [] };
}
