/**
 * What a trace can say: every kind of event with its fields and how each field is stored. The event types, the column
 * store, the JSON Lines codec and the transport to the panel all follow from this one table. See `README.md` beside it.
 *
 * Reasons are codes; the sentences are made where they are shown, in the reader's language (`explain/`).
 */
import { ERRNOS } from '../scenario/errno.ts';
import { CALLS } from '../scenario/expectation.ts';
import { ICMP_MESSAGES } from '../scenario/icmp.ts';
import { TCP_STATES } from '../scenario/tcp-state.ts';

/** Rises when a field is renamed, removed or changes meaning. Additions keep it. */
export const TRACE_VERSION = 1;

/** The timers of an end. `retransmission`, `tail-loss-probe`, `reordering` and `persist` share one slot, as Linux's `icsk_pending`. */
export const TIMERS = [
  'retransmission',
  'tail-loss-probe',
  'persist',
  'delayed-ack',
  'keepalive',
  'fin-wait-2',
  'time-wait',
  'syn-ack',
  /** RACK waits for what may only be late; in the shared slot too. */
  'reordering',
  'compressed-ack',
] as const;
export type TimerName = (typeof TIMERS)[number];

/** What a segment is for. Exactly one per segment; `SEGMENT_CLASSES` of an expectation are tests over flags and purpose. */
export const PURPOSES = [
  'syn',
  'syn-ack',
  'data',
  'ack',
  'fin',
  'rst',
  'syn-retransmission',
  'syn-ack-retransmission',
  'rto-retransmission',
  'fast-retransmission',
  /** In smaller pieces, since it was larger than what the path takes. */
  'path-mtu-retransmission',
  'tail-loss-probe',
  'keepalive-probe',
  'window-probe',
  'challenge-ack',
  'duplicate-ack',
  'window-update',
] as const;
export type SegmentPurpose = (typeof PURPOSES)[number];

