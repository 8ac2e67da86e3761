import { DEFAULT_MTU } from '../../scenario/link-setting.ts';
import type { KernelVersion } from '../../scenario/plan.ts';
import type { SocketOptionName } from '../../scenario/socket-option.ts';
import type { SysctlValues } from '../../scenario/sysctl.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { EventFields, EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import { hash32 } from '../random.ts';
import type { Recorder } from '../recorder.ts';
import type { Clock } from '../scheduler.ts';
import { HEADERS_LENGTH } from '../tcp/constants.ts';
import { sendReset } from '../tcp/close.ts';
import { segmentArrives } from '../tcp/input.ts';
import { openPassively } from '../tcp/open.ts';
import type { Segment } from '../tcp/segment.ts';
import { ACK, endSeq, has, RST, SYN } from '../tcp/segment.ts';
import type { Seq } from '../tcp/seq.ts';
import { add, seq } from '../tcp/seq.ts';
import type { TcpKernel } from '../tcp/tcb.ts';
import { Tcb } from '../tcp/tcb.ts';
import { mayReplaceTimeWait } from '../tcp/time-wait.ts';
import { TIMER_HANDLERS } from '../tcp/timers.ts';
import type { Connections } from '../connections.ts';

/** Another host as a kernel knows it. */
export interface Neighbour {
  readonly place: PlaceId;
  readonly address: string;
}

/** A listening socket (RFC 9293: LISTEN). */
export interface Listener {
  readonly port: number;
  readonly reuseAddress: boolean;
  /** What accepted sockets inherit. */
  readonly options: ReadonlyMap<SocketOptionName, number>;
  /** Established, not yet accepted, oldest first. */
  readonly queue: Tcb[];
  /** Ends that this listener opened and that no accept() has returned. */
  readonly children: Set<Tcb>;
  /** A child became established. */
  onEstablished(): void;
}

/** What a kernel tells the world around it. */
export interface KernelEvents {
  send(to: PlaceId, segment: Segment, sent: EventId, purpose: SegmentPurpose): void;
  stateChanged(tcb: Tcb, from: TcpState, changed: EventId): void;
  readable(tcb: Tcb): void;
  writable(tcb: Tcb): void;
  /** MTU of the interface towards a host, bytes; absent: Ethernet's. */
  mtu?(to: PlaceId): number;
}

/** First ephemeral port of `net.ipv4.ip_local_port_range`. */
const FIRST_EPHEMERAL_PORT = 32_768;
const EPHEMERAL_PORTS = 28_232;
/** What a new connection's numbers are ahead of those of the TIME_WAIT entry that it replaces (`tcp_timewait_state_process`). */
const ISS_STEP_AFTER_TIME_WAIT = 65_537;
/** `seq_scale`: initial sequence numbers advance every 64 ns. */
const ISS_TICKS_PER_MICRO = 1000 / 64;

/** The TCP of one host from one boot to the next: tables of ends and listeners, demultiplexing, resets for strangers. */
export class Kernel implements TcpKernel {
  readonly scheduler: Clock;
  readonly recorder: Recorder;
  readonly hz: number;
  readonly timers: 'wheel' | undefined;
  readonly sysctls: SysctlValues;
  readonly version: KernelVersion;
  private readonly host: Neighbour;
  private readonly seed: number;
  private readonly connections: Connections;
  private readonly events: KernelEvents;
  private readonly ends = new Map<string, Tcb>();
  private readonly listeners = new Map<number, Listener>();
  /** Whether each end's socket was made with SO_REUSEADDR: what a later bind() looks at. */
  private readonly reuse = new WeakMap<Tcb, boolean>();
  /** The segment being handled, for what is said about it. */
  private handling: EventId = -1;
  private handledConnection = 0;
  private nextPort: number;

  constructor(init: {
    readonly scheduler: Clock;
    readonly recorder: Recorder;
    readonly host: Neighbour;
    readonly hz: number;
    readonly timers?: 'wheel' | undefined;
    readonly sysctls: SysctlValues;
    readonly version: KernelVersion;
    readonly seed: number;
    readonly connections: Connections;
    readonly events: KernelEvents;
  }) {
    this.scheduler = init.scheduler;
    this.recorder = init.recorder;
    this.hz = init.hz;
    this.timers = init.timers;
    this.sysctls = init.sysctls;
    this.version = init.version;
    this.host = init.host;
    this.seed = init.seed;
    this.connections = init.connections;
    this.events = init.events;
    this.nextPort = hash32(init.seed, init.host.address, 'port') % EPHEMERAL_PORTS;
  }

  /** All ends in the tables, in the order in which they were opened. */
  *allEnds(): Generator<Tcb> {
    yield* this.ends.values();
  }

  /** Makes the end of a new connection in the tables; nothing is sent yet. */
  open(local: number, remote: Neighbour & { readonly port: number }, name: string, reuseAddress: boolean): Tcb {
    const iss = this.initialSequence(local, remote);
    const sides = { host: this.host.place, port: local, iss };
    const connection = this.connections.open(name, sides, { host: remote.place, port: remote.port });
    return this.addEnd(local, remote, connection, 0, iss, 'connect', reuseAddress);
  }

