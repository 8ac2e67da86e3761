/** What sysctls, socket options and states mean, in a sentence each: shown on hover and beside completions. */
import * as l10n from '@vscode/l10n';
import { CONGESTION_CONTROLS } from '../../scenario/congestion.ts';
import { type RouteMetricDefinition, type RouteMetricName, ROUTE_METRICS } from '../../scenario/route-metric.ts';
import { type SocketOptionDefinition, type SocketOptionName, SOCKET_OPTIONS } from '../../scenario/socket-option.ts';
import { type KnobUnit, type SysctlDefinition, type SysctlName, SYSCTLS } from '../../scenario/sysctl.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import { knobText, showKnob } from '../compile/knob-value.ts';
import { parseState } from '../compile/words.ts';

/** Meaning, default, range and first kernel of a sysctl, as Markdown; undefined when there is no such sysctl. */
export function sysctlSummary(name: string): string | undefined {
  if (!Object.hasOwn(SYSCTLS, name)) return undefined;
  const knob: SysctlDefinition = SYSCTLS[name as SysctlName];
  const facts = [l10n.t('Default: {0}', knobText(knob)), rangeText(knob), unitText(knob.unit)];
  if (knob.parts !== undefined) facts.unshift(l10n.t('Several values: {0}', knob.parts.join(', ')));
  if (knob.since !== undefined) facts.push(l10n.t('Since Linux {0}', knob.since));
  return [`**${knob.path ?? 'net.ipv4'}.${name}**`, sysctlMeaning(name as SysctlName), facts.join(' · ')].join('\n\n');
}

/** The same for a socket option. */
export function optionSummary(name: string): string | undefined {
  if (!Object.hasOwn(SOCKET_OPTIONS, name)) return undefined;
  const option: SocketOptionDefinition = SOCKET_OPTIONS[name as SocketOptionName];
  const facts = [rangeText(option), unitText(option.unit)];
  if (option.limit !== undefined) facts.push(l10n.t('At most what the sysctl {0} says', option.limit));
  if (option.since !== undefined) facts.push(l10n.t('Since Linux {0}', option.since));
  if (option.sysctl !== undefined) facts.unshift(l10n.t('Not set: the sysctl {0} counts', option.sysctl));
  return [`**${name}**`, optionMeaning(name as SocketOptionName), facts.join(' · ')].join('\n\n');
}

/** The same for a metric of a route. */
export function routeMetricSummary(name: string): string | undefined {
  if (!Object.hasOwn(ROUTE_METRICS, name)) return undefined;
  const metric: RouteMetricDefinition = ROUTE_METRICS[name as RouteMetricName];
  const facts = [rangeText(metric), unitText(metric.unit)];
  return [`**${name}**`, routeMetricMeaning(name as RouteMetricName), facts.join(' · ')].join('\n\n');
}

function routeMetricMeaning(name: RouteMetricName): string {
  switch (name) {
    case 'rto_min':
      return l10n.t(
        'The least RTO on this route (`ip route … rto_min`), instead of tcp_rto_min_us: the variance of the round trip counts for at least so much. The limit of tcp_retries2 is computed from 200 ms all the same.',
      );
    case 'quickack':
      return l10n.t('On this route every segment is acknowledged at once, also on interactive connections.');
    case 'initcwnd':
      return l10n.t(
        'Segments of the congestion window with which connections on this route begin, also after a pause. Not set: 10.',
      );
    case 'initrwnd':
      return l10n.t(
        'Segments of the receive window that connections on this route offer at first, if that is less than the buffer allows.',
      );
  }
}

/** What a flag of send() asks for, or what SIGPIPE or SO_ERROR is, as Markdown. */
export function flagMeaning(word: string): string | undefined {
  const meaning = meaningOfFlag(word);
  return meaning === undefined ? undefined : [`**${word}**`, meaning].join('\n\n');
}

function meaningOfFlag(word: string): string | undefined {
  switch (word) {
    case 'MSG_MORE':
      return l10n.t(
        'A flag of send(): there is more to come. What does not fill a segment waits for the next send(), for an acknowledgement, or for the persist timer (200 ms or more).',
      );
    case 'MSG_NOSIGNAL':
      return l10n.t('A flag of send(): where it fails with EPIPE, the kernel sends no SIGPIPE.');
    case 'SO_ERROR':
      return l10n.t(
        'What getsockopt() says is wrong with the socket, once: the error that the next call would report, or what the network said (ICMP) and nobody was told.',
      );
    case 'SIGPIPE':
      return l10n.t(
        'The signal that comes with EPIPE, unless send() has MSG_NOSIGNAL. Programs ignore it here, as servers do; one that “dies of SIGPIPE” has left it as it is: it ends, and its kernel closes all of its sockets.',
      );
    default:
      return undefined;
  }
}