/** Why a segment left now and not earlier or later. */
export const SEND_REASONS = [
  /** connect() opens the connection. */
  'connect',
  /** A SYN arrived at a listener. */
  'syn-arrived',
  /** A SYN arrived at a listener whose SYN queue is full, or that always does so: it is answered and forgotten. */
  'syn-cookie',
  /** A SYN arrived while our own SYN is on its way to the same place: simultaneous open. */
  'crossing-syn',
  /** The SYN-ACK arrived: the third segment of the handshake. */
  'handshake-completed',
  /** The application called send() and the window allowed it. */
  'application-sent',
  /** An ACK opened the window or the congestion window. */
  'window-opened',
  /** The application closed the socket, or its process ended. */
  'application-closed',
  /** The application shut down its sending side. */
  'application-shut-down',
  /** Closing with unread data: args [unread bytes]. */
  'unread-data',
  /** SO_LINGER with no time: args [bytes thrown away unsent]. */
  'linger-zero',
  /** TCP_LINGER2 is negative: nobody waits in FIN_WAIT_2. */
  'linger2-negative',
  /** More orphans than tcp_max_orphans: args [limit]. */
  'too-many-orphans',
  /** Quick-ACK mode: args [quick ACKs left]. */
  'quick-ack',
  /** The application set TCP_QUICKACK while something was to be acknowledged. */
  'quick-ack-asked-for',
  /** More than one full segment was unacknowledged. */
  'two-segments',
  /** The delayed-ACK timer fired: args [delay in µs]. */
  'delayed-ack-timer',
  /** The application's read emptied the buffer. */
  'application-read',
  /** A FIN that must be acknowledged at once. */
  'fin-arrived',
  /** An old or out-of-window segment arrived. */
  'unacceptable-segment',
  /** Data in order had to be dropped: the receive buffer has no memory for it. */
  'no-receive-memory',
  /** Data arrived beyond a gap. */
  'out-of-order',
  /** The timer that gathers acknowledgements of data beyond a gap fired: args [how many, delay in µs]. */
  'compressed-ack-timer',
  /** What was being gathered so may not fit the next SACK option: args [how many, delay in µs]. */
  'many-gaps',
  /** A SYN arrived for a synchronized connection (RFC 5961 §4). */
  'syn-in-synchronized-state',
  /** A RST in the window but not exactly at RCV.NXT (RFC 5961 §3). */
  'inexact-rst',
  /** An ACK outside what could be acknowledged (RFC 5961 §5). */
  'unacceptable-ack',
  /** The retransmission timer fired: args [retransmits, backoff]. */
  'retransmission-timer',
  /** An ICMP message took a doubling of the wait back, and the shorter wait was over: args [retransmits, backoff]. */
  'backoff-reverted',
  /** The tail-loss-probe timer fired. */
  'tail-loss-probe-timer',
  /** The keepalive timer fired: args [probe number, silence in µs]. */
  'keepalive-timer',
  /** All keepalive probes stayed unanswered: args [probes, silence in µs]. */
  'keepalive-gave-up',
  /** The persist timer fired: args [probe number]. */
  'persist-timer',
  /** The retransmission timer fired while the other end's window is closed over what is in flight: a probe. */
  'window-shrunk',
  /** TCP_CORK or MSG_MORE held it back until the persist timer fired. */
  'corked-long-enough',
  /** The own host did not let it out when it was first to be sent; the persist timer fired. */
  'host-had-refused',
  /** The route to the other host asks for an acknowledgement at once. */
  'route-quick-ack',
  /** No socket for the segment that arrived. */
  'no-socket',
  /** The segment's acknowledgement does not fit a connection that is being opened. */
  'bad-ack-while-opening',
  /** The acknowledgement answers a SYN cookie that is too old. */
  'syn-cookie-expired',
  /** No room for one more connection that waits to be accepted (tcp_abort_on_overflow). */
  'accept-queue-full',
  /** Data arrived for a socket that nobody can read any more. */
  'data-after-close',
  /** An established connection nobody has accepted lost its listener. */
  'listener-closed',
  /** A segment arrived for a TIME_WAIT entry. */
  'time-wait',
  /** A router said that it was larger than what the path takes: args [largest packet in bytes]. */
  'too-big-for-path',
  /** RACK: data sent later arrived a round trip ago, this did not: args [age in µs, round trip in µs]. */
  'rack-loss',
  /** The reordering timer fired: even late it should have arrived by now: args [age in µs, round trip in µs]. */
  'reordering-timer',
  /** So many duplicate ACKs, or SACKed segments above: args [threshold]. */
  'duplicate-acks',
  /** An ACK moved without reaching the recovery point: the next segment is missing too (RFC 6582). */
  'partial-ack',
  /** What the timeout marked lost goes out again as ACKs open the window: args [cwnd]. */
  'slow-start-after-timeout',
  /** F-RTO sends new data to find out whether the timeout was spurious (RFC 5682 §3.1). */
  'frto-new-data',
  /** A SYN arrived for a TIME_WAIT entry, and may be an old copy: args [1 when its timestamp is older]. */
  'syn-in-time-wait',
  /** A firewall answers in the name of the host that was meant. */
  'firewall-rejects',
  /** A NAT or load balancer knows no flow for the segment. */
  'unknown-flow',
  /** TCP_DEFER_ACCEPT has waited for data long enough: the answer to this SYN-ACK opens the connection. args [retransmits, backoff]. */
  'accept-deferred',
] as const;
export type SendReason = (typeof SEND_REASONS)[number];

/** Variables of an end, in the order in which tables show them. Sequence numbers are absolute (uint32). */
export const VARIABLES = [
  'snd.iss',
  'snd.una',
  'snd.nxt',
  'snd.wnd',
  'rcv.irs',
  'rcv.nxt',
  'rcv.wnd',
  /** µs; 0 = no sample yet. */
  'srtt',
  /** µs. */
  'rttvar',
  /** µs, backoff included. */
  'rto',
  'retransmits',
  'backoff',
  'probes_out',
  /** Segments. */
  'cwnd',
  /** Segments; 2^31 − 1 = none yet. */
  'ssthresh',
  /** Bytes received that no application has read. */
  'unread',
  /** Bytes written by the application that have not been sent once. */
  'unsent',
  /** 1 once no process holds a descriptor for it. */
  'orphan',
  /** 1 while SO_KEEPALIVE is set. */
  'keepalive',
  /** Time of the last segment received; 0 = none. */
  'last_received',
  /** Index into CONGESTION_STATES. */
  'ca_state',
  /** Segments in the network by the sender's reckoning. */
  'in_flight',
] as const;
export type VariableName = (typeof VARIABLES)[number];