  connectionName(tcb: Tcb): string {
    return this.connections.name(tcb.connection);
  }

  /** The end now belongs to a process. */
  assignProcess(tcb: Tcb, process: PlaceId): void {
    const place = this.recorder.writer.places[tcb.place];
    if (place?.kind === 'end') place.process = process;
  }

  /** A free port of the ephemeral range, or undefined when every one is taken towards `remote`. */
  ephemeralPort(remote: Neighbour & { readonly port: number }): number | undefined {
    for (let tries = 0; tries < EPHEMERAL_PORTS / 2; tries++) {
      // Linux prefers ports of the other parity than bind() does.
      const port = FIRST_EPHEMERAL_PORT + this.nextPort - (this.nextPort % 2);
      this.nextPort = (this.nextPort + 2) % EPHEMERAL_PORTS;
      if (!this.ends.has(key(port, remote.place, remote.port)) && !this.listeners.has(port)) return port;
    }
    return undefined;
  }

  /**
   * Whether bind() to `port` for listening would collide (`inet_csk_bind_conflict`): with a listener always, with other
   * sockets unless both sides set SO_REUSEADDR.
   */
  portConflicts(port: number, reuseAddress: boolean): boolean {
    if (this.listeners.has(port)) return true;
    for (const tcb of this.ends.values()) {
      if (tcb.local.port === port && !(reuseAddress && this.reuse.get(tcb) === true)) return true;
    }
    return false;
  }

  listen(listener: Listener): void {
    this.listeners.set(listener.port, listener);
  }

  /** Closes a listener (`inet_csk_listen_stop`): unaccepted connections are reset, half-open requests dropped. */
  closeListener(listener: Listener): void {
    this.listeners.delete(listener.port);
    for (const child of [...listener.children]) {
      child.enter(() => {
        if (child.state !== 'SYN_RECEIVED' && child.state !== 'CLOSED') sendReset(child, 'listener-closed');
        child.orphan = true;
        child.done('aborted');
      });
    }
    listener.children.clear();
  }

  /** The power is gone: nothing is sent, nothing remains. */
  halt(): void {
    for (const tcb of [...this.ends.values()]) tcb.forget('host-off');
    this.ends.clear();
    this.listeners.clear();
  }

  /** A segment reached this host (`tcp_v4_rcv`). `cause`: what last happened to it on the way. */
  receive(segment: Segment, from: Neighbour, sent: EventId, cause: EventId = sent): void {
    let tcb = this.ends.get(key(segment.toPort, from.place, segment.fromPort));
    const delivered = this.recorder.record(
      'segment.delivered',
      tcb?.place ?? this.host.place,
      { segment: sent },
      cause,
    );
    this.recorder.causedBy(delivered, () => {
      this.handling = sent;
      this.handledConnection = this.connections.ofSegment(
        this.host.place,
        segment.toPort,
        from.place,
        segment.fromPort,
      );
      let iss: Seq | undefined;
      if (tcb !== undefined && this.listeners.has(segment.toPort) && mayReplaceTimeWait(tcb, segment)) {
        iss = add(tcb.snd.nxt, ISS_STEP_AFTER_TIME_WAIT);
        tcb.done('replaced');
        tcb = undefined;
      }
      if (tcb !== undefined) {
        const end = tcb;
        end.enter(() => {
          segmentArrives(end, segment);
        });
      } else {
        this.withoutEnd(segment, from, iss);
      }
    });
  }

  private withoutEnd(segment: Segment, from: Neighbour, iss?: Seq): void {
    const listener = this.listeners.get(segment.toPort);
    if (listener === undefined) {
      this.resetUnknown(segment, 'no-socket');
      return;
    }
    if (has(segment, ACK) && !has(segment, RST)) {
      this.resetUnknown(segment, 'no-socket');
      return;
    }
    if (!has(segment, SYN) || has(segment, RST)) {
      this.recorder.record('segment.ignored', this.host.place, {
        segment: this.handling,
        reason: 'not-for-this-state',
      });
      return;
    }
    this.accept(listener, segment, from, iss);
  }

  private accept(listener: Listener, syn: Segment, from: Neighbour, wantedIss?: Seq): void {
    const remote = { ...from, port: syn.fromPort };
    const iss = wantedIss ?? this.initialSequence(syn.toPort, remote);
    const connection = this.handledConnection;
    const tcb = this.addEnd(syn.toPort, remote, connection, 1, iss, 'syn-arrived', listener.reuseAddress);
    listener.children.add(tcb);
    for (const [option, value] of listener.options) tcb.options.set(option, value);
    tcb.enter(() => {
      openPassively(tcb, syn);
    });
  }

