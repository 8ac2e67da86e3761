import type { Micros } from '../../base/time.ts';
import type { Errno } from '../../scenario/errno.ts';
import { hasFeature } from '../../scenario/kernel-version.ts';
import type { RouteMetrics } from '../../scenario/route-metric.ts';
import type { SocketOptionName } from '../../scenario/socket-option.ts';
import { congestionControlOf } from '../../scenario/sysctl.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { EventFields, PlaceId } from '../../trace/event.ts';
import type { SendReason } from '../../trace/schema.ts';
import {
  DEFAULT_PAYLOAD_SHARE,
  HEADERS_LENGTH,
  SOCK_MIN_RCVBUF,
  TCP_ATO_MIN,
  TCP_DELACK_MAX,
  TCP_INFINITE_SSTHRESH,
  TCP_INIT_CWND,
  TCP_MSS_DEFAULT,
  TCP_TIMEOUT_INIT,
} from './constants.ts';
import type { Clock } from '../scheduler.ts';
import type { CongestionControl } from './congestion/congestion-control.ts';
import { makeCongestionControl } from './congestion/congestion-control.ts';
import { ceilToJiffy, floorToJiffy, jiffies } from './jiffies.ts';
import type { PathState } from './path-mtu.ts';
import { RetransmissionQueue } from './recovery/retransmission-queue.ts';
import { RecoveryState } from './recovery/state.ts';
import { RttEstimator } from './rtt.ts';
import type { Piece } from './receive-queue.ts';
import { ReceiveQueue } from './receive-queue.ts';
import type { Block } from './received-blocks.ts';
import type { SegmentOptions } from './segment.ts';
import type { Seq } from './seq.ts';
import { diff, seq } from './seq.ts';
import { SendQueue } from './send-queue.ts';
import type { TcpKernel } from './tcp-kernel.ts';
import { Timer } from './timer.ts';
import type { Touched } from './variables.ts';
import { PublishedVariables } from './variables.ts';

/** Bytes that arrived beyond RCV.NXT. */
export interface OutOfOrderRange {
  start: Seq;
  /** The number after its last byte, or after its FIN. */
  end: Seq;
  fin: boolean;
  /** What it came in, in sequence order, and the memory of that. */
  pieces: Piece[];
  memory: number;
}

/** The timers that share one slot (`icsk_pending`). */
export type RetransmitSlot = 'retransmission' | 'tail-loss-probe' | 'reordering' | 'persist' | 'syn-ack';

/**
 * One end of a connection: the transmission control block of RFC 9293 §3.3.1, with Linux's additions.
 *
 * The functions beside this file work on it, one file per concept: `input` (a segment arrives), `output` (segments
 * leave), `retransmit` (the shared timer slot), `keepalive`, `delayed-ack`, `close`, `time-wait`. Every entry from outside
 * (segment, timer, system call) goes through `enter`, which publishes the variables that changed.
 */
export class Tcb {
  readonly kernel: TcpKernel;
  /** The clock of the host. */
  readonly clock: Clock;
  readonly place: PlaceId;
  readonly local: { readonly host: PlaceId; readonly address: string; readonly port: number };
  readonly remote: { readonly host: PlaceId; readonly address: string; readonly port: number };
  /** What the path's MTU leaves for data when the end is made, or TCP_MAXSEG: goes into our SYN (`tp->advmss`). */
  advertisedMss: number;
  readonly path: PathState;
  /** What the route to the other host says (`dst_metric`). */
  readonly route: RouteMetrics;
  /** Index into the trace's connections. */
  readonly connection: number;
  private currentState: TcpState = 'CLOSED';

