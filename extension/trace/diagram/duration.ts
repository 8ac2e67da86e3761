/** Durations and moments as a diagram shows them: short, and no more exact than a reader can use. */
import * as l10n from '@vscode/l10n';
import { DAY, HOUR, MILLISECOND, MINUTE, SECOND } from '../../base/time.ts';
import { clock, span } from '../explain/words.ts';

/** `5 ms`, `75 s`, `2 h 11 min 15 s`, `30 d`. */
export function durationText(duration: number): string {
  // People know 75 s and 120 s better than 1 min 15 s.
  if (duration < 10 * MINUTE) return span(duration);
  // Nobody asks for milliseconds beside hours, or for seconds beside days.
  const grain = duration < HOUR ? MILLISECOND : duration < DAY ? SECOND : MINUTE;
  return longSpan(Math.round(duration / grain) * grain);
}

/** In days, hours, minutes and seconds, without those that are zero. */
function longSpan(duration: number): string {
  const parts: string[] = [];
  let rest = duration;
  for (const [unit, write] of UNITS) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(write(count));
  }
  if (rest > 0 || parts.length === 0) parts.push(span(rest));
  return parts.join(' ');
}

const UNITS: readonly (readonly [number, (count: number) => string])[] = [
  [DAY, (count) => l10n.t('{0} d', count)],
  [HOUR, (count) => l10n.t('{0} h', count)],
  [MINUTE, (count) => l10n.t('{0} min', count)],
];

/** A moment of the run: `7200.020 s`, `30 d`. */
export function momentText(time: number): string {
  return time >= DAY && time % HOUR === 0 ? longSpan(time) : clock(time);
}
