import { SECOND } from '../../../base/time.ts';
import { payloadPerSegment } from '../path-mtu.ts';
import type { Tcb } from '../tcb.ts';

/**
 * How fast the sender could be paced, after an ACK: twice the rate of the window in slow start, 1.2 times later
 * (`tcp_update_pacing_rate`). Nothing is paced by it; it says how long bursts are, and HyStart measures with it.
 */
export function updatePacingRate(tcb: Tcb): void {
  const { eightSrtt } = tcb.rtt;
  if (eightSrtt === 0) return;
  const ratio = tcb.cwnd < Math.floor(tcb.ssthresh / 2) ? 200 : 120;
  const segments = tcb.cwnd > tcb.sent.length ? tcb.cwnd : tcb.sent.length;
  tcb.pacingRate = Math.floor((payloadPerSegment(tcb) * (SECOND / 100) * 8 * ratio * segments) / eightSrtt);
}
