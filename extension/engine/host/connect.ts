/** connect() of a process: it sleeps until the handshake is over, as long as SO_SNDTIMEO lets it, unless its calls never block (`inet_stream_connect`). */
import type { Errno } from '../../scenario/errno.ts';
import type { Micros } from '../../base/time.ts';
import { endSleep, limitSleep } from './call-timeout.ts';
import type { StreamDescriptor } from './descriptors.ts';
import { close, forget } from './close.ts';
import { wakeToRead } from './recv.ts';
import type { RemoteSocket } from './remote.ts';
import { begin, failSend } from './send.ts';
import { setOption } from './set-option.ts';
import * as calls from './syscalls.ts';
import type { Process } from './process.ts';

export function connect(process: Process, remote: RemoteSocket, name: string, bound: calls.BoundPort): void {
  const { program } = process;
  const entered = process.enterCall('connect', process.place, remote.port, remote.address);
  process.recorder.causedBy(entered, () => {
    const result = calls.connect(process.kernel, remote, name, bound);
    if ('errno' in result) {
      process.returnCall('connect', process.place, 0, result.errno);
      return;
    }
    const { tcb } = result;
    const descriptor = process.addStream(tcb, name);
    descriptor.talk.reopen = () => {
      connect(process, remote, name, bound);
    };
    for (const [option, value] of program.options()) {
      process.enterCall('setsockopt', tcb.place, value, option);
      process.returnCall('setsockopt', tcb.place, 0, setOption(tcb, option, value));
    }
    descriptor.connecting = true;
    descriptor.opensActively = true;
    calls.startConnect(tcb);
    if (!program.blocks) process.returnCall('connect', tcb.place, 0, 'EINPROGRESS');
    limitSleep(process, descriptor, 'connect', (slept) => {
      giveUpConnecting(process, descriptor, slept);
    });
  });
}

/** The handshake is complete: connect() wakes up once the kernel is done. */
export function wakeConnected(process: Process, descriptor: StreamDescriptor): void {
  process.later(() => {
    if (descriptor.connecting) connectReturns(process, descriptor);
  });
}

/** The connection is open, or will never be: what waited for it has its turn. */
export function connectReturns(process: Process, descriptor: StreamDescriptor): void {
  const { program } = process;
  const { tcb } = descriptor;
  const errno = calls.takeError(tcb);
  descriptor.connecting = false;
  endSleep(process, descriptor, 'connect');
  // Who did not sleep in connect() asks for SO_ERROR, which consumes it as well.
  process.returnCall(program.blocks ? 'connect' : 'getsockopt', tcb.place, 0, errno);
  if (errno === undefined) {
    descriptor.toldConnected = program.blocks;
    returnOthers(process, descriptor);
    for (const call of descriptor.pendingSends.splice(0)) begin(process, descriptor, call);
    if (!process.isOpen(descriptor)) return;
    program.onConnection(descriptor);
    // From now on it sleeps in recv().
    if (tcb.options.has('SO_RCVTIMEO')) wakeToRead(process, descriptor);
    return;
  }
  returnOthers(process, descriptor, 'ECONNABORTED');
  failPendingSends(process, descriptor);
  // It may have died of SIGPIPE.
  if (!process.running) return;
  forget(process, descriptor);
  program.onFailure(descriptor);
}

/**
 * connect() on a socket that was told to connect before. While that goes on it is EALREADY, or it sleeps as well; the first one after that
 * tells how it ended; then it is EISCONN.
 */
export function connectAgain(process: Process, descriptor: StreamDescriptor): void {
  const { tcb } = descriptor;
  const isOpening = tcb.state === 'SYN_SENT' || tcb.state === 'SYN_RECEIVED';
  if (isOpening && process.program.blocks) {
    descriptor.othersConnecting += 1;
    return;
  }
  const errno = isOpening ? 'EALREADY' : descriptor.toldConnected || !descriptor.opensActively ? 'EISCONN' : undefined;
  if (errno === undefined) descriptor.toldConnected = true;
  process.returnCall('connect', tcb.place, 0, errno);
}

/** Other calls of connect() that sleep on it return too: the error was told already. */
function returnOthers(process: Process, descriptor: StreamDescriptor, errno?: Errno): void {
  for (; descriptor.othersConnecting > 0; descriptor.othersConnecting--) {
    process.returnCall('connect', descriptor.tcb.place, 0, errno);
  }
}

/** connect() has consumed the error, or there was none. */
function failPendingSends(process: Process, descriptor: StreamDescriptor): void {
  for (const call of descriptor.pendingSends) if (process.running) failSend(process, descriptor, call, 'EPIPE');
}

/** The kernel would go on trying, but the program has waited for long enough: it closes, as after any error. */
function giveUpConnecting(process: Process, descriptor: StreamDescriptor, slept: Micros): void {
  descriptor.connecting = false;
  const returned = process.returnCall('connect', descriptor.tcb.place, slept, 'EINPROGRESS');
  returnOthers(process, descriptor, 'EALREADY');
  process.recorder.causedBy(returned, () => {
    failPendingSends(process, descriptor);
    if (!process.running) return;
    close(process, descriptor);
    process.program.onFailure(descriptor);
  });
}
