import type { Micros } from '../../base/time.ts';
import type { Errno } from '../../scenario/errno.ts';
import type { CallName } from '../../scenario/expectation.ts';
import type { BehaviourPlan } from '../../scenario/plan.ts';
import type { SocketOptionName } from '../../scenario/socket-option.ts';
import type { EventFields, EventId, PlaceId } from '../../trace/event.ts';
import type { Recorder } from '../recorder.ts';
import type { Clock, Scheduled } from '../scheduler.ts';
import type { Tcb } from '../tcp/tcb.ts';
import type { Descriptor, ListeningDescriptor, StreamDescriptor } from './descriptors.ts';
import { DescriptorTable } from './descriptors.ts';
import type { Kernel } from './kernel.ts';
import type { Listener } from './listener.ts';
import { addedEvents, pollEvents } from './poll.ts';
import type { ProgramCalls } from './program.ts';
import { Program } from './program.ts';
import type { RemoteSocket } from './remote.ts';
import type { Acceptor } from './socket.ts';
import * as calls from './syscalls.ts';

/** A process: its descriptors, its system calls, and the program that it runs. */
export class Process implements ProgramCalls {
  readonly name: string;
  readonly place: PlaceId;
  running = true;
  private readonly scheduler: Clock;
  private readonly recorder: Recorder;
  private readonly program: Program;
  private readonly descriptors: DescriptorTable;
  /** Everything that the program has scheduled: dies with it. */
  private readonly pending = new Set<Scheduled>();
  /** close() calls that sleep (SO_LINGER), with what wakes them. */
  private readonly lingering = new Map<Tcb, Scheduled>();
  private kernel: Kernel;

  /** Whether it calls accept(), as the scenario last said; changes begin a new round. */
  private willing = true;
  private acceptRound = 0;
  /** Listeners whose accept queue changed in this instant, and how long each was when last recorded. */
  private readonly watched = new Set<Listener>();
  private readonly queueLengths = new Map<Listener, number>();

  constructor(init: {
    readonly name: string;
    readonly place: PlaceId;
    readonly scheduler: Clock;
    readonly recorder: Recorder;
    readonly behaviours: readonly BehaviourPlan[];
    readonly kernel: Kernel;
  }) {
    this.name = init.name;
    this.place = init.place;
    this.scheduler = init.scheduler;
    this.recorder = init.recorder;
    this.kernel = init.kernel;
    this.program = new Program(init.behaviours, this);
    this.descriptors = new DescriptorTable(init.place);
  }

  // ---- life and death ----

  start(kernel: Kernel): void {
    this.kernel = kernel;
    this.running = true;
    this.willing = true;
    this.recorder.record('process.state', this.place, { running: true, reason: 'started' });
  }

  /** fork(): `child` begins with copies of all descriptors, and goes to sleep in the same calls (`dup_fd`). */
  fork(child: Process): void {
    child.kernel = this.kernel;
    child.running = true;
    const born = this.recorder.record('process.state', child.place, { running: true, reason: 'forked' });
    this.recorder.causedBy(born, () => {
      for (const descriptor of this.descriptors.all()) child.inherit(descriptor);
    });
  }

  private inherit(descriptor: Descriptor): void {
    if (descriptor.kind === 'listening') {
      this.waitToAccept(this.descriptors.listening(descriptor.socket));
      return;
    }
    const own = this.descriptors.stream(descriptor.socket, this.program.newConversation());
    this.program.touch(own);
    this.wakeToRead(own);
  }

  /** The process ends by any means: its kernel closes its descriptors in ascending order (`close_files`). */
  end(reason: EventFields<'process.state'>['reason']): void {
    this.running = false;
    const ended = this.recorder.record('process.state', this.place, { running: false, reason });
    for (const entry of this.pending) entry.cancelled = true;
    this.pending.clear();
    this.watched.clear();
    this.queueLengths.clear();
    this.recorder.causedBy(ended, () => {
      if (reason === 'host-off') return;
      for (const tcb of this.lingering.keys()) calls.endLingering(tcb);
      for (const descriptor of this.descriptors.all()) this.release(descriptor);
    });
    this.lingering.clear();
    this.descriptors.reset();
  }

