import type { Micros } from '../../base/time.ts';
import type { NatPlan } from '../../scenario/middlebox.ts';
import type { EventFields, EventId, PlaceId } from '../../trace/event.ts';
import type { Connections } from '../connections.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Segment } from '../tcp/segment.ts';
import { ACK, has, RST, SYN } from '../tcp/segment.ts';
import { answerWithReset } from './forged-reset.ts';
import type { Crossing, Middlebox, Side } from './middlebox.ts';

/** The side of the hosts that a NAT hides. */
const INSIDE: Side = 0;
/** First of the ports for flows that could not keep theirs. */
const FIRST_OTHER_PORT = 61_000;

interface Flow {
  readonly connection: number;
  readonly inside: number;
  /** The port under which the outside knows it. */
  readonly outside: number;
  readonly peer: number;
  lastAt: Micros;
  /** What happened last: forgetting is caused by it. */
  last: EventId;
}

/** A NAT or a load balancer: segments pass while it knows their flow. Each one keeps the flow alive, whichever way it goes. */
export class Nat implements Middlebox {
  readonly name: string;
  readonly place: PlaceId;
  private readonly plan: NatPlan;
  private readonly scheduler: Scheduler;
  private readonly recorder: Recorder;
  private readonly connections: Connections;
  /** By the ports seen from inside, and by those seen from outside. */
  private readonly flows: readonly [Map<number, Flow>, Map<number, Flow>] = [new Map(), new Map()];
  /** Why flows were forgotten: what is lost later is to blame on that. */
  private readonly forgotten = new Map<number, EventId>();
  private otherPorts = 0;

  constructor(
    plan: NatPlan,
    place: PlaceId,
    world: { readonly scheduler: Scheduler; readonly recorder: Recorder; readonly connections: Connections },
  ) {
    this.name = plan.name;
    this.place = place;
    this.plan = plan;
    this.scheduler = world.scheduler;
    this.recorder = world.recorder;
    this.connections = world.connections;
  }

  /** Forgets the flows of that name, or all. */
  forget(connection?: string): void {
    for (const flow of [...this.flows[INSIDE].values()]) {
      if (connection === undefined || this.connections.name(flow.connection) === connection)
        this.remove(flow, 'told', this.recorder.cause);
    }
  }

  take(crossing: Crossing): void {
    const { packet, side } = crossing;
    const { segment } = packet;
    const known = this.flows[side].get(keyOf(side, segment));
    const isNew = has(segment, SYN) && !has(segment, ACK);
    const flow = known ?? (isNew ? this.open(crossing, portsOf(side, segment).host) : undefined);
    if (flow !== undefined) this.pass(crossing, flow, packet.cause);
    else this.refuse(crossing);
  }

  private pass(crossing: Crossing, flow: Flow, cause: EventId): void {
    const { packet, side } = crossing;
    flow.lastAt = this.scheduler.now;
    flow.last = packet.cause;
    const port = side === INSIDE ? { fromPort: flow.outside } : { toPort: flow.inside };
    crossing.onward({ ...packet, cause, segment: { ...packet.segment, ...port } });
    if (has(packet.segment, RST)) this.remove(flow, 'reset', packet.cause);
  }

  private refuse(crossing: Crossing): void {
    const { packet, side, from, to } = crossing;
    const { segment, sent, cause } = packet;
    const isReset = has(segment, RST);
    if (this.plan.unknown === 'remap' && side === INSIDE && !isReset) {
      const flow = this.open(crossing, FIRST_OTHER_PORT + this.otherPorts++);
      this.pass(crossing, flow, flow.last);
      return;
    }
    const connection = this.connections.ofSegment(from.place, segment.fromPort, to.place, segment.toPort);
    const blame = this.forgotten.get(connection) ?? -1;
    const dropped = this.recorder.record(
      'segment.dropped',
      this.place,
      { segment: sent, reason: 'no-flow', blame },
      cause,
    );
    if (this.plan.unknown === 'reset')
      answerWithReset(
        crossing,
        { place: this.place, recorder: this.recorder, connections: this.connections },
        'unknown-flow',
        dropped,
      );
  }

  private open({ packet, side, from, to }: Crossing, outside: number): Flow {
    const { segment, cause } = packet;
    const { host, peer } = portsOf(side, segment);
    const connection = this.connections.ofSegment(from.place, segment.fromPort, to.place, segment.toPort);
    const port = outside === host ? 0 : outside;
    const fields = { connection, known: true, reason: 'segment-passed', after: 0, port } as const;
    const last = this.recorder.record('flow.state', this.place, fields, cause);
    const flow: Flow = { connection, inside: host, outside, peer, lastAt: this.scheduler.now, last };
    if (port !== 0) this.connections.translate(connection, side === INSIDE ? from.place : to.place, host, port);
    this.flows[0].set(host * PORTS + peer, flow);
    this.flows[1].set(outside * PORTS + peer, flow);
    this.watch(flow);
    return flow;
  }

  /** Looks again when the flow may have been idle for long enough. */
  private watch(flow: Flow): void {
    const { idle } = this.plan;
    if (idle === undefined) return;
    this.scheduler.at(flow.lastAt + idle, () => {
      if (this.flows[0].get(flow.inside * PORTS + flow.peer) !== flow) return;
      if (this.scheduler.now >= flow.lastAt + idle) this.remove(flow, 'idle', flow.last);
      else this.watch(flow);
    });
  }

  private remove(flow: Flow, reason: EventFields<'flow.state'>['reason'], cause: EventId): void {
    const after = this.scheduler.now - flow.lastAt;
    const { connection, inside, outside, peer } = flow;
    const fields = { connection, known: false, reason, after, port: 0 } as const;
    this.forgotten.set(connection, this.recorder.record('flow.state', this.place, fields, cause));
    this.flows[0].delete(inside * PORTS + peer);
    this.flows[1].delete(outside * PORTS + peer);
  }
}

/** The ports of the host inside (as that side sees it) and of its peer. */
function portsOf(side: Side, { fromPort, toPort }: Segment): { readonly host: number; readonly peer: number } {
  return side === INSIDE ? { host: fromPort, peer: toPort } : { host: toPort, peer: fromPort };
}

function keyOf(side: Side, segment: Segment): number {
  const { host, peer } = portsOf(side, segment);
  return host * PORTS + peer;
}

const PORTS = 65_536;
