import type { Micros } from '../../base/time.ts';
import { hash32 } from '../random.ts';
import { jiffies } from '../tcp/jiffies.ts';

/** The kernel's random number for a neighbour table's device, drawn from the seed: 32 bits. */
export function reachableDraw(seed: number, host: string, neighbour: string): number {
  return hash32(seed, host, neighbour, 'reachable');
}

/** `neigh_rand_reach_time`: half of `base_reachable_time` (30 s) up to one and a half of it. The kernel draws anew every 5 min; here it stays. */
export function reachableTime(hz: number, draw: number): Micros {
  const base = 30 * hz;
  return jiffies(Math.floor(base / 2) + (draw % base), hz);
}