  // ---- system calls that the scenario asks for ----

  listen(port: number, backlog: number, reuseAddress: boolean): void {
    const options = new Map<SocketOptionName, number>();
    for (const [option, value] of this.program.options()) {
      this.enterCall('setsockopt', this.place, value, option);
      options.set(option, value);
      this.returnCall('setsockopt', this.place, 0);
    }
    this.enterCall('listen', this.place, port, '');
    const acceptors: Acceptor[] = [];
    const wanted = { port, reuseAddress, process: this.place, backlog, options };
    const result = calls.listen(this.kernel, wanted, {
      onEstablished: () => acceptors.shift()?.wake(),
      onQueueChanged: (listener) => {
        this.watchQueue(listener);
      },
    });
    if ('errno' in result) {
      this.returnCall('listen', this.place, 0, result.errno);
      return;
    }
    const descriptor = this.descriptors.listening({
      kind: 'listening',
      listener: result.listener,
      holders: [],
      acceptors,
    });
    this.waitToAccept(descriptor);
    this.returnCall('listen', this.place, backlog);
  }

  /** From now on it calls accept(), or does not: what waits, waits. */
  setAccepting(willing: boolean): void {
    this.willing = willing;
    this.acceptRound += 1;
    for (const descriptor of this.descriptors.all()) {
      if (descriptor.kind !== 'listening') continue;
      const { acceptors } = descriptor.socket;
      const own = acceptors.findIndex(({ process }) => process === this.place);
      if (own >= 0) acceptors.splice(own, 1);
      if (willing) this.accept(descriptor, this.acceptRound);
    }
  }

  connect(remote: RemoteSocket, name: string, bound: calls.BoundPort = {}): void {
    const entered = this.enterCall('connect', this.place, remote.port, remote.address);
    this.recorder.causedBy(entered, () => {
      const result = calls.connect(this.kernel, remote, name, bound);
      if ('errno' in result) {
        this.returnCall('connect', this.place, 0, result.errno);
        return;
      }
      const descriptor = this.addStream(result.tcb, name);
      descriptor.talk.reopen = () => {
        this.connect(remote, name, bound);
      };
      for (const [option, value] of this.program.options()) {
        this.enterCall('setsockopt', result.tcb.place, value, option);
        calls.setOption(result.tcb, option, value);
        this.returnCall('setsockopt', result.tcb.place, 0);
      }
      descriptor.connecting = true;
      calls.startConnect(result.tcb);
      if (!this.program.blocks) this.returnCall('connect', result.tcb.place, 0, 'EINPROGRESS');
    });
  }

  sendOn(name: string, bytes: number): void {
    this.withStream(name, 'send', bytes, (descriptor) => {
      this.write(descriptor, bytes);
    });
  }

  closeNamed(name: string): void {
    this.withStream(name, 'close', 0, (descriptor) => {
      this.close(descriptor);
    });
  }

  /** shutdown(): acts on the socket, whoever else has a descriptor for it. */
  shutdown(name: string, how: calls.ShutdownHow): void {
    this.withStream(
      name,
      'shutdown',
      0,
      (descriptor) => {
        const { tcb } = descriptor;
        this.returnCall('shutdown', tcb.place, 0, calls.shutdown(tcb, how));
        // A program that wants to hear no more does not ask any more.
        if (how === 'SHUT_RD') descriptor.talk.reading = false;
      },
      how,
    );
  }

  setOption(name: string, option: SocketOptionName, value: number): void {
    this.withStream(
      name,
      'setsockopt',
      value,
      ({ tcb }) => {
        calls.setOption(tcb, option, value);
        this.returnCall('setsockopt', tcb.place, 0);
      },
      option,
    );
  }

  /** Waits in poll() from now on. */
  poll(name: string): void {
    this.withStream(name, 'poll', 0, (descriptor) => {
      const { tcb } = descriptor;
      descriptor.polled = 0;
      const before = tcb.onEntered;
      tcb.onEntered = () => {
        before?.();
        this.look(descriptor);
      };
      this.look(descriptor);
    });
  }

