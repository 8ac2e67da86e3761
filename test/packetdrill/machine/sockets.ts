/** Descriptors of the script's process, by the numbers that the script gives them. */
import type { Listener } from '../../../extension/engine/host/listener.ts';
import type { Tcb } from '../../../extension/engine/tcp/tcb.ts';
import type { SocketOptionName } from '../../../extension/scenario/socket-option.ts';
import { fail } from '../language/problem.ts';

export interface Socket {
  /** Set before there is a connection, or on the listener: what comes of it inherits them. */
  readonly options: Map<SocketOptionName, number>;
  reuseAddress: boolean;
  nonblocking: boolean;
  boundPort: number | undefined;
  listener: Listener | undefined;
  tcb: Tcb | undefined;
  /** connect() was called and has not reported how it went. */
  connecting: boolean;
}

export function newSocket(tcb?: Tcb): Socket {
  return {
    options: new Map(),
    reuseAddress: false,
    nonblocking: false,
    boundPort: undefined,
    listener: undefined,
    tcb,
    connecting: false,
  };
}

export class Sockets {
  private readonly open = new Map<number, Socket>();
  /** The end that assertions are about: the one opened or accepted last. */
  underTest: Tcb | undefined;

  get(fd: number): Socket {
    return this.open.get(fd) ?? fail(`descriptor ${fd} is not open`);
  }

  /** A number that is used again stands for the newest. */
  add(fd: number, socket: Socket): void {
    this.open.set(fd, socket);
    if (socket.tcb !== undefined) this.underTest = socket.tcb;
  }

  remove(fd: number): void {
    this.open.delete(fd);
  }
}