  private addEnd(
    local: number,
    remote: Neighbour & { readonly port: number },
    connection: number,
    side: 0 | 1,
    iss: number,
    how: EventFields<'end.opened'>['how'],
    reuseAddress: boolean,
  ): Tcb {
    const place = this.recorder.writer.addPlace({ kind: 'end', host: this.host.place, process: -1, connection });
    this.connections.attach(connection, side, place, iss);
    this.recorder.record('end.opened', place, { how });
    const tcb = new Tcb({
      kernel: this,
      place,
      connection,
      local: { host: this.host.place, address: this.host.address, port: local },
      remote: { host: remote.place, address: remote.address, port: remote.port },
      iss: seq(iss),
      advertisedMss: (this.events.mtu?.(remote.place) ?? DEFAULT_MTU) - HEADERS_LENGTH,
      tsOffset: hash32(this.seed, 'ts', this.host.address, remote.address, local, remote.port),
      onTimer: TIMER_HANDLERS,
    });
    this.ends.set(key(local, remote.place, remote.port), tcb);
    this.reuse.set(tcb, reuseAddress);
    return tcb;
  }

  private initialSequence(local: number, remote: Neighbour & { readonly port: number }): number {
    const base = hash32(this.seed, 'iss', this.host.address, remote.address, local, remote.port);
    return (base + Math.floor(this.scheduler.now * ISS_TICKS_PER_MICRO)) % 2 ** 32;
  }

  // ---- what ends ask of their kernel ----

  transmit(tcb: Tcb, segment: Segment, purpose: SegmentPurpose, reason: SendReason, args: readonly number[]): void {
    this.send(
      tcb.place,
      tcb.connection,
      tcb.remote.host,
      segment,
      purpose,
      reason,
      args,
      segment.window * 2 ** scaleOf(tcb, segment),
    );
  }

  resetUnknown(to: Segment, reason: SendReason): void {
    if (has(to, RST)) return;
    const acknowledges = has(to, ACK);
    const remote = this.connections.hostOfOther(this.handledConnection, this.host.place, to.toPort);
    const segment: Segment = {
      fromPort: to.toPort,
      toPort: to.fromPort,
      seq: acknowledges ? to.ack : seq(0),
      ack: acknowledges ? seq(0) : add(endSeq(to), 0),
      flags: acknowledges ? RST : RST + ACK,
      length: 0,
      window: 0,
      options: {},
    };
    this.send(this.host.place, this.handledConnection, remote, segment, 'rst', reason, [], 0);
  }

  ignored(tcb: Tcb, reason: EventFields<'segment.ignored'>['reason']): void {
    this.recorder.record('segment.ignored', tcb.place, { segment: this.handling, reason });
  }

  stateChanged(tcb: Tcb, from: TcpState, changed: EventId): void {
    if (tcb.state === 'ESTABLISHED' && from === 'SYN_RECEIVED') {
      const listener = this.listenerOf(tcb);
      listener?.queue.push(tcb);
      listener?.onEstablished();
    }
    this.events.stateChanged(tcb, from, changed);
  }

  readable(tcb: Tcb): void {
    this.events.readable(tcb);
  }

  writable(tcb: Tcb): void {
    this.events.writable(tcb);
  }

  removed(tcb: Tcb): void {
    if (tcb.writerSleeps) this.events.writable(tcb);
    const own = key(tcb.local.port, tcb.remote.host, tcb.remote.port);
    if (this.ends.get(own) === tcb) this.ends.delete(own);
    // A child that was reset in the queue is still handed out by accept(); a half-open one just vanishes.
    const listener = this.listenerOf(tcb);
    if (listener !== undefined && !listener.queue.includes(tcb)) listener.children.delete(tcb);
  }

  tooManyOrphans(): boolean {
    const limit = this.sysctls.tcp_max_orphans;
    if (this.ends.size <= limit) return false;
    let orphans = 0;
    for (const tcb of this.ends.values()) if (tcb.orphan && !tcb.isTimeWaitEntry) orphans++;
    return orphans > limit;
  }

  private listenerOf(tcb: Tcb): Listener | undefined {
    const listener = this.listeners.get(tcb.local.port);
    return listener?.children.has(tcb) === true ? listener : undefined;
  }

  private send(
    place: PlaceId,
    connection: number,
    to: PlaceId,
    segment: Segment,
    purpose: SegmentPurpose,
    reason: SendReason,
    args: readonly number[],
    windowBytes: number,
  ): void {
    const { options } = segment;
    const sent = this.recorder.record('segment.sent', place, {
      connection,
      from: this.host.place,
      to,
      fromPort: segment.fromPort,
      toPort: segment.toPort,
      seq: segment.seq,
      ack: segment.ack,
      flags: segment.flags,
      length: segment.length,
      window: segment.window,
      windowBytes,
      mss: options.mss ?? 0,
      wscale: options.windowScale ?? 255,
      sackPermitted: options.sackPermitted === true,
      timestamps: options.timestamps !== undefined,
      tsVal: options.timestamps?.tsVal ?? 0,
      tsEcr: options.timestamps?.tsEcr ?? 0,
      sack: (options.sack ?? []).flat(),
      purpose,
      reason,
      args,
    });
    this.events.send(to, segment, sent, purpose);
  }
}

function scaleOf(tcb: Tcb, segment: Segment): number {
  return has(segment, SYN) ? 0 : tcb.rcv.wscale;
}

function key(local: number, remoteHost: PlaceId, remotePort: number): string {
  return `${local}:${remoteHost}:${remotePort}`;
}
