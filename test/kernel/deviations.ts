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
    recordings: [
      'A5-the-data-was-never-read.txt',
      'A5-the-data-was-read.txt',
      'B8-healthy.txt',
      'B8-power-loss-just-after-an-answer.txt',
      'B8-power-loss-just-before-a-beat.txt',
      'B9-another-request-after-50-s.txt',
      'B9-one-request.txt',
      'B9-tcp-keepalive-on-every-10-s.txt',
      'D1-back-after-3-s.txt',
      'D1-back-after-30-days.txt',
      'D1-back-after-an-hour.txt',
      'D2-back-after-3-s.txt',
      'D2-back-after-40-s.txt',
    ],
    lines: /^window: /,
    reason:
      'Window field after data was received: the kernel holds one segment of the receive space back (`tcp_init_buffer_space`), the engine offers all of it again.',
  },
  {
    recordings: ['C3-tcp_retries2-3-rtt-10-ms.txt'],
    lines: /^time: .*(CLOSED|recv|close).*\(ideal timers\)$/,
    reason:
      'The lateness of the wheel lifts the sum of the waits over the limit of `tcp_retries2` = 3 one firing earlier. With `timers wheel` the engine gives up with the kernel.',
  },
];

/** The entries that hold for a recording. */
export function deviationsOf(recording: string): readonly Deviation[] {
  return DEVIATIONS.filter(({ recordings }) => recordings.includes(recording));
}
