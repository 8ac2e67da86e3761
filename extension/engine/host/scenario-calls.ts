/** System calls and changes of mind that a scenario asks of a process, on its newest open connection of a name. */
import type { Micros } from '../../base/time.ts';
import type { CallName } from '../../scenario/expectation.ts';
import type { SocketOptionName } from '../../scenario/socket-option.ts';
import { endSleep } from './call-timeout.ts';
import { close } from './close.ts';
import { connectAgain } from './connect.ts';
import type { StreamDescriptor } from './descriptors.ts';
import { startPolling } from './poll-call.ts';
import type { Process } from './process.ts';
import { wakeToRead } from './recv.ts';
import type { SendFlags } from './send.ts';
import { write } from './send.ts';
import { setOption as apply } from './set-option.ts';
import * as calls from './syscalls.ts';

export function sendOn(process: Process, name: string, bytes: number, flags: SendFlags): void {
  const detail = flags.more === true ? 'MSG_MORE' : flags.noSignal === true ? 'MSG_NOSIGNAL' : '';
  onStream(process, name, { call: 'send', value: bytes, detail }, (descriptor) => {
    write(process, descriptor, bytes, flags);
  });
}

/** connect() once more, to where it was made for. */
export function connectOnceMore(process: Process, name: string): void {
  const { remote } = process.descriptors.named(name)?.tcb ?? { remote: { address: '', port: 0 } };
  onStream(process, name, { call: 'connect', value: remote.port, detail: remote.address }, (descriptor) => {
    connectAgain(process, descriptor);
  });
}

export function closeNamed(process: Process, name: string): void {
  onStream(process, name, { call: 'close' }, (descriptor) => {
    close(process, descriptor);
  });
}

/** shutdown(): acts on the socket, whoever else has a descriptor for it. */
export function shutdown(process: Process, name: string, how: calls.ShutdownHow): void {
  onStream(process, name, { call: 'shutdown', detail: how }, ({ tcb, talk }) => {
    process.returnCall('shutdown', tcb.place, 0, calls.shutdown(tcb, how));
    // A program that wants to hear no more does not ask any more.
    if (how === 'SHUT_RD') talk.reading = false;
  });
}

export function setOption(process: Process, name: string, option: SocketOptionName, value: number): void {
  onStream(process, name, { call: 'setsockopt', value, detail: option }, ({ tcb }) => {
    process.returnCall('setsockopt', tcb.place, 0, apply(tcb, option, value));
  });
}

export function getError(process: Process, name: string): void {
  onStream(process, name, { call: 'getsockopt', detail: 'SO_ERROR' }, ({ tcb }) => {
    process.returnCall('getsockopt', tcb.place, 0, calls.askForError(tcb));
  });
}

/** Waits in poll() from now on. */
export function poll(process: Process, name: string): void {
  onStream(process, name, { call: 'poll' }, (descriptor) => {
    startPolling(process, descriptor);
  });
}

/** From now on it reads what is there, or does not. */
export function setReading(process: Process, name: string, reading: boolean): void {
  const descriptor = process.descriptors.named(name);
  if (descriptor === undefined) return;
  descriptor.talk.reading = reading;
  if (!reading) endSleep(process, descriptor, 'recv');
  if (reading) wakeToRead(process, descriptor);
}

/** Sends `bytes` every `interval` from now on, and gives up after `limit` that nobody answered. */
export function startHeartbeat(process: Process, name: string, bytes: number, interval: Micros, limit: number): void {
  const descriptor = process.descriptors.named(name);
  if (descriptor !== undefined) process.program.startHeartbeat(descriptor, { bytes, interval, limit });
}

/** A call with a name: EBADF when no connection of that name is open. */
function onStream(
  process: Process,
  name: string,
  { call, value = 0, detail }: { readonly call: CallName; readonly value?: number; readonly detail?: string },
  work: (descriptor: StreamDescriptor) => void,
): void {
  const descriptor = process.descriptors.named(name);
  const entered = process.enterCall(call, descriptor?.tcb.place ?? process.place, value, detail);
  process.recorder.causedBy(entered, () => {
    if (descriptor === undefined) process.returnCall(call, process.place, 0, 'EBADF');
    else work(descriptor);
  });
}
