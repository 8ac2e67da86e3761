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
    recordings: ['small-window-it-never-reads-many-small-writes.txt'],
    lines: /^(window: segment of conn from server 19|sequence: segment of conn from (client 21|server 20)): /,
    reason:
      'The queue takes more memory than the buffer has: the kernel copies what waits in small segments into larger buffers (tcp_collapse) and offers the room again; the engine leaves it as it came.',
  },
  {
    recordings: ['narrow-10-mbit-s-a-queue-of-6-packets.txt'],
    lines:
      /^(fate: segment of conn from client 24|SACK: segment of conn from server 20|sequence: segment of conn from (client 35|server 21)): /,
    reason:
      'A tie: acknowledgements come at the pace of the line, so the sixth pair of packets comes in the microsecond in which the line takes the next one. In the engine the line is first; in the recording, where the cable and the hosts were 0.1 ms later with the first packet than with those behind it, the packets are, and one of them finds the queue full. Where the first acknowledgement is 300 µs late, which decides it, the two agree (the variant after it).',
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
