/** recv() of a process: data, EOF or an error wakes it up (`tcp_recvmsg`, `sock_def_readable`). */
import type { Micros } from '../../base/time.ts';
import { close } from './close.ts';
import { connectReturns } from './connect.ts';
import type { StreamDescriptor } from './descriptors.ts';
import * as calls from './syscalls.ts';
import type { Process } from './process.ts';

/** Data, EOF or an error is there: the program's blocking call wakes up, at the same instant but after the kernel is done. */
export function wakeToRead(process: Process, descriptor: StreamDescriptor): void {
  if (descriptor.wakeScheduled) return;
  descriptor.wakeScheduled = true;
  process.later(() => {
    descriptor.wakeScheduled = false;
    if (descriptor.connecting && descriptor.tcb.state !== 'SYN_SENT') connectReturns(process, descriptor);
    readAll(process, descriptor);
  });
}

/** Reads until nothing is left or the program does not want any more. */
function readAll(process: Process, descriptor: StreamDescriptor): void {
  const { program } = process;
  const { tcb, talk } = descriptor;
  const { pace } = program;
  while (talk.reading && !talk.rests && !talk.sawEof && process.isOpen(descriptor)) {
    const result = calls.receive(tcb, pace?.bytes);
    if (result === 'would-block') {
      if (!program.blocks) process.returnCall('recv', tcb.place, 0, 'EAGAIN');
      return;
    }
    if ('errno' in result) {
      process.returnCall('recv', tcb.place, 0, result.errno);
      close(process, descriptor);
      program.onFailure(descriptor);
      return;
    }
    const returned = process.returnCall('recv', tcb.place, result.bytes);
    process.recorder.causedBy(returned, () => {
      calls.afterReceive(tcb, result.bytes);
      if (result.bytes === 0) program.onEof(descriptor);
      else program.onData(descriptor, result.bytes);
    });
    if (pace !== undefined && result.bytes > 0) rest(process, descriptor, pace.interval);
  }
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