/** What a connection is doing in a state, as Markdown. */
export function stateMeaning(word: string): string | undefined {
  const state = parseState(word);
  return state === undefined ? undefined : `**${word}**\n\n${meaningOfState(state)}`;
}

/** How exact a host's timers are, as Markdown. */
export function timersMeaning(word: string): string | undefined {
  switch (word) {
    case 'timers':
      return l10n.t('How exact the kernel’s timers are: ideal (the default), or as late as its timer wheel.');
    case 'ideal':
      return l10n.t('Timers fire exactly at their deadlines.');
    case 'wheel':
      return l10n.t(
        'Timers fire as late as the kernel’s timer wheel: never early, and up to 12.5 % of the wait late. The ticks are those of hz; a wait below 63 ticks ends at the next tick, one below 504 at a multiple of 8 ticks, one below 4032 at a multiple of 64, and so on. Tick 0 is the start of the run.',
      );
    default:
      return undefined;
  }
}

function rangeText({ unit, min, max }: { unit: KnobUnit; min: number; max: number }): string {
  if (unit === 'congestion-control') return l10n.t('One of: {0}', CONGESTION_CONTROLS.join(', '));
  return l10n.t('Range: {0} to {1}', showKnob(unit, min), showKnob(unit, max));
}

function unitText(unit: KnobUnit): string {
  switch (unit) {
    case 'count':
      return l10n.t('written without a unit');
    case 'flag':
      return l10n.t('0 is off, 1 is on');
    case 'B':
      return l10n.t('a size in bytes');
    case 's':
      return l10n.t('a duration in whole seconds');
    case 'ms':
      return l10n.t('a duration in whole milliseconds');
    case 'us':
      return l10n.t('a duration in whole microseconds');
    case 'congestion-control':
      return l10n.t('written as a name');
  }
}

