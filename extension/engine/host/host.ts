import { SECOND } from '../../base/time.ts';
import { hasFeature } from '../../scenario/kernel-version.ts';
import type { HostPlan } from '../../scenario/plan.ts';
import type { RouteMetrics, RoutePlan } from '../../scenario/route-metric.ts';
import { sysctlValues } from '../../scenario/sysctl.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose } from '../../trace/schema.ts';
import type { Connections } from '../connections.ts';
import type { ArpFrame } from '../network/arp.ts';
import type { IcmpMessage } from '../network/icmp-message.ts';
import type { Link, LinkEnd } from '../network/link.ts';
import type { Recorder } from '../recorder.ts';
import type { Clock, Scheduled } from '../scheduler.ts';
import type { LocalFailure } from '../tcp/local-failure.ts';
import type { Segment } from '../tcp/segment.ts';
import type { Seq } from '../tcp/seq.ts';
import type { Tcb } from '../tcp/tcb.ts';
import { HostClock } from './host-clock.ts';
import { LastHop } from './last-hop.ts';
import { Kernel } from './kernel.ts';
import type { KernelEvents } from './kernel-events.ts';
import { wakeLingerer } from './close.ts';
import { wakeConnected } from './connect.ts';
import type { StreamDescriptor } from './descriptors.ts';
import type { Process } from './process.ts';
import { reachableDraw, reachableTime } from './reachable-time.ts';
import { wakeToRead } from './recv.ts';
import { wakeToWrite } from './send.ts';

/** The loopback interface's 65536 bytes, held down to the largest IP packet (`IP_MAX_MTU`). */
const LOOPBACK_MTU = 65_535;

/** An orderly shutdown ends the processes, then leaves the network up so long before the power goes. */
export const SHUTDOWN_GRACE = SECOND;

/**
 * Frames that wait before a stopped virtual machine: nobody reads its tap device, whose queue holds so many (`tx_queue_len` of a
 * tap, as of any Ethernet device); what comes after is lost.
 */
export const TAP_QUEUE = 1000;

/** A machine: power, a kernel while it is on, processes, and the links at its back. */
export class Host implements LinkEnd, KernelEvents {
  readonly name: string;
  readonly address: string;
  readonly place: PlaceId;
  readonly processes: Process[] = [];
  readonly links: Link[] = [];
  /** Told of every change of a connection's state. */
  onStateChange: (tcb: Tcb, changed: EventId) => void = () => undefined;
  kernel: Kernel;
  private readonly clock: Clock;
  private readonly recorder: Recorder;
  private readonly bootKernel: () => Kernel;
  /** The event that took its power; undefined while it is on. */
  private off: EventId | undefined;
  private powerOff: Scheduled | undefined;
  /** The event that stopped its virtual machine; undefined while it runs. */
  private frozenBy: EventId | undefined;
  /** What arrived while it was stopped. */
  private waiting: {
    readonly segment: Segment;
    readonly from: LinkEnd;
    readonly sent: EventId;
    readonly held: EventId;
  }[] = [];
  /** What else came while it was stopped: it is handled first. */
  private readonly postponed: (() => void)[] = [];
  /** By the place of the host at the other end. */
  private readonly hops: (LastHop | undefined)[] = [];
  /** One of its own cables is out. */
  private lacksCarrier = false;
  /** Undefined while there are none. */
  private routesLost: Set<PlaceId> | undefined;
  private readonly routes: readonly RoutePlan[];
  private readonly makeHop: (link: Link) => LastHop;

  constructor(init: {
    readonly plan: HostPlan;
    readonly place: PlaceId;
    /** A `HostClock` where the scenario freezes the host. */
    readonly clock: Clock;
    readonly recorder: Recorder;
    readonly connections: Connections;
    readonly seed: number;
  }) {
    const { plan, place, clock, recorder } = init;
    this.name = plan.name;
    this.routes = plan.routes ?? [];
    this.address = plan.address;
    this.place = place;
    this.clock = clock;
    this.recorder = recorder;
    this.makeHop = (link) =>
      new LastHop({
        host: this,
        link,
        scheduler: clock,
        recorder,
        ticks: { hz: plan.hz, timers: plan.timers },
        reachableTime: reachableTime(plan.hz, reachableDraw(init.seed, plan.name, link.other(this).name)),
        evictsWithoutCarrier: hasFeature(plan.kernel, 'neighbours forgotten without a carrier'),
        tell: (message, peer) => {
          this.icmpArrives(message, peer);
        },
      });
    let boots = 0;
    this.bootKernel = () =>
      new Kernel({
        scheduler: clock,
        recorder,
        host: this,
        hz: plan.hz,
        timers: plan.timers,
        sysctls: sysctlValues(plan.sysctls, plan.kernel),
        version: plan.kernel,
        portRange: plan.portRange,
        // A new boot draws new secrets.
        seed: init.seed + boots++,
        connections: init.connections,
        events: this,
      });
    this.kernel = this.bootKernel();
  }