  readonly snd: {
    iss: Seq;
    una: Seq;
    nxt: Seq;
    wnd: number;
    wl1: Seq;
    maxWnd: number;
    wscale: number;
    mss: number;
    sml: Seq;
  };
  readonly rcv = {
    irs: seq(0),
    nxt: seq(0),
    /** Offered window, counted from `wup`. */
    wnd: 0,
    /** RCV.NXT when the last acknowledgement left. */
    wup: seq(0),
    /** Memory of the buffer in bytes (`sk_rcvbuf`): what it has grown to, or SO_RCVBUF, no more than `rmem_max`, doubled. */
    buffer: 0,
    /** How much of the buffer's memory is payload, in 256ths (`scaling_ratio`). */
    payloadShare: DEFAULT_PAYLOAD_SHARE,
    /** No window is larger than the room that this allows, in bytes (`window_clamp`). */
    clamp: Infinity,
    /** No window is larger than this now; it grows as segments arrive (`rcv_ssthresh`). */
    threshold: 0,
    /** In force: 0 unless both sides scale their windows. */
    wscale: 0,
    /** What this side's SYN or SYN-ACK says. */
    offeredScale: 0,
    /** Linux's guess of the peer's segment size. */
    mss: TCP_MSS_DEFAULT,
    /** Data in sequence that no application has read. */
    queue: new ReceiveQueue(),
    /** In sequence order, disjoint. */
    outOfOrder: [] as OutOfOrderRange[],
    /** The peer's FIN has been reached: recv returns 0 once the queue is empty. */
    fin: false,
    /** The next segment may be predicted (`pred_flags`). */
    predicts: true,
    /** Data in order had to be dropped: the next acknowledgement says window 0 (ICSK_ACK_NOMEM). */
    noMemory: false,
    /** A duplicate to report in the next acknowledgement (RFC 2883). */
    dsack: undefined as readonly [Seq, Seq] | undefined,
    /** Blocks of data beyond gaps that the peer is told of, the latest first. */
    blocks: [] as readonly Block[],
  };
  /** Bytes in whole pages that were reserved, if more than what is in use needs. */
  reservedMemory = 0;
  /** What the receive buffer's growth goes by (`rcv_rtt_est`, `rcvq_space`). */
  readonly autotuning = {
    /** Round trip as the receiver sees it, in eighths of µs; 0 = none yet. */
    roundTrip: 0,
    /** Timestamp echoed last: the same one again says nothing new. */
    lastEcho: 0,
    /** The window that is measured ends there, and began to fill then. */
    windowEnd: seq(0),
    windowSince: undefined as Micros | undefined,
    /** Bytes read in a round trip, so far at most. */
    space: 0,
    /** Where the application was when this measurement began, and when that was. */
    from: seq(0),
    since: 0,
  };
  /** Sequence number after the last byte that the application wrote (FIN not counted). */
  writeSeq: Seq;
  /** What was written and has not left yet. */
  readonly sendQueue = new SendQueue();
  /** Where the last PSH was put (`pushed_seq`). */
  pushedSeq: Seq;
  /** A send() sleeps until the connection is open (`sk_write_pending`). */
  writerAwaitsOpening = false;
  /** A send() sleeps until there is room in the buffer (`SOCK_NOSPACE`). */
  writerSleeps = false;
  /** What is queued is past Nagle and TCP_CORK until something more is written (TCP_NAGLE_PUSH). */
  nagleLetsGo = false;
  /** What is to be sent next did not leave the host when it was tried last. */
  isHeldByHost = false;
  /** A FIN follows the last byte. */
  finQueued = false;
  /** Why the FIN was queued: what its segment says. */
  finReason: SendReason = 'application-closed';
  readonly sent = new RetransmissionQueue();

  timestamps = false;
  sackPermitted = false;
  /** Both sides scale their windows (RFC 7323 §2). */
  windowScaling = false;
  /** Added to the host's millisecond clock. */
  readonly tsOffset: number;
  tsRecent = 0;
  /** When `tsRecent` was stored. */
  tsRecentAt: Micros = 0;
  /** Those of the last segment that carried timestamps and nothing else. */
  lastOptions: SegmentOptions = {};
  /** What the segment sent last says of this end. */
  readonly header = {
    /** The field, and what it means in bytes. */
    window: 0,
    windowBytes: 0,
    options: {} as SegmentOptions,
  };

