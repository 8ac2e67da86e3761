/**
 * Segment in, segment out: one real kernel; the test plays the other host. Times are in ms. Sequence numbers are counted
 * from each side's initial sequence number, as Wireshark shows them.
 */
import { expect } from 'vitest';
import { assertDefined } from '../../../extension/base/assert.ts';
import type { Kernel } from '../../../extension/engine/host/kernel.ts';
import { setOption } from '../../../extension/engine/host/set-option.ts';
import * as calls from '../../../extension/engine/host/syscalls.ts';
import { sendIcmp } from '../../../extension/engine/network/icmp-message.ts';
import { hash32 } from '../../../extension/engine/random.ts';
import type { Scheduler } from '../../../extension/engine/scheduler.ts';
import type { LocalFailure } from '../../../extension/engine/tcp/local-failure.ts';
import type { Segment, SegmentOptions } from '../../../extension/engine/tcp/segment.ts';
import { segmentLength } from '../../../extension/engine/tcp/segment.ts';
import type { Seq } from '../../../extension/engine/tcp/seq.ts';
import { add, diff, seq } from '../../../extension/engine/tcp/seq.ts';
import type { Tcb } from '../../../extension/engine/tcp/tcb.ts';
import type { RouteMetrics } from '../../../extension/scenario/route-metric.ts';
import type { SocketOptionName } from '../../../extension/scenario/socket-option.ts';
import type { IcmpMessageName } from '../../../extension/scenario/icmp.ts';
import type { SysctlValues } from '../../../extension/scenario/sysctl.ts';
import { sysctlValues } from '../../../extension/scenario/sysctl.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { LOCAL, LoneKernel, PEER } from '../../support/lone-kernel.ts';
import { describe, flagBits } from './run.ts';

const LOCAL_PORT = 40_000;
const PEER_PORT = 50_000;
const MS = 1000;

export interface EndpointOptions {
  readonly sysctls?: Partial<SysctlValues>;
  readonly kernel?: readonly [number, number];
  readonly hz?: number;
  /** What the route to the other side says. */
  readonly route?: RouteMetrics;
  /** `wheel`: as late as the kernel's. */
  readonly timers?: 'wheel';
  /** Set before connect() or listen(). */
  readonly socket?: Partial<Record<SocketOptionName, number>>;
  /** The other side's initial sequence number. */
  readonly irs?: number;
  readonly seed?: number;
  /** What listen() asks for; 4096 by default. */
  readonly backlog?: number;
  /** What the test's SYN or SYN-ACK offers; all of it by default. */
  readonly offers?: { readonly timestamps?: boolean; readonly sack?: boolean; readonly mss?: number };
  /** ms between the real end's first segment and the answer: the round trip of the handshake. */
  readonly rtt?: number;
}

/** What the test sends; what is left out is the ordinary: SEQ and ACK where both sides stand. */
export interface PeerSegment {
  readonly flags: string;
  readonly seq?: number;
  readonly ack?: number;
  readonly length?: number;
  /** The field on the wire. */
  readonly window?: number;
  readonly tsEcr?: number;
  readonly tsVal?: number;
  readonly sack?: readonly (readonly [number, number])[];
}

type Partly = Omit<PeerSegment, 'flags'>;
export const ack = (fields: Partly = {}): PeerSegment => ({ flags: 'A', ...fields });
export const data = (length: number, fields: Partly = {}): PeerSegment => ({ flags: 'PA', length, ...fields });
export const fin = (fields: Partly = {}): PeerSegment => ({ flags: 'FA', ...fields });
export const rst = (fields: Partly = {}): PeerSegment => ({ flags: 'R', ...fields });
export const syn = (fields: Partly = {}): PeerSegment => ({ flags: 'S', seq: 0, ...fields });
export const synAck = (fields: Partly = {}): PeerSegment => ({ flags: 'SA', seq: 0, ack: 1, ...fields });

export class Endpoint {
  /** Options of the listener, or of the socket before connect(). */
  private readonly inherited: ReadonlyMap<SocketOptionName, number>;
  private end: Tcb | undefined;
  listener: Extract<ReturnType<typeof calls.listen>, { listener: unknown }>['listener'] | undefined;
  private readonly lone: LoneKernel;
  private readonly options: EndpointOptions;
  private readonly irs: Seq;
  private readonly out: { time: number; segment: Segment; purpose: string; reason: string; failure: string }[] = [];
  private failure: LocalFailure | undefined;
  /** What the test has sent: SYN, data and FIN take numbers. */
  private peerNxt = 0;

  constructor(options: EndpointOptions = {}) {
    this.options = options;
    this.inherited = new Map(Object.entries(options.socket ?? {}) as [SocketOptionName, number][]);
    this.irs = seq(options.irs ?? 1_000_000);
    this.lone = new LoneKernel({
      hz: options.hz ?? 1000,
      timers: options.timers,
      sysctls: sysctlValues(options.sysctls, options.kernel),
      version: options.kernel ?? [6, 12],
      seed: options.seed ?? 1,
      events: {
        send: (_to, segment, event) => {
          const { purpose, reason } = this.trace.eventOf('segment.sent', event);
          const failure = this.failure === undefined ? '' : ` ${this.failure}`;
          this.out.push({ time: this.scheduler.now, segment, purpose, reason, failure });
          return this.failure;
        },
        routeMetrics: () => options.route ?? {},
        stateChanged: () => undefined,
        readable: () => undefined,
        writable: () => undefined,
      },
    });
  }

