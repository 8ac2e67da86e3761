import type { Micros } from '../../base/time.ts';
import { MILLISECOND } from '../../base/time.ts';
import type { KernelVersion } from '../../scenario/kernel-version.ts';
import { DEFAULT_MTU } from '../../scenario/link-setting.ts';
import type { SysctlValues } from '../../scenario/sysctl.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { EventFields, EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import { hash32 } from '../random.ts';
import type { IcmpMessage } from '../network/icmp-message.ts';
import type { Recorder } from '../recorder.ts';
import type { Clock } from '../scheduler.ts';
import { HEADERS_LENGTH } from '../tcp/constants.ts';
import { sendReset } from '../tcp/close.ts';
import { icmpArrives } from '../tcp/icmp.ts';
import { segmentArrives } from '../tcp/input.ts';
import { answerWithCookie, mssOf, openByCookie, openPassively, optionsInCommon } from '../tcp/open.ts';
import { resetFor } from '../tcp/reset-answer.ts';
import type { Segment } from '../tcp/segment.ts';
import { ACK, has, RST, SYN } from '../tcp/segment.ts';
import type { Seq } from '../tcp/seq.ts';
import { add, seq } from '../tcp/seq.ts';
import { type CookiePath, cookieFor, cookieIn, cookieStamp } from '../tcp/syn-cookie.ts';
import type { TcpKernel } from '../tcp/tcb.ts';
import { Tcb } from '../tcp/tcb.ts';
import { inheritTimestamp, mayReuseTimeWait, replacesTimeWait } from '../tcp/time-wait.ts';
import { TIMER_HANDLERS } from '../tcp/timers.ts';
import type { Connections } from '../connections.ts';
import { admission } from './admission.ts';
import type { Listener } from './listener.ts';
import { type Binding, bindingOf, ephemeralPorts, LOCAL_PORT_RANGE } from './ports.ts';

/** Another host as a kernel knows it. */
export interface Neighbour {
  readonly place: PlaceId;
  readonly address: string;
}

/** A port of another host. */
export type RemoteSocket = Neighbour & { readonly port: number };

