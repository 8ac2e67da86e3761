/** The light entries that outlive their sockets: TIME_WAIT, and FIN_WAIT_2 of orphans (tcp_minisocks.c; RFC 9293 §3.6.1). */
import type { Micros } from '../../base/time.ts';
import { TCP_TIMEWAIT_LEN } from './constants.ts';
import { sendAck } from './output.ts';
import { mayAnswerOutOfWindow } from './rate-limit.ts';
import type { Segment } from './segment.ts';
import { endSeq, FIN, has, RST, SYN } from './segment.ts';
import { add, after, before } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Replaces the socket by an entry that only waits (`tcp_time_wait`). A full socket in FIN_WAIT_2 whose limit is longer waits the same time. */
export function enterTimeWait(tcb: Tcb, what: 'time-wait' | 'fin-wait-2', duration: Micros): void {
  if (what === 'time-wait') tcb.setState('TIME_WAIT');
  tcb.becomeTimeWaitEntry();
  tcb.timeWaitTimer.arm(what, tcb.now + duration);
}

/** The wait is over: the entry goes without a word. */
export function onTimeWaitTimer(tcb: Tcb, what: 'time-wait' | 'fin-wait-2'): void {
  tcb.done(what === 'time-wait' ? 'time-wait-over' : 'fin-wait-2-timed-out');
}

/** A segment for such an entry (`tcp_timewait_state_process`). */
export function timeWaitArrives(tcb: Tcb, segment: Segment): void {
  if (tcb.state === 'FIN_WAIT_2') finWait2Arrives(tcb, segment);
  else trueTimeWaitArrives(tcb, segment);
}

function finWait2Arrives(tcb: Tcb, segment: Segment): void {
  const end = endSeq(segment);
  if (before(end, tcb.rcv.nxt) || after(segment.seq, add(tcb.rcv.nxt, tcb.rcv.wnd))) {
    answerOutOfWindow(tcb, segment);
    return;
  }
  if (has(segment, RST)) {
    tcb.done('reset');
    return;
  }
  const carriesData = after(add(segment.seq, segment.length), tcb.rcv.nxt);
  if (has(segment, SYN) || carriesData) {
    // RFC 1122 §4.2.2.13: nobody can read it any more.
    tcb.kernel.resetUnknown(segment, 'data-after-close');
    tcb.done('reset');
    return;
  }
  if (!has(segment, FIN)) return;
  tcb.rcv.nxt = end;
  tcb.setState('TIME_WAIT');
  tcb.timeWaitTimer.arm('time-wait', tcb.now + TCP_TIMEWAIT_LEN);
  sendAck(tcb, { purpose: 'ack', reason: 'fin-arrived' });
}

function trueTimeWaitArrives(tcb: Tcb, segment: Segment): void {
  const isEmptyInOrder = segment.seq === tcb.rcv.nxt && endSeq(segment) === segment.seq;
  if (has(segment, RST)) {
    if (segment.seq === tcb.rcv.nxt && tcb.kernel.sysctls.tcp_rfc1337 === 0) tcb.done('reset');
    return;
  }
  if (has(segment, SYN)) {
    answerOutOfWindow(tcb, segment);
    return;
  }
  tcb.timeWaitTimer.arm('time-wait', tcb.now + TCP_TIMEWAIT_LEN);
  if (!isEmptyInOrder) answerOutOfWindow(tcb, segment);
}

function answerOutOfWindow(tcb: Tcb, segment: Segment): void {
  if (has(segment, RST) || !mayAnswerOutOfWindow(tcb, segment)) return;
  sendAck(tcb, { purpose: 'ack', reason: 'time-wait' });
}