  readonly rtt = new RttEstimator();
  rto: Micros = TCP_TIMEOUT_INIT;
  /** RTO ceiling in µs (`tcp_rto_max`): a knob and an option since 6.15, a constant before. */
  rtoMax: Micros;
  /** Floor of the RTO's variance term (`tcp_rto_min_us`): the kernel holds it in jiffies. */
  rtoMin: Micros;
  /** A delayed ACK waits no longer (`tcp_delack_max`). */
  delackMax: Micros;
  /** What its wait is halved towards while data streams in: the least, in whole jiffies. */
  readonly steadyAto: Micros;
  backoff = 0;
  retransmits = 0;
  /** All firings of the retransmission timer since the connection began. */
  totalRto = 0;
  /** Time of the first retransmission of this episode (`retrans_stamp`); undefined in the Open state. */
  retransStamp: Micros | undefined;
  /** Probes without an answer, of keepalive and of the persist timer alike (`icsk_probes_out`). */
  probesOut = 0;
  /** First probe of this zero-window episode (`icsk_probes_tstamp`). */
  probesStamp: Micros | undefined;
  readonly recovery: RecoveryState;
  readonly congestionControl: CongestionControl;
  cwnd = TCP_INIT_CWND;
  /** Segments acknowledged since the window last grew in congestion avoidance (`snd_cwnd_cnt`). */
  cwndCount = 0;
  ssthresh = TCP_INFINITE_SSTHRESH;
  /** Bytes per second at which the sender could be paced, as of the last ACK; Infinity before one (`sk_pacing_rate`). */
  pacingRate = Infinity;
  /** How much of the window is used (`tcp_cwnd_validate`): it grows only where it is what limits sending. */
  readonly cwndUsage = {
    /** The window held sending back in this flight (`is_cwnd_limited`). */
    isLimited: false,
    /** Most segments in flight in this flight (`max_packets_out`), which ends at `seq` (`cwnd_usage_seq`). */
    maxPacketsOut: 0,
    seq: seq(0),
    /** Most segments in flight since `stamp`, when the window was last full or changed (`snd_cwnd_used`, `snd_cwnd_stamp`). */
    used: 0,
    stamp: 0 as Micros,
  };
  /** Last segment sent, of any kind (`tcp_wstamp_ns`). */
  lastSentAt: Micros = -Infinity;
  /** Last data sent, first or again; the start of the connection before any (`lsndtime`). */
  lastDataSentAt: Micros = 0;

  readonly delack = {
    /** Something waits to be acknowledged (`ICSK_ACK_SCHED`). */
    scheduled: false,
    ato: 0 as Micros,
    /** Immediate ACKs left. */
    quick: 0,
    pingpong: 0,
    /** One, two short or pushed segments since the last ACK (`ICSK_ACK_PUSHED`, `PUSHED2`). */
    pushed: 0,
    /** Something demands an ACK now (`ICSK_ACK_NOW`). */
    now: false,
    /** When the pending delayed ACK was put off first. */
    waitingSince: 0 as Micros,
    /** The last data in sequence; the start of the connection before any (`lrcvtime`). */
    lastDataAt: 0 as Micros,
    lastSegmentSize: 0,
  };
  /** Acknowledgements of data beyond a gap that are gathered into one. */
  readonly compressed = {
    /** RCV.NXT of this gap (`compressed_ack_rcv_nxt`). */
    nxt: undefined as Seq | undefined,
    /** Sent at once for it (`dup_ack_counter`). */
    sentAtOnce: 0,
    /** Gathered so far (`compressed_ack`), the first of them then. */
    waiting: 0,
    since: 0 as Micros,
  };
  /** The first copy of this end's SYN or SYN-ACK: when it left (unknown after a cookie), and its TSval. */
  firstSyn = { sentAt: 0 as Micros | undefined, tsVal: 0 };
  /** Copies of the SYN or SYN-ACK after the first, whoever asked for them (`total_retrans`, `num_retrans`). */
  synCopies = 0;
  /** Last acceptable ACK (`rcv_tstamp`). */
  lastAckAt: Micros = 0;
  /** In the time of the run, which a clock that stood still is behind of. */
  lastReceivedAt: Micros = 0;
  /** Last reply to an out-of-window segment: they are rate limited. */
  lastOutOfWindowAckAt: Micros | undefined;

  /** Since when no process has held a descriptor (`SOCK_DEAD`); undefined while one does. */
  orphanedAt: Micros | undefined;
  shutdownSend = false;
  shutdownReceive = false;
  error: Errno | undefined;
  /** Half-open at a listener: no socket yet (`request_sock`). SYN_RECEIVED after crossing SYNs is none. */
  isRequest = false;
  /** The client has acknowledged the SYN-ACK of this request, which goes on waiting for data (`inet_rsk(req)->acked`). */
  ackDeferred = false;
  /** What the network said, kept for the case that the kernel gives up (`sk_err_soft`). Any acceptable ACK clears it. */
  softError: Errno | undefined;
  /** A light entry without a socket: TIME_WAIT, or FIN_WAIT_2 of an orphan (`inet_timewait_sock`). */
  isTimeWaitEntry = false;
  private readonly optionValues = new Map<SocketOptionName, number>();
  /** Socket options that were set, and whether any was. */
  readonly options: ReadonlyMap<SocketOptionName, number> = this.optionValues;
  private hasOptions = false;

