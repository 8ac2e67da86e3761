/** Durations and moments as a diagram shows them: short, and no more exact than a reader can use. */
import { DAY, HOUR, MILLISECOND, MINUTE, SECOND } from '../../base/time.ts';
import { clock, longSpan, span } from '../explain/words.ts';

/** `5 ms`, `75 s`, `2 h 11 min 15 s`, `30 d`. */
export function durationText(duration: number): string {
  // People know 75 s and 120 s better than 1 min 15 s.
  if (duration < 10 * MINUTE) return span(duration);
  // Nobody asks for milliseconds beside hours, or for seconds beside days.
  const grain = duration < HOUR ? MILLISECOND : duration < DAY ? SECOND : MINUTE;
  return longSpan(Math.round(duration / grain) * grain);
}

/** A moment of the run: `7200.020 s`, `30 d`. */
export function momentText(time: number): string {
  return time >= DAY && time % HOUR === 0 ? longSpan(time) : clock(time);
}
