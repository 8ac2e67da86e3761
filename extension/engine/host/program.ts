import type { Micros } from '../../base/time.ts';
import type { BehaviourPlan } from '../../scenario/plan.ts';
import type { SocketOptionName } from '../../scenario/socket-option.ts';
import type { EventFields, EventId } from '../../trace/event.ts';
import type { Scheduled } from '../scheduler.ts';
import type { StreamDescriptor } from './descriptors.ts';

/** What a program remembers about one connection. */
export interface Conversation {
  reading: boolean;
  sawEof: boolean;
  /** A program that reads slowly waits before it reads on. */
  rests: boolean;
  /** Bytes read that do not make a whole request yet. */
  partialRequest: number;
  heartbeat: Heartbeat | undefined;
  idleTimer: Scheduled | undefined;
  /** Opens the connection again; undefined for one that was accepted or inherited. */
  reopen: (() => void) | undefined;
}

export interface Heartbeat {
  readonly bytes: number;
  readonly interval: Micros;
  readonly limit: number;
  awaiting: boolean;
  misses: number;
}

/** What a program asks of the process that runs it. */
export interface ProgramCalls {
  /** send() by the program itself. */
  send(descriptor: StreamDescriptor, bytes: number): void;
  /** close(). */
  close(descriptor: StreamDescriptor): void;
  isOpen(descriptor: StreamDescriptor): boolean;
  /** Writes down a decision. */
  decide(what: EventFields<'app.decided'>['what'], descriptor: StreamDescriptor, value: number): EventId;
  /** Runs `work` after `delay` unless the process dies before. */
  later(work: () => void, delay?: Micros): Scheduled;
  /** Takes back what `later` scheduled. */
  cancel(entry: Scheduled): void;
  causedBy(cause: EventId, work: () => void): void;
}

/**
 * What a program does by itself with its connections. Without instructions it is an ordinary one: it reads what arrives and
 * closes when it reads EOF or an error. `BehaviourPlan` says where it differs.
 */
export class Program {
  /** How it paces its reading; undefined when it reads whatever is there. */
  readonly pace: { readonly bytes: number; readonly interval: Micros } | undefined;
  /** Whether its calls sleep until there is something to say. */
  readonly blocks: boolean;
  /** Whether EPIPE is all that it hears of a connection that is gone. */
  readonly ignoresSigpipe: boolean;
  private readonly behaviours: readonly BehaviourPlan[];
  private readonly calls: ProgramCalls;
  private readonly idleLimit: Micros | undefined;
  private readonly answers: Extract<BehaviourPlan, { kind: 'answers' }> | undefined;

  constructor(behaviours: readonly BehaviourPlan[], calls: ProgramCalls) {
    this.behaviours = behaviours;
    this.calls = calls;
    this.pace = this.find('reads-slowly');
    this.blocks = !this.has('never-blocks');
    this.ignoresSigpipe = !this.has('dies-of-sigpipe');
    this.idleLimit = this.find('closes-idle')?.idle;
    this.answers = this.find('answers');
  }

  /** Between two accept() calls that find somebody; 0: it takes all that is there. */
  get acceptInterval(): Micros {
    return this.find('accepts-every')?.interval ?? 0;
  }

  get accepts(): boolean {
    return !this.has('never-accepts');
  }

  /** What it sets on every socket of its own, in the order of the file. */
  *options(): Generator<readonly [SocketOptionName, number]> {
    for (const behaviour of this.behaviours) {
      if (behaviour.kind === 'uses-option') yield [behaviour.option, behaviour.value];
    }
  }

  /** Nothing is remembered yet. */
  newConversation(): Conversation {
    return {
      reading: !this.has('never-reads'),
      sawEof: false,
      rests: false,
      partialRequest: 0,
      heartbeat: undefined,
      idleTimer: undefined,
      reopen: undefined,
    };
  }

  /** accept() or connect() returned a connection. */
  onConnection(descriptor: StreamDescriptor): void {
    this.touch(descriptor);
    const greets = this.find('greets');
    if (greets !== undefined) this.calls.send(descriptor, greets.bytes);
    const streams = this.find('streams');
    if (streams !== undefined) this.stream(descriptor, streams.bytes, streams.interval);
  }

  private stream(descriptor: StreamDescriptor, bytes: number, interval: Micros): void {
    this.calls.later(() => {
      if (!this.calls.isOpen(descriptor) || descriptor.talk.sawEof) return;
      this.calls.send(descriptor, bytes);
      this.stream(descriptor, bytes, interval);
    }, interval);
  }

