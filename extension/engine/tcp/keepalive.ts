/** Keepalive (tcp_keepalive_timer in tcp_timer.c; RFC 9293 §3.8.4). Received traffic never touches the timer: each firing looks at the clock. */
import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import { sendReset } from './close.ts';
import { TCP_RESOURCE_PROBE_INTERVAL } from './constants.ts';
import { jiffies, jiffyNumber } from './jiffies.ts';
import { sendWindowProbe } from './persist.ts';
import { giveUp } from './retransmit.ts';
import type { Tcb } from './tcb.ts';

function keepaliveTime(tcb: Tcb): Micros {
  return tcb.knob('TCP_KEEPIDLE', tcb.kernel.sysctls.tcp_keepalive_time) * SECOND;
}

/**
 * Silence so far: since the last data or the last acceptable ACK, whichever is later (`keepalive_time_elapsed`). The kernel counts whole
 * ticks of its clock, so that a probe may come one sooner.
 */
function elapsed({ now, delack, lastAckAt, kernel: { hz, timers } }: Tcb): Micros {
  const since = Math.max(delack.lastDataAt, lastAckAt);
  return timers === 'wheel' ? jiffies(jiffyNumber(now, hz) - jiffyNumber(since, hz), hz) : now - since;
}

/** Whether the timer may run: a time-wait entry has no socket, and so no keepalive. */
function isOn(tcb: Tcb): boolean {
  return tcb.option('SO_KEEPALIVE') === 1 && tcb.state !== 'CLOSED' && !tcb.isTimeWaitEntry;
}

/** SO_KEEPALIVE was set, or the connection became established with it (`tcp_set_keepalive`, `tcp_finish_connect`). */
export function startKeepalive(tcb: Tcb): void {
  if (!isOn(tcb)) return;
  tcb.keepaliveTimer.arm('keepalive', tcb.now + keepaliveTime(tcb));
}

export function stopKeepalive(tcb: Tcb): void {
  tcb.keepaliveTimer.cancel();
}

/** TCP_KEEPIDLE on a live socket counts from the silence so far (`tcp_sock_set_keepidle_locked`). */
export function onKeepIdleChanged(tcb: Tcb): void {
  if (!isOn(tcb)) return;
  tcb.keepaliveTimer.arm('keepalive', tcb.now + Math.max(0, keepaliveTime(tcb) - elapsed(tcb)));
}

export function onKeepaliveTimer(tcb: Tcb): void {
  if (!isOn(tcb) || tcb.state === 'SYN_SENT') return;
  const idle = keepaliveTime(tcb);
  if (tcb.sent.length > 0 || tcb.hasUnsent) {
    // Data in flight or queued: the retransmission or persist timer decides.
    tcb.keepaliveTimer.arm('keepalive', tcb.now + idle);
    return;
  }
  const silence = elapsed(tcb);
  if (silence < idle) {
    tcb.keepaliveTimer.arm('keepalive', tcb.now + idle - silence);
    return;
  }
  const { sysctls } = tcb.kernel;
  const userTimeout = tcb.knob('TCP_USER_TIMEOUT', 0) * 1000;
  const exhausted =
    userTimeout > 0
      ? silence >= userTimeout && tcb.probesOut > 0
      : tcb.probesOut >= tcb.knob('TCP_KEEPCNT', sysctls.tcp_keepalive_probes);
  if (exhausted) {
    sendReset(tcb, 'keepalive-gave-up', [tcb.probesOut, silence]);
    giveUp(tcb);
    return;
  }
  const args = [tcb.probesOut + 1, silence];
  if (sendWindowProbe(tcb, { purpose: 'keepalive-probe', reason: 'keepalive-timer', args }) === 'refused') {
    // What did not leave the host does not count.
    tcb.keepaliveTimer.arm('keepalive', tcb.now + TCP_RESOURCE_PROBE_INTERVAL);
    return;
  }
  tcb.probesOut += 1;
  const interval = tcb.knob('TCP_KEEPINTVL', sysctls.tcp_keepalive_intvl) * SECOND;
  tcb.keepaliveTimer.arm('keepalive', tcb.now + interval);
}
