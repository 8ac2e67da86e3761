import type { PlaceId } from '../../trace/event.ts';
import type { Tcb } from '../tcp/tcb.ts';
import type { Sleeps } from './call-timeout.ts';
import type { Conversation } from './program.ts';
import type { ListeningSocket, StreamSocket } from './socket.ts';

/** A descriptor that listens. */
export interface ListeningDescriptor {
  readonly kind: 'listening';
  readonly fd: number;
  readonly socket: ListeningSocket;
}

/** A call of send(): what it has, and how much of that is not taken yet. */
export interface SendCall {
  readonly bytes: number;
  left: number;
  /** MSG_MORE is set. */
  readonly more: boolean;
  /** MSG_NOSIGNAL is set. */
  readonly noSignal: boolean;
}

/** A descriptor of a connection, with what its own program knows about it. */
export interface StreamDescriptor {
  readonly kind: 'stream';
  readonly fd: number;
  readonly socket: StreamSocket;
  readonly tcb: Tcb;
  /** Its process has it still. */
  isOpen: boolean;
  /** connect() has not returned yet. */
  connecting: boolean;
  /** It has said that the connection is open (`SS_CONNECTED`); who did not sleep in it has only heard so elsewhere. */
  toldConnected: boolean;
  /** It was connect() that opened it. */
  opensActively: boolean;
  /** Further calls of connect() that sleep. */
  othersConnecting: number;
  /** Calls of send() that wait for the connection, or behind one that sleeps. */
  pendingSends: SendCall[];
  /** A send() sleeps: until it returns the program does nothing else with this connection. */
  sleepingSend: SendCall | undefined;
  /** close() is what it does then. */
  closesAfterSend: boolean;
  /** What poll() has reported last; undefined while nobody polls it. */
  polled: number | undefined;
  readonly sleeps: Sleeps;
  /** Wakes its recv(), once something has done so. */
  wakeToRead: (() => void) | undefined;
  readonly talk: Conversation;
}

export type Descriptor = ListeningDescriptor | StreamDescriptor;

/** Standard input, output and error come first. */
const FIRST_FD = 3;

/** The descriptors of one process, in ascending order. */
export class DescriptorTable {
  private readonly owner: PlaceId;
  private readonly open = new Set<Descriptor>();
  private readonly streams = new Map<Tcb, StreamDescriptor>();
  /** By the connection's name, oldest first; closed ones are taken away when they are met at the end. */
  private readonly names = new Map<string, StreamDescriptor[]>();
  /** The one that was asked for last: most calls are for the same one as the call before. */
  private latest: StreamDescriptor | undefined;
  private nextFd = FIRST_FD;

  constructor(owner: PlaceId) {
    this.owner = owner;
  }

  listening(socket: ListeningSocket): ListeningDescriptor {
    const descriptor: ListeningDescriptor = { kind: 'listening', fd: this.nextFd++, socket };
    this.open.add(descriptor);
    socket.holders.push(this.owner);
    return descriptor;
  }

  stream(socket: StreamSocket, talk: Conversation): StreamDescriptor {
    const descriptor: StreamDescriptor = {
      kind: 'stream',
      fd: this.nextFd++,
      socket,
      tcb: socket.tcb,
      isOpen: true,
      connecting: false,
      toldConnected: false,
      opensActively: false,
      othersConnecting: 0,
      pendingSends: [],
      sleepingSend: undefined,
      closesAfterSend: false,
      polled: undefined,
      sleeps: { recv: undefined, connect: undefined, send: undefined },
      wakeToRead: undefined,
      talk,
    };
    this.open.add(descriptor);
    this.latest = undefined;
    this.streams.set(socket.tcb, descriptor);
    const sameName = this.names.get(socket.name);
    if (sameName === undefined) this.names.set(socket.name, [descriptor]);
    else sameName.push(descriptor);
    socket.holders.push(this.owner);
    return descriptor;
  }

  all(): readonly Descriptor[] {
    return [...this.open];
  }

  /** The descriptor of an end, if this process holds one. */
  of(tcb: Tcb): StreamDescriptor | undefined {
    if (this.latest?.tcb === tcb) return this.latest;
    this.latest = this.streams.get(tcb);
    return this.latest;
  }

  /** The newest open connection of that name. */
  named(name: string): StreamDescriptor | undefined {
    const sameName = this.names.get(name) ?? [];
    for (let last = sameName.at(-1); last !== undefined; last = sameName.at(-1)) {
      if (this.open.has(last)) return last;
      sameName.pop();
    }
    return undefined;
  }

  /** Takes a descriptor out of the table. @returns whether it was the last one of its socket. */
  remove(descriptor: Descriptor): boolean {
    this.open.delete(descriptor);
    this.latest = undefined;
    if (descriptor.kind === 'stream') {
      descriptor.isOpen = false;
      this.streams.delete(descriptor.tcb);
    }
    const { holders } = descriptor.socket;
    const index = holders.indexOf(this.owner);
    if (index >= 0) holders.splice(index, 1);
    return holders.length === 0;
  }

  /** A new program begins: nothing is open. */
  reset(): void {
    for (const descriptor of this.streams.values()) descriptor.isOpen = false;
    this.open.clear();
    this.latest = undefined;
    this.streams.clear();
    this.names.clear();
    this.nextFd = FIRST_FD;
  }
}
