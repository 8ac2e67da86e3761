/** The persist timer: data is queued, nothing is in flight, and the window is in the way (tcp_timer.c, tcp_output.c; RFC 9293 §3.8.6.1). */
import type { Micros } from '../../base/time.ts';
import { MAX_PROBE_SHIFT, TCP_RESOURCE_PROBE_INTERVAL, TCP_RTO_MIN, TCP_TIMEOUT_MIN_JIFFIES } from './constants.ts';
import { ceilToJiffy, jiffies } from './jiffies.ts';
import type { LocalFailure } from './local-failure.ts';
import type { SendWhy } from './output.ts';
import { goesAsOneTooMany } from './orphans.ts';
import { fitsWindow, headEnd, sendIntoWindow, sendSegment } from './output.ts';
import { armRetransmission, giveUp, orphanRetries } from './retransmit.ts';
import { ACK } from './segment.ts';
import { add } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Queued data, nothing in flight, nothing armed: the window must be probed (`tcp_check_probe_timer`). */
export function armPersistIfStuck(tcb: Tcb): void {
  if (tcb.sent.length === 0 && tcb.hasUnsent && tcb.retransmitTimer.pending === undefined) {
    tcb.retransmitTimer.arm('persist', tcb.now + persistBase(tcb));
  }
}

/** `tcp_probe0_base`. */
function persistBase(tcb: Tcb): Micros {
  return Math.max(tcb.rto, TCP_RTO_MIN);
}

/** Arms the timer again: the wait doubles with every probe, up to the RTO's ceiling (`tcp_probe0_when`). */
function rearm(tcb: Tcb): void {
  const wait = Math.min(persistBase(tcb) * 2 ** Math.min(tcb.backoff, MAX_PROBE_SHIFT), tcb.rtoMax);
  tcb.retransmitTimer.arm('persist', tcb.now + clampToUserTimeout(tcb, wait), tcb.backoff);
}

/** TCP_USER_TIMEOUT counts from the first probe of this stall, and shortens the last wait (`tcp_clamp_probe0_to_user_timeout`). */
function clampToUserTimeout(tcb: Tcb, wait: Micros): Micros {
  const limit = userTimeout(tcb);
  if (limit === 0 || tcb.probesStamp === undefined) return wait;
  const { hz } = tcb.kernel;
  const left = ceilToJiffy(limit - (tcb.now - tcb.probesStamp), hz);
  return Math.min(wait, Math.max(left, jiffies(TCP_TIMEOUT_MIN_JIFFIES, hz)));
}

function userTimeout(tcb: Tcb): Micros {
  return tcb.knob('TCP_USER_TIMEOUT', 0) * 1000;
}

/** The persist timer fired (`tcp_probe_timer`, `tcp_send_probe0`). */
export function onPersistTimeout(tcb: Tcb): void {
  if (!tcb.hasUnsent || tcb.sent.length > 0) {
    tcb.probesOut = 0;
    tcb.probesStamp = undefined;
    return;
  }
  const limit = userTimeout(tcb);
  const stalledFor = tcb.now - (tcb.probesStamp ?? tcb.now);
  tcb.probesStamp ??= tcb.now;
  const isOver = (limit > 0 && stalledFor >= limit) || isSpentOrphan(tcb);
  if (!isOver && tcb.orphan && goesAsOneTooMany(tcb, true)) return;
  if (isOver || hasProbedEnough(tcb)) {
    giveUp(tcb);
    return;
  }
  // Not the window but its own host, or TCP_CORK, holds it back: this so long and no longer.
  const why: SendWhy = nextFits(tcb)
    ? { purpose: 'data', reason: tcb.isHeldByHost ? 'host-had-refused' : 'corked-long-enough' }
    : { purpose: 'window-probe', reason: 'persist-timer', args: [tcb.probesOut + 1] };
  const failure = sendWindowProbe(tcb, why);
  if (tcb.sent.length > 0) {
    tcb.probesOut = 0;
    tcb.backoff = 0;
    tcb.probesStamp = undefined;
    return;
  }
  tcb.probesOut += 1;
  if (failure === 'refused') {
    // The path is not to blame: the wait does not double.
    tcb.retransmitTimer.arm('persist', tcb.now + clampToUserTimeout(tcb, TCP_RESOURCE_PROBE_INTERVAL), tcb.backoff);
    return;
  }
  if (tcb.backoff < tcb.kernel.sysctls.tcp_retries2) tcb.backoff += 1;
  rearm(tcb);
}

/** Whether the window has room for the whole next piece of the send queue. */
function nextFits(tcb: Tcb): boolean {
  return fitsWindow(tcb, headEnd(tcb));
}

/** An orphan that probes at the ceiling already goes sooner, answered or not. */
function isSpentOrphan(tcb: Tcb): boolean {
  return tcb.orphan && !probesBelowCeiling(tcb) && tcb.backoff >= orphanRetries(tcb, false);
}

/** Unanswered probes are counted. */
function hasProbedEnough(tcb: Tcb): boolean {
  const limit = tcb.orphan ? orphanRetries(tcb, probesBelowCeiling(tcb)) : tcb.kernel.sysctls.tcp_retries2;
  return tcb.probesOut >= limit;
}

function probesBelowCeiling(tcb: Tcb): boolean {
  return tcb.rto * 2 ** tcb.backoff < tcb.rtoMax;
}

/**
 * One probe (`tcp_write_wakeup`): what fits the window of the queued data, else the bare segment with SEQ = SND.UNA − 1
 * and no data that keepalive sends too. Returns why it did not leave the host; undefined: it did.
 */
export function sendWindowProbe(tcb: Tcb, why: SendWhy): LocalFailure | undefined {
  const outcome = sendIntoWindow(tcb, why);
  if (outcome === 'nothing') return sendSegment(tcb, { seq: add(tcb.snd.una, -1), flags: ACK }, why);
  if (outcome !== 'sent') return outcome;
  armRetransmission(tcb);
  return undefined;
}

/**
 * An ACK arrived while nothing was in flight: the answer to a probe, or a window update (`tcp_ack_probe`). Room for the whole
 * next piece ends the probing; anything less begins the wait anew.
 */
export function onAckWhileProbing(tcb: Tcb): void {
  if (!tcb.hasUnsent) return;
  if (nextFits(tcb)) {
    tcb.backoff = 0;
    tcb.probesStamp = undefined;
    if (tcb.retransmitTimer.pending === 'persist') tcb.retransmitTimer.cancel();
  } else {
    rearm(tcb);
  }
}
