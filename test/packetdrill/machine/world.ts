/** The world of a script: one kernel, its clock, and a wire whose other end is the script. */
import type { Micros } from '../../../extension/base/time.ts';
import type { Segment } from '../../../extension/engine/tcp/segment.ts';
import { has, SYN } from '../../../extension/engine/tcp/segment.ts';
import type { KernelVersion } from '../../../extension/scenario/kernel-version.ts';
import { sysctlValues } from '../../../extension/scenario/sysctl.ts';
import type { EventId } from '../../../extension/trace/event.ts';
import { LoneKernel, PEER } from '../../support/lone-kernel.ts';
import { Conversation } from './conversation.ts';

/** The machine that plays the kernel's part. */
export interface Machine {
  readonly version: KernelVersion;
  readonly hz: number;
  readonly timers?: 'wheel' | undefined;
}

/** What the public scripts were held against. */
export const LINUX_6_18: Machine = { version: [6, 18], hz: 1000 };

/** Ports of the peer where the script writes none. */
const FIRST_PEER_PORT = 50_000;

/** A packet that the host put on the wire. */
export interface Emission {
  readonly at: Micros;
  readonly segment: Segment;
}

export class World {
  readonly lone: LoneKernel;
  readonly sysctls = sysctlValues();
  /** What was sent and has not been looked at. */
  readonly wire: Emission[] = [];
  /** MTU of the interface. */
  mtu = 1500;
  /** The queue of the interface has no room for anything. */
  queueIsFull = false;
  /** Somebody has called listen(), and no SYN of the script has come since. */
  listens = false;
  /** The connection that packets without ports belong to: the newest. */
  current: Conversation | undefined;
  /** Told after everything that may let a sleeping call go on. */
  onWake: () => void = () => undefined;
  private readonly conversations: Conversation[] = [];
  private woken = false;

  constructor(machine: Machine) {
    Object.assign(this.sysctls, sysctlValues({}, machine.version));
    const wake = (): void => void (this.woken = true);
    this.lone = new LoneKernel({
      ...machine,
      sysctls: this.sysctls,
      seed: 1,
      events: {
        send: (_to, segment, event) => {
          if (this.queueIsFull) return 'refused';
          this.take(segment, event);
          return undefined;
        },
        mtu: () => this.mtu,
        stateChanged: wake,
        readable: wake,
        writable: wake,
      },
    });
  }

  get now(): Micros {
    return this.lone.scheduler.now;
  }

  /** Something happened outside of the kernel's own callbacks: sleepers look again. */
  wake(): void {
    this.woken = true;
  }

  /** Lets time pass; everything due until then happens. */
  advanceTo(time: Micros): void {
    const { scheduler } = this.lone;
    this.settle();
    while ((scheduler.nextAt ?? Infinity) <= time) this.step();
    if (time > scheduler.now) scheduler.skipTo(time);
  }

  /** Lets time pass until something is so, at most up to `deadline`. Returns whether it is. */
  waitFor(isSo: () => boolean, deadline: Micros): boolean {
    const { scheduler } = this.lone;
    this.settle();
    while (!isSo() && (scheduler.nextAt ?? Infinity) <= deadline) this.step();
    return isSo();
  }

  /** A packet of the script arrives. */
  receive(segment: Segment): void {
    this.lone.receive(segment);
    this.settle();
  }

  known(localPort: number, peerPort: number): Conversation | undefined {
    return this.conversations.find((each) => each.localPort === localPort && each.peerPort === peerPort);
  }

  /** A new conversation, the current one from now on. @param peerPort where the script writes none: one that was not used */
  open(localPort: number, peerPort = FIRST_PEER_PORT + this.conversations.length): Conversation {
    const made = new Conversation(localPort, peerPort);
    this.conversations.push(made);
    this.current = made;
    return made;
  }

  get peer(): typeof PEER {
    return PEER;
  }

  /** Those who sleep in a call wake at the same instant, after the kernel is done. */
  settle(): void {
    while (this.woken) {
      this.woken = false;
      this.onWake();
    }
  }

  private step(): void {
    this.lone.scheduler.step();
    this.settle();
  }

  private take(segment: Segment, event: EventId): void {
    const known = this.known(segment.fromPort, segment.toPort);
    const conversation = known ?? this.open(segment.fromPort, segment.toPort);
    if (has(segment, SYN)) this.current = conversation;
    conversation.sent(segment, event);
    this.wire.push({ at: this.now, segment });
  }
}
