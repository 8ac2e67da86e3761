/**
 * Where the engine is known to differ from a recording, and why. Nothing else may differ; and what is listed here must: an entry
 * that no longer holds fails the test, and goes.
 */
export interface Deviation {
  /** Names of the recordings that have it (recordings.ts). */
  readonly recordings: readonly string[];
  /** What the lines of compare.ts that it stands for look like. */
  readonly lines: RegExp;
  readonly reason: string;
}

export const DEVIATIONS: readonly Deviation[] = [
  {
    recordings: ['D7-its-own-cable-plugged-back-after-40.5-s.txt'],
    lines: /^time: ARP request from client at .*\(ideal timers\)$/,
    reason:
      "On the timer wheel a neighbour's three waits of a second take 3.07 s: so it is another request that is the first after the cable is back. With `timers wheel` the engine asks when the kernel does.",
  },
  {
    recordings: ['mtu-576-b.txt', 'mtu-9000-b.txt'],
    lines: /^window: segment of conn from server /,
    reason:
      'Other MTUs: what a segment costs of the receive buffer beside its payload depends on its size and on the driver (TUN builds small packets in place and large ones of pages); the engine has one overhead for all.',
  },
  {
    recordings: [
      'small-window-it-never-reads-many-small-writes.txt',
      'small-window-it-reads-1-kb-every-100-ms.txt',
      'small-window-it-reads-3000-b-every-300-ms.txt',
      'small-window-the-sender-has-little-room-too.txt',
    ],
    lines: /^(window: segment of conn from server |sequence: |time: )/,
    reason:
      'Small receive buffers: the kernel counts the memory of each segment in the queue, small ones and those that are read in part too, until they are read to their end; the engine counts what is unread as if it had come in full segments. From the first other window on, the two go their own ways.',
  },
  {
    recordings: [
      'G8-large-ones-and-the-router-says-so.txt',
      'G8-nothing-is-said-interfaces-of-1400-b.txt',
      'G8-the-way-becomes-narrower-and-the-router-says-so.txt',
    ],
    lines: /^window: segment of (conn|second) from client /,
    reason:
      'Segments of 1348 B: the room in the receive buffer is what bounds the window. A small segment behind them (304 B, 104 B) takes 1024 B or 832 B of it in the kernel, a full one 2304 B; the engine counts what is unread as if it had come in full segments.',
  },
  {
    recordings: ['chance-jitter.txt'],
    lines: /^window: segment of conn from server 20: /,
    reason:
      'Three segments came in one moment: the kernel acknowledged them before the program had read the ones before; the programs of the engine take no time.',
  },
];

/** The entries that hold for a recording. */
export function deviationsOf(recording: string): readonly Deviation[] {
  return DEVIATIONS.filter(({ recordings }) => recordings.includes(recording));
}