/** What showed that a reduction of the congestion window was needless. */
export const UNDO_REASONS = ['frto', 'timestamps', 'dsack'] as const;
export type UndoReason = (typeof UNDO_REASONS)[number];
/** States of a neighbour entry (`NUD_…`; RFC 4861 §7.3.2). */
export const NEIGHBOUR_STATES = ['NONE', 'INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED'] as const;
export type NeighbourState = (typeof NEIGHBOUR_STATES)[number];

/** Stands for "no errno" in an errno column. */
const NO_ERRNO = 'OK';
const ERRNO_VALUES = [NO_ERRNO, ...ERRNOS] as const;

/**
 * What a field holds: a number of that size, or one with a meaning; a list of numbers; a text; one of a closed set of words.
 * The store makes use of the meaning (`storage/layout.ts`).
 */
export type FieldType =
  | 'u8'
  | 'u16'
  | 'u32'
  | 'f64'
  | 'bool'
  /** Id of an event, -1 = none. */
  | 'event'
  /** Index into the trace's places, -1 = none. */
  | 'place'
  /** Index into the trace's connections. */
  | 'connection'
  | 'port'
  | 'string'
  | 'numbers'
  /** Pairs, flattened: which one, and its value. */
  | 'changes'
  | { readonly enum: readonly string[] };

