/** Socket calls, with the errno that each of them would report (tcp.c, af_inet.c; RFC 9293 §3.9.1). */
import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import type { Errno } from '../../scenario/errno.ts';
import { closeLast, leaveOwnerless, shutdownWrite as shutdownWriting } from '../tcp/close.ts';
import { onApplicationRead } from '../tcp/delayed-ack.ts';
import { openActively } from '../tcp/open.ts';
import { ceilToJiffy } from '../tcp/jiffies.ts';
import { copyToApplication } from '../tcp/receive-autotuning.ts';
import { sendMessage } from '../tcp/sendmsg.ts';
import { wheelExpiry } from '../tcp/timer-wheel.ts';
import type { Tcb } from '../tcp/tcb.ts';
import type { Kernel } from './kernel.ts';
import { Listener, type ListenerEvents } from './listener.ts';
import { AUTOMATIC } from './ports.ts';
import type { RemoteSocket } from './remote.ts';

interface Failure {
  readonly errno: Errno;
}

/** socket(), bind() and listen() in one. @returns the listener, or EADDRINUSE. */
export function listen(
  kernel: Kernel,
  wanted: Pick<Listener, 'port' | 'reuseAddress' | 'process' | 'backlog' | 'options'>,
  events: ListenerEvents,
): { readonly listener: Listener } | Failure {
  if (kernel.table.portConflicts(wanted.port, wanted.reuseAddress)) return { errno: 'EADDRINUSE' };
  const backlog = Math.min(wanted.backlog, kernel.sysctls.somaxconn);
  const listener = new Listener({ ...wanted, backlog, events });
  kernel.table.addListener(listener);
  return { listener };
}

/** What bind() before connect() asks for. */
export interface BoundPort {
  readonly localPort?: number;
  readonly reuseAddress?: boolean;
}

/**
 * socket(), bind() where a port is asked for, and the first half of connect().
 * @returns the end; EADDRINUSE when bind() meets whoever has the port; ENETUNREACH without a route; EADDRNOTAVAIL when no port
 *   is left, or when the port pair is taken (`__inet_check_established`)
 */
export function connect(
  kernel: Kernel,
  remote: RemoteSocket,
  name: string,
  { localPort, reuseAddress = false }: BoundPort = {},
): { readonly tcb: Tcb } | Failure {
  // bind() comes first.
  if (localPort !== undefined && kernel.table.portConflicts(localPort, reuseAddress)) return { errno: 'EADDRINUSE' };
  if (!kernel.routeTo(remote.place)) return { errno: 'ENETUNREACH' };
  if (localPort === undefined) {
    const port = kernel.table.ephemeralPort(remote);
    return port === undefined ? { errno: 'EADDRNOTAVAIL' } : { tcb: kernel.open(port, remote, name, AUTOMATIC) };
  }
  if (!kernel.table.pairIsFree(localPort, remote, 'bound')) return { errno: 'EADDRNOTAVAIL' };
  return { tcb: kernel.open(localPort, remote, name, { bound: true, reuseAddress }) };
}

/** The SYN leaves; connect() sleeps until the answer. */
export function startConnect(tcb: Tcb): void {
  tcb.enter(() => {
    openActively(tcb);
  });
}

/**
 * send() of `bytes`, or what is left of them (`tcp_sendmsg_locked`). Where fewer are taken the buffer is full: the caller sleeps
 * until its kernel says that the end is writable.
 * @param more MSG_MORE is set
 * @returns how many were taken; the errno when nothing can be: the pending error once, else EPIPE.
 */
export function send(tcb: Tcb, bytes: number, more = false): { readonly bytes: number } | Failure {
  if (tcb.error !== undefined || tcb.shutdownSend || (tcb.state !== 'ESTABLISHED' && tcb.state !== 'CLOSE_WAIT')) {
    return { errno: takeError(tcb) ?? 'EPIPE' };
  }
  const taken = sendMessage(tcb, bytes, more);
  tcb.writerSleeps = taken < bytes;
  tcb.entered();
  return { bytes: taken };
}

