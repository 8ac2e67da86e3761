import type { Micros } from '../../base/time.ts';
import type { Errno } from '../../scenario/errno.ts';
import type { CallName } from '../../scenario/expectation.ts';
import type { BehaviourPlan } from '../../scenario/plan.ts';
import type { SocketOptionName } from '../../scenario/socket-option.ts';
import type { EventFields, PlaceId } from '../../trace/event.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduled, Scheduler } from '../scheduler.ts';
import type { Tcb } from '../tcp/tcb.ts';
import type { Kernel, Neighbour } from './kernel.ts';
import type { ListeningSocket, Socket, StreamSocket } from './socket.ts';
import * as calls from './syscalls.ts';

/** Standard input, output and error come first. */
const FIRST_FD = 3;

/**
 * A program with its descriptors. Without instructions it is an ordinary one: it accepts and reads what arrives, reports
 * errors, and closes when it reads EOF. `BehaviourPlan` says where it differs.
 */
export class Process {
  readonly name: string;
  readonly place: PlaceId;
  running = true;
  private readonly scheduler: Scheduler;
  private readonly recorder: Recorder;
  private readonly behaviours: readonly BehaviourPlan[];
  /** In order of descriptor number: the order in which the kernel closes them. */
  /** Open descriptors, in ascending order. */
  private sockets = new Set<Socket>();
  private listening: ListeningSocket[] = [];
  private streams = new Map<Tcb, StreamSocket>();
  /** By the connection's name, oldest first; closed ones are taken away when they are met at the end. */
  private named = new Map<string, StreamSocket[]>();
  private nextFd = FIRST_FD;
  /** Everything that the program has scheduled: dies with it. */
  private pending = new Set<Scheduled>();
  private kernel: Kernel;

  constructor(init: {
    readonly name: string;
    readonly place: PlaceId;
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
    readonly behaviours: readonly BehaviourPlan[];
    readonly kernel: Kernel;
  }) {
    this.name = init.name;
    this.place = init.place;
    this.scheduler = init.scheduler;
    this.recorder = init.recorder;
    this.behaviours = init.behaviours;
    this.kernel = init.kernel;
  }

  // ---- life and death ----

  start(kernel: Kernel): void {
    this.kernel = kernel;
    this.running = true;
    this.nextFd = FIRST_FD;
    this.recorder.record('process.state', this.place, { running: true, reason: 'started' });
  }

  /** The process ends by any means: its kernel closes its descriptors in ascending order (`close_files`). */
  end(reason: EventFields<'process.state'>['reason']): void {
    this.running = false;
    const ended = this.recorder.record('process.state', this.place, { running: false, reason });
    const { sockets } = this;
    this.forgetAll();
    if (reason === 'host-off') return;
    this.recorder.causedBy(ended, () => {
      for (const socket of sockets) this.release(socket);
    });
  }

  private forgetAll(): void {
    for (const entry of this.pending) entry.cancelled = true;
    this.pending.clear();
    this.sockets = new Set();
    this.listening = [];
    this.streams = new Map();
    this.named = new Map();
  }

  // ---- system calls that the scenario asks for ----

  listen(port: number, backlog: number, reuseAddress: boolean): void {
    this.enterCall('listen', this.place, port, '');
    const result = calls.listen(this.kernel, port, reuseAddress, () => {
      this.later(() => {
        this.acceptAll();
      });
    });
    if ('errno' in result) {
      this.returnCall('listen', this.place, 0, result.errno);
      return;
    }
    const socket: ListeningSocket = { kind: 'listening', fd: this.nextFd++, listener: result.listener };
    this.sockets.add(socket);
    this.listening.push(socket);
    this.returnCall('listen', this.place, backlog);
  }

  connect(remote: Neighbour & { readonly port: number }, name: string, localPort?: number): void {
    const entered = this.enterCall('connect', this.place, remote.port, remote.address);
    this.recorder.causedBy(entered, () => {
      const result = calls.connect(this.kernel, remote, name, localPort);
      if ('errno' in result) {
        this.returnCall('connect', this.place, 0, result.errno);
        return;
      }
      const socket = this.addStream(result.tcb, name);
      socket.connecting = true;
      calls.startConnect(result.tcb);
    });
  }

  send(name: string, bytes: number): void {
    this.withStream(name, 'send', bytes, (socket) => {
      this.sendOn(socket, bytes);
    });
  }

  close(name: string): void {
    this.withStream(name, 'close', 0, (socket) => {
      this.closeSocket(socket);
    });
  }

  shutdownWrite(name: string): void {
    this.withStream(name, 'shutdown', 0, (socket) => {
      this.returnCall('shutdown', socket.tcb.place, 0, calls.shutdownWrite(socket.tcb));
    });
  }

  setOption(name: string, option: SocketOptionName, value: number): void {
    this.withStream(
      name,
      'setsockopt',
      value,
      (socket) => {
        calls.setOption(socket.tcb, option, value);
        this.returnCall('setsockopt', socket.tcb.place, 0);
      },
      option,
    );
  }

