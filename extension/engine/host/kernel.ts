import type { Micros } from '../../base/time.ts';
import type { KernelVersion } from '../../scenario/kernel-version.ts';
import type { SysctlValues } from '../../scenario/sysctl.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { EventFields, EventId, PlaceId } from '../../trace/event.ts';
import type { SendReason } from '../../trace/schema.ts';
import type { Connections } from '../connections.ts';
import type { IcmpMessage } from '../network/icmp-message.ts';
import type { Recorder } from '../recorder.ts';
import type { Clock } from '../scheduler.ts';
import { sendReset } from '../tcp/close.ts';
import { icmpArrives } from '../tcp/icmp.ts';
import { segmentArrives } from '../tcp/input.ts';
import { MetricsCache } from '../tcp/metrics.ts';
import { resetFor } from '../tcp/reset-answer.ts';
import type { Segment } from '../tcp/segment.ts';
import { has, RST } from '../tcp/segment.ts';
import type { Seq } from '../tcp/seq.ts';
import { add, unsigned } from '../tcp/seq.ts';
import type { TcpKernel } from '../tcp/tcp-kernel.ts';
import { Tcb } from '../tcp/tcb.ts';
import { inheritTimestamp, replacesTimeWait } from '../tcp/time-wait.ts';
import { TIMER_HANDLERS } from '../tcp/timers.ts';
import { EndTable } from './end-table.ts';
import { IpOutput } from './ip-output.ts';
import type { KernelEvents } from './kernel-events.ts';
import { type ListeningKernel, segmentAtListener } from './listen-input.ts';
import type { Listener } from './listener.ts';
import { type Binding, bindingOf, LOCAL_PORT_RANGE } from './ports.ts';
import type { Neighbour, RemoteSocket } from './remote.ts';
import { Secrets } from './secrets.ts';