  readonly retransmitTimer: Timer<RetransmitSlot>;
  readonly delackTimer: Timer<'delayed-ack'>;
  /** High resolution: it knows no jiffies. */
  readonly compressedAckTimer: Timer<'compressed-ack'>;
  readonly keepaliveTimer: Timer<'keepalive'>;
  readonly timeWaitTimer: Timer<'time-wait' | 'fin-wait-2'>;
  /** Told after whatever may have changed what poll() reports; undefined while nobody polls. */
  onEntered: (() => void) | undefined;
  private readonly variables = new PublishedVariables();

  constructor(init: {
    readonly kernel: TcpKernel;
    readonly place: PlaceId;
    readonly connection: number;
    readonly local: Tcb['local'];
    readonly remote: Tcb['remote'];
    readonly iss: Seq;
    /** Bytes of the largest packet that the way takes. */
    readonly pathMtu: number;
    readonly route: RouteMetrics;
    readonly tsOffset: number;
    readonly onTimer: TimerHandlers;
  }) {
    this.kernel = init.kernel;
    this.clock = init.kernel.scheduler;
    this.place = init.place;
    this.connection = init.connection;
    this.local = init.local;
    this.remote = init.remote;
    this.route = init.route;
    this.tsOffset = init.tsOffset;
    this.advertisedMss = init.pathMtu - HEADERS_LENGTH;
    this.path = { mtu: init.pathMtu, peerMss: TCP_MSS_DEFAULT, searchLow: undefined };
    const { iss } = init;
    this.snd = { iss, una: iss, nxt: iss, wnd: 0, wl1: seq(0), maxWnd: 0, wscale: 0, mss: TCP_MSS_DEFAULT, sml: iss };
    this.writeSeq = seq(iss + 1);
    this.pushedSeq = this.writeSeq;
    this.cwndUsage.seq = iss;
    this.recovery = new RecoveryState(iss, init.kernel.sysctls.tcp_reordering);
    this.congestionControl = makeCongestionControl(congestionControlOf(init.kernel.sysctls), this);
    const { scheduler, recorder, sysctls, hz } = init.kernel;
    this.rtoMax = sysctls.tcp_rto_max_ms * 1000;
    const { rto_min: routeMin } = init.route;
    this.rtoMin = ceilToJiffy(routeMin === undefined ? sysctls.tcp_rto_min_us : routeMin * 1000, hz);
    this.delackMax = this.longestDelay();
    this.steadyAto = floorToJiffy(TCP_ATO_MIN, hz);
    const handle =
      <Name>(handler: (tcb: Tcb, name: Name) => void) =>
      (name: Name): void => {
        this.enter(() => {
          handler(this, name);
        });
      };
    this.retransmitTimer = new Timer(scheduler, recorder, init.place, handle(init.onTimer.retransmit), init.kernel);
    this.delackTimer = new Timer(scheduler, recorder, init.place, handle(init.onTimer.delayedAck), init.kernel);
    this.compressedAckTimer = new Timer(scheduler, recorder, init.place, handle(init.onTimer.compressedAck));
    this.keepaliveTimer = new Timer(scheduler, recorder, init.place, handle(init.onTimer.keepalive), init.kernel);
    this.timeWaitTimer = new Timer(scheduler, recorder, init.place, handle(init.onTimer.timeWait), init.kernel);
  }

  get state(): TcpState {
    return this.currentState;
  }

  get now(): Micros {
    return this.clock.now;
  }

  get orphan(): boolean {
    return this.orphanedAt !== undefined;
  }

  /** The last descriptor is gone (`sock_orphan`). */
  leaveProcess(): void {
    this.orphanedAt ??= this.now;
  }

  /** The only door to the state: no change is silent. */
  setState(to: TcpState): void {
    const from = this.currentState;
    if (from === to) return;
    this.currentState = to;
    const changed = this.kernel.recorder.record('tcp.state', this.place, { from, to });
    this.kernel.stateChanged(this, from, changed);
  }

  /** Sequence number after everything queued, FIN included. */
  get queueEnd(): Seq {
    return seq(this.writeSeq + (this.finQueued ? 1 : 0));
  }

  /** Bytes written and not yet sent once. */
  get unsent(): number {
    const bytes = diff(this.writeSeq, this.snd.nxt);
    return bytes > 0 ? bytes : 0;
  }

  get hasUnsent(): boolean {
    return diff(this.writeSeq, this.snd.nxt) > (this.finQueued ? -1 : 0);
  }

  /** A socket option, if it is set. Most sockets have none, which is known without a look at each. */
  option(name: SocketOptionName): number | undefined {
    return this.hasOptions ? this.options.get(name) : undefined;
  }

