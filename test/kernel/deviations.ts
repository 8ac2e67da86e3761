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
];

/** The entries that hold for a recording. */
export function deviationsOf(recording: string): readonly Deviation[] {
  return DEVIATIONS.filter(({ recordings }) => recordings.includes(recording));
}