export const EVENT_SCHEMA = {
  /** A statement of the scenario was carried out: the root of every chain of causes. `action` is an index into the header's actions. */
  'scenario.action': { action: 'u16' },
  /** A statement could not be carried out when its time came. */
  'scenario.skipped': {
    action: 'u16',
    reason: { enum: ['process-dead', 'host-off', 'no-connection', 'already-running', 'host-frozen', 'not-frozen'] },
  },
  'host.state': { on: 'bool', reason: { enum: ['power-loss', 'boot', 'shutdown'] } },
  /** The virtual machine was stopped, or goes on: while it is stopped its clock stands still. */
  'host.frozen': { frozen: 'bool' },
  'process.state': {
    running: 'bool',
    reason: { enum: ['started', 'forked', 'killed', 'exited', 'host-off', 'shutdown', 'signal'] },
  },
  /** The kernel sends the process a signal: it ignores it, or ends. The call that brought it about returns next, if it does. */
  'process.signal': { signal: { enum: ['SIGPIPE'] }, ignored: 'bool' },
  /** `from`: the host whose sending direction changed; -1 = both directions. */
  'link.state': { up: 'bool', from: 'place' },
  /**
   * A setting of a link, at the beginning or from now on. `value`: µs, bits per second, packets, bytes or parts per million.
   * `by`: for reordering, µs. `from`: as above.
   */
  'link.changed': {
    setting: {
      enum: [
        'delay',
        'bandwidth',
        'queue-packets',
        'queue-bytes',
        'jitter',
        'loss',
        'duplication',
        'reordering',
        'mtu',
      ],
    },
    value: 'f64',
    by: 'f64',
    from: 'place',
  },
  'end.opened': { how: { enum: ['connect', 'syn-arrived', 'syn-cookie'] } },
  /** The end no longer exists in its kernel. */
  'end.gone': {
    reason: {
      enum: [
        'closed',
        'reset',
        'refused',
        'unreachable',
        'timed-out',
        'aborted',
        'host-off',
        'orphan-timed-out',
        'fin-wait-2-timed-out',
        'time-wait-over',
        /** A new SYN arrived, with a sequence number beyond the old ones. */
        'replaced',
        /** The same, by its newer timestamp. */
        'replaced-by-timestamp',
        /** Its own host opens a new connection over the TIME_WAIT entry. */
        'taken-over',
        'accept-queue-full',
        /** A SYN-ACK that was to go again did not leave the host. */
        'not-sent',
      ],
    },
  },
  /**
   * So many established connections wait at a listening port to be accepted (Recv-Q of `ss -l`), and more than `limit` (Send-Q)
   * are too many. Recorded when the number is another one at the end of an instant; 0 before the first. Place: the process that listens.
   */
  'listener.queue': { port: 'port', length: 'u32', limit: 'u32' },
  /** Place: the end when there is one, else the process. `value`: bytes, port, backlog or option value. `detail`: option name, address, flag of send(). */
  'call.entered': { call: { enum: CALLS }, process: 'place', value: 'f64', detail: 'string' },
  /** `errno` OK: it succeeded with `value` (recv: bytes, 0 = EOF). */
  'call.returned': { call: { enum: CALLS }, process: 'place', value: 'f64', errno: { enum: ERRNO_VALUES } },
  /** What a program decided by itself: a heartbeat unanswered (`value`: misses in a row), giving up, an idle limit reached. */
  'app.decided': { what: { enum: ['heartbeat-missed', 'gave-up', 'idle-limit'] }, process: 'place', value: 'f64' },
  /**
   * A segment left a host. Place: the end, or the host when no socket stands behind it (a reset). `connection`: index into
   * the trace's connections. `window`: the field on the wire; `windowBytes`: what it means. `mss` 0 and `wscale` 255: option absent.
   */
  'segment.sent': {
    connection: 'connection',
    from: 'place',
    to: 'place',
    fromPort: 'port',
    toPort: 'port',
    seq: 'u32',
    ack: 'u32',
    flags: 'u8',
    length: 'u32',
    window: 'u16',
    windowBytes: 'u32',
    mss: 'u16',
    wscale: 'u8',
    sackPermitted: 'bool',
    timestamps: 'bool',
    tsVal: 'u32',
    tsEcr: 'u32',
    sack: 'numbers',
    purpose: { enum: PURPOSES },
    reason: { enum: SEND_REASONS },
    args: 'numbers',
  },
  /** `segment`: id of its `segment.sent`. Place: the receiving end, or host. */
  'segment.delivered': { segment: 'event' },
  /** The segment waits before a host that is frozen. `blame`: the event that froze it. */
  'segment.held': { segment: 'event', blame: 'event' },
  /** The segment never reached a kernel. `blame`: id of the event that made it so (a cut, a power loss, a statement). */
  'segment.dropped': {
    segment: 'event',
    reason: {
      enum: [
        'link-cut',
        'host-off',
        'rule',
        'host-frozen',
        'chance',
        'queue-full',
        'too-big',
        'filtered',
        'rejected',
        'no-flow',
        'unreachable',
        'no-carrier',
        'no-neighbour',
        'no-route',
        'device-queue-full',
      ],
    },
    blame: 'event',
  },
  /**
   * The link made a copy of the segment. What becomes of the copy is caused by this event, and speaks of the same `segment`.
   * `blame`: the statement that asked for it, -1 = none.
   */
  'segment.duplicated': { segment: 'event', by: { enum: ['rule', 'chance'] }, blame: 'event' },
  /** The link holds the segment up for `delay` µs besides the time of the way; those behind it overtake it. `blame`: as above. */
  'segment.delayed': { segment: 'event', by: { enum: ['rule', 'chance'] }, delay: 'f64', blame: 'event' },
  /** The link is busy: the segment waits `wait` µs until its first bit leaves. `ahead`, `bytes`: packets that wait before it. */
  'segment.queued': { segment: 'event', wait: 'f64', ahead: 'u32', bytes: 'u32' },
  /** The segment arrived and the receiver discarded it. */
  'segment.ignored': {
    segment: 'event',
    reason: {
      enum: [
        'rst-out-of-window',
        'rst-without-ack',
        'no-listener',
        'old-ack',
        'ack-of-unsent-data',
        'not-for-this-state',
        'paws',
        'rate-limited',
        'no-way-back',
        'beyond-window',
        'no-receive-memory',
        'accept-queue-full',
        'syn-queue-full',
        'rfc1337',
        /** TCP_DEFER_ACCEPT: it acknowledges the SYN-ACK and brings no data. */
        'accept-deferred',
      ],
    },
  },
  /**
   * An ICMP error about a segment. Place: the middlebox that sends it, or the host whose own kernel does. `segment`: the
   * `segment.sent` that it quotes; it goes to the host that sent that. `blame`: the event behind it, -1 = none. `mtu`: what the
   * next hop takes, in bytes, where fragmentation would be needed; 0 = it says nothing of that.
   */
  'icmp.sent': { message: { enum: ICMP_MESSAGES }, segment: 'event', to: 'place', blame: 'event', mtu: 'u16' },
  /** `icmp`: id of its `icmp.sent`. Place: the end that it is about, or the host when there is none any more. */
  'icmp.delivered': { icmp: 'event' },
  /** The message never reached a kernel. */
  'icmp.dropped': { icmp: 'event', reason: { enum: ['link-cut', 'host-off', 'no-carrier'] }, blame: 'event' },
  /** The message arrived and changed nothing. */
  'icmp.ignored': {
    icmp: 'event',
    reason: { enum: ['out-of-window', 'time-wait', 'no-error', 'no-socket', 'known'] },
  },
  /** A middlebox begins or ceases to know a flow. `after`: µs without a segment. `port`: the outside knows it by this one; 0 = by its own. */
  'flow.state': {
    connection: 'connection',
    known: 'bool',
    reason: { enum: ['segment-passed', 'idle', 'told', 'reset'] },
    after: 'f64',
    port: 'port',
  },
  /** A host's own cable. `link`: its place. */
  'carrier.state': { link: 'place', up: 'bool' },
  /** The queue of a host's device takes nothing, or takes packets again: TCP is told of each that is refused. `link`: its place. */
  'device-queue.state': { link: 'place', full: 'bool' },
  /** `to`: the host to which the place has a route or none. */
  'route.state': { to: 'place', present: 'bool' },
  /** What a host knows of a neighbour's hardware address. `neighbour`: a host on the segment, or the link whose next hop it is. */
  'neighbour.state': { neighbour: 'place', state: { enum: NEIGHBOUR_STATES } },
  /** `request`: to everybody; `probe`: a request to the neighbour alone. */
  'arp.sent': { neighbour: 'place', what: { enum: ['request', 'probe', 'reply'] } },
  /** `arp`: id of its `arp.sent`. */
  'arp.delivered': { arp: 'event' },
  'arp.dropped': {
    arp: 'event',
    reason: { enum: ['link-cut', 'host-off', 'no-carrier', 'device-queue-full'] },
    blame: 'event',
  },
  'tcp.state': { from: { enum: TCP_STATES }, to: { enum: TCP_STATES } },
  /** Arming a slot that is pending replaces what was there. `deadline` is absolute. `late`: how much later the timer wheel fires it; 0 with ideal timers. */
  'timer.armed': { timer: { enum: TIMERS }, deadline: 'f64', backoff: 'u8', late: 'f64' },
  'timer.fired': { timer: { enum: TIMERS } },
  'timer.cancelled': { timer: { enum: TIMERS } },
  /** Pairs (index into VARIABLES, value), flattened: what changed while the cause was handled. */
  'tcp.variables': { changes: 'changes' },
  /** The kernel stores an error on the socket. Soft: only remembered for a later give-up. */
  'tcp.error': { errno: { enum: ERRNO_VALUES }, soft: 'bool' },
  /**
   * Segments carry other amounts of data from now on: at most `mss` bytes, since packets may have `mtu`. `path`: so a router said;
   * `expired`: what it said counts no longer; `black-hole`: nothing but silence, so smaller ones are tried.
   */
  'tcp.mss': { mss: 'u16', mtu: 'u16', reason: { enum: ['path', 'expired', 'black-hole'] } },
  /**
   * The connection ended properly, and its host remembers of the way for later ones (`ip tcp_metrics`): `rtt` and `rttvar` in µs,
   * `ssthresh`, `cwnd` and `reordering` in segments; 0 = nothing is known of that.
   */
  'metrics.saved': { rtt: 'f64', rttvar: 'f64', ssthresh: 'u32', cwnd: 'u32', reordering: 'u32' },
  /** A connection that was opened begins with something of that. `saved`: id of its `metrics.saved`. `rto`: the first one, µs; 0 = not taken over, as in the others. */
  'metrics.used': { saved: 'event', rto: 'f64', ssthresh: 'u32', reordering: 'u32' },
  /** Retransmitting proved needless: cwnd and ssthresh are what they were before. */
  'tcp.undo': { reason: { enum: UNDO_REASONS } },
  /** One per expectation, at the end of the run. `evidence`: the event that decided, -1 = none. `code` and `args`: see `expectations/`. */
  expectation: { expectation: 'u16', met: 'bool', evidence: 'event', code: 'string', args: 'numbers' },
  'run.ended': { reason: { enum: ['until', 'idle', 'event-limit', 'time-limit', 'cancelled'] } },
} as const satisfies Record<string, Readonly<Record<string, FieldType>>>;

/** Fields that came after the first files of this version, and what they are where a file does not have them. */
export const LATER_FIELDS: Readonly<Partial<Record<string, Readonly<Record<string, unknown>>>>> = {
  'timer.armed': { late: 0 },
  'icmp.sent': { mtu: 0 },
};

export type EventKind = keyof typeof EVENT_SCHEMA;
export const EVENT_KINDS = Object.keys(EVENT_SCHEMA) as readonly EventKind[];

/** Flag bits of `segment.sent`, as in the header of RFC 9293 §3.1. */
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;
