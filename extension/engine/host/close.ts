/** close() of a process: the last descriptor closes the socket, and may sleep meanwhile (`inet_release`, `sk_stream_wait_close`). */
import { leaveToOthers } from './accept.ts';
import { endSleeps } from './call-timeout.ts';
import type { Descriptor, StreamDescriptor } from './descriptors.ts';
import * as calls from './syscalls.ts';
import type { Process } from './process.ts';
import type { Tcb } from '../tcp/tcb.ts';

/** A program that sleeps in send() closes when that has returned. */
export function close(process: Process, descriptor: StreamDescriptor): void {
  if (!process.isOpen(descriptor)) return;
  if (descriptor.sleepingSend !== undefined) {
    descriptor.closesAfterSend = true;
    return;
  }
  const { tcb } = descriptor;
  const isLast = descriptor.socket.holders.length === 1;
  const lingers = isLast ? calls.lingerTime(tcb) : 0;
  if (lingers === 0) {
    release(process, descriptor);
    process.returnCall('close', tcb.place, 0);
  } else {
    forget(process, descriptor);
    calls.startLingering(tcb);
    wakeLingererIn(process, tcb, lingers);
    wakeLingerer(process, tcb);
  }
}

/** close() sleeps until what it sent is acknowledged, the connection is gone or the time is over. */
export function wakeLingerer(process: Process, tcb: Tcb): void {
  const timeout = process.lingering.get(tcb);
  if (timeout === undefined || calls.isClosing(tcb)) return;
  process.cancel(timeout);
  wakeLingererIn(process, tcb, 0);
}

function wakeLingererIn(process: Process, tcb: Tcb, delay: number): void {
  const entry = process.later(() => {
    process.lingering.delete(tcb);
    calls.endLingering(tcb);
    process.returnCall('close', tcb.place, 0);
  }, delay);
  process.lingering.set(tcb, entry);
}

/** One descriptor less; the last one closes the socket. */
export function release(process: Process, descriptor: Descriptor): void {
  if (descriptor.kind === 'listening') {
    const isLast = process.descriptors.remove(descriptor);
    if (isLast) process.kernel.closeListener(descriptor.socket.listener);
    else leaveToOthers(process, descriptor);
    return;
  }
  forget(process, descriptor);
  const [other] = descriptor.socket.holders;
  if (other === undefined) calls.close(descriptor.tcb);
  else process.kernel.assignProcess(descriptor.tcb, other);
}

/** The descriptor is gone, whatever becomes of the socket. */
export function forget(process: Process, descriptor: StreamDescriptor): void {
  process.program.onClosed(descriptor);
  endSleeps(process, descriptor);
  process.descriptors.remove(descriptor);
}
