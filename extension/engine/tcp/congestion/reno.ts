import type { Tcb } from '../tcb.ts';
import type { CongestionControl } from './congestion-control.ts';
import { growLinearly, isCwndLimited, isInSlowStart, slowStart, undoneCwnd } from './window.ts';

/** Slow start and congestion avoidance of RFC 5681 in whole segments (`tcp_reno` in tcp_cong.c). */
export class Reno implements CongestionControl {
  readonly name = 'reno';
  private readonly tcb: Tcb;

  constructor(tcb: Tcb) {
    this.tcb = tcb;
  }

  /** Half the window, at least 2. */
  ssthresh(): number {
    return Math.max(Math.floor(this.tcb.cwnd / 2), 2);
  }

  congAvoid(acked: number): void {
    const { tcb } = this;
    if (!isCwndLimited(tcb)) return;
    const rest = isInSlowStart(tcb) ? slowStart(tcb, acked) : acked;
    if (rest > 0) growLinearly(tcb, tcb.cwnd, rest);
  }

  undoCwnd(): number {
    return undoneCwnd(this.tcb);
  }
}