  /** poll() returns when there is something that it has not told yet. */
  private look(descriptor: StreamDescriptor): void {
    if (descriptor.polled === undefined || !this.isOpen(descriptor)) return;
    const events = pollEvents(descriptor.tcb);
    const tells = addedEvents(descriptor.polled, events);
    descriptor.polled = events;
    if (tells) this.returnCall('poll', descriptor.tcb.place, events);
  }

  setReading(name: string, reading: boolean): void {
    const descriptor = this.descriptors.named(name);
    if (descriptor === undefined) return;
    descriptor.talk.reading = reading;
    if (reading) this.wakeToRead(descriptor);
  }

  startHeartbeat(name: string, bytes: number, interval: Micros, limit: number): void {
    const descriptor = this.descriptors.named(name);
    if (descriptor !== undefined) this.program.startHeartbeat(descriptor, { bytes, interval, limit });
  }

  /** Whether a connection of that name is open in this process. */
  has(name: string): boolean {
    return this.descriptors.named(name) !== undefined;
  }

  // ---- what the kernel tells it ----

  /** The descriptor of an end, when this process holds one. */
  descriptorOf(tcb: Tcb): StreamDescriptor | undefined {
    return this.descriptors.of(tcb);
  }

  /** The handshake is complete: connect() wakes up once the kernel is done. */
  wakeConnected(descriptor: StreamDescriptor): void {
    this.later(() => {
      if (descriptor.connecting) this.onConnectDone(descriptor);
    });
  }

  /** Data, EOF or an error is there: the program's blocking call wakes up, at the same instant but after the kernel is done. */
  wakeToRead(descriptor: StreamDescriptor): void {
    if (descriptor.wakeScheduled) return;
    descriptor.wakeScheduled = true;
    this.later(() => {
      descriptor.wakeScheduled = false;
      if (descriptor.connecting && descriptor.tcb.state !== 'SYN_SENT') this.onConnectDone(descriptor);
      this.readAll(descriptor);
    });
  }

  /** Sleeps in accept(), behind all who sleep there already. */
  private waitToAccept(descriptor: ListeningDescriptor): void {
    if (!this.program.accepts || !this.willing) return;
    const round = this.acceptRound;
    const wake = (): void => {
      this.later(() => {
        this.accept(descriptor, round);
      });
    };
    descriptor.socket.acceptors.push({ process: this.place, wake });
  }

  /** `round`: it has not stopped and resumed since it set out to do this. */
  private accept(descriptor: ListeningDescriptor, round: number): void {
    if (round !== this.acceptRound || !this.willing || !this.program.accepts) return;
    const { listener } = descriptor.socket;
    const tcb = listener.accept();
    if (tcb === undefined) {
      this.waitToAccept(descriptor);
      return;
    }
    const accepted = this.addStream(tcb, this.kernel.connectionName(tcb));
    this.returnCall('accept', tcb.place, accepted.fd);
    this.program.onConnection(accepted);
    this.wakeToRead(accepted);
    this.later(() => {
      this.accept(descriptor, round);
    }, this.program.acceptInterval);
  }

  /** Records how many connections wait to be accepted once the instant is over: those that are accepted at once never waited. */
  private watchQueue(listener: Listener): void {
    if (this.watched.has(listener)) return;
    this.watched.add(listener);
    // Behind those whom this very connection wakes.
    this.later(() => {
      this.later(() => {
        this.watched.delete(listener);
        const { port, queueLength: length, backlog: limit } = listener;
        if (length === (this.queueLengths.get(listener) ?? 0)) return;
        this.queueLengths.set(listener, length);
        this.recorder.record('listener.queue', this.place, { port, length, limit });
      });
    });
  }

  private onConnectDone(descriptor: StreamDescriptor): void {
    const { tcb } = descriptor;
    const errno = calls.takeError(tcb);
    descriptor.connecting = false;
    // Who did not sleep in connect() asks for SO_ERROR, which consumes it as well.
    this.returnCall(this.program.blocks ? 'connect' : 'getsockopt', tcb.place, 0, errno);
    if (errno === undefined) {
      for (const bytes of descriptor.pendingSends.splice(0)) this.write(descriptor, bytes);
      this.program.onConnection(descriptor);
      return;
    }
    // connect() has consumed the error.
    for (let left = descriptor.pendingSends.length; left > 0; left--) this.returnCall('send', tcb.place, 0, 'EPIPE');
    this.forget(descriptor);
    this.program.onFailure(descriptor);
  }

