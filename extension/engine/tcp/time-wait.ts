/** The light entries that outlive their sockets: TIME_WAIT, and FIN_WAIT_2 of orphans (tcp_minisocks.c; RFC 9293 §3.6.1). */
import type { Micros } from '../../base/time.ts';
import { MILLISECOND, SECOND } from '../../base/time.ts';
import { hasFeature } from '../../scenario/kernel-version.ts';
import { TCP_TIMEWAIT_LEN } from './constants.ts';
import { ceilToJiffy } from './jiffies.ts';
import { updateMetrics } from './metrics.ts';
import { sendAck } from './output.ts';
import { hasNewerStamp, isStale, storeTimestamp } from './paws.ts';
import { mayAnswerOutOfWindow } from './rate-limit.ts';
import { receiveWindow } from './receive-window.ts';
import type { Segment } from './segment.ts';
import { ACK, endSeq, FIN, has, RST, SYN } from './segment.ts';
import { add, after, before, isInWindow } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Replaces the socket by an entry that only waits (`tcp_time_wait`). */
export function enterTimeWait(tcb: Tcb): void {
  tcb.setState('TIME_WAIT');
  replaceByEntry(tcb);
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
    replaceByEntry(tcb);
    tcb.timeWaitTimer.arm('fin-wait-2', tcb.now + limit);
  }
}

function replaceByEntry(tcb: Tcb): void {
  // What was left of the window that the socket had offered: the entry says that from now on.
  tcb.rcv.wnd = receiveWindow(tcb);
  tcb.rcv.wup = tcb.rcv.nxt;
  updateMetrics(tcb);
  tcb.becomeTimeWaitEntry();
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
  replaceByEntry(tcb);
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
    else tcb.kernel.ignored(tcb, 'rfc1337');
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
  else if (has(segment, SYN) && !has(segment, ACK)) answerSyn(tcb, segment, stale);
  else answerOutOfWindow(tcb, segment);
}

/** A SYN that may be a late copy, or that nobody listens for: if it is genuine, the answer makes its sender reset us. */
function answerSyn(tcb: Tcb, segment: Segment, stale: boolean): void {
  if (mayAnswerOutOfWindow(tcb, segment)) {
    sendAck(tcb, { purpose: 'ack', reason: 'syn-in-time-wait', args: [stale ? 1 : 0] });
  } else tcb.kernel.ignored(tcb, 'rate-limited');
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

/** By what a SYN that arrived proves to be no late copy, so that it may take the place of the entry (RFC 6191); undefined: it may not. */
export function replacesTimeWait(tcb: Tcb, segment: Segment): 'replaced' | 'replaced-by-timestamp' | undefined {
  if (tcb.state !== 'TIME_WAIT' || !has(segment, SYN) || has(segment, ACK) || has(segment, RST)) return undefined;
  if (isStale(tcb, segment, 0)) return undefined;
  if (after(segment.seq, tcb.rcv.nxt)) return 'replaced';
  return hasNewerStamp(tcb, segment) ? 'replaced-by-timestamp' : undefined;
}

/**
 * Whether connect() may open a new connection over an entry of the same ports (`tcp_twsk_unique`). Timestamps must tell old
 * segments from new ones: by tcp_tw_reuse for a port that the kernel chose, always for one that the program has bound.
 */
export function mayReuseTimeWait(entry: Tcb, port: 'bound' | 'ephemeral'): boolean {
  if (!entry.isTimeWaitEntry || !entry.timestamps || entry.tsRecent === 0) return false;
  if (port === 'bound') return true;
  const { sysctls, version } = entry.kernel;
  // 2 means loopback addresses (127.0.0.0/8) only: a host's own address is none.
  const isAllowed =
    sysctls.tcp_tw_reuse === 1 || (sysctls.tcp_tw_reuse === 2 && entry.remote.address.startsWith('127.'));
  if (!isAllowed || entry.state !== 'TIME_WAIT') return false;
  const waited = hasFeature(version, 'TIME_WAIT in milliseconds')
    ? entry.now - entry.tsRecentAt - sysctls.tcp_tw_reuse_delay * MILLISECOND
    : wholeSeconds(entry.now) - wholeSeconds(entry.tsRecentAt);
  return waited > 0;
}

function wholeSeconds(time: Micros): number {
  return Math.floor(time / SECOND);
}

/** A new connection over an entry knows what the peer's clock last said: its SYN echoes it. */
export function inheritTimestamp(tcb: Tcb, entry: Tcb): void {
  tcb.tsRecent = entry.tsRecent;
  tcb.tsRecentAt = entry.tsRecentAt;
}
