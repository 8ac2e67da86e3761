/**
 * The congestion window: slow start and congestion avoidance in whole segments (RFC 5681; `tcp_reno_cong_avoid`,
 * `tcp_enter_loss`). CUBIC and the recovery algorithms take their place beside this.
 */
import type { Tcb } from './tcb.ts';

/** `acked` segments were acknowledged outside recovery. `wasLimited`: the window was what held sending back. */
export function onAcked(tcb: Tcb, acked: number, wasLimited: boolean): void {
  if (!wasLimited || tcb.recovery !== 'Open') return;
  if (tcb.cwnd < tcb.ssthresh) {
    tcb.cwnd = Math.min(tcb.cwnd + acked, tcb.ssthresh);
    return;
  }
  tcb.cwndCount += acked;
  if (tcb.cwndCount >= tcb.cwnd) {
    tcb.cwndCount -= tcb.cwnd;
    tcb.cwnd += 1;
  }
}

/** A loss was noticed: by the retransmission timer, or because a tail loss probe repaired it. */
export function onLoss(tcb: Tcb, how: 'timeout' | 'repaired-by-probe'): void {
  const halved = Math.max(Math.floor(tcb.cwnd / 2), 2);
  if (how === 'repaired-by-probe') {
    tcb.ssthresh = halved;
    tcb.cwnd = halved;
    return;
  }
  // Further firings on the same data leave ssthresh alone.
  if (tcb.recovery !== 'Loss' || tcb.retransmits === 0) tcb.ssthresh = halved;
  tcb.cwnd = tcb.inFlight + 1;
}
