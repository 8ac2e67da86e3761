/** recv() of a process: data, EOF or an error wakes it up (`tcp_recvmsg`, `sock_def_readable`), or SO_RCVTIMEO. */
import type { Micros } from '../../base/time.ts';
import type { Errno } from '../../scenario/errno.ts';
import { endSleep, limitSleep } from './call-timeout.ts';
import { close } from './close.ts';
import { connectReturns } from './connect.ts';
import type { StreamDescriptor } from './descriptors.ts';
import { isWorthReading } from '../tcp/low-water.ts';
import * as calls from './syscalls.ts';
import type { Process } from './process.ts';

/** Data, EOF or an error is there: the program's blocking call wakes up, at the same instant but after the kernel is done. */
export function wakeToRead(process: Process, descriptor: StreamDescriptor): void {
  descriptor.wakeToRead ??= makeWakeUp(process, descriptor);
  descriptor.wakeToRead();
}

function makeWakeUp(process: Process, descriptor: StreamDescriptor): () => void {
  return process.wakeUp(() => {
    if (descriptor.connecting && descriptor.tcb.state !== 'SYN_SENT') connectReturns(process, descriptor);
    readAll(process, descriptor);
  });
}

/** recv(), again and again, until nothing is left, the connection ends, or the program does not want any more or sleeps in send(). */
function readAll(process: Process, descriptor: StreamDescriptor): void {
  const { program } = process;
  const { tcb, talk } = descriptor;
  while (talk.reading && !talk.rests && !talk.sawEof && descriptor.sleepingSend === undefined && descriptor.isOpen) {
    const sleeps = tcb.option('SO_RCVLOWAT') !== undefined && sleepsForMore(process, descriptor);
    const result = sleeps ? 'would-block' : calls.receive(tcb, program.pace?.bytes);
    if (result === 'would-block') {
      if (!program.blocks) process.returnCall('recv', tcb.place, 0, 'EAGAIN');
      else if (tcb.option('SO_RCVTIMEO') !== undefined) sleep(process, descriptor);
      return;
    }
    if (descriptor.sleeps.recv !== undefined) endSleep(process, descriptor, 'recv');
    if (typeof result !== 'number') {
      fail(process, descriptor, result);
      return;
    }
    take(process, descriptor, result);
  }
}

/** recv() returns data, or 0 at the end. */
function take(process: Process, descriptor: StreamDescriptor, bytes: number): void {
  const { program, recorder } = process;
  const { tcb } = descriptor;
  const before = recorder.cause;
  recorder.cause = process.returnCall('recv', tcb.place, bytes);
  calls.afterReceive(tcb, bytes);
  if (bytes === 0) program.onEof(descriptor);
  else program.onData(descriptor, bytes);
  recorder.cause = before;
  const { pace } = program;
  if (pace !== undefined && bytes > 0) rest(process, descriptor, pace.interval);
}

/** recv() returns an error: the program closes. */
function fail(process: Process, descriptor: StreamDescriptor, errno: Errno): void {
  process.returnCall('recv', descriptor.tcb.place, 0, errno);
  close(process, descriptor);
  process.program.onFailure(descriptor);
}

/** Fewer bytes are there than SO_RCVLOWAT asks for, and more may come: a recv() that may sleep does. */
function sleepsForMore({ program }: Process, { tcb }: StreamDescriptor): boolean {
  if (!program.blocks || tcb.rcv.queue.bytes === 0) return false;
  return (
    !tcb.rcv.fin && !tcb.shutdownReceive && tcb.error === undefined && tcb.state !== 'CLOSED' && !isWorthReading(tcb)
  );
}

/** Nothing is there yet. With SO_RCVTIMEO, one that has waited for long enough gives the connection up, as after any error. */
function sleep(process: Process, descriptor: StreamDescriptor): void {
  limitSleep(process, descriptor, 'recv', (slept) => {
    if (!descriptor.talk.reading) return;
    const { tcb } = descriptor;
    const few = calls.receive(tcb, process.program.pace?.bytes);
    if (few !== 'would-block') {
      // Less than SO_RCVLOWAT asks for, but not nothing.
      if (typeof few === 'number') {
        take(process, descriptor, few);
        readAll(process, descriptor);
      } else {
        fail(process, descriptor, few);
      }
      return;
    }
    const returned = process.returnCall('recv', tcb.place, slept, 'EAGAIN');
    process.recorder.causedBy(returned, () => {
      close(process, descriptor);
      process.program.onFailure(descriptor);
    });
  });
}

/** Reads on only after `interval`. */
function rest(process: Process, descriptor: StreamDescriptor, interval: Micros): void {
  const { talk } = descriptor;
  talk.rests = true;
  process.later(() => {
    talk.rests = false;
    readAll(process, descriptor);
  }, interval);
}
