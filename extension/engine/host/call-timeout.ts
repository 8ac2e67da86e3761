/** Calls that give up waiting: SO_RCVTIMEO and SO_SNDTIMEO (`sock_rcvtimeo`, `sock_sndtimeo`). The connection knows nothing of it. */
import type { Micros } from '../../base/time.ts';
import { MILLISECOND } from '../../base/time.ts';
import type { Scheduled } from '../scheduler.ts';
import type { StreamDescriptor } from './descriptors.ts';
import type { Process } from './process.ts';
import { sleepTime } from './syscalls.ts';

/** The calls that sleep on a descriptor. */
export interface Sleeps {
  /** Ends a recv(), a connect() or a send(); undefined while none sleeps, or it may for ever. */
  recv: Scheduled | undefined;
  connect: Scheduled | undefined;
  send: Scheduled | undefined;
}

const OPTIONS = { recv: 'SO_RCVTIMEO', connect: 'SO_SNDTIMEO', send: 'SO_SNDTIMEO' } as const;

/**
 * The call goes to sleep: when it has slept for as long as its option says, `giveUp` is told how long that was. One that sleeps
 * already sleeps on. Setting the option wakes nobody.
 */
export function limitSleep(
  process: Process,
  descriptor: StreamDescriptor,
  call: keyof Sleeps,
  giveUp: (slept: Micros) => void,
): void {
  const { sleeps, tcb } = descriptor;
  const limit = tcb.knob(OPTIONS[call], 0) * MILLISECOND;
  if (limit === 0 || !process.program.blocks || sleeps[call] !== undefined) return;
  const slept = sleepTime(tcb, limit);
  sleeps[call] = process.later(() => {
    sleeps[call] = undefined;
    if (process.isOpen(descriptor)) giveUp(slept);
  }, slept);
}

/** The call returns for another reason. */
export function endSleep(process: Process, { sleeps }: StreamDescriptor, call: keyof Sleeps): void {
  const timeout = sleeps[call];
  if (timeout === undefined) return;
  process.cancel(timeout);
  sleeps[call] = undefined;
}

/** Nobody waits on it any more. */
export function endSleeps(process: Process, descriptor: StreamDescriptor): void {
  endSleep(process, descriptor, 'recv');
  endSleep(process, descriptor, 'connect');
  endSleep(process, descriptor, 'send');
}
