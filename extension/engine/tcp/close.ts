/** The ways to an end: close(), shutdown(), abort, the peer's FIN, a RST (tcp.c, tcp_input.c; RFC 9293 §3.6). */
import type { Errno } from '../../scenario/errno.ts';
import type { SendReason } from '../../trace/schema.ts';
import { enterPingPong } from './delayed-ack.ts';
import { acceptableSeq, sendAck, sendQueued, sendSegment } from './output.ts';
import { armPersistIfStuck } from './persist.ts';
import { ACK, RST } from './segment.ts';
import type { Tcb } from './tcb.ts';
import { enterFinWait2AsOrphan, enterTimeWait } from './time-wait.ts';

/**
 * The last descriptor was closed, by close() or by the death of its process (`__tcp_close`, `inet_release`): what it does
 * depends on the state and on whether somebody lost data by it.
 * @param owner 'stays-owned': close() sleeps on (SO_LINGER); `leaveOwnerless` follows.
 */
export function closeLast(tcb: Tcb, owner: 'leaves' | 'stays-owned' = 'leaves'): void {
  tcb.shutdownReceive = true;
  tcb.shutdownSend = true;
  if (owner === 'leaves') tcb.leaveProcess();
  // A time-wait entry lives without the socket, which is closed already.
  if (tcb.state === 'CLOSED' || tcb.isTimeWaitEntry) return;
  const unread = tcb.rcv.queue.bytes;
  // Whatever waited goes first: the window is open again.
  tcb.rcv.queue.clear();
  if (tcb.state === 'SYN_SENT') {
    tcb.done('closed');
  } else if (unread > 0) {
    // RFC 2525 §2.17: a FIN would pretend that all was read.
    sendReset(tcb, 'unread-data', [unread]);
    tcb.done('aborted');
  } else if (tcb.option('SO_LINGER') === 0) {
    abort(tcb);
  } else {
    queueFin(tcb, 'application-closed');
    if (tcb.orphan) leaveOwnerless(tcb);
  }
}

/** SO_LINGER with no time: what is queued is thrown away and the peer learns it by a RST (`tcp_disconnect`, `tcp_need_reset`). */
function abort(tcb: Tcb): void {
  const isAlmostOver = tcb.state === 'CLOSING' || tcb.state === 'LAST_ACK';
  if (!isAlmostOver || tcb.hasUnsent) sendReset(tcb, 'linger-zero', [tcb.unsent]);
  tcb.done('aborted');
}

/** The socket is an orphan from now on (`sock_orphan` and what follows it in `__tcp_close`). */
export function leaveOwnerless(tcb: Tcb): void {
  tcb.leaveProcess();
  if (hasEnded(tcb)) return;
  if (tcb.state === 'FIN_WAIT_2') {
    if (tcb.knob('TCP_LINGER2', 0) < 0) {
      sendReset(tcb, 'linger2-negative');
      tcb.done('aborted');
      return;
    }
    enterFinWait2AsOrphan(tcb);
  }
  // Entries of time-wait are no orphans (`tcp_check_oom`).
  if (!hasEnded(tcb) && tcb.kernel.tooManyOrphans(0)) {
    sendReset(tcb, 'too-many-orphans', [tcb.kernel.sysctls.tcp_max_orphans]);
    tcb.done('aborted');
  }
}

/** Nothing of a socket is left, at most an entry that waits. */
function hasEnded(tcb: Tcb): boolean {
  return tcb.state === 'CLOSED' || tcb.isTimeWaitEntry;
}

/** shutdown(SHUT_WR): a FIN after everything queued, the receiving side stays open. */
export function shutdownWrite(tcb: Tcb): void {
  tcb.shutdownSend = true;
  queueFin(tcb, 'application-shut-down');
}

/** `tcp_close_state`, `tcp_send_fin`: the FIN rides on the last unsent segment when there is one. */
function queueFin(tcb: Tcb, reason: SendReason): void {
  switch (tcb.state) {
    case 'ESTABLISHED':
    case 'SYN_RECEIVED':
      tcb.setState('FIN_WAIT_1');
      break;
    case 'CLOSE_WAIT':
      tcb.setState('LAST_ACK');
      break;
    default:
      return;
  }
  tcb.finQueued = true;
  tcb.finReason = reason;
  sendQueued(tcb, { purpose: 'data', reason }, 'past-nagle');
  armPersistIfStuck(tcb);
}

/** RST+ACK of an end that still exists: SEQ = SND.NXT, as a rule (`tcp_send_active_reset`). */
export function sendReset(tcb: Tcb, reason: SendReason, args: readonly number[] = []): void {
  sendSegment(tcb, { seq: acceptableSeq(tcb), flags: RST + ACK }, { purpose: 'rst', reason, args });
}

/** The peer's FIN is in sequence (`tcp_fin`; RFC 9293 §3.10.7.4, eighth). */
export function onFin(tcb: Tcb): void {
  tcb.shutdownReceive = true;
  tcb.delack.scheduled = true;
  switch (tcb.state) {
    case 'SYN_RECEIVED':
    case 'ESTABLISHED':
      tcb.setState('CLOSE_WAIT');
      enterPingPong(tcb);
      break;
    case 'FIN_WAIT_1':
      // Simultaneous close: the ACK of our FIN is still to come.
      sendAck(tcb, { purpose: 'ack', reason: 'fin-arrived' });
      tcb.setState('CLOSING');
      break;
    case 'FIN_WAIT_2':
      sendAck(tcb, { purpose: 'ack', reason: 'fin-arrived' });
      enterTimeWait(tcb);
      break;
    default:
      break;
  }
  tcb.kernel.readable(tcb);
}

/** An acceptable RST arrived (`tcp_reset`). What the application learns depends on the state. */
export function onReset(tcb: Tcb): void {
  const refused = tcb.state === 'SYN_SENT';
  const errno: Errno = refused ? 'ECONNREFUSED' : tcb.state === 'CLOSE_WAIT' ? 'EPIPE' : 'ECONNRESET';
  fail(tcb, errno, refused ? 'refused' : 'reset');
}

/** Ends the connection with an error for whoever still holds it. */
export function fail(tcb: Tcb, errno: Errno, reason: 'refused' | 'reset' | 'timed-out' | 'unreachable'): void {
  if (!tcb.orphan && !tcb.isRequest) {
    tcb.error = errno;
    tcb.kernel.recorder.record('tcp.error', tcb.place, { errno, soft: false });
  }
  tcb.done(reason);
  tcb.kernel.readable(tcb);
}
