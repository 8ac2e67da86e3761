/** The light entries that outlive their sockets: TIME_WAIT, and FIN_WAIT_2 of orphans (tcp_minisocks.c; RFC 9293 §3.6.1). */
import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import { TCP_TIMEWAIT_LEN } from './constants.ts';
import { ceilToJiffy } from './jiffies.ts';
import { sendAck } from './output.ts';
import { hasNewerStamp, isStale, storeTimestamp } from './paws.ts';
import { mayAnswerOutOfWindow } from './rate-limit.ts';
import type { Segment } from './segment.ts';
import { ACK, endSeq, FIN, has, RST, SYN } from './segment.ts';
import { add, after, before, isInWindow } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Replaces the socket by an entry that only waits (`tcp_time_wait`). */
export function enterTimeWait(tcb: Tcb): void {
  tcb.setState('TIME_WAIT');
  tcb.becomeTimeWaitEntry();
  tcb.timeWaitTimer.arm('time-wait', tcb.now + TCP_TIMEWAIT_LEN);
}

/**
 * Nobody holds the socket any more and the peer's FIN is still to come. Up to 60 s a light entry waits; a longer limit
 * keeps the socket for what exceeds them first (`tcp_rcv_state_process`, `__tcp_close`).
 */
export function enterFinWait2AsOrphan(tcb: Tcb): void {
  const limit = finTimeout(tcb);
  if (limit > TCP_TIMEWAIT_LEN) {
    // The kernel uses the keepalive timer for this wait.
    tcb.keepaliveTimer.cancel();
    tcb.timeWaitTimer.arm('fin-wait-2', tcb.now + limit - TCP_TIMEWAIT_LEN);
  } else {
    tcb.becomeTimeWaitEntry();
    tcb.timeWaitTimer.arm('fin-wait-2', tcb.now + limit);
  }
}

/** How long an orphan waits in FIN_WAIT_2 (`tcp_fin_time`). */
function finTimeout(tcb: Tcb): Micros {
  // TCP_LINGER2 = 0 takes the sysctl back.
  const seconds = tcb.knob('TCP_LINGER2', 0) || tcb.kernel.sysctls.tcp_fin_timeout;
  return Math.max(seconds * SECOND, shortestWait(tcb));
}

/** No entry lives shorter: time for a few retransmissions of the peer. */
function shortestWait(tcb: Tcb): Micros {
  return ceilToJiffy(tcb.rto * 3.5, tcb.kernel.hz);
}

/** The wait is over: the entry goes without a word. */
export function onTimeWaitTimer(tcb: Tcb, what: 'time-wait' | 'fin-wait-2'): void {
  if (tcb.isTimeWaitEntry) {
    tcb.done(what === 'time-wait' ? 'time-wait-over' : 'fin-wait-2-timed-out');
    return;
  }
  // `tcp_keepalive_timer`: the socket becomes an entry for as long again as it waited.
  tcb.becomeTimeWaitEntry();
  tcb.timeWaitTimer.arm('fin-wait-2', tcb.now + Math.max(finTimeout(tcb) - TCP_TIMEWAIT_LEN, shortestWait(tcb)));
}

/** A segment for such an entry (`tcp_timewait_state_process`). */
export function timeWaitArrives(tcb: Tcb, segment: Segment): void {
  if (tcb.state === 'FIN_WAIT_2') finWait2Arrives(tcb, segment);
  else trueTimeWaitArrives(tcb, segment);
}

function finWait2Arrives(tcb: Tcb, segment: Segment): void {
  const { rcv } = tcb;
  const end = endSeq(segment);
  if (isStale(tcb, segment, 0) || !isInWindow(segment.seq, end, rcv.nxt, add(rcv.nxt, rcv.wnd))) {
    answerOutOfWindow(tcb, segment);
    return;
  }
  if (has(segment, RST)) {
    tcb.done('reset');
    return;
  }
  const isNewSyn = has(segment, SYN) && !before(segment.seq, rcv.nxt);
  const bringsSomething = has(segment, ACK) && after(end, rcv.nxt) && end !== segment.seq;
  if (!isNewSyn && !bringsSomething) {
    tcb.kernel.ignored(tcb, 'not-for-this-state');
    return;
  }
  if (isNewSyn || !has(segment, FIN) || end !== add(rcv.nxt, 1)) {
    // RFC 1122 §4.2.2.13: nobody can read it any more.
    tcb.kernel.resetUnknown(segment, 'data-after-close');
    tcb.done('reset');
    return;
  }
  rcv.nxt = end;
  rememberStamp(tcb, segment);
  tcb.setState('TIME_WAIT');
  tcb.timeWaitTimer.arm('time-wait', tcb.now + TCP_TIMEWAIT_LEN);
  sendAck(tcb, { purpose: 'ack', reason: 'fin-arrived' });
}

function trueTimeWaitArrives(tcb: Tcb, segment: Segment): void {
  const stale = isStale(tcb, segment, 0);
  if (!stale && segment.seq === tcb.rcv.nxt && has(segment, RST)) {
    // The assassination of RFC 1337.
    if (tcb.kernel.sysctls.tcp_rfc1337 === 0) tcb.done('reset');
    else tcb.kernel.ignored(tcb, 'not-for-this-state');
    return;
  }
  if (has(segment, RST)) {
    tcb.kernel.ignored(tcb, 'rst-out-of-window');
    return;
  }
  const isEmptyInOrder = !stale && segment.seq === tcb.rcv.nxt && endSeq(segment) === segment.seq;
  // A SYN alone may be the start of something new: it does not prolong the wait.
  if (stale || has(segment, ACK)) tcb.timeWaitTimer.arm('time-wait', tcb.now + TCP_TIMEWAIT_LEN);
  if (isEmptyInOrder) rememberStamp(tcb, segment);
  else answerOutOfWindow(tcb, segment);
}

function rememberStamp(tcb: Tcb, segment: Segment): void {
  const stamp = segment.options.timestamps;
  if (tcb.timestamps && stamp !== undefined) storeTimestamp(tcb, stamp.tsVal);
}

function answerOutOfWindow(tcb: Tcb, segment: Segment): void {
  if (has(segment, RST)) tcb.kernel.ignored(tcb, 'rst-out-of-window');
  else if (mayAnswerOutOfWindow(tcb, segment)) sendAck(tcb, { purpose: 'ack', reason: 'time-wait' });
  else tcb.kernel.ignored(tcb, 'rate-limited');
}

/** Whether a SYN may take over the entry (RFC 6191): no old duplicate, by its number or by its timestamp. */
export function mayReplaceTimeWait(tcb: Tcb, segment: Segment): boolean {
  if (tcb.state !== 'TIME_WAIT' || !has(segment, SYN) || has(segment, ACK) || has(segment, RST)) return false;
  if (isStale(tcb, segment, 0)) return false;
  return after(segment.seq, tcb.rcv.nxt) || hasNewerStamp(tcb, segment);
}