  private readAll(descriptor: StreamDescriptor): void {
    const { tcb, talk } = descriptor;
    const { pace } = this.program;
    while (talk.reading && !talk.rests && !talk.sawEof && this.isOpen(descriptor)) {
      const result = calls.receive(tcb, pace?.bytes);
      if (result === 'would-block') {
        if (!this.program.blocks) this.returnCall('recv', tcb.place, 0, 'EAGAIN');
        return;
      }
      if ('errno' in result) {
        this.returnCall('recv', tcb.place, 0, result.errno);
        this.close(descriptor);
        this.program.onFailure(descriptor);
        return;
      }
      const returned = this.returnCall('recv', tcb.place, result.bytes);
      this.recorder.causedBy(returned, () => {
        calls.afterReceive(tcb, result.bytes);
        if (result.bytes === 0) this.program.onEof(descriptor);
        else this.program.onData(descriptor, result.bytes);
      });
      if (pace !== undefined && result.bytes > 0) this.rest(descriptor, pace.interval);
    }
  }

  /** Reads on only after `interval`. */
  private rest(descriptor: StreamDescriptor, interval: Micros): void {
    const { talk } = descriptor;
    talk.rests = true;
    this.later(() => {
      talk.rests = false;
      this.readAll(descriptor);
    }, interval);
  }

  // ---- what its program asks for ----

  send(descriptor: StreamDescriptor, bytes: number): void {
    const entered = this.enterCall('send', descriptor.tcb.place, bytes, '');
    this.recorder.causedBy(entered, () => {
      this.write(descriptor, bytes);
    });
  }

  close(descriptor: StreamDescriptor): void {
    if (!this.isOpen(descriptor)) return;
    const { tcb } = descriptor;
    const isLast = descriptor.socket.holders.length === 1;
    const lingers = isLast ? calls.lingerTime(tcb) : 0;
    if (lingers === 0) {
      this.release(descriptor);
      this.returnCall('close', tcb.place, 0);
    } else {
      this.forget(descriptor);
      calls.startLingering(tcb);
      this.lingering.set(
        tcb,
        this.later(() => {
          this.endLinger(tcb);
        }, lingers),
      );
      this.stateChanged(tcb);
    }
  }

  /** close() sleeps until what it sent is acknowledged, the connection is gone or the time is over (`sk_stream_wait_close`). */
  stateChanged(tcb: Tcb): void {
    const timeout = this.lingering.get(tcb);
    if (timeout === undefined || calls.isClosing(tcb)) return;
    this.cancel(timeout);
    this.lingering.set(
      tcb,
      this.later(() => {
        this.endLinger(tcb);
      }),
    );
  }

  private endLinger(tcb: Tcb): void {
    this.lingering.delete(tcb);
    calls.endLingering(tcb);
    this.returnCall('close', tcb.place, 0);
  }

  isOpen(descriptor: StreamDescriptor): boolean {
    return this.descriptors.of(descriptor.tcb) === descriptor;
  }

  decide(what: EventFields<'app.decided'>['what'], descriptor: StreamDescriptor, value: number): EventId {
    return this.recorder.record('app.decided', descriptor.tcb.place, { what, process: this.place, value });
  }

  later(work: () => void, delay: Micros = 0): Scheduled {
    const { cause } = this.recorder;
    const entry = this.scheduler.at(this.scheduler.now + delay, () => {
      this.pending.delete(entry);
      this.recorder.causedBy(cause, work);
    });
    this.pending.add(entry);
    return entry;
  }

  cancel(entry: Scheduled): void {
    entry.cancelled = true;
    this.pending.delete(entry);
  }

  causedBy(cause: EventId, work: () => void): void {
    this.recorder.causedBy(cause, work);
  }