/** What a new connection's numbers are ahead of those of the TIME_WAIT entry that it replaces (`tcp_timewait_state_process`). */
const ISS_STEP_AFTER_TIME_WAIT = 65_537;
/** The TCP of one host from one boot to the next: ends come and go, segments find theirs, strangers are reset. */
export class Kernel implements TcpKernel, ListeningKernel {
  readonly scheduler: Clock;
  readonly recorder: Recorder;
  readonly hz: number;
  readonly timers: 'wheel' | undefined;
  readonly sysctls: SysctlValues;
  readonly version: KernelVersion;
  private readonly host: Neighbour;
  readonly table: EndTable;
  readonly metrics = new MetricsCache();
  readonly secrets: Secrets;
  private readonly connections: Connections;
  private readonly events: KernelEvents;
  readonly output: IpOutput;
  /** The segment being handled, for what is said about it. */
  private handling: EventId = -1;
  private handledFrom: PlaceId = 0;
  private handledFromPort = 0;
  private handledToPort = 0;
  private readonly bootedAt: Micros;

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
    this.secrets = new Secrets(init.seed, init.host.address);
    this.connections = init.connections;
    this.events = init.events;
    this.bootedAt = init.scheduler.now;
    this.output = new IpOutput(init.host.place, init.recorder, init.events, init.scheduler);
    const range = init.portRange ?? LOCAL_PORT_RANGE;
    this.table = new EndTable(range, this.secrets.firstPort(range[1] - range[0] + 1));
  }

  /** Makes the end of a new connection in the tables; nothing is sent yet. */
  open(local: number, remote: RemoteSocket, name: string, binding: Binding): Tcb {
    const reused = this.table.find(local, remote.place, remote.port);
    const iss =
      reused === undefined
        ? this.secrets.initialSequence(local, remote, this.scheduler.now)
        : add(reused.snd.nxt, ISS_STEP_AFTER_TIME_WAIT);
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

  /**
   * Closes a listener (`inet_csk_listen_stop`): unaccepted connections are reset. Half-open requests are dropped without a word,
   * when next something is done with them.
   */
  closeListener(listener: Listener): void {
    this.table.removeListener(listener);
    for (const child of listener.close()) {
      if (child.isRequest) continue;
      child.enter(() => {
        if (child.state !== 'CLOSED') sendReset(child, 'listener-closed');
        child.leaveProcess();
        child.done('aborted');
      });
    }
  }

  /** The power is gone: nothing is sent, nothing remains. */
  halt(): void {
    for (const tcb of [...this.table.all()]) {
      tcb.forget('host-off');
      this.connections.ended(tcb.connection);
    }
    this.table.clear();
  }

  /** A segment reached this host (`tcp_v4_rcv`). `cause`: what last happened to it on the way. */
  receive(segment: Segment, from: Neighbour, sent: EventId, cause: EventId = sent): void {
    const { recorder } = this;
    const tcb = this.table.find(segment.toPort, from.place, segment.fromPort);
    const before = recorder.cause;
    this.handling = sent;
    this.handledFrom = from.place;
    this.handledFromPort = segment.fromPort;
    this.handledToPort = segment.toPort;
    if (tcb === undefined || tcb.isRequest || tcb.isTimeWaitEntry) {
      this.receiveWithoutSocket(tcb, segment, from, cause);
    } else {
      recorder.cause = recorder.delivered(tcb.place, sent, cause);
      segmentArrives(tcb, segment);
    }
    recorder.cause = before;
  }

  /** For a request, a TIME_WAIT entry, or nobody. */
  private receiveWithoutSocket(found: Tcb | undefined, segment: Segment, from: Neighbour, cause: EventId): void {
    const { recorder } = this;
    const isStray = found?.isRequest === true && !this.hasListener(found);
    const tcb = isStray ? undefined : found;
    recorder.cause = recorder.delivered(tcb === undefined ? this.host.place : tcb.place, this.handling, cause);
    const replaced =
      tcb?.isTimeWaitEntry === true &&
      this.table.listener(segment.toPort) !== undefined &&
      replacesTimeWait(tcb, segment);
    // A request whose listener has gone (`tcp_v4_rcv`).
    if (isStray) found.done('aborted');
    if (tcb === undefined) {
      this.receiveWithoutEnd(segment, from);
    } else if (replaced) {
      tcb.done(replaced);
      this.receiveWithoutEnd(segment, from, add(tcb.snd.nxt, ISS_STEP_AFTER_TIME_WAIT));
    } else {
      segmentArrives(tcb, segment);
    }
  }

  /** @param iss number of the first segment of what a SYN opens in place of a TIME_WAIT entry */
  private receiveWithoutEnd(segment: Segment, from: Neighbour, iss?: Seq): void {
    const listener = this.table.listener(segment.toPort);
    if (listener === undefined) this.resetUnknown(segment, 'no-socket');
    else segmentAtListener(this, listener, segment, { ...from, port: segment.fromPort }, iss);
  }

  /** The connection that the segment being handled belongs to. */
  private get handledConnection(): number {
    return this.connections.ofSegment(this.host.place, this.handledToPort, this.handledFrom, this.handledFromPort);
  }

  /**
   * An ICMP error about a segment that this host sent to `peer` (`tcp_v4_err`). `cause`: what last happened to the message on
   * its way.
   */
  receiveIcmp(message: IcmpMessage, peer: Neighbour): void {
    const { quoted } = message;
    const tcb = this.table.find(quoted.fromPort, peer.place, quoted.toPort);
    const place = tcb?.place ?? this.host.place;
    const delivered = this.recorder.record('icmp.delivered', place, { icmp: message.sent }, message.cause);
    this.recorder.causedBy(delivered, () => {
      const ignored = tcb === undefined ? 'no-socket' : tcb.enter(() => icmpArrives(tcb, message, quoted.seq));
      if (ignored !== undefined) this.recorder.record('icmp.ignored', place, { icmp: message.sent, reason: ignored });
    });
  }

  // ---- what segments at a listener ask for ----

  get uptime(): Micros {
    return this.scheduler.now - this.bootedAt;
  }

  addRequest(listener: Listener, remote: RemoteSocket, iss: Seq, how: EventFields<'end.opened'>['how']): Tcb {
    const tcb = this.addEnd(listener.port, remote, this.handledConnection, iss, how, bindingOf(listener));
    listener.addRequest(tcb);
    listener.handDownOptions(tcb);
    return tcb;
  }

  passingEnd(listener: Listener, remote: RemoteSocket, numbers: { readonly iss: Seq; readonly tsOffset: number }): Tcb {
    const own = { host: this.host.place, port: listener.port };
    const end = this.newEnd(this.host.place, this.handledConnection, listener.port, remote, numbers);
    listener.handDownOptions(end);
    this.connections.announce(this.handledConnection, own, unsigned(numbers.iss));
    return end;
  }

  isProven(remote: RemoteSocket): boolean {
    return this.metrics.isProven(this.host.address, remote.address, this.scheduler.now);
  }

  advertisedMss(remote: RemoteSocket): number {
    return this.output.advertisedMss(remote.place);
  }

  ignoredByHost(reason: EventFields<'segment.ignored'>['reason']): void {
    this.recorder.record('segment.ignored', this.host.place, { segment: this.handling, reason });
  }

  private addEnd(
    local: number,
    remote: RemoteSocket,
    connection: number,
    iss: Seq,
    how: EventFields<'end.opened'>['how'],
    binding: Binding,
  ): Tcb {
    const place = this.recorder.writer.addPlace({ kind: 'end', host: this.host.place, process: -1, connection });
    this.connections.attach(connection, { host: this.host.place, port: local }, place, unsigned(iss));
    this.recorder.record('end.opened', place, { how });
    const tsOffset = this.secrets.timestampOffset(local, remote);
    const tcb = this.newEnd(place, connection, local, remote, { iss, tsOffset });
    this.table.add(tcb, binding);
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
      pathMtu: this.output.pathMtu(remote.place),
      route: this.output.routeMetrics(remote.place),
      onTimer: TIMER_HANDLERS,
    });
  }

  // ---- what ends ask of their kernel ----

  holdsBack(tcb: Tcb, seq: Seq): boolean {
    return this.events.holdsBack?.(tcb, seq) ?? false;
  }

  pathMtu(tcb: Tcb): number {
    return this.output.pathMtu(tcb.remote.host);
  }

  learnPathMtu(tcb: Tcb, mtu: number): void {
    this.output.learnPathMtu(tcb.remote.host, mtu);
  }

  hasRoute(tcb: Tcb): boolean {
    return this.output.hasRoute(tcb.remote.host);
  }

  /** Whether there is a way to a host. */
  routeTo(host: PlaceId): boolean {
    return this.output.hasRoute(host);
  }

  confirmNeighbour(tcb: Tcb): void {
    this.events.confirm?.(tcb.remote.host);
  }

  resetUnknown(to: Segment, reason: SendReason): void {
    if (has(to, RST)) return;
    const connection = this.handledConnection;
    const remote = { host: this.connections.hostOfOther(connection, this.host.place, to.toPort) };
    this.output.send({ place: this.host.place, connection, remote }, resetFor(to), 0, 'rst', reason, []);
  }

  ignored(tcb: Tcb, reason: EventFields<'segment.ignored'>['reason']): void {
    this.recorder.record('segment.ignored', tcb.place, { segment: this.handling, reason });
  }

  acceptQueueIsFull(tcb: Tcb): boolean {
    return this.table.listenerOf(tcb)?.acceptQueueIsFull === true;
  }

  hasListener(tcb: Tcb): boolean {
    return this.table.listenerOf(tcb) !== undefined;
  }

  synAckRetries(tcb: Tcb): number {
    const configured = tcb.knob('TCP_SYNCNT', this.sysctls.tcp_synack_retries);
    return this.table.listenerOf(tcb)?.synAckRetries(configured) ?? configured;
  }

  stateChanged(tcb: Tcb, from: TcpState, changed: EventId): void {
    if (tcb.state === 'ESTABLISHED' && from === 'SYN_RECEIVED') this.table.listenerOf(tcb)?.established(tcb);
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
    this.table.remove(tcb);
    this.connections.ended(tcb.connection);
    this.table.listenerOf(tcb)?.removed(tcb);
  }

  tooManyOrphans(shift: number): boolean {
    return this.table.hasMoreOrphansThan(this.sysctls.tcp_max_orphans / 2 ** shift, this.scheduler.now);
  }
}
