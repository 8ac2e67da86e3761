/** What all congestion controls share: growth, whether the window is in use at all, and what idleness does to it (tcp_cong.c, tcp_output.c). */
import { TCP_INIT_CWND } from '../constants.ts';
import { jiffyNumber } from '../jiffies.ts';
import { before } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import { isReducing } from '../recovery/prr.ts';

/** The window to begin with, also after a pause (`tcp_init_cwnd`). */
export function initialCwnd(tcb: Tcb): number {
  return tcb.route.initcwnd ?? TCP_INIT_CWND;
}

/** RFC 5681 §3.1: the window doubles every round trip (`tcp_in_slow_start`). */
export function isInSlowStart(tcb: Tcb): boolean {
  return tcb.cwnd < tcb.ssthresh;
}

/** One segment more for each delivered, up to ssthresh; returns how many are left over (`tcp_slow_start`). */
export function slowStart(tcb: Tcb, acked: number): number {
  const cwnd = Math.min(tcb.cwnd + acked, tcb.ssthresh);
  const used = cwnd - tcb.cwnd;
  tcb.cwnd = cwnd;
  return acked - used;
}

/** One segment more for every `w` delivered (`tcp_cong_avoid_ai`). */
export function growLinearly(tcb: Tcb, w: number, acked: number): void {
  // What was saved up while more were needed is used gently.
  if (tcb.cwndCount >= w) {
    tcb.cwndCount = 0;
    tcb.cwnd += 1;
  }
  tcb.cwndCount += acked;
  if (tcb.cwndCount >= w) {
    const steps = Math.floor(tcb.cwndCount / w);
    tcb.cwndCount -= steps * w;
    tcb.cwnd += steps;
  }
}

/** The window before the reduction, or the present one if it is larger (`tcp_reno_undo_cwnd`). */
export function undoneCwnd(tcb: Tcb): number {
  return Math.max(tcb.cwnd, tcb.recovery.priorCwnd);
}

/** Whether it is the window that holds sending back; only then may it grow (`tcp_is_cwnd_limited`; RFC 7661). */
export function isCwndLimited(tcb: Tcb): boolean {
  if (tcb.cwndUsage.isLimited) return true;
  // In slow start it may grow to twice what was in flight.
  return isInSlowStart(tcb) && tcb.cwnd < 2 * tcb.cwndUsage.maxPacketsOut;
}

/** After sending: remembers how much of the window was used in this flight (`tcp_cwnd_validate`). */
export function validateCwnd(tcb: Tcb, isLimited: boolean): void {
  const { cwndUsage: usage, sent } = tcb;
  if (!before(tcb.snd.una, usage.seq) || isLimited || (!usage.isLimited && sent.length > usage.maxPacketsOut)) {
    usage.isLimited = isLimited;
    usage.maxPacketsOut = sent.length;
    usage.seq = tcb.snd.nxt;
  }
  if (isCwndLimited(tcb)) {
    usage.used = 0;
    usage.stamp = tcb.now;
    return;
  }
  usage.used = Math.max(usage.used, sent.length);
  if (tcb.kernel.sysctls.tcp_slow_start_after_idle !== 0 && tcb.now - usage.stamp >= tcb.rto) shrinkUnused(tcb);
}

/** The window was not filled for an RTO: what was never used goes by halves (`tcp_cwnd_application_limited`; RFC 2861). */
function shrinkUnused(tcb: Tcb): void {
  const { cwndUsage: usage } = tcb;
  if (tcb.recovery.state === 'Open' && !tcb.orphan) {
    const used = Math.max(usage.used, initialCwnd(tcb));
    if (used < tcb.cwnd) {
      tcb.ssthresh = currentSsthresh(tcb);
      tcb.cwnd = Math.floor((tcb.cwnd + used) / 2);
    }
    usage.used = 0;
  }
  usage.stamp = tcb.now;
}

/** Before new data after a pause: the window halves for every RTO of idleness, down to the initial one (`tcp_slow_start_after_idle_check`; RFC 5681 §4.1). */
export function restartAfterIdle(tcb: Tcb): void {
  if (tcb.kernel.sysctls.tcp_slow_start_after_idle === 0 || tcb.sent.length > 0) return;
  const { hz } = tcb.kernel;
  let idle = jiffyNumber(tcb.now, hz) - jiffyNumber(tcb.lastDataSentAt, hz);
  const rto = jiffyNumber(tcb.rto, hz);
  if (idle <= rto) return;
  tcb.ssthresh = currentSsthresh(tcb);
  const restart = Math.min(initialCwnd(tcb), tcb.cwnd);
  let { cwnd } = tcb;
  for (idle -= rto; idle > 0 && cwnd > restart; idle -= rto) cwnd = Math.floor(cwnd / 2);
  tcb.cwnd = Math.max(cwnd, restart);
  tcb.cwndUsage.stamp = tcb.now;
  tcb.cwndUsage.used = 0;
}

/** ssthresh to remember: three quarters of the window, if that is more (`tcp_current_ssthresh`). */
export function currentSsthresh(tcb: Tcb): number {
  if (isReducing(tcb)) return tcb.ssthresh;
  return Math.max(tcb.ssthresh, Math.floor(tcb.cwnd / 2) + Math.floor(tcb.cwnd / 4));
}
