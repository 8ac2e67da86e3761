/** Durations and moments for people, in their language. */
import * as l10n from '@vscode/l10n';
import { DAY, HOUR, MILLISECOND, MINUTE, SECOND } from '../../base/time.ts';

/** `5 ms`, `75 s`, `2 h 11 min 15 s`, `30 d`. */
export function durationText(duration: number): string {
  const us = Math.round(duration);
  if (us < MILLISECOND) return l10n.t('{0} µs', us);
  if (us < SECOND) return l10n.t('{0} ms', decimal(us / MILLISECOND, 1));
  // People know 75 s and 120 s better than 1 min 15 s.
  if (us < 10 * MINUTE) return l10n.t('{0} s', decimal(us / SECOND, 3));
  // Nobody asks for milliseconds beside hours, or for seconds beside days.
  const grain = us < HOUR ? MILLISECOND : us < DAY ? SECOND : MINUTE;
  const parts: string[] = [];
  let rest = Math.round(us / grain) * grain;
  for (const [unit, write] of UNITS) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(write(count));
  }
  if (rest > 0) parts.push(l10n.t('{0} s', decimal(rest / SECOND, 3)));
  return parts.join(' ');
}

const UNITS: readonly (readonly [number, (count: number) => string])[] = [
  [DAY, (count) => l10n.t('{0} d', count)],
  [HOUR, (count) => l10n.t('{0} h', count)],
  [MINUTE, (count) => l10n.t('{0} min', count)],
];

/** A moment of the run, to the millisecond or as exactly as it is: `7200.020 s`, `30 d`. */
export function momentText(time: number): string {
  if (time >= DAY && time % HOUR === 0) return durationText(time);
  const text = (time / SECOND).toFixed(6);
  return l10n.t('{0} s', text.endsWith('000') ? text.slice(0, -3) : text);
}

function decimal(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, '');
}