function sysctlMeaning(name: SysctlName): string {
  switch (name) {
    case 'tcp_retries1':
      return l10n.t(
        'A limit of time like tcp_retries2 (3 makes 3 s): past it the kernel doubts the path, and with tcp_mtu_probing tries smaller segments. No connection ends by it.',
      );
    case 'tcp_retries2':
      return l10n.t(
        'How long unacknowledged data is retransmitted before ETIMEDOUT. Not a count: a time, that of so many doubled timeouts from 200 ms on (15 makes 924.6 s), tested when the timer fires.',
      );
    case 'tcp_syn_retries':
      return l10n.t('How often connect() repeats its SYN, not counting the linear ones, before ETIMEDOUT.');
    case 'tcp_syn_linear_timeouts':
      return l10n.t('How many SYNs are repeated at one-second steps before the waits begin to double.');
    case 'somaxconn':
      return l10n.t(
        'The largest backlog that listen() can ask for. One connection more than the backlog can wait to be accepted.',
      );
    case 'tcp_max_syn_backlog':
      return l10n.t(
        'With SYN cookies off, a SYN is dropped once so many half-open connections, less a quarter, wait at a listener. The kernel’s default follows the memory: 128 or more.',
      );
    case 'tcp_syncookies':
      return l10n.t(
        'Whether a SYN that finds the SYN queue full is answered with a cookie (1), dropped (0), or every SYN is answered with one (2).',
      );
    case 'tcp_abort_on_overflow':
      return l10n.t(
        'Whether a client whose handshake is complete is reset when the accept queue is full. Otherwise its acknowledgement is ignored, and it may try again.',
      );
    case 'tcp_synack_retries':
      return l10n.t('How often the listening side repeats its SYN-ACK.');
    case 'tcp_orphan_retries':
      return l10n.t(
        'How long a connection that no process holds any more retransmits: a limit of time like tcp_retries2. 0 means 8 (102.2 s), or none at all once the timeout has grown to its maximum.',
      );
    case 'tcp_max_orphans':
      return l10n.t(
        'How many connections that no process holds any more may exist; one more is thrown away with a RST. The real default depends on the memory of the machine.',
      );
    case 'tcp_fin_timeout':
      return l10n.t('How long a connection that no process holds waits in FIN_WAIT_2 for the peer’s FIN.');
    case 'tcp_keepalive_time':
      return l10n.t('How long a connection with SO_KEEPALIVE must be idle before the first probe.');
    case 'tcp_keepalive_intvl':
      return l10n.t('The time between unanswered keepalive probes.');
    case 'tcp_keepalive_probes':
      return l10n.t('After so many unanswered keepalive probes the connection fails with ETIMEDOUT.');
    case 'tcp_early_retrans':
      return l10n.t('Tail loss probes: 3 and 4 send them, 0 to 2 do not.');
    case 'tcp_sack':
      return l10n.t('Selective acknowledgements: the receiver says which data beyond a gap it has.');
    case 'tcp_comp_sack_nr':
      return l10n.t('So many acknowledgements of data beyond a gap are gathered into one at most. 0: each is sent.');
    case 'tcp_comp_sack_delay_ns':
      return l10n.t(
        'How long, in nanoseconds, acknowledgements of data beyond a gap are gathered at most; never longer than 5 % of the round trip.',
      );
    case 'tcp_timestamps':
      return l10n.t('TCP timestamps: 0 off, 1 with a random offset, 2 without.');
    case 'tcp_window_scaling':
      return l10n.t('Window scaling: windows larger than 64 KB.');
    case 'tcp_invalid_ratelimit':
      return l10n.t('The least time between two acknowledgements sent in answer to invalid segments.');
    case 'tcp_pingpong_thresh':
      return l10n.t('After so many answers a connection counts as interactive, and its acknowledgements are delayed.');
    case 'tcp_tw_reuse':
      return l10n.t(
        'Whether connect() may take over a port pair of its own that is in TIME_WAIT: 0 no, 1 yes with timestamps, 2 only towards loopback addresses (127.0.0.0/8).',
      );
    case 'tcp_tw_reuse_delay':
      return l10n.t('How long the peer must have been silent before connect() takes over its port pair in TIME_WAIT.');
    case 'tcp_rfc1337':
      return l10n.t('Whether a RST is ignored in TIME_WAIT.');
    case 'tcp_congestion_control':
      return l10n.t('The algorithm that sets the congestion window: how fast it grows, how far a loss shrinks it.');
    case 'tcp_recovery':
      return l10n.t(
        'Loss detection by time (RACK): 1 on; plus 2 a reordering window that DSACKs do not widen; plus 4 without the rule of three duplicates. 0: by counting duplicates.',
      );
    case 'tcp_reordering':
      return l10n.t('How many segments may overtake another before it counts as lost, until the path shows more.');
    case 'tcp_max_reordering':
      return l10n.t('The most reordering that a connection learns from its path.');
    case 'tcp_frto':
      return l10n.t(
        'After a timeout, new data finds out whether it was needless (F-RTO); cwnd is then restored. 0 turns it off.',
      );
    case 'tcp_thin_linear_timeouts':
      return l10n.t(
        'Whether the retransmission timeout stays as it is, instead of doubling, for the first six retransmissions of a stream with fewer than four segments in flight.',
      );
    case 'tcp_dsack':
      return l10n.t('Whether a receiver reports data that arrived twice.');
    case 'tcp_slow_start_after_idle':
      return l10n.t('Whether the congestion window shrinks while nothing is sent for longer than a timeout.');
    case 'tcp_retrans_collapse':
      return l10n.t('Whether small neighbours are sent again in one segment.');
    case 'tcp_min_rtt_wlen':
      return l10n.t('How long the smallest round trip is remembered, by which RACK judges reordering.');
    case 'tcp_rmem':
      return l10n.t(
        'Memory of a receive buffer. A socket begins with the default, half of which is its first window; max decides the window scale. SO_RCVBUF replaces all three. The min counts only when memory is short.',
      );
    case 'tcp_moderate_rcvbuf':
      return l10n.t(
        'Whether a receive buffer grows with what the application reads, up to the max of tcp_rmem, so that the window does not hold the sender back.',
      );
    case 'tcp_shrink_window':
      return l10n.t(
        'Whether a window that was offered may be taken back when memory runs out, where windows are scaled. Otherwise it only shrinks by what arrives.',
      );
    case 'tcp_wmem':
      return l10n.t(
        'Memory of a send buffer. A socket begins with the default and has more as its congestion window grows, up to max. SO_SNDBUF replaces all three. The min counts only when memory is short.',
      );
    case 'rmem_max':
      return l10n.t(
        'The most that SO_RCVBUF can ask for; the kernel takes twice as much. More is cut down without a word. 4 MiB since Linux 6.18.',
      );
    case 'wmem_max':
      return l10n.t(
        'The most that SO_SNDBUF can ask for; the kernel takes twice as much. More is cut down without a word. 4 MiB since Linux 6.18.',
      );
    case 'tcp_min_tso_segs':
      return l10n.t('How many segments the kernel may hand to the device at once, however slow the path is.');
    case 'tcp_tso_win_divisor':
      return l10n.t(
        'Such a part of the window leaves at once rather than wait a moment to leave with more: 3 is a third.',
      );
    case 'tcp_notsent_lowat':
      return l10n.t(
        'How much may wait in the send buffer that has not left yet: with more, send() sleeps and poll() does not report OUT. A writer that sleeps wakes at half of it.',
      );
    case 'tcp_mtu_probing':
      return l10n.t(
        'Whether smaller segments are tried when data stays unacknowledged for longer than tcp_retries1 allows: large packets may get lost without anybody saying so. 0: never. 1: then.',
      );
    case 'tcp_base_mss':
      return l10n.t('What a segment carries at first when tcp_mtu_probing tries smaller ones.');
    case 'tcp_no_metrics_save':
      return l10n.t(
        '0: when a connection has ended properly, the host remembers for an hour how long the way to the other address is and how much it reorders; later connections begin with that. 1: nothing is saved.',
      );
    case 'tcp_no_ssthresh_metrics_save':
      return l10n.t('1: ssthresh is not among what connections leave to later ones (tcp_no_metrics_save). 0: it is.');
    case 'tcp_rto_min_us':
      return l10n.t('The least that is added to the measured round trip to make the retransmission timeout.');
    case 'tcp_rto_max_ms':
      return l10n.t('The longest retransmission timeout: where doubling stops.');
  }
}