  get offBy(): EventId | undefined {
    return this.off;
  }

  get isOn(): boolean {
    return this.off === undefined;
  }

  get isFrozen(): boolean {
    return this.frozenBy !== undefined;
  }

  /** Its virtual machine is stopped: no instruction runs and its clock stands still. Nobody is told. */
  freeze(): void {
    this.frozenBy = this.recorder.record('host.frozen', this.place, { frozen: true });
    if (this.clock instanceof HostClock) this.clock.freeze();
  }

  /** It goes on as if nothing had been, and takes what waits for it. */
  resume(): void {
    const resumed = this.recorder.record('host.frozen', this.place, { frozen: false });
    this.frozenBy = undefined;
    if (this.clock instanceof HostClock) this.clock.resume();
    this.recorder.causedBy(resumed, () => {
      for (const tcb of this.kernel.table.all()) tcb.onClockResumed();
    });
    for (const work of this.postponed.splice(0)) work();
    for (const { segment, from, sent, held } of this.waiting.splice(0)) this.kernel.receive(segment, from, sent, held);
  }

  /** Power loss, kernel crash: nothing is sent, nothing remains. */
  losePower(reason: 'power-loss' | 'shutdown' = 'power-loss'): void {
    if (this.powerOff !== undefined) this.powerOff.cancelled = true;
    const off = this.recorder.record('host.state', this.place, { on: false, reason });
    this.off = off;
    for (const { sent, held } of this.waiting.splice(0)) this.drop(sent, 'host-off', off, held);
    this.postponed.length = 0;
    this.frozenBy = undefined;
    if (this.clock instanceof HostClock) this.clock.resume();
    this.recorder.causedBy(off, () => {
      for (const process of this.processes) if (process.running) process.end('host-off');
      this.kernel.halt();
      for (const hop of this.hops) hop?.forget(off);
    });
  }

  boot(): void {
    this.recorder.record('host.state', this.place, { on: true, reason: 'boot' });
    this.off = undefined;
    this.kernel = this.bootKernel();
  }

  /** Orderly: processes are ended first, so that their kernels still send FIN or RST. */
  shutDown(): void {
    for (const process of this.processes) if (process.running) process.end('shutdown');
    const { cause } = this.recorder;
    this.powerOff = this.clock.at(this.clock.now + SHUTDOWN_GRACE, () => {
      this.recorder.causedBy(cause, () => {
        this.losePower('shutdown');
      });
    });
  }

  // ---- the network ----

  arrive(segment: Segment, from: LinkEnd, sent: EventId, cause: EventId): void {
    if (this.off === undefined && this.frozenBy === undefined && !this.lacksCarrier) {
      this.kernel.receive(segment, from, sent, cause);
    } else {
      this.arriveInTrouble(segment, from, sent, cause);
    }
  }

  private arriveInTrouble(segment: Segment, from: LinkEnd, sent: EventId, cause: EventId): void {
    const noCarrier = from.place === this.place ? undefined : this.hopTo(from.place).noCarrier;
    if (this.off !== undefined) {
      this.drop(sent, 'host-off', this.off, cause);
    } else if (noCarrier !== undefined) {
      this.drop(sent, 'no-carrier', noCarrier, cause);
    } else if (this.frozenBy === undefined) {
      this.kernel.receive(segment, from, sent, cause);
    } else if (this.waiting.length < TAP_QUEUE) {
      const held = this.recorder.record('segment.held', this.place, { segment: sent, blame: this.frozenBy }, cause);
      this.waiting.push({ segment, from, sent, held });
    } else {
      this.drop(sent, 'host-frozen', this.frozenBy, cause);
    }
  }

  private drop(sent: EventId, reason: 'host-off' | 'host-frozen' | 'no-carrier', blame: EventId, cause: EventId): void {
    this.recorder.record('segment.dropped', this.place, { segment: sent, reason, blame }, cause);
  }

  icmpArrives(message: IcmpMessage, peer: LinkEnd): void {
    const blame = this.off ?? (message.isOwn ? undefined : this.hopTo(peer.place).noCarrier);
    if (blame === undefined) {
      this.unlessFrozen(() => {
        this.kernel.receiveIcmp(message, peer);
      });
      return;
    }
    const fields = { icmp: message.sent, reason: this.off === undefined ? 'no-carrier' : 'host-off', blame } as const;
    this.recorder.record('icmp.dropped', this.place, fields, message.cause);
  }

  arpArrives(frame: ArpFrame, from: LinkEnd): void {
    this.unlessFrozen(() => {
      this.hopTo(from.place).arpArrives(frame);
    });
  }

  send(to: PlaceId, segment: Segment, sent: EventId, purpose: SegmentPurpose): LocalFailure | undefined {
    if (to === this.place) {
      this.loopBack(segment, sent);
      return undefined;
    }
    return this.hopTo(to).send(segment, sent, purpose);
  }