  setReading(name: string, reading: boolean): boolean {
    const socket = this.stream(name);
    if (socket === undefined) return false;
    socket.reading = reading;
    if (reading) this.wakeToRead(socket);
    return true;
  }

  startHeartbeat(name: string, bytes: number, interval: Micros, limit: number): boolean {
    const socket = this.stream(name);
    if (socket === undefined) return false;
    socket.heartbeat = { bytes, interval, limit, awaiting: false, misses: 0 };
    this.beat(socket);
    return true;
  }

  /** Whether a connection of that name is open in this process. */
  has(name: string): boolean {
    return this.stream(name) !== undefined;
  }

  // ---- what the kernel tells it ----

  /** The socket of an end, when this process holds it. */
  socketOf(tcb: Tcb): StreamSocket | undefined {
    return this.streams.get(tcb);
  }

  /** The handshake is complete: connect() wakes up once the kernel is done. */
  wakeConnected(socket: StreamSocket): void {
    this.later(() => {
      if (socket.connecting) this.onConnectDone(socket);
    });
  }

  private onConnectDone(socket: StreamSocket): void {
    if (socket.tcb.error !== undefined) {
      this.onConnectFailed(socket);
      return;
    }
    socket.connecting = false;
    this.returnCall('connect', socket.tcb.place, 0);
    this.touch(socket);
    const sends = socket.pendingSends.splice(0);
    for (const bytes of sends) this.sendOn(socket, bytes);
  }

  /** Data, EOF or an error is there: the program's blocking call wakes up, at the same instant but after the kernel is done. */
  wakeToRead(socket: StreamSocket): void {
    if (socket.wakeScheduled) return;
    socket.wakeScheduled = true;
    this.later(() => {
      socket.wakeScheduled = false;
      if (socket.connecting && socket.tcb.state !== 'SYN_SENT') this.onConnectDone(socket);
      this.readAll(socket);
    });
  }

  // ---- the program ----

  private acceptAll(): void {
    if (this.behaves('never-accepts')) return;
    for (const socket of this.listening) {
      for (let tcb = socket.listener.queue.shift(); tcb !== undefined; tcb = socket.listener.queue.shift()) {
        socket.listener.children.delete(tcb);
        const name = this.kernel.connectionName(tcb);
        const accepted = this.addStream(tcb, name);
        this.returnCall('accept', tcb.place, accepted.fd);
        this.touch(accepted);
        this.wakeToRead(accepted);
      }
    }
  }

  private onConnectFailed(socket: StreamSocket): void {
    const errno = calls.takeError(socket.tcb);
    if (errno === undefined) return;
    socket.connecting = false;
    this.returnCall('connect', socket.tcb.place, 0, errno);
    // connect() has consumed the error.
    for (let left = socket.pendingSends.length; left > 0; left--) this.returnCall('send', socket.tcb.place, 0, 'EPIPE');
    this.remove(socket);
  }

  private readAll(socket: StreamSocket): void {
    while (socket.reading && !socket.sawEof && this.sockets.has(socket)) {
      const result = calls.receive(socket.tcb);
      if (result === 'would-block') return;
      if ('errno' in result) {
        this.returnCall('recv', socket.tcb.place, 0, result.errno);
        this.closeSocket(socket);
        return;
      }
      const returned = this.returnCall('recv', socket.tcb.place, result.bytes);
      this.recorder.causedBy(returned, () => {
        calls.afterReceive(socket.tcb, result.bytes);
        if (result.bytes === 0) this.onEof(socket);
        else this.onData(socket, result.bytes);
      });
    }
  }

  private onEof(socket: StreamSocket): void {
    socket.sawEof = true;
    if (this.behaves('ignores-eof')) return;
    const delayed = this.behaviours.find((behaviour) => behaviour.kind === 'closes-after-eof');
    if (delayed === undefined) this.closeSocket(socket);
    else
      this.later(() => {
        this.closeSocket(socket);
      }, delayed.delay);
  }

  private onData(socket: StreamSocket, bytes: number): void {
    this.touch(socket);
    if (socket.heartbeat !== undefined) {
      socket.heartbeat.awaiting = false;
      socket.heartbeat.misses = 0;
    }
    for (const behaviour of this.behaviours) {
      if (behaviour.kind !== 'answers') continue;
      socket.partialRequest += bytes;
      while (socket.partialRequest >= behaviour.request) {
        socket.partialRequest -= behaviour.request;
        this.enterAndSend(socket, behaviour.response);
      }
    }
  }