  private write(descriptor: StreamDescriptor, bytes: number): void {
    if (descriptor.connecting) {
      if (this.program.blocks) descriptor.pendingSends.push(bytes);
      else this.returnCall('send', descriptor.tcb.place, 0, 'EAGAIN');
      return;
    }
    if (descriptor.sleepingSend === undefined) this.continueWrite(descriptor, { left: bytes, bytes });
    else descriptor.pendingSends.push(bytes);
  }

  /** Goes on with a send() that began now or that slept. It returns when everything is taken, or when nothing more can be. */
  private continueWrite(descriptor: StreamDescriptor, call: NonNullable<StreamDescriptor['sleepingSend']>): void {
    descriptor.sleepingSend = undefined;
    const { tcb } = descriptor;
    const result = calls.send(tcb, call.left);
    const before = call.bytes - call.left;
    if ('errno' in result) {
      // Some bytes were taken before: that is what it returns, and the error stays for the next call.
      if (before > 0 && result.errno !== 'EPIPE') tcb.error = result.errno;
      this.returnCall('send', tcb.place, before, before > 0 ? undefined : result.errno);
      return;
    }
    call.left -= result.bytes;
    if (call.left > 0 && this.program.blocks) {
      descriptor.sleepingSend = call;
      return;
    }
    const taken = call.bytes - call.left;
    this.returnCall('send', tcb.place, taken, taken === 0 && call.bytes > 0 ? 'EAGAIN' : undefined);
    if (taken > 0) this.program.touch(descriptor);
  }

  /** There is room in the send buffer, or an error: a send() that sleeps wakes up, then those behind it have their turn. */
  wakeToWrite(descriptor: StreamDescriptor): void {
    this.later(() => {
      const sleeping = descriptor.sleepingSend;
      if (sleeping === undefined || !this.isOpen(descriptor)) return;
      this.continueWrite(descriptor, sleeping);
      while (descriptor.sleepingSend === undefined && descriptor.pendingSends.length > 0) {
        this.write(descriptor, descriptor.pendingSends.shift() ?? 0);
      }
    });
  }

  /** One descriptor less; the last one closes the socket. */
  private release(descriptor: Descriptor): void {
    if (descriptor.kind === 'listening') {
      const isLast = this.descriptors.remove(descriptor);
      if (isLast) this.kernel.closeListener(descriptor.socket.listener);
      else this.leaveToOthers(descriptor);
      return;
    }
    this.forget(descriptor);
    const [other] = descriptor.socket.holders;
    if (other === undefined) calls.close(descriptor.tcb);
    else this.kernel.assignProcess(descriptor.tcb, other);
  }

  private forget(descriptor: StreamDescriptor): void {
    this.program.onClosed(descriptor);
    this.descriptors.remove(descriptor);
  }

  /** This process accepts no more: a connection that it was woken for wakes the next. */
  private leaveToOthers({ socket: { acceptors, listener } }: ListeningDescriptor): void {
    const own = acceptors.findIndex(({ process }) => process === this.place);
    if (own >= 0) acceptors.splice(own, 1);
    if (listener.queueLength > 0) acceptors.shift()?.wake();
  }

  private addStream(tcb: Tcb, name: string): StreamDescriptor {
    this.kernel.assignProcess(tcb, this.place);
    return this.descriptors.stream({ kind: 'stream', tcb, name, holders: [] }, this.program.newConversation());
  }

  private withStream(
    name: string,
    call: CallName,
    value: number,
    work: (descriptor: StreamDescriptor) => void,
    detail = '',
  ): void {
    const descriptor = this.descriptors.named(name);
    const entered = this.enterCall(call, descriptor?.tcb.place ?? this.place, value, detail);
    this.recorder.causedBy(entered, () => {
      if (descriptor === undefined) this.returnCall(call, this.place, 0, 'EBADF');
      else work(descriptor);
    });
  }

  private enterCall(call: CallName, place: PlaceId, value: number, detail: string): EventId {
    return this.recorder.record('call.entered', place, { call, process: this.place, value, detail });
  }

  private returnCall(call: CallName, place: PlaceId, value: number, errno?: Errno): EventId {
    return this.recorder.record('call.returned', place, { call, process: this.place, value, errno: errno ?? 'OK' });
  }
}