  get kernel(): Kernel {
    return this.lone.kernel;
  }

  get scheduler(): Scheduler {
    return this.lone.scheduler;
  }

  get tcb(): Tcb {
    return assertDefined(this.end, 'the end under test');
  }

  // ---- the test's side of the wire ----

  /** Lets time pass up to `ms`; everything due until then happens. */
  at(ms: number): this {
    while ((this.scheduler.nextAt ?? Infinity) <= ms * MS) this.scheduler.step();
    this.scheduler.skipTo(Math.round(ms * MS));
    return this;
  }

  /** What its own host makes of segments from now on, instead of letting them out: `sent` tells it behind each. */
  host(failure: LocalFailure | undefined): this {
    this.failure = failure;
    return this;
  }

  receive(...segments: readonly PeerSegment[]): this {
    for (const each of segments) {
      const segment = this.built(each);
      this.peerNxt = Math.max(this.peerNxt, (each.seq ?? this.peerNxt) + segmentLength(segment));
      this.lone.receive(segment);
    }
    return this;
  }

  /** The network says something of a segment of this end, which had the sequence number `seq`; `mtu`: of the next hop. */
  icmp(message: IcmpMessageName, seq: number, mtu = 0): this {
    const iss = this.end?.snd.iss ?? 0;
    const about = { fromPort: LOCAL_PORT, toPort: PEER_PORT, seq: add(iss as Seq, seq) };
    const segment = { ...this.built({ flags: 'A' }), ...about };
    const segmentSent = [...this.trace.eventsOf('segment.sent')].at(-1)!.id;
    const complaint = { message, segment, segmentSent, to: LOCAL.place, blame: -1, cause: -1, mtu };
    this.kernel.receiveIcmp(sendIcmp(this.lone.recorder, PEER.place, complaint), PEER);
    return this;
  }

  /** `210 PA 1+100 ack 1 tail-loss-probe`: everything sent since the last look, with the time in ms. */
  sent(): string[] {
    return this.out.splice(0).map(({ time, segment, purpose, failure }) => {
      return `${time / MS} ${describe(
        {
          flags: segment.flags,
          // A reset for a segment without ACK has SEQ 0, whatever this side's numbers are.
          seq: segment.seq === 0 || this.end === undefined ? segment.seq : diff(segment.seq, this.end.snd.iss),
          length: segment.length,
          ack: diff(segment.ack, this.irs),
        },
        purpose,
      )}${failure}`;
    });
  }

  /** The segments sent since the last look, as they travel. */
  segments(): Segment[] {
    return this.out.splice(0).map(({ segment }) => segment);
  }

  expectSent(...lines: readonly string[]): this {
    expect(this.sent()).toEqual(lines);
    return this;
  }

  expectNothing(untilMs: number): this {
    return this.at(untilMs).expectSent();
  }

  // ---- the application ----

  /** Returns how many bytes were taken, or the errno. @param more MSG_MORE is set */
  send(bytes: number, more = false): number | string {
    const result = calls.send(this.tcb, bytes, more);
    return 'errno' in result ? result.errno : result.bytes;
  }

  /** Reads everything, or at most so many bytes. Returns the bytes, an errno, or 'would-block'. */
  read(atMost = Infinity): number | string {
    const result = calls.receive(this.tcb);
    if (typeof result === 'string') return result;
    const bytes = Math.min(result, atMost);
    calls.afterReceive(this.tcb, bytes);
    return bytes;
  }

  close(): this {
    calls.close(this.tcb);
    return this;
  }

  shutdown(how: calls.ShutdownHow = 'SHUT_WR'): ReturnType<typeof calls.shutdown> {
    return calls.shutdown(this.tcb, how);
  }

  option(...[name, value]: [Parameters<typeof setOption>[1], number]): this {
    setOption(this.tcb, name, value);
    return this;
  }

  get state(): string {
    return this.tcb.state;
  }

  get trace(): Trace {
    return this.lone.trace;
  }

  /** Reasons for which segments were ignored. */
  get ignored(): string[] {
    return [...this.trace.eventsOf('segment.ignored')].map((event) => event.reason);
  }

  /** Why reductions of the window were undone. */
  get undone(): string[] {
    return [...this.trace.eventsOf('tcp.undo')].map((event) => event.reason);
  }

  /** Why the end went, or undefined. */
  get goneBecause(): string | undefined {
    return [...this.trace.eventsOf('end.gone')].at(-1)?.reason;
  }

  // ---- ways to a state ----

  listen(): this {
    const backlog = this.options.backlog ?? 4096;
    const result = calls.listen(
      this.kernel,
      { port: LOCAL_PORT, reuseAddress: true, process: LOCAL.place, backlog, options: this.inherited },
      { onEstablished: () => undefined, onQueueChanged: () => undefined },
    );
    if ('listener' in result) this.listener = result.listener;
    return this;
  }

