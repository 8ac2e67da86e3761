/** listen() and accept() of a process: who sleeps, who wakes, how long the queue is (`inet_csk_accept`, `inet_csk_wait_for_connect`). */
import { MILLISECOND } from '../../base/time.ts';
import type { SocketOptionName } from '../../scenario/socket-option.ts';
import type { ListeningDescriptor } from './descriptors.ts';
import type { Listener } from './listener.ts';
import { wakeToRead } from './recv.ts';
import { inForce, refusal } from './set-option.ts';
import type { Acceptor } from './socket.ts';
import * as calls from './syscalls.ts';
import type { Process } from './process.ts';

/** Opens a listener with the program's options, and waits for connections. */
export function listen(process: Process, port: number, backlog: number, reuseAddress: boolean): void {
  const options = new Map<SocketOptionName, number>();
  for (const [option, value] of process.program.options()) {
    process.enterCall('setsockopt', process.place, value, option);
    const errno = refusal(process.kernel, option, value);
    if (errno === undefined) options.set(option, inForce(option, value, options, process.kernel.sysctls));
    process.returnCall('setsockopt', process.place, 0, errno);
  }
  process.enterCall('listen', process.place, port);
  const acceptors: Acceptor[] = [];
  const wanted = { port, reuseAddress, process: process.place, backlog, options };
  const result = calls.listen(process.kernel, wanted, {
    onEstablished: () => acceptors.shift()?.wake(),
    onQueueChanged: (listener) => {
      watchQueue(process, listener);
    },
  });
  if ('errno' in result) {
    process.returnCall('listen', process.place, 0, result.errno);
    return;
  }
  const { listener } = result;
  waitToAccept(process, process.descriptors.listening({ kind: 'listening', listener, holders: [], acceptors }));
  process.returnCall('listen', process.place, backlog);
}

/** From now on it calls accept(), or does not: what waits, waits. */
export function setAccepting(process: Process, willing: boolean): void {
  process.accepting.willing = willing;
  process.accepting.round += 1;
  for (const descriptor of process.descriptors.all()) {
    if (descriptor.kind !== 'listening') continue;
    stopWaiting(process, descriptor);
    if (willing) accept(process, descriptor, process.accepting.round);
  }
}

/** Sleeps in accept(), behind all who sleep there already. */
export function waitToAccept(process: Process, descriptor: ListeningDescriptor): void {
  if (!process.program.accepts || !process.accepting.willing) return;
  const { round } = process.accepting;
  const { acceptors } = descriptor.socket;
  const sleeper: Acceptor = {
    process: process.place,
    wake: () => {
      process.later(() => {
        accept(process, descriptor, round);
      });
    },
  };
  acceptors.push(sleeper);
  limitAccept(process, descriptor, sleeper);
}

/** One that has slept for as long as SO_RCVTIMEO lets it returns empty-handed, and is called again (`inet_csk_wait_for_connect`). */
function limitAccept(process: Process, descriptor: ListeningDescriptor, sleeper: Acceptor): void {
  const { acceptors, listener } = descriptor.socket;
  const limit = (listener.options.get('SO_RCVTIMEO') ?? 0) * MILLISECOND;
  if (limit === 0 || !process.program.blocks) return;
  const { kernel } = process;
  const slept = calls.sleepTime({ now: kernel.scheduler.now, kernel }, limit);
  process.later(() => {
    const own = acceptors.indexOf(sleeper);
    if (own < 0) return;
    acceptors.splice(own, 1);
    process.returnCall('accept', process.place, slept, 'EAGAIN');
    waitToAccept(process, descriptor);
  }, slept);
}

/** This process accepts no more: a connection that it was woken for wakes the next. */
export function leaveToOthers(process: Process, descriptor: ListeningDescriptor): void {
  const { acceptors, listener } = descriptor.socket;
  stopWaiting(process, descriptor);
  if (listener.queueLength > 0) acceptors.shift()?.wake();
}

function stopWaiting(process: Process, { socket: { acceptors } }: ListeningDescriptor): void {
  const own = acceptors.findIndex((acceptor) => acceptor.process === process.place);
  if (own >= 0) acceptors.splice(own, 1);
}

/** @param round in which it set out to do this: nothing happens if it has stopped and resumed since */
function accept(process: Process, descriptor: ListeningDescriptor, round: number): void {
  const { program, accepting } = process;
  if (round !== accepting.round || !accepting.willing || !program.accepts) return;
  const tcb = descriptor.socket.listener.accept();
  if (tcb === undefined) {
    waitToAccept(process, descriptor);
    return;
  }
  const accepted = process.addStream(tcb, process.kernel.connectionName(tcb));
  process.returnCall('accept', tcb.place, accepted.fd);
  program.onConnection(accepted);
  // A greeting to somebody who has gone may have brought SIGPIPE.
  if (!process.running) return;
  wakeToRead(process, accepted);
  process.later(() => {
    accept(process, descriptor, round);
  }, program.acceptInterval);
}

/** Records how many connections wait to be accepted once the instant is over: those that are accepted at once never waited. */
function watchQueue(process: Process, listener: Listener): void {
  const { watched, queueLengths } = process.accepting;
  if (watched.has(listener)) return;
  watched.add(listener);
  // Behind those whom this very connection wakes.
  process.later(() => {
    process.later(() => {
      watched.delete(listener);
      const { port, queueLength: length, backlog: limit } = listener;
      if (length === (queueLengths.get(listener) ?? 0)) return;
      queueLengths.set(listener, length);
      process.recorder.record('listener.queue', process.place, { port, length, limit });
    });
  });
}
