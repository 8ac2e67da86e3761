/** Proportional rate reduction: the window shrinks to ssthresh along with what is delivered (RFC 6937; tcp_input.c). */
import { TCP_INFINITE_SSTHRESH } from '../constants.ts';
import type { Tcb } from '../tcb.ts';

/** The window is being reduced (`tcp_in_cwnd_reduction`). */
export function isReducing(tcb: Tcb): boolean {
  return tcb.recovery.state === 'CWR' || tcb.recovery.state === 'Recovery';
}

/** A reduction begins: ssthresh by the congestion control, everything sent so far belongs to it (`tcp_init_cwnd_reduction`). */
export function beginReduction(tcb: Tcb): void {
  const { recovery } = tcb;
  recovery.highSeq = tcb.snd.nxt;
  recovery.tlpHighSeq = undefined;
  recovery.priorCwnd = tcb.cwnd;
  recovery.prrDelivered = 0;
  recovery.prrOut = 0;
  tcb.cwndCount = 0;
  tcb.ssthresh = tcb.congestionControl.ssthresh();
}

/**
 * One ACK of a reduction (`tcp_cwnd_reduction`). More in flight than ssthresh: send in proportion to what is delivered.
 * Less: as much as is delivered, one more where the ACK shows progress without a new loss.
 * @param delivered segments newly acknowledged or SACKed. @param lost segments newly found lost.
 */
export function reduceWindow(tcb: Tcb, delivered: number, lost: number, advanced: boolean): void {
  if (delivered <= 0) return;
  const { recovery } = tcb;
  const { inFlight } = tcb.sent;
  recovery.prrDelivered += delivered;
  const room = tcb.ssthresh - inFlight;
  let quota: number;
  if (room < 0) {
    quota = Math.ceil((tcb.ssthresh * recovery.prrDelivered) / recovery.priorCwnd) - recovery.prrOut;
  } else {
    quota = Math.max(recovery.prrDelivered - recovery.prrOut, delivered);
    if (advanced && lost === 0) quota++;
    quota = Math.min(room, quota);
  }
  // The retransmission that begins the recovery always goes.
  quota = Math.max(quota, recovery.prrOut > 0 ? 0 : 1);
  tcb.cwnd = inFlight + quota;
}

/** The reduction is over: unless it was undone, the window is ssthresh (`tcp_end_cwnd_reduction`). */
export function endReduction(tcb: Tcb): void {
  const { recovery } = tcb;
  const counts = recovery.state === 'CWR' || recovery.undoMarker !== undefined;
  if (counts && tcb.ssthresh < TCP_INFINITE_SSTHRESH) {
    tcb.cwnd = tcb.ssthresh;
    tcb.cwndUsage.stamp = tcb.now;
  }
}