  connect(): this {
    const result = calls.connect(this.kernel, { ...PEER, port: PEER_PORT }, 'conn', {
      localPort: LOCAL_PORT,
      reuseAddress: true,
    });
    if ('errno' in result) throw new Error(result.errno);
    this.end = result.tcb;
    for (const [option, value] of this.inherited) setOption(this.end, option, value);
    calls.startConnect(this.end);
    return this;
  }

  /** A SYN has come, and the end that answers it is the one under test. */
  receiveSyn(): this {
    this.lone.announce(PEER_PORT, LOCAL_PORT, this.irs);
    this.receive(syn());
    this.end = [...this.kernel.table.all()].at(-1)!;
    return this;
  }

  private built(from: PeerSegment): Segment {
    const { timestamps = true, sack = true, mss = 1460 } = this.options.offers ?? {};
    const isSyn = from.flags.includes('S');
    const tsVal = from.tsVal ?? 1_000_000 + Math.floor(this.scheduler.now / MS);
    const iss = this.end?.snd.iss ?? seq(0);
    const tsEcr = from.tsEcr ?? this.lastSentStamp;
    const options: SegmentOptions = {
      ...(isSyn ? { mss, windowScale: 7, ...(sack ? { sackPermitted: true } : {}) } : {}),
      ...(timestamps && !from.flags.includes('R') ? { timestamps: { tsVal, tsEcr } } : {}),
      ...(from.sack === undefined
        ? {}
        : { sack: from.sack.map(([left, right]) => [add(iss, left), add(iss, right)] as const) }),
    };
    return {
      fromPort: PEER_PORT,
      toPort: LOCAL_PORT,
      seq: add(this.irs, from.seq ?? this.peerNxt),
      ack: from.flags.includes('A')
        ? add(iss, from.ack ?? (this.end === undefined ? 0 : diff(this.end.snd.nxt, iss)))
        : seq(0),
      flags: flagBits(from.flags),
      length: from.length ?? 0,
      window: from.window ?? (isSyn ? 65_160 : 510),
      options,
    };
  }

  /** The newest TSval that the real end has sent. */
  private get lastSentStamp(): number {
    const own = [...this.trace.eventsOf('segment.sent')].filter(({ from }) => from === LOCAL.place);
    return own.filter(({ timestamps }) => timestamps).at(-1)?.tsVal ?? 0;
  }
}

/** SYN_SENT: the SYN left at 0. */
export function synSent(options: EndpointOptions = {}): Endpoint {
  const end = new Endpoint(options).connect();
  end.sent();
  return end;
}

/** SYN_RECEIVED: the SYN came at 0 and was answered. */
export function synReceived(options: EndpointOptions = {}): Endpoint {
  const end = new Endpoint(options).listen().receiveSyn();
  end.sent();
  return end;
}

/** ESTABLISHED by connect(), at `rtt` ms (10 by default): RTO 210 ms. */
export function established(options: EndpointOptions = {}): Endpoint {
  const end = synSent(options).at(options.rtt ?? 10);
  end.receive(synAck());
  end.sent();
  return end;
}

/** ESTABLISHED by a listener, at `rtt` ms (10 by default). */
export function accepted(options: EndpointOptions = {}): Endpoint {
  const end = synReceived(options).at(options.rtt ?? 10);
  end.receive(ack());
  end.sent();
  return end;
}

/** CLOSE_WAIT at 10 ms: the peer's FIN was taken and acknowledged. */
export function closeWait(options: EndpointOptions = {}): Endpoint {
  const end = established(options).receive(fin());
  end.at(60).sent();
  return end;
}

/** FIN_WAIT_1 at 10 ms: an orphan whose FIN is under way. */
export function finWait1(options: EndpointOptions = {}): Endpoint {
  const end = established(options).close();
  end.sent();
  return end;
}

/** FIN_WAIT_2 at 20 ms: of an orphan, so a light entry. */
export function finWait2(options: EndpointOptions = {}): Endpoint {
  const end = finWait1(options).at(20);
  end.receive(ack());
  return end;
}

/** FIN_WAIT_2 at 20 ms after shutdown(SHUT_WR): the application still holds the socket. */
export function halfClosed(options: EndpointOptions = {}): Endpoint {
  const end = established(options);
  end.shutdown();
  end.sent();
  end.at(20).receive(ack());
  return end;
}

/** TIME_WAIT since 30 ms. */
export function timeWait(options: EndpointOptions = {}): Endpoint {
  const end = finWait2(options).at(30);
  end.receive(fin());
  end.sent();
  return end;
}

/** A seed with which the harness's connect() begins less than `below` before the wrap at 2^32. */
export function seedNearWrap(below: number): number {
  for (let seed = 1; ; seed++) {
    const iss = hash32(seed, 'iss', LOCAL.address, PEER.address, LOCAL_PORT, PEER_PORT);
    if (iss > 2 ** 32 - below) return seed;
  }
}
