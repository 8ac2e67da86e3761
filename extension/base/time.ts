/** Virtual time and durations, in whole microseconds. 30 days are 2.6 × 10^12: a double holds them exactly. */
export type Micros = number;

export const MICROSECOND: Micros = 1;
export const MILLISECOND: Micros = 1_000;
export const SECOND: Micros = 1_000_000;
export const MINUTE: Micros = 60 * SECOND;
export const HOUR: Micros = 60 * MINUTE;
export const DAY: Micros = 24 * HOUR;

/** Drops trailing zeros of a decimal fraction: `1.500` → `1.5`, `2.000` → `2`. */
function trimFraction(text: string): string {
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}

/**
 * A duration in the one unit that keeps it short and exact, in the spelling of the language (`10ms`, `935.04s`, `30d`).
 * Written durations parse back to the same number.
 */
export function formatDuration(duration: Micros): string {
  const sign = duration < 0 ? '-' : '';
  const us = Math.abs(duration);
  if (us === 0) return '0s';
  if (us < MILLISECOND) return `${sign}${us}us`;
  if (us < SECOND) return `${sign}${trimFraction((us / MILLISECOND).toFixed(3))}ms`;
  for (const [unit, name] of [
    [DAY, 'd'],
    [HOUR, 'h'],
  ] as const) {
    if (us >= unit && us % unit === 0) return `${sign}${us / unit}${name}`;
  }
  return `${sign}${trimFraction((us / SECOND).toFixed(6))}s`;
}

/** A moment as seconds with at least three decimals: `0.010 s`, `7200.020 s`, `0.015125 s`. */
export function formatSeconds(time: Micros): string {
  const text = (time / SECOND).toFixed(6);
  return `${text.endsWith('000') ? text.slice(0, -3) : text} s`;
}
