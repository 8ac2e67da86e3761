/**
 * send() of a process: it sleeps while the send buffer is full (`tcp_sendmsg_locked`, `sk_stream_wait_memory`), as long as SO_SNDTIMEO lets
 * it. A program has one thread for each connection: meanwhile it neither reads nor closes.
 */
import type { Errno } from '../../scenario/errno.ts';
import type { Micros } from '../../base/time.ts';
import { endSleep, limitSleep } from './call-timeout.ts';
import { close } from './close.ts';
import type { SendCall, StreamDescriptor } from './descriptors.ts';
import * as calls from './syscalls.ts';
import type { Process } from './process.ts';
import { wakeToRead } from './recv.ts';

/** Flags of send(). */
export interface SendFlags {
  readonly more?: boolean | undefined;
  readonly noSignal?: boolean | undefined;
}

/** A send() that has been entered. */
export function write(process: Process, descriptor: StreamDescriptor, bytes: number, flags: SendFlags = {}): void {
  const { more = false, noSignal = false } = flags;
  begin(process, descriptor, { bytes, left: bytes, more, noSignal });
}

/** It waits for the connection, or behind one that sleeps. */
export function begin(process: Process, descriptor: StreamDescriptor, call: SendCall): void {
  if (!process.running) return;
  if (descriptor.connecting) {
    if (process.program.blocks) {
      descriptor.tcb.writerAwaitsOpening = true;
      descriptor.pendingSends.push(call);
    } else {
      process.returnCall('send', descriptor.tcb.place, 0, 'EAGAIN');
    }
    return;
  }
  if (descriptor.sleepingSend === undefined) continueWrite(process, descriptor, call);
  else descriptor.pendingSends.push(call);
}

/** There is room in the send buffer, or an error: a send() that sleeps wakes up, then those behind it have their turn. */
export function wakeToWrite(process: Process, descriptor: StreamDescriptor): void {
  process.later(() => {
    const sleeping = descriptor.sleepingSend;
    if (sleeping === undefined || !process.isOpen(descriptor)) return;
    continueWrite(process, descriptor, sleeping);
    goOn(process, descriptor);
  });
}

/** What waited behind a send() that has returned: other calls of it, then close(), or what there is to read. */
function goOn(process: Process, descriptor: StreamDescriptor): void {
  while (descriptor.sleepingSend === undefined) {
    const next = descriptor.pendingSends.shift();
    if (next !== undefined) begin(process, descriptor, next);
    else if (descriptor.closesAfterSend) close(process, descriptor);
    else wakeToRead(process, descriptor);
    if (next === undefined) return;
  }
}

/** Goes on with a send() that began now or that slept. It returns when everything is taken, or when nothing more can be. */
function continueWrite(process: Process, descriptor: StreamDescriptor, call: SendCall): void {
  descriptor.sleepingSend = undefined;
  const { tcb } = descriptor;
  const result = calls.send(tcb, call.left, call.more);
  const before = call.bytes - call.left;
  if ('errno' in result) {
    endSleep(process, descriptor, 'send');
    // Some bytes were taken before: that is what it returns, and the error stays for the next call.
    if (before > 0 && result.errno !== 'EPIPE') tcb.error = result.errno;
    if (before > 0) process.returnCall('send', tcb.place, before);
    else failSend(process, descriptor, call, result.errno);
    return;
  }
  call.left -= result.bytes;
  if (call.left > 0 && process.program.blocks) {
    descriptor.sleepingSend = call;
    limitSleep(process, descriptor, 'send', (slept) => {
      giveUpSending(process, descriptor, slept);
    });
    return;
  }
  endSleep(process, descriptor, 'send');
  const taken = call.bytes - call.left;
  process.returnCall('send', tcb.place, taken, taken === 0 && call.bytes > 0 ? 'EAGAIN' : undefined);
  if (taken > 0) process.program.touch(descriptor);
}

/** send() fails. EPIPE comes with SIGPIPE (`sk_stream_error`): whoever has not seen to it does not hear of the error any more. */
export function failSend(process: Process, { tcb }: StreamDescriptor, call: SendCall, errno: Errno): void {
  if (errno === 'EPIPE' && !call.noSignal && process.takeSigpipe()) return;
  process.returnCall('send', tcb.place, 0, errno);
}

/** SO_SNDTIMEO is over: it returns what was taken so far, EAGAIN if nothing was. */
function giveUpSending(process: Process, descriptor: StreamDescriptor, slept: Micros): void {
  const { sleepingSend: call, tcb } = descriptor;
  if (call === undefined) return;
  descriptor.sleepingSend = undefined;
  tcb.writerSleeps = false;
  const taken = call.bytes - call.left;
  process.returnCall('send', tcb.place, taken === 0 ? slept : taken, taken === 0 ? 'EAGAIN' : undefined);
  goOn(process, descriptor);
}