  /** recv() returned data. */
  onData(descriptor: StreamDescriptor, bytes: number): void {
    const { talk } = descriptor;
    this.touch(descriptor);
    if (talk.heartbeat !== undefined) {
      talk.heartbeat.awaiting = false;
      talk.heartbeat.misses = 0;
    }
    if (this.answers !== undefined) this.answer(descriptor, bytes, this.answers);
  }

  private answer(
    descriptor: StreamDescriptor,
    bytes: number,
    answers: Extract<BehaviourPlan, { kind: 'answers' }>,
  ): void {
    const { talk } = descriptor;
    talk.partialRequest += bytes;
    while (talk.partialRequest >= answers.request) {
      talk.partialRequest -= answers.request;
      if (answers.delay === undefined) this.calls.send(descriptor, answers.response);
      else this.answerLater(descriptor, answers.response, answers.delay);
    }
  }

  private answerLater(descriptor: StreamDescriptor, bytes: number, delay: Micros): void {
    this.calls.later(() => {
      if (this.calls.isOpen(descriptor)) this.calls.send(descriptor, bytes);
    }, delay);
  }

  /** recv() returned 0. */
  onEof(descriptor: StreamDescriptor): void {
    descriptor.talk.sawEof = true;
    if (this.has('ignores-eof')) return;
    const delayed = this.find('closes-after-eof');
    if (delayed === undefined) this.calls.close(descriptor);
    else
      this.calls.later(() => {
        this.calls.close(descriptor);
      }, delayed.delay);
  }

  /** The connection has failed, or could not be opened; its descriptor is closed. */
  onFailure({ talk }: StreamDescriptor): void {
    const reconnects = this.find('reconnects');
    if (reconnects !== undefined && talk.reopen !== undefined) this.calls.later(talk.reopen, reconnects.delay);
  }

  /** The descriptor is closed: what was planned for it is off. */
  onClosed({ talk }: StreamDescriptor): void {
    if (talk.idleTimer !== undefined) this.calls.cancel(talk.idleTimer);
    talk.heartbeat = undefined;
  }

  startHeartbeat(descriptor: StreamDescriptor, beat: Omit<Heartbeat, 'awaiting' | 'misses'>): void {
    descriptor.talk.heartbeat = { ...beat, awaiting: false, misses: 0 };
    this.beat(descriptor);
  }

  private beat(descriptor: StreamDescriptor): void {
    const { talk } = descriptor;
    const { heartbeat } = talk;
    if (heartbeat === undefined || !this.calls.isOpen(descriptor) || talk.sawEof) return;
    if (heartbeat.awaiting) {
      heartbeat.misses += 1;
      const missed = this.calls.decide('heartbeat-missed', descriptor, heartbeat.misses);
      if (heartbeat.misses >= heartbeat.limit) {
        this.calls.causedBy(missed, () => {
          const gaveUp = this.calls.decide('gave-up', descriptor, heartbeat.misses);
          this.calls.causedBy(gaveUp, () => {
            this.calls.close(descriptor);
          });
        });
        return;
      }
    }
    heartbeat.awaiting = true;
    this.calls.send(descriptor, heartbeat.bytes);
    this.calls.later(() => {
      this.beat(descriptor);
    }, heartbeat.interval);
  }

  /** The connection was opened, or something was read or sent: the idle limit counts anew. */
  touch(descriptor: StreamDescriptor): void {
    if (this.idleLimit !== undefined) this.countIdleAnew(descriptor, this.idleLimit);
  }

  private countIdleAnew(descriptor: StreamDescriptor, limit: Micros): void {
    const { talk } = descriptor;
    if (talk.idleTimer !== undefined) this.calls.cancel(talk.idleTimer);
    talk.idleTimer = this.calls.later(() => {
      const decided = this.calls.decide('idle-limit', descriptor, limit);
      this.calls.causedBy(decided, () => {
        this.calls.close(descriptor);
      });
    }, limit);
  }

  private has(kind: BehaviourPlan['kind']): boolean {
    return this.behaviours.some((behaviour) => behaviour.kind === kind);
  }

  private find<K extends BehaviourPlan['kind']>(kind: K): Extract<BehaviourPlan, { kind: K }> | undefined {
    return this.behaviours.find(
      (behaviour): behaviour is Extract<BehaviourPlan, { kind: K }> => behaviour.kind === kind,
    );
  }
}
