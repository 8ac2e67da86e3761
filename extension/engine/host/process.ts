import type { Micros } from '../../base/time.ts';
import type { Errno } from '../../scenario/errno.ts';
import type { CallName } from '../../scenario/expectation.ts';
import type { BehaviourPlan } from '../../scenario/plan.ts';
import type { EventFields, EventId, PlaceId } from '../../trace/event.ts';
import { NO_CAUSE } from '../../trace/event.ts';
import type { Recorder } from '../recorder.ts';
import type { Clock, Scheduled } from '../scheduler.ts';
import { Entry } from '../scheduler.ts';
import type { Tcb } from '../tcp/tcb.ts';
import { waitToAccept } from './accept.ts';
import { AcceptState } from './accept-state.ts';
import { close, release } from './close.ts';
import type { Descriptor, StreamDescriptor } from './descriptors.ts';
import { DescriptorTable } from './descriptors.ts';
import type { Kernel } from './kernel.ts';
import type { ProgramCalls } from './program.ts';
import { Program } from './program.ts';
import { wakeToRead } from './recv.ts';
import { write } from './send.ts';
import { endLingering } from './syscalls.ts';

/**
 * A process: its life, its descriptors, the program that it runs. Its system calls are functions beside it, a file for each;
 * here is how they are written down and how they wait.
 */
export class Process implements ProgramCalls {
  readonly name: string;
  readonly place: PlaceId;
  readonly recorder: Recorder;
  readonly program: Program;
  readonly descriptors: DescriptorTable;
  readonly accepting = new AcceptState();
  /** close() calls that sleep (SO_LINGER), with what wakes them. */
  readonly lingering = new Map<Tcb, Scheduled>();
  running = true;
  /** Counts its ends: what was under way before one is off. */
  private life = 0;
  /** Of the host's newest boot in which it ran. */
  kernel: Kernel;
  private readonly scheduler: Clock;
  /** Everything that the program has scheduled: dies with it. */
  private readonly pending = new Set<Scheduled>();

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
    this.accepting.willing = true;
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
      waitToAccept(this, this.descriptors.listening(descriptor.socket));
      return;
    }
    const own = this.descriptors.stream(descriptor.socket, this.program.newConversation());
    this.program.touch(own);
    wakeToRead(this, own);
  }

  /** The process ends by any means: its kernel lets go of its sockets, the last first (`close_files`, whose `fput` leaves them to `task_work_run`). */
  end(reason: EventFields<'process.state'>['reason']): void {
    this.running = false;
    this.life++;
    const ended = this.recorder.record('process.state', this.place, { running: false, reason });
    for (const entry of this.pending) entry.cancelled = true;
    this.pending.clear();
    this.accepting.watched.clear();
    this.accepting.queueLengths.clear();
    this.recorder.causedBy(ended, () => {
      if (reason === 'host-off') return;
      for (const tcb of this.lingering.keys()) endLingering(tcb);
      for (const descriptor of this.descriptors.all().toReversed()) release(this, descriptor);
    });
    this.lingering.clear();
    this.descriptors.reset();
  }

  /** SIGPIPE comes. @returns whether the process has ended by it: it does unless it ignores the signal */
  takeSigpipe(): boolean {
    const ignored = this.program.ignoresSigpipe;
    const came = this.recorder.record('process.signal', this.place, { signal: 'SIGPIPE', ignored });
    if (!ignored) {
      this.recorder.causedBy(came, () => {
        this.end('signal');
      });
    }
    return !ignored;
  }

  // ---- descriptors of connections ----

  /** A descriptor for an end that belongs to this process from now on. */
  addStream(tcb: Tcb, name: string): StreamDescriptor {
    this.kernel.assignProcess(tcb, this.place);
    return this.descriptors.stream({ kind: 'stream', tcb, name, holders: [] }, this.program.newConversation());
  }

  isOpen(descriptor: StreamDescriptor): boolean {
    return descriptor.isOpen;
  }

  // ---- what its program asks for ----

  send(descriptor: StreamDescriptor, bytes: number): void {
    if (!this.isOpen(descriptor)) return;
    const entered = this.enterCall('send', descriptor.tcb.place, bytes);
    this.recorder.causedBy(entered, () => {
      write(this, descriptor, bytes);
    });
  }

  close(descriptor: StreamDescriptor): void {
    close(this, descriptor);
  }

  decide(what: EventFields<'app.decided'>['what'], descriptor: StreamDescriptor, value: number): EventId {
    return this.recorder.record('app.decided', descriptor.tcb.place, { what, process: this.place, value });
  }

  causedBy(cause: EventId, work: () => void): void {
    this.recorder.causedBy(cause, work);
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

  /** What wakes a call of this process again and again: `work` is done at once, but after what is being handled. */
  wakeUp(work: () => void): () => void {
    const { recorder, scheduler } = this;
    let cause: EventId = NO_CAUSE;
    let life = 0;
    const turn = new Entry(() => {
      if (life !== this.life) return;
      const before = recorder.cause;
      recorder.cause = cause;
      work();
      recorder.cause = before;
    });
    return () => {
      // One that is under way will find all that has come meanwhile.
      if (turn.isQueued && life === this.life) return;
      ({ cause } = recorder);
      ({ life } = this);
      scheduler.soon(turn);
    };
  }

  cancel(entry: Scheduled): void {
    entry.cancelled = true;
    this.pending.delete(entry);
  }

  // ---- system calls in the trace ----

  /** @param place the end that is called on, or the process where there is none yet */
  enterCall(call: CallName, place: PlaceId, value: number, detail = ''): EventId {
    return this.recorder.record('call.entered', place, { call, process: this.place, value, detail });
  }

  returnCall(call: CallName, place: PlaceId, value: number, errno?: Errno): EventId {
    return this.recorder.returned(place, call, this.place, value, errno ?? 'OK');
  }
}
