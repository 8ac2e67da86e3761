import { SECOND } from '../../base/time.ts';
import type { HostPlan } from '../../scenario/plan.ts';
import { sysctlValues } from '../../scenario/sysctl.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose } from '../../trace/schema.ts';
import type { Connections } from '../connections.ts';
import type { Link, LinkEnd } from '../network/link.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduled, Scheduler } from '../scheduler.ts';
import type { Segment } from '../tcp/segment.ts';
import type { Tcb } from '../tcp/tcb.ts';
import type { KernelEvents } from './kernel.ts';
import { Kernel } from './kernel.ts';
import type { StreamDescriptor } from './descriptors.ts';
import type { Process } from './process.ts';

/** An orderly shutdown ends the processes, then leaves the network up so long before the power goes. */
export const SHUTDOWN_GRACE = SECOND;

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
  private readonly scheduler: Scheduler;
  private readonly recorder: Recorder;
  private readonly bootKernel: () => Kernel;
  /** The event that took its power; undefined while it is on. */
  private offBy: EventId | undefined;
  private powerOff: Scheduled | undefined;

  constructor(init: {
    readonly plan: HostPlan;
    readonly place: PlaceId;
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
    readonly connections: Connections;
    readonly seed: number;
  }) {
    const { plan, place, scheduler, recorder } = init;
    this.name = plan.name;
    this.address = plan.address;
    this.place = place;
    this.scheduler = scheduler;
    this.recorder = recorder;
    let boots = 0;
    this.bootKernel = () =>
      new Kernel({
        scheduler,
        recorder,
        host: this,
        hz: plan.hz,
        timers: plan.timers,
        sysctls: sysctlValues(plan.sysctls),
        version: plan.kernel,
        // A new boot draws new secrets.
        seed: init.seed + boots++,
        connections: init.connections,
        events: this,
      });
    this.kernel = this.bootKernel();
  }

  get isOn(): boolean {
    return this.offBy === undefined;
  }

  /** Power loss, kernel crash: nothing is sent, nothing remains. */
  losePower(reason: 'power-loss' | 'shutdown' = 'power-loss'): void {
    if (this.powerOff !== undefined) this.powerOff.cancelled = true;
    this.offBy = this.recorder.record('host.state', this.place, { on: false, reason });
    this.recorder.causedBy(this.offBy, () => {
      for (const process of this.processes) if (process.running) process.end('host-off');
      this.kernel.halt();
    });
  }

  boot(): void {
    this.recorder.record('host.state', this.place, { on: true, reason: 'boot' });
    this.offBy = undefined;
    this.kernel = this.bootKernel();
  }

  /** Orderly: processes are ended first, so that their kernels still send FIN or RST. */
  shutDown(): void {
    for (const process of this.processes) if (process.running) process.end('shutdown');
    const { cause } = this.recorder;
    this.powerOff = this.scheduler.at(this.scheduler.now + SHUTDOWN_GRACE, () => {
      this.recorder.causedBy(cause, () => {
        this.losePower('shutdown');
      });
    });
  }

  // ---- the network ----

  arrive(segment: Segment, from: LinkEnd, sent: EventId, cause: EventId): void {
    if (this.offBy !== undefined) {
      this.recorder.record(
        'segment.dropped',
        this.place,
        { segment: sent, reason: 'host-off', blame: this.offBy },
        cause,
      );
      return;
    }
    this.kernel.receive(segment, from, sent, cause);
  }

  send(to: PlaceId, segment: Segment, sent: EventId, purpose: SegmentPurpose): void {
    const link = this.links.find((candidate) => candidate.ends.some((end) => end.place === to));
    if (link === undefined) throw new Error(`${this.name} has no link to place ${to}`);
    link.send(this, segment, sent, purpose);
  }

  // ---- what its kernel tells ----

  stateChanged(tcb: Tcb, from: TcpState, changed: EventId): void {
    if (tcb.state === 'ESTABLISHED' && from === 'SYN_SENT') {
      for (const { process, descriptor } of this.holders(tcb)) process.wakeConnected(descriptor);
    }
    this.onStateChange(tcb, changed);
  }

  readable(tcb: Tcb): void {
    for (const { process, descriptor } of this.holders(tcb)) process.wakeToRead(descriptor);
  }

  /**
   * Who has a descriptor of an end. All who sleep in recv() are woken, whoever went to sleep last first (`add_wait_queue` puts
   * it at the head): after a fork that is the child. The first takes what is there, the others find nothing and sleep on.
   */
  private holders(tcb: Tcb): { process: Process; descriptor: StreamDescriptor }[] {
    const found: { process: Process; descriptor: StreamDescriptor }[] = [];
    for (const process of this.processes) {
      const descriptor = process.descriptorOf(tcb);
      if (descriptor !== undefined) found.push({ process, descriptor });
    }
    if (found.length < 2) return found;
    const order = found[0]?.descriptor.socket.holders ?? [];
    return found.sort((a, b) => order.indexOf(b.process.place) - order.indexOf(a.process.place));
  }
}
