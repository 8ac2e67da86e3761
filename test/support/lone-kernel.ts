/** One real kernel with its clock and its trace; whoever holds it is the other end of the wire. */
import { Connections } from '../../extension/engine/connections.ts';
import { Kernel } from '../../extension/engine/host/kernel.ts';
import type { KernelEvents } from '../../extension/engine/host/kernel-events.ts';
import { Recorder } from '../../extension/engine/recorder.ts';
import { Scheduler } from '../../extension/engine/scheduler.ts';
import type { Segment } from '../../extension/engine/tcp/segment.ts';
import type { KernelVersion } from '../../extension/scenario/kernel-version.ts';
import type { SysctlValues } from '../../extension/scenario/sysctl.ts';
import { TraceWriter } from '../../extension/trace/columns.ts';
import type { EventId } from '../../extension/trace/event.ts';
import { TRACE_VERSION } from '../../extension/trace/schema.ts';
import { Trace } from '../../extension/trace/trace.ts';

export const LOCAL = { place: 1, address: '10.0.0.1' };
export const PEER = { place: 2, address: '10.0.0.2' };

export class LoneKernel {
  readonly scheduler = new Scheduler();
  readonly writer: TraceWriter;
  readonly recorder: Recorder;
  readonly connections: Connections;
  readonly kernel: Kernel;

  constructor(init: {
    readonly version: KernelVersion;
    readonly sysctls: SysctlValues;
    readonly hz: number;
    readonly timers?: 'wheel' | undefined;
    readonly seed: number;
    /** What the kernel does to the world: `send` above all. */
    readonly events: KernelEvents;
  }) {
    this.writer = new TraceWriter({
      version: TRACE_VERSION,
      scenario: { en: 'test' },
      hosts: [],
      actions: [],
      expectations: [],
    });
    this.writer.addPlace({ kind: 'host', name: 'local', address: LOCAL.address });
    this.writer.addPlace({ kind: 'host', name: 'peer', address: PEER.address });
    this.recorder = new Recorder(this.writer, this.scheduler);
    this.connections = new Connections(this.writer);
    this.kernel = new Kernel({
      scheduler: this.scheduler,
      recorder: this.recorder,
      host: LOCAL,
      hz: init.hz,
      timers: init.timers,
      sysctls: init.sysctls,
      version: init.version,
      seed: init.seed,
      connections: this.connections,
      events: init.events,
    });
  }

  /** Everything that happened up to now. */
  get trace(): Trace {
    return new Trace(this.writer.finish());
  }

  /** The peer opens a connection between these ports: its segments belong to it from now on. */
  announce(peerPort: number, localPort: number, iss: number): void {
    const peer = { host: PEER.place, port: peerPort };
    const connection = this.connections.open('conn', peer, { host: LOCAL.place, port: localPort });
    this.connections.announce(connection, peer, iss);
  }

  /** A segment of the peer arrives. */
  receive(segment: Segment): void {
    this.kernel.receive(segment, PEER, this.note(segment));
  }

  /** Writes a segment of the peer into the trace. */
  private note(segment: Segment): EventId {
    const { options } = segment;
    return this.recorder.record('segment.sent', PEER.place, {
      connection: this.connections.ofSegment(PEER.place, segment.fromPort, LOCAL.place, segment.toPort),
      from: PEER.place,
      to: LOCAL.place,
      fromPort: segment.fromPort,
      toPort: segment.toPort,
      seq: segment.seq,
      ack: segment.ack,
      flags: segment.flags,
      length: segment.length,
      window: segment.window,
      windowBytes: segment.window,
      mss: options.mss ?? 0,
      wscale: options.windowScale ?? 255,
      sackPermitted: options.sackPermitted === true,
      timestamps: options.timestamps !== undefined,
      tsVal: options.timestamps?.tsVal ?? 0,
      tsEcr: options.timestamps?.tsEcr ?? 0,
      sack: (options.sack ?? []).flat(),
      purpose: 'data',
      reason: 'application-sent',
      args: [],
    });
  }
}