/** What a kernel tells the world around it. */
export interface KernelEvents {
  send(to: PlaceId, segment: Segment, sent: EventId, purpose: SegmentPurpose): void;
  stateChanged(tcb: Tcb, from: TcpState, changed: EventId): void;
  readable(tcb: Tcb): void;
  writable(tcb: Tcb): void;
  /** MTU of the interface towards a host, bytes; absent: Ethernet's. */
  mtu?(to: PlaceId): number;
  /** Whether a segment of this connection end with this SEQ waits for the address of the next hop; absent: none ever does. */
  holdsBack?(tcb: Tcb, seq: Seq): boolean;
  /** Whether there is a way to a host; absent: always. */
  hasRoute?(to: PlaceId): boolean;
  /** A host on the way to which something was acknowledged; absent: nobody wants to know. */
  confirm?(host: PlaceId): void;
}

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
  /** How each end's socket came to its port: what a later bind() looks at. */
  private readonly bindings = new WeakMap<Tcb, Binding>();
  /** How many ends have a port that bind() gave out. */
  private readonly boundPorts = new Map<number, number>();
  /** The segment being handled, for what is said about it. */
  private handling: EventId = -1;
  private handledConnection = 0;
  private nextPort: number;
  private readonly bootedAt: Micros;
  private readonly portRange: readonly [first: number, last: number];

  constructor(init: {
    readonly scheduler: Clock;
    readonly recorder: Recorder;
    readonly host: Neighbour;
    readonly hz: number;
    readonly timers?: 'wheel' | undefined;
    readonly sysctls: SysctlValues;
    readonly version: KernelVersion;
    readonly seed: number;
    /** `net.ipv4.ip_local_port_range`. */
    readonly portRange?: readonly [first: number, last: number] | undefined;
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
    this.bootedAt = init.scheduler.now;
    this.portRange = init.portRange ?? LOCAL_PORT_RANGE;
    this.nextPort = hash32(init.seed, init.host.address, 'port') % (this.portRange[1] - this.portRange[0] + 1);
  }

  /** All ends in the tables, in the order in which they were opened. */
  *allEnds(): Generator<Tcb> {
    yield* this.ends.values();
  }

  /** Makes the end of a new connection in the tables; nothing is sent yet. */
  open(local: number, remote: RemoteSocket, name: string, binding: Binding): Tcb {
    const reused = this.ends.get(key(local, remote.place, remote.port));
    const iss =
      reused === undefined ? this.initialSequence(local, remote) : add(reused.snd.nxt, ISS_STEP_AFTER_TIME_WAIT);
    reused?.done('taken-over');
    const own = { host: this.host.place, port: local };
    const connection = this.connections.open(name, own, { host: remote.place, port: remote.port });
    const tcb = this.addEnd(local, remote, connection, iss, 'connect', binding);
    // What the peer's clock last said goes over to the new connection.
    if (reused !== undefined) inheritTimestamp(tcb, reused);
    return tcb;
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
  ephemeralPort(remote: RemoteSocket): number | undefined {
    for (const port of ephemeralPorts(this.portRange, this.nextPort)) {
      // Ports that bind() gave out are left alone.
      if (this.listeners.has(port) || (this.boundPorts.get(port) ?? 0) > 0) continue;
      if (!this.pairIsFree(port, remote, 'ephemeral')) continue;
      this.nextPort = port - this.portRange[0] + 2;
      return port;
    }
    return undefined;
  }

  /** Whether no end stands in the way of one between these two, but a TIME_WAIT entry that may be reused (`__inet_check_established`). */
  pairIsFree(local: number, remote: RemoteSocket, port: 'bound' | 'ephemeral'): boolean {
    const taken = this.ends.get(key(local, remote.place, remote.port));
    return taken === undefined || mayReuseTimeWait(taken, port);
  }

  /**
   * Whether bind() to `port` for listening would collide (`inet_csk_bind_conflict`): with a listener always, with other
   * sockets unless both sides set SO_REUSEADDR.
   */
  portConflicts(port: number, reuseAddress: boolean): boolean {
    if (this.listeners.has(port)) return true;
    for (const tcb of this.ends.values()) {
      if (tcb.local.port === port && !(reuseAddress && this.bindings.get(tcb)?.reuseAddress === true)) return true;
    }
    return false;
  }

  listen(listener: Listener): void {
    this.listeners.set(listener.port, listener);
  }

  /** Closes a listener (`inet_csk_listen_stop`): unaccepted connections are reset, half-open requests dropped. */
  closeListener(listener: Listener): void {
    this.listeners.delete(listener.port);
    for (const child of listener.close()) {
      child.enter(() => {
        if (child.state !== 'SYN_RECEIVED' && child.state !== 'CLOSED') sendReset(child, 'listener-closed');
        child.orphan = true;
        child.done('aborted');
      });
    }
  }

  /** The power is gone: nothing is sent, nothing remains. */
  halt(): void {
    for (const tcb of [...this.ends.values()]) {
      tcb.forget('host-off');
      this.connections.ended(tcb.connection);
    }
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
      const replaced = tcb !== undefined && this.listeners.has(segment.toPort) && replacesTimeWait(tcb, segment);
      if (tcb !== undefined && replaced) {
        iss = add(tcb.snd.nxt, ISS_STEP_AFTER_TIME_WAIT);
        tcb.done(replaced);
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

  /**
   * An ICMP error about a segment that this host sent to `peer` (`tcp_v4_err`). `cause`: what last happened to the message on
   * its way.
   */
  receiveIcmp(message: IcmpMessage, peer: Neighbour): void {
    const { quoted } = message;
    const tcb = this.ends.get(key(quoted.fromPort, peer.place, quoted.toPort));
    const place = tcb?.place ?? this.host.place;
    const delivered = this.recorder.record('icmp.delivered', place, { icmp: message.sent }, message.cause);
    this.recorder.causedBy(delivered, () => {
      const ignored = tcb === undefined ? 'no-socket' : tcb.enter(() => icmpArrives(tcb, message.message, quoted.seq));
      if (ignored !== undefined) this.recorder.record('icmp.ignored', place, { icmp: message.sent, reason: ignored });
    });
  }

  private withoutEnd(segment: Segment, from: Neighbour, iss?: Seq): void {
    const listener = this.listeners.get(segment.toPort);
    if (listener === undefined) {
      this.resetUnknown(segment, 'no-socket');
      return;
    }
    if (has(segment, ACK) && !has(segment, RST)) {
      this.acknowledgementAtListener(listener, segment, { ...from, port: segment.fromPort });
      return;
    }
    if (!has(segment, SYN) || has(segment, RST)) {
      this.ignoredByHost('not-for-this-state');
      return;
    }
    this.synAtListener(listener, segment, { ...from, port: segment.fromPort }, iss);
  }

  private synAtListener(listener: Listener, syn: Segment, remote: RemoteSocket, wantedIss?: Seq): void {
    const admitted = admission(listener, this.sysctls, wantedIss !== undefined);
    switch (admitted) {
      case 'request': {
        const iss = wantedIss ?? this.initialSequence(syn.toPort, remote);
        const tcb = this.addEnd(syn.toPort, remote, this.handledConnection, iss, 'syn-arrived', bindingOf(listener));
        listener.addRequest(tcb);
        listener.handDownOptions(tcb);
        tcb.enter(() => {
          openPassively(tcb, syn);
        });
        break;
      }
      case 'cookie':
        this.sendCookie(listener, syn, remote);
        break;
      default:
        this.ignoredByHost(admitted);
    }
  }

  /** Answers a SYN without keeping anything of it but the time (`cookie_init_sequence`). */
  private sendCookie(listener: Listener, syn: Segment, remote: RemoteSocket): void {
    const iss = cookieFor(
      this.cookiePath(syn.toPort, remote),
      syn,
      mssOf(syn, this.advertisedMss(remote)),
      this.uptime,
    );
    const clock = Math.floor(this.scheduler.now / MILLISECOND);
    const tsOffset = this.timestampOffset(syn.toPort, remote);
    const stamp = cookieStamp(clock, optionsInCommon(syn, this.sysctls));
    const end = this.newEnd(this.host.place, this.handledConnection, syn.toPort, remote, {
      iss,
      tsOffset: tsOffset + stamp - clock,
    });
    listener.handDownOptions(end);
    this.connections.announce(this.handledConnection, { host: this.host.place, port: syn.toPort }, iss);
    listener.cookieSent(this.scheduler.now);
    answerWithCookie(end, syn);
  }

  /** An ACK that belongs to no end reached a listener: nothing but the answer to a cookie has a meaning (`tcp_v4_cookie_check`). */
  private acknowledgementAtListener(listener: Listener, segment: Segment, remote: RemoteSocket): void {
    const mayBeCookie =
      !has(segment, SYN) && this.sysctls.tcp_syncookies !== 0 && listener.mayHaveSentCookies(this.scheduler.now);
    const verdict = cookieIn(this.cookiePath(segment.toPort, remote), segment, this.uptime);
    if (!mayBeCookie || verdict.kind !== 'valid') {
      this.resetUnknown(segment, verdict.kind === 'none' ? 'no-socket' : 'syn-cookie-expired');
      return;
    }
    if (listener.acceptQueueIsFull) {
      this.ignoredByHost('accept-queue-full');
      return;
    }
    const { handledConnection: connection } = this;
    const iss = add(segment.ack, -1);
    const tcb = this.addEnd(segment.toPort, remote, connection, iss, 'syn-cookie', bindingOf(listener));
    listener.addRequest(tcb);
    listener.handDownOptions(tcb);
    tcb.enter(() => {
      openByCookie(tcb, segment, verdict.mss);
      segmentArrives(tcb, segment);
    });
  }

  private cookiePath(localPort: number, remote: RemoteSocket): CookiePath {
    return {
      seed: this.seed,
      local: this.host.address,
      localPort,
      remote: remote.address,
      remotePort: remote.port,
    };
  }

  private get uptime(): Micros {
    return this.scheduler.now - this.bootedAt;
  }

  private addEnd(
    local: number,
    remote: RemoteSocket,
    connection: number,
    iss: number,
    how: EventFields<'end.opened'>['how'],
    binding: Binding,
  ): Tcb {
    const place = this.recorder.writer.addPlace({ kind: 'end', host: this.host.place, process: -1, connection });
    this.connections.attach(connection, { host: this.host.place, port: local }, place, iss);
    this.recorder.record('end.opened', place, { how });
    const tsOffset = this.timestampOffset(local, remote);
    const tcb = this.newEnd(place, connection, local, remote, { iss: seq(iss), tsOffset });
    this.ends.set(key(local, remote.place, remote.port), tcb);
    this.bindings.set(tcb, binding);
    if (binding.bound) this.boundPorts.set(local, (this.boundPorts.get(local) ?? 0) + 1);
    return tcb;
  }

  private newEnd(
    place: PlaceId,
    connection: number,
    local: number,
    remote: RemoteSocket,
    numbers: { readonly iss: Seq; readonly tsOffset: number },
  ): Tcb {
    return new Tcb({
      kernel: this,
      place,
      connection,
      local: { host: this.host.place, address: this.host.address, port: local },
      remote: { host: remote.place, address: remote.address, port: remote.port },
      ...numbers,
      advertisedMss: this.advertisedMss(remote),
      onTimer: TIMER_HANDLERS,
    });
  }

  /** What the interface towards `remote` takes. */
  private advertisedMss(remote: RemoteSocket): number {
    return (this.events.mtu?.(remote.place) ?? DEFAULT_MTU) - HEADERS_LENGTH;
  }

  private timestampOffset(local: number, remote: RemoteSocket): number {
    return hash32(this.seed, 'ts', this.host.address, remote.address, local, remote.port);
  }

  private initialSequence(local: number, remote: RemoteSocket): number {
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

  holdsBack(tcb: Tcb, seq: Seq): boolean {
    return this.events.holdsBack?.(tcb, seq) ?? false;
  }

  hasRoute(tcb: Tcb): boolean {
    return this.routeTo(tcb.remote.host);
  }

  /** Whether there is a way to a host. */
  routeTo(host: PlaceId): boolean {
    return this.events.hasRoute?.(host) ?? true;
  }

  confirmNeighbour(tcb: Tcb): void {
    this.events.confirm?.(tcb.remote.host);
  }

  resetUnknown(to: Segment, reason: SendReason): void {
    if (has(to, RST)) return;
    const remote = this.connections.hostOfOther(this.handledConnection, this.host.place, to.toPort);
    const segment = resetFor(to);
    this.send(this.host.place, this.handledConnection, remote, segment, 'rst', reason, [], 0);
  }

  ignored(tcb: Tcb, reason: EventFields<'segment.ignored'>['reason']): void {
    this.recorder.record('segment.ignored', tcb.place, { segment: this.handling, reason });
  }

  acceptQueueIsFull(tcb: Tcb): boolean {
    return this.listenerOf(tcb)?.acceptQueueIsFull === true;
  }

  synAckRetries(tcb: Tcb): number {
    const configured = this.sysctls.tcp_synack_retries;
    return this.listenerOf(tcb)?.synAckRetries(configured) ?? configured;
  }

  private ignoredByHost(reason: EventFields<'segment.ignored'>['reason']): void {
    this.recorder.record('segment.ignored', this.host.place, { segment: this.handling, reason });
  }

  stateChanged(tcb: Tcb, from: TcpState, changed: EventId): void {
    if (tcb.state === 'ESTABLISHED' && from === 'SYN_RECEIVED') this.listenerOf(tcb)?.established(tcb);
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
    if (this.bindings.get(tcb)?.bound === true) {
      this.boundPorts.set(tcb.local.port, (this.boundPorts.get(tcb.local.port) ?? 1) - 1);
    }
    this.connections.ended(tcb.connection);
    this.listenerOf(tcb)?.removed(tcb);
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
    return listener?.holds(tcb) === true ? listener : undefined;
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
    if (!this.routeTo(to)) return;
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