  /**
   * Keeps a socket option (undefined: takes it back), and ready what goes by it with every segment. What SYNs say is settled once one has left, and what the
   * route says of the least RTO wins (`tcp_rto_min`).
   */
  takeOption(name: SocketOptionName, value: number | undefined): void {
    if (value === undefined) this.optionValues.delete(name);
    else this.optionValues.set(name, value);
    this.hasOptions = this.optionValues.size > 0;
    if (value !== undefined) this.makeReady(name, value);
    this.delackMax = this.longestDelay();
  }

  private makeReady(name: SocketOptionName, value: number): void {
    if (name === 'SO_RCVBUF')
      this.rcv.buffer = Math.max(2 * Math.min(value, this.kernel.sysctls.rmem_max), SOCK_MIN_RCVBUF);
    else if (name === 'TCP_RTO_MAX_MS') this.rtoMax = value * 1000;
    else if (name === 'TCP_RTO_MIN_US' && this.route.rto_min === undefined)
      this.rtoMin = ceilToJiffy(value, this.kernel.hz);
    else if (name === 'TCP_MAXSEG' && this.state === 'CLOSED') this.advertisedMss = Math.min(this.advertisedMss, value);
  }

  /** Since 6.7 never so long that the peer's RTO could come first. */
  private longestDelay(): Micros {
    const { hz, version } = this.kernel;
    const most = ceilToJiffy(this.knob('TCP_DELACK_MAX_US', TCP_DELACK_MAX), hz);
    return hasFeature(version, 'delayed ACK below the least RTO')
      ? Math.min(most, Math.max(this.rtoMin, jiffies(2, hz)) - jiffies(1, hz))
      : most;
  }

  /** The value in force of a knob that a socket option can override. */
  knob(option: SocketOptionName, fallback: number): number {
    return this.option(option) ?? fallback;
  }

  /** RTO without backoff (`__tcp_set_rto`; 1 s without a sample). */
  get baseRto(): Micros {
    return this.rtt.hasSample ? this.rtt.rto(this.kernel.hz, this.rtoMax) : TCP_TIMEOUT_INIT;
  }

  /** Marks the entry as no more than a time-wait record. */
  becomeTimeWaitEntry(): void {
    this.isTimeWaitEntry = true;
    this.retransmitTimer.cancel();
    this.delackTimer.cancel();
    this.compressedAckTimer.cancel();
    this.keepaliveTimer.cancel();
    this.sent.clear();
  }

  /** Removes the end from its kernel (`tcp_done`). */
  done(reason: EventFields<'end.gone'>['reason']): void {
    if (this.state === 'CLOSED') return;
    this.setState('CLOSED');
    this.forget(reason);
    this.kernel.removed(this);
  }

  /** Drops every timer without a word: the end is no more, or its host has no power. */
  forget(reason: EventFields<'end.gone'>['reason']): void {
    for (const timer of [
      this.retransmitTimer,
      this.delackTimer,
      this.compressedAckTimer,
      this.keepaliveTimer,
      this.timeWaitTimer,
    ])
      timer.drop();
    this.sent.clear();
    this.kernel.recorder.record('end.gone', this.place, { reason });
    this.currentState = 'CLOSED';
  }

  /** The host's clock stood still for a while: every timer fires that much later. */
  onClockResumed(): void {
    for (const timer of [
      this.retransmitTimer,
      this.delackTimer,
      this.compressedAckTimer,
      this.keepaliveTimer,
      this.timeWaitTimer,
    ]) {
      timer.onClockResumed();
    }
  }

  /** Runs the work that an input from outside brings, then publishes what changed. */
  enter<T>(work: () => T): T {
    const result = work();
    this.entered();
    return result;
  }

  /** An input from outside was handled: publishes what changed. */
  entered(touched: Touched = 'anything'): void {
    if (this.currentState !== 'CLOSED') this.variables.publish(this, touched);
    this.onEntered?.();
  }
}

/** What happens when a timer of an end fires; given from outside so that the block knows no behaviour. */
export interface TimerHandlers {
  readonly retransmit: (tcb: Tcb, name: RetransmitSlot) => void;
  readonly delayedAck: (tcb: Tcb, name: 'delayed-ack') => void;
  readonly compressedAck: (tcb: Tcb, name: 'compressed-ack') => void;
  readonly keepalive: (tcb: Tcb, name: 'keepalive') => void;
  readonly timeWait: (tcb: Tcb, name: 'time-wait' | 'fin-wait-2') => void;
}