  mtu(to: PlaceId): number {
    return to === this.place ? LOOPBACK_MTU : this.hopTo(to).link.mtu;
  }

  private unlessFrozen(work: () => void): void {
    if (this.frozenBy === undefined) work();
    else this.postponed.push(work);
  }

  holdsBack(tcb: Tcb, seq: Seq): boolean {
    return tcb.remote.host !== this.place && this.hopTo(tcb.remote.host).holds(tcb.local.port, tcb.remote.port, seq);
  }

  hasRoute(to: PlaceId): boolean {
    return this.routesLost?.has(to) !== true;
  }

  routeMetrics(to: PlaceId): RouteMetrics {
    // What it sends to itself takes the loopback interface's route.
    if (this.routes.length === 0 || to === this.place) return {};
    const { name } = this.hopTo(to).link.other(this);
    const route = this.routes.find((each) => each.to === name) ?? this.routes.find((each) => each.to === undefined);
    return route?.metrics ?? {};
  }

  confirm(host: PlaceId): void {
    if (host !== this.place) this.hopTo(host).confirm();
  }

  /** Pulls out or plugs in its own cable on a link, or on all. */
  setCarrier(up: boolean, link?: Link): void {
    for (const each of this.links) {
      if (link === undefined || each === link) this.hopTo(each.other(this).place).setCarrier(up);
    }
    this.lacksCarrier = this.hops.some((hop) => hop?.noCarrier !== undefined);
  }

  /** The queue of its device on a link, or of all, has no room, or has room again. No socket is told before it sends. */
  setQueue(full: boolean, link?: Link): void {
    for (const each of this.links) {
      if (link === undefined || each === link) this.hopTo(each.other(this).place).setQueue(full);
    }
  }

  /** Removes or adds the route to another host. No socket is told. */
  setRoute(to: LinkEnd, present: boolean): void {
    if (present === this.hasRoute(to.place)) return;
    this.recorder.record('route.state', this.place, { to: to.place, present });
    const lost = new Set(this.routesLost);
    if (present) lost.delete(to.place);
    else lost.add(to.place);
    this.routesLost = lost.size === 0 ? undefined : lost;
  }

  private hopTo(place: PlaceId): LastHop {
    return this.hops[place] ?? this.newHop(place);
  }

  private newHop(place: PlaceId): LastHop {
    const link = this.links.find((candidate) => candidate.ends.some((end) => end.place === place));
    if (link === undefined) throw new Error(`${this.name} has no link to place ${place}`);
    const hop = this.makeHop(link);
    while (this.hops.length < place) this.hops.push(undefined);
    this.hops[place] = hop;
    return hop;
  }

  /** The loopback interface: arrives at the same instant, once the kernel is done with what it is at. */
  private loopBack(segment: Segment, sent: EventId): void {
    this.clock.at(this.clock.now, () => {
      this.arrive(segment, this, sent, sent);
    });
  }

  // ---- what its kernel tells ----

  stateChanged(tcb: Tcb, from: TcpState, changed: EventId): void {
    if (tcb.state === 'ESTABLISHED' && (from === 'SYN_SENT' || from === 'SYN_RECEIVED')) {
      for (const { process, descriptor } of this.holders(tcb)) wakeConnected(process, descriptor);
    }
    for (const process of this.processes) wakeLingerer(process, tcb);
    this.onStateChange(tcb, changed);
  }

  readable(tcb: Tcb): void {
    const process = this.processes[0];
    if (process === undefined || this.processes.length > 1) {
      this.readableToMany(tcb);
      return;
    }
    const descriptor = process.descriptors.of(tcb);
    if (descriptor !== undefined) wakeToRead(process, descriptor);
  }

  private readableToMany(tcb: Tcb): void {
    for (const { process, descriptor } of this.holders(tcb)) wakeToRead(process, descriptor);
  }

  writable(tcb: Tcb): void {
    for (const { process, descriptor } of this.holders(tcb)) wakeToWrite(process, descriptor);
  }

  /**
   * Who has a descriptor of an end. All who sleep in recv() are woken, whoever went to sleep last first (`add_wait_queue` puts
   * it at the head): after a fork that is the child. The first takes what is there, the others find nothing and sleep on.
   */
  private holders(tcb: Tcb): { process: Process; descriptor: StreamDescriptor }[] {
    const found: { process: Process; descriptor: StreamDescriptor }[] = [];
    for (const process of this.processes) {
      const descriptor = process.descriptors.of(tcb);
      if (descriptor !== undefined) found.push({ process, descriptor });
    }
    if (found.length < 2) return found;
    const order = found[0]?.descriptor.socket.holders ?? [];
    return found.sort((a, b) => order.indexOf(b.process.place) - order.indexOf(a.process.place));
  }
}
