import { SECOND } from '../../../base/time.ts';
import { currentMss } from '../output.ts';
import type { Tcb } from '../tcb.ts';

/**
 * Bytes per second at which the sender could be paced: twice the rate of the window in slow start, 1.2 times later; 0
 * before the first RTT sample (`tcp_update_pacing_rate`). Nothing is paced by it; HyStart measures with it.
 */
export function pacingRate(tcb: Tcb): number {
  const { eightSrtt } = tcb.rtt;
  if (eightSrtt === 0) return 0;
  const ratio = tcb.cwnd < Math.floor(tcb.ssthresh / 2) ? 200 : 120;
  const segments = Math.max(tcb.cwnd, tcb.sent.length);
  return Math.floor((currentMss(tcb) * (SECOND / 100) * 8 * ratio * segments) / eightSrtt);
}