function optionMeaning(name: SocketOptionName): string {
  switch (name) {
    case 'SO_KEEPALIVE':
      return l10n.t('Sends probes on an idle connection and fails it when they stay unanswered. Off unless set.');
    case 'TCP_KEEPIDLE':
      return l10n.t('How long this connection must be idle before the first keepalive probe.');
    case 'TCP_KEEPINTVL':
      return l10n.t('The time between unanswered keepalive probes of this connection.');
    case 'TCP_KEEPCNT':
      return l10n.t('After so many unanswered keepalive probes this connection fails with ETIMEDOUT.');
    case 'TCP_USER_TIMEOUT':
      return l10n.t(
        'How long data is retransmitted before ETIMEDOUT, counted from the first retransmission; with keepalive, how long nothing may be received, whatever the number of probes. 0: not set.',
      );
    case 'SO_LINGER':
      return l10n.t(
        'What close() of the last descriptor does. 0s: throw away what is queued and send a RST. Longer: sleep until all is acknowledged or the time is over. Not set: return at once and let the kernel see to it.',
      );
    case 'TCP_LINGER2':
      return l10n.t(
        'How long this connection waits in FIN_WAIT_2 once no process holds it, instead of tcp_fin_timeout. Negative: not at all. 0s: as tcp_fin_timeout says.',
      );
    case 'SO_RCVBUF':
      return l10n.t(
        'The receive buffer. The kernel takes twice as much, for what segments cost beside their data, and lets it grow no more. For the window of the SYN it must be set before: “process web on server { uses SO_RCVBUF = 16384 B }”.',
      );
    case 'SO_SNDBUF':
      return l10n.t(
        'The send buffer: what is sent and not acknowledged yet, and what waits. The kernel takes twice as much. When it is full, send() sleeps.',
      );
    case 'TCP_NOTSENT_LOWAT':
      return l10n.t(
        'How much may wait in the send buffer of this connection that has not left yet; with more, send() sleeps. 0 B: as tcp_notsent_lowat says.',
      );
    case 'TCP_NODELAY':
      return l10n.t('Turns Nagle’s algorithm off: small segments are sent at once.');
    case 'TCP_CORK':
      return l10n.t(
        'Holds back every segment that is not full, until it is set to 0, the connection is closed, or the persist timer fires with nothing in flight (after one retransmission timeout, 200 ms or more).',
      );
    case 'TCP_QUICKACK':
      return l10n.t(
        '1: what waits for its acknowledgement is acknowledged at once, and the connection does not count as interactive until this end answers again. 0: it counts as interactive, so acknowledgements are delayed.',
      );
    case 'SO_RCVTIMEO':
      return l10n.t(
        'How long recv() waits for data before it fails with EAGAIN; the program then closes, as after any error. For connections that a process accepts or opens: “process app on client { uses SO_RCVTIMEO = 5s }”. A recv() that waits already waits on as before. 0: for ever.',
      );
    case 'SO_SNDTIMEO':
      return l10n.t(
        'How long send() waits for room in the send buffer before it returns what was taken so far, or EAGAIN; and how long connect() waits before it fails with EINPROGRESS. 0: for ever.',
      );
    case 'IP_RECVERR':
      return l10n.t(
        'Whether what ICMP says about a connection that is open fails the next call at once. Otherwise it is remembered, and reported when the kernel gives up.',
      );
    case 'TCP_DEFER_ACCEPT':
      return l10n.t(
        'Of a listener (“web uses TCP_DEFER_ACCEPT = 10s”): a connection is not handed to accept() before it has brought data, or not before about so long has passed. The kernel counts firings of the SYN-ACK timer, so that the time becomes 1, 3, 7, 15 s and so on. Of a socket that connects: the third segment of the handshake waits for data up to 200 ms.',
      );
    case 'TCP_RTO_MAX_MS':
      return l10n.t(
        'The longest retransmission timeout of this connection: where doubling stops. Also counts for when the kernel gives up. Before Linux 6.15: ENOPROTOOPT.',
      );
    case 'TCP_RTO_MIN_US':
      return l10n.t(
        'The least that is added to the measured round trip of this connection to make its retransmission timeout. Less than two ticks: EINVAL. Before Linux 6.15: ENOPROTOOPT.',
      );
    case 'TCP_DELACK_MAX_US':
      return l10n.t(
        'The longest that an acknowledgement of this connection is delayed. Less than two ticks: EINVAL. Before Linux 6.15: ENOPROTOOPT.',
      );
    case 'TCP_THIN_LINEAR_TIMEOUTS':
      return l10n.t('With little in flight, the first six retransmission timeouts of this connection do not double.');
    case 'SO_RCVLOWAT':
      return l10n.t(
        'So many bytes must have arrived before recv() returns or poll() says IN; at the end of the data, or when the window is nearly closed, fewer do. The receive buffer grows to hold them.',
      );
    case 'TCP_MAXSEG':
      return l10n.t(
        'The largest segment, without its IP and TCP headers: what the SYN says, and no more is sent. Counts before connecting or listening.',
      );
    case 'TCP_WINDOW_CLAMP':
      return l10n.t(
        'No window larger than this is offered. The first full segment that arrives makes the kernel reckon the limit anew from the buffer.',
      );
    case 'TCP_SYNCNT':
      return l10n.t('How often this connection repeats its SYN.');
  }
}

function meaningOfState(state: TcpState): string {
  switch (state) {
    case 'CLOSED':
      return l10n.t('There is no such connection (any more) at this end.');
    case 'LISTEN':
      return l10n.t('Waits for connections.');
    case 'SYN_SENT':
      return l10n.t('Has sent a SYN and waits for the answer.');
    case 'SYN_RECEIVED':
      return l10n.t('Has answered a SYN and waits for the last acknowledgement of the handshake.');
    case 'ESTABLISHED':
      return l10n.t('Open, as far as this end knows. The peer may long be gone.');
    case 'FIN_WAIT_1':
      return l10n.t('Has closed and sent its FIN, which is not acknowledged yet.');
    case 'FIN_WAIT_2':
      return l10n.t('Its FIN is acknowledged; waits for the peer’s FIN.');
    case 'CLOSE_WAIT':
      return l10n.t('The peer has closed; this end’s process has not closed yet.');
    case 'CLOSING':
      return l10n.t('Both closed at once; waits for the acknowledgement of its own FIN.');
    case 'LAST_ACK':
      return l10n.t('Has closed after the peer and waits for the last acknowledgement.');
    case 'TIME_WAIT':
      return l10n.t('Closed properly; stays for 60 s to answer what may still arrive.');
  }
}
