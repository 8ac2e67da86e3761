import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';

/** `count` ticks in µs. At HZ 300 a tick is not a whole number of µs: the sum is rounded, never the tick. */
export function jiffies(count: number, hz: number): Micros {
  return Math.round((count * SECOND) / hz);
}

/** `usecs_to_jiffies`: durations become whole jiffies, rounded up. */
export function ceilToJiffy(duration: Micros, hz: number): Micros {
  return jiffies(Math.ceil((duration * hz) / SECOND), hz);
}

/** Durations become whole jiffies, rounded down: what halves of them do. */
export function floorToJiffy(duration: Micros, hz: number): Micros {
  return jiffies(Math.floor((duration * hz) / SECOND), hz);
}

/** The kernel's jiffy counter at `time` (`tcp_jiffies32`). */
export function jiffyNumber(time: Micros, hz: number): number {
  return Math.floor((time * hz) / SECOND);
}
