import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import { jiffies } from './jiffies.ts';

/** Slots of a level that a delay may use (`LVL_SIZE` − 1), and how much coarser each level is (`LVL_CLK_DIV`). */
const USABLE_SLOTS = 63;
const COARSER = 8;

/** Number of the jiffy that a time lies in. Jiffy 0 begins with the run, and a reboot does not begin anew. */
export function jiffyOf(time: Micros, hz: number): number {
  const jiffy = Math.floor((time * hz) / SECOND);
  // At HZ 300 a jiffy begins at a rounded µs.
  return jiffies(jiffy + 1, hz) <= time ? jiffy + 1 : jiffy;
}

/**
 * When the kernel's timer wheel fires a timer that is armed at `now` for `deadline` (`calc_wheel_index` in kernel/time/timer.c).
 *
 * A timer goes into the finest level that reaches as far as its delay: 63 jiffies on level 0, eight times as far on each
 * further one. A level's slots are as coarse as it reaches far (1, 8, 64 … jiffies), and a timer waits for the end of the slot that its
 * deadline lies in: up to an eighth of the delay late, never early. It is not sorted again as time passes.
 */
export function wheelExpiry(now: Micros, deadline: Micros, hz: number): Micros {
  const expires = jiffyOf(deadline, hz);
  const delay = expires - jiffyOf(now, hz);
  let granule = 1;
  for (let reach = USABLE_SLOTS; delay >= reach; reach *= COARSER) granule *= COARSER;
  return jiffies((Math.floor(expires / granule) + 1) * granule, hz);
}