  private beat(socket: StreamSocket): void {
    const { heartbeat } = socket;
    if (heartbeat === undefined || !this.sockets.has(socket) || socket.sawEof) return;
    if (heartbeat.awaiting) {
      heartbeat.misses += 1;
      const missed = this.decide('heartbeat-missed', socket, heartbeat.misses);
      if (heartbeat.misses >= heartbeat.limit) {
        this.recorder.causedBy(missed, () => {
          const gaveUp = this.decide('gave-up', socket, heartbeat.misses);
          this.recorder.causedBy(gaveUp, () => {
            this.closeSocket(socket);
          });
        });
        return;
      }
    }
    heartbeat.awaiting = true;
    this.enterAndSend(socket, heartbeat.bytes);
    this.later(() => {
      this.beat(socket);
    }, heartbeat.interval);
  }

  /** Something was read or sent: the idle limit counts anew. */
  private touch(socket: StreamSocket): void {
    const limit = this.behaviours.find((behaviour) => behaviour.kind === 'closes-idle');
    if (limit === undefined) return;
    if (socket.idleTimer !== undefined) {
      socket.idleTimer.cancelled = true;
      this.pending.delete(socket.idleTimer);
    }
    socket.idleTimer = this.later(() => {
      const decided = this.decide('idle-limit', socket, limit.idle);
      this.recorder.causedBy(decided, () => {
        this.closeSocket(socket);
      });
    }, limit.idle);
  }

  private enterAndSend(socket: StreamSocket, bytes: number): void {
    const entered = this.enterCall('send', socket.tcb.place, bytes, '');
    this.recorder.causedBy(entered, () => {
      this.sendOn(socket, bytes);
    });
  }

  private sendOn(socket: StreamSocket, bytes: number): void {
    if (socket.connecting) {
      socket.pendingSends.push(bytes);
      return;
    }
    const errno = calls.send(socket.tcb, bytes);
    this.returnCall('send', socket.tcb.place, errno === undefined ? bytes : 0, errno);
    if (errno === undefined) this.touch(socket);
  }

  private closeSocket(socket: StreamSocket): void {
    if (!this.sockets.has(socket)) return;
    this.remove(socket);
    calls.close(socket.tcb);
    this.returnCall('close', socket.tcb.place, 0);
  }

  private release(socket: Socket): void {
    if (socket.kind === 'listening') this.kernel.closeListener(socket.listener);
    else calls.close(socket.tcb);
  }

  private remove(socket: StreamSocket): void {
    this.sockets.delete(socket);
    this.streams.delete(socket.tcb);
    if (socket.idleTimer !== undefined) socket.idleTimer.cancelled = true;
    socket.heartbeat = undefined;
  }

  private addStream(tcb: Tcb, name: string): StreamSocket {
    const socket: StreamSocket = {
      kind: 'stream',
      fd: this.nextFd++,
      tcb,
      name,
      connecting: false,
      pendingSends: [],
      reading: !this.behaves('never-reads'),
      sawEof: false,
      wakeScheduled: false,
      partialRequest: 0,
      heartbeat: undefined,
      idleTimer: undefined,
    };
    this.sockets.add(socket);
    this.streams.set(tcb, socket);
    const sameName = this.named.get(name);
    if (sameName === undefined) this.named.set(name, [socket]);
    else sameName.push(socket);
    this.kernel.assignProcess(tcb, this.place);
    return socket;
  }

  /** The newest open connection of that name. */
  private stream(name: string): StreamSocket | undefined {
    const sameName = this.named.get(name) ?? [];
    for (let last = sameName.at(-1); last !== undefined; last = sameName.at(-1)) {
      if (this.sockets.has(last)) return last;
      sameName.pop();
    }
    return undefined;
  }

  private withStream(
    name: string,
    call: CallName,
    value: number,
    work: (socket: StreamSocket) => void,
    detail = '',
  ): void {
    const socket = this.stream(name);
    const entered = this.enterCall(call, socket?.tcb.place ?? this.place, value, detail);
    this.recorder.causedBy(entered, () => {
      if (socket === undefined) this.returnCall(call, this.place, 0, 'EBADF');
      else work(socket);
    });
  }

  private behaves(kind: BehaviourPlan['kind']): boolean {
    return this.behaviours.some((behaviour) => behaviour.kind === kind);
  }

  private decide(what: EventFields<'app.decided'>['what'], socket: StreamSocket, value: number): number {
    return this.recorder.record('app.decided', socket.tcb.place, { what, process: this.place, value });
  }

  private enterCall(call: CallName, place: PlaceId, value: number, detail: string): number {
    return this.recorder.record('call.entered', place, { call, process: this.place, value, detail });
  }

  private returnCall(call: CallName, place: PlaceId, value: number, errno?: Errno): number {
    return this.recorder.record('call.returned', place, { call, process: this.place, value, errno: errno ?? 'OK' });
  }

  /** Runs `work` after `delay`, caused by what goes on now, unless the process dies before. */
  private later(work: () => void, delay: Micros = 0): Scheduled {
    const { cause } = this.recorder;
    const entry = this.scheduler.at(this.scheduler.now + delay, () => {
      this.pending.delete(entry);
      this.recorder.causedBy(cause, work);
    });
    this.pending.add(entry);
    return entry;
  }
}