/**
 * recv() of everything that is there, or of at most so many bytes (`tcp_recvmsg_locked`). In this order: queued data, EOF already seen, the pending error
 * once, the own shutdown(SHUT_RD), end of a dead connection. @returns how many bytes, or the errno
 */
export function receive(tcb: Tcb, atMost?: number): number | Errno | 'would-block' {
  const { queue, fin } = tcb.rcv;
  const { bytes } = queue;
  if (bytes > 0) return atMost === undefined || bytes < atMost ? bytes : atMost;
  if (fin) return 0;
  if (tcb.error !== undefined) return takeError(tcb) as Errno;
  return tcb.state === 'CLOSED' || tcb.shutdownReceive ? 0 : 'would-block';
}

/** The bytes that `receive` announced were copied to the application. */
export function afterReceive(tcb: Tcb, bytes: number): void {
  copyToApplication(tcb, bytes);
  onApplicationRead(tcb, bytes);
  tcb.entered('reading');
}

/** close() of the last descriptor. */
export function close(tcb: Tcb): void {
  tcb.enter(() => {
    closeLast(tcb);
  });
}

/** How long close() sleeps: SO_LINGER with a time (`inet_release`). 0 = not at all. In µs. */
export function lingerTime(tcb: Tcb): Micros {
  return sleepTime(tcb, tcb.knob('SO_LINGER', 0) * SECOND);
}

/** How long a call sleeps that may sleep for `time`: in jiffies, and on a timer as any (`schedule_timeout`). */
export function sleepTime({ now, kernel }: Pick<Tcb, 'now' | 'kernel'>, time: Micros): Micros {
  const rounded = ceilToJiffy(time, kernel.hz);
  return rounded > 0 && kernel.timers === 'wheel' ? wheelExpiry(now, now + rounded, kernel.hz) - now : rounded;
}

/** close() of the last descriptor with SO_LINGER and a time: the FIN goes out, and the socket keeps its owner meanwhile. */
export function startLingering(tcb: Tcb): void {
  tcb.enter(() => {
    closeLast(tcb, 'stays-owned');
  });
}

/** Whether something sent is still to be acknowledged (`sk_stream_closing`). */
export function isClosing(tcb: Tcb): boolean {
  return tcb.state === 'FIN_WAIT_1' || tcb.state === 'CLOSING' || tcb.state === 'LAST_ACK';
}

/** The sleep in close() is over, or its process was killed in it. */
export function endLingering(tcb: Tcb): void {
  tcb.enter(() => {
    leaveOwnerless(tcb);
  });
}

export type ShutdownHow = 'SHUT_RD' | 'SHUT_WR';

/**
 * shutdown() (`inet_shutdown`). SHUT_RD tells nobody: data is taken and acknowledged as before, and recv() returns 0 once
 * there is none. @returns ENOTCONN when there is no connection. SHUT_WR after a FIN does nothing, successfully.
 */
export function shutdown(tcb: Tcb, how: ShutdownHow): Errno | undefined {
  if (tcb.state === 'CLOSED' || tcb.isTimeWaitEntry) return 'ENOTCONN';
  tcb.enter(() => {
    if (how === 'SHUT_RD') {
      tcb.shutdownReceive = true;
      tcb.kernel.readable(tcb);
    } else if (tcb.state === 'ESTABLISHED' || tcb.state === 'CLOSE_WAIT') {
      shutdownWriting(tcb);
    }
  });
  return undefined;
}

/** getsockopt(SO_ERROR): the pending error, or what the network said and nobody was told; either is gone then (`sk_getsockopt`). */
export function askForError(tcb: Tcb): Errno | undefined {
  const errno = takeError(tcb);
  if (errno !== undefined) return errno;
  const { softError } = tcb;
  tcb.softError = undefined;
  return softError;
}

/** The pending error, which the first call that reports it consumes. */
export function takeError(tcb: Tcb): Errno | undefined {
  const { error } = tcb;
  tcb.error = undefined;
  return error;
}
