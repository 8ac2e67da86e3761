/** Opening a connection: connect(), the SYN at a listener, SYN_SENT and SYN_RECEIVED (RFC 9293 §3.5, §3.10.7.2–3). */
import { powerOfTwo } from '../../base/power-of-two.ts';
import { TCP_MSS_DEFAULT, TCP_TIMEOUT_INIT, TCP_TIMEOUT_MIN_JIFFIES, TIMESTAMPS_LENGTH } from './constants.ts';

import { onReset } from './close.ts';
import { defersAccept } from './defer-accept.ts';
import { delaysHandshakeAck, initializeReceiveMss } from './delayed-ack.ts';
import { jiffies } from './jiffies.ts';
import { startKeepalive } from './keepalive.ts';
import { updatePacingRate } from './congestion/pacing.ts';
import { initialCwnd } from './congestion/window.ts';
import { sendAck, sendQueued, sendSegment, timestampNow } from './output.ts';
import { initializeMetrics } from './metrics.ts';
import { mssOfPath } from './path-mtu.ts';
import { isStale, rememberTimestamp, storeTimestamp } from './paws.ts';
import { mayAnswerOutOfWindow } from './rate-limit.ts';
import { startAutotuning } from './receive-autotuning.ts';
import { initializeReceiveBuffer, initializeReceiveWindow } from './receive-window.ts';
import { advanceRack } from './recovery/rack.ts';
import { setState } from './recovery/transitions.ts';
import { sendSynAck } from './retransmit.ts';
import { rttFromEcho, takeRttSample } from './rtt-sample.ts';
import type { SysctlValues } from '../../scenario/sysctl.ts';
import type { Segment, SegmentOptions } from './segment.ts';
import { ACK, endSeq, has, RST, SYN } from './segment.ts';
import { add, after, isInWindow, seq } from './seq.ts';
import { cookieOptions } from './syn-cookie.ts';
import type { Tcb } from './tcb.ts';

/** connect(): the SYN leaves (`tcp_v4_connect`, `tcp_connect`). */
export function openActively(tcb: Tcb): void {
  const { snd } = tcb;
  tcb.setState('SYN_SENT');
  // Only who takes over an entry of its own knows already that there will be timestamps.
  initializeReceiveWindow(tcb, tcb.advertisedMss - (tcb.tsRecent === 0 ? 0 : TIMESTAMPS_LENGTH));
  const end = add(snd.iss, 1);
  tcb.sent.append(snd.iss, end, 0, false, false, false, tcb.now, -1).syn = true;
  // The clock of TCP_USER_TIMEOUT and of the model runs from the first SYN.
  tcb.retransStamp = tcb.now;
  tcb.firstSyn = { sentAt: tcb.now, tsVal: timestampNow(tcb) };
  sendSegment(tcb, { seq: snd.iss, flags: SYN }, { purpose: 'syn', reason: 'connect' });
  snd.nxt = end;
  tcb.retransmitTimer.arm('retransmission', tcb.now + tcb.rto);
}

/** A SYN reached a listener: a new end answers (`tcp_conn_request`). */
export function openPassively(tcb: Tcb, syn: Segment): void {
  becomeRequest(tcb, syn);
  tcb.rto = TCP_TIMEOUT_INIT;
  sendSynAck(tcb, { purpose: 'syn-ack', reason: 'syn-arrived' });
  tcb.retransmitTimer.arm('syn-ack', tcb.now + tcb.rto);
}

/** A SYN-ACK that nobody will repeat: `tcb` is forgotten once it has left. */
export function answerWithCookie(tcb: Tcb, syn: Segment): void {
  const options = optionsInCommon(syn, tcb.kernel.sysctls);
  // Without timestamps there is no room to remember the other options in.
  takeOver(tcb, syn, options.timestamps === undefined ? {} : options);
  sendSynAck(tcb, { purpose: 'syn-ack', reason: 'syn-cookie' });
}

/** The answer to a cookie arrived: the end as it would be, had it been kept since the SYN (`cookie_v4_check`). */
export function openByCookie(tcb: Tcb, ack: Segment, mss: number): void {
  const options = { mss, ...cookieOptions(ack, tcb.tsOffset) };
  const syn: Segment = { ...ack, seq: add(ack.seq, -1), flags: SYN, length: 0, options };
  becomeRequest(tcb, syn);
  initializeReceiveWindow(tcb, mss);
  // When the SYN-ACK left is forgotten: only the echo of its timestamp can give a sample.
  tcb.firstSyn = { sentAt: undefined, tsVal: 0 };
}

/** What the kernel keeps of a half-open connection (`inet_reqsk_alloc`, `tcp_openreq_init`). */
function becomeRequest(tcb: Tcb, syn: Segment): void {
  tcb.isRequest = true;
  tcb.setState('SYN_RECEIVED');
  takeOver(tcb, syn, optionsInCommon(syn, tcb.kernel.sysctls));
}

function takeOver(tcb: Tcb, syn: Segment, options: SegmentOptions): void {
  negotiate(tcb, syn, options);
  initializeReceiveWindow(tcb, tcb.advertisedMss - (tcb.timestamps ? TIMESTAMPS_LENGTH : 0));
  tcb.rcv.wscale = tcb.windowScaling ? tcb.rcv.offeredScale : 0;
  tcb.rcv.wup = tcb.rcv.nxt;
  tcb.snd.nxt = add(tcb.snd.iss, 1);
}

/** The largest segment that a SYN lets us send, where our own interface takes `advertisedMss`. */
export function mssOf({ options }: Segment, advertisedMss: number): number {
  return Math.min(options.mss ?? TCP_MSS_DEFAULT, advertisedMss);
}

/** What of a SYN's options this host wants too (`tcp_parse_options`). */
export function optionsInCommon({ options }: Segment, sysctls: SysctlValues): SegmentOptions {
  return {
    sackPermitted: options.sackPermitted === true && sysctls.tcp_sack !== 0,
    ...(options.timestamps === undefined || sysctls.tcp_timestamps === 0 ? {} : { timestamps: options.timestamps }),
    ...(options.windowScale === undefined || sysctls.tcp_window_scaling === 0
      ? {}
      : { windowScale: options.windowScale }),
  };
}

/** Takes over what the peer's SYN says: numbers, MSS, and the options that both sides want. */
function negotiate(tcb: Tcb, syn: Segment, options: SegmentOptions): void {
  tcb.rcv.irs = syn.seq;
  tcb.rcv.nxt = add(syn.seq, 1);
  tcb.path.peerMss = Math.min(syn.options.mss ?? TCP_MSS_DEFAULT, tcb.knob('TCP_MAXSEG', Infinity));
  tcb.snd.mss = mssOfPath(tcb);
  tcb.timestamps = options.timestamps !== undefined;
  if (syn.options.timestamps !== undefined) storeTimestamp(tcb, syn.options.timestamps.tsVal);
  tcb.sackPermitted = options.sackPermitted === true;
  tcb.windowScaling = options.windowScale !== undefined;
  tcb.snd.wscale = options.windowScale ?? 0;
  tcb.rcv.wscale = tcb.windowScaling ? tcb.rcv.offeredScale : 0;
  tcb.snd.wl1 = syn.seq;
  // The window of a SYN is never scaled.
  tcb.snd.wnd = syn.window;
  tcb.snd.maxWnd = syn.window;
}

/** SYN_SENT (`tcp_rcv_synsent_state_process`). */
export function synSentArrives(tcb: Tcb, segment: Segment): void {
  const ackFits = has(segment, ACK) && after(segment.ack, tcb.snd.una) && !after(segment.ack, tcb.snd.nxt);
  if (has(segment, ACK) && !ackFits) {
    // An old connection may be in the way: once it is reset, try again soon.
    if (tcb.retransmits === 0) {
      tcb.retransmitTimer.arm('retransmission', tcb.now + jiffies(TCP_TIMEOUT_MIN_JIFFIES, tcb.kernel.hz));
    }
    if (has(segment, RST)) tcb.kernel.ignored(tcb, 'not-for-this-state');
    else tcb.kernel.resetUnknown(segment, 'bad-ack-while-opening');
    return;
  }
  if (has(segment, RST)) {
    if (has(segment, ACK)) onReset(tcb);
    else tcb.kernel.ignored(tcb, 'rst-without-ack');
    return;
  }
  if (!has(segment, SYN)) {
    tcb.kernel.ignored(tcb, 'not-for-this-state');
    return;
  }
  negotiate(tcb, segment, optionsInCommon(segment, tcb.kernel.sysctls));
  if (!has(segment, ACK)) {
    answerCrossingSyn(tcb);
    return;
  }
  tcb.rcv.wup = tcb.rcv.nxt;
  becomeEstablished(tcb, segment);
  if (!delaysHandshakeAck(tcb)) sendAck(tcb, { purpose: 'ack', reason: 'handshake-completed' });
  sendQueued(tcb, { purpose: 'data', reason: 'application-sent' });
}

/**
 * Both sides sent a SYN, and they crossed: simultaneous open (RFC 9293 §3.5, figure 7). The SYN goes again with an
 * acknowledgement in place of its copy; its clock runs on.
 */
function answerCrossingSyn(tcb: Tcb): void {
  tcb.setState('SYN_RECEIVED');
  tcb.rcv.wup = tcb.rcv.nxt;
  initializeReceiveMss(tcb);
  sendSegment(tcb, { seq: tcb.snd.iss, flags: SYN + ACK }, { purpose: 'syn-ack', reason: 'crossing-syn' });
}

/** Our SYN of a simultaneous open is acknowledged (`tcp_rcv_state_process`, TCP_SYN_RECV). */
export function completeSimultaneousOpen(tcb: Tcb, segment: Segment): void {
  // Scaled even where the segment is the other SYN-ACK, whose window is not: the next segment corrects it.
  tcb.snd.wnd = segment.window * powerOfTwo(tcb.snd.wscale);
  tcb.snd.maxWnd = Math.max(tcb.snd.maxWnd, tcb.snd.wnd);
  tcb.snd.wl1 = segment.seq;
  rememberTimestamp(tcb, segment);
  tcb.sent.clear();
  becomeEstablished(tcb, segment);
}

/** What the handshake says of the round trip. After a repeated SYN or SYN-ACK only an echo can tell which copy was answered. */
function measureHandshake(tcb: Tcb, segment: Segment): void {
  if (tcb.rtt.hasSample) return;
  const { sentAt } = tcb.firstSyn;
  const isClean = tcb.synCopies === 0 && sentAt !== undefined;
  const measured = isClean ? tcb.now - sentAt : rttFromEcho(tcb, segment);
  if (measured !== undefined) takeRttSample(tcb, measured);
}

/** The SYN leaves the queue as the first segment delivered; what its loss may have done to the state is over. */
function forgetSyn(tcb: Tcb): void {
  const { sent, recovery } = tcb;
  const syn = sent.head;
  if (syn !== undefined && tcb.sackPermitted) advanceRack(tcb, syn);
  sent.clear();
  setState(tcb, 'Open');
  recovery.highSeq = tcb.snd.nxt;
  recovery.undoMarker = undefined;
  recovery.undoRetrans = -1;
  recovery.resendFrom = undefined;
}

/**
 * The congestion window to start with (`tcp_init_transfer`): one segment after more than one repeated SYN or SYN-ACK, unless
 * the echo of the first copy proves that repeating was needless (`tcp_try_undo_spurious_syn`).
 */
function initializeCongestionWindow(tcb: Tcb, segment: Segment): void {
  const stamp = segment.options.timestamps;
  const wasNeedless = tcb.timestamps && stamp !== undefined && seq(stamp.tsEcr) === seq(tcb.firstSyn.tsVal);
  tcb.cwnd = tcb.synCopies > 1 && !wasNeedless ? 1 : initialCwnd(tcb);
  tcb.cwndCount = 0;
  tcb.cwndUsage.stamp = tcb.now;
  tcb.congestionControl.init?.();
}

/** SYN_RECEIVED of a request (`tcp_check_req`). Returns true when the end is established and the segment wants further handling. */
export function synReceivedArrives(tcb: Tcb, segment: Segment): boolean {
  if (has(segment, SYN) && !has(segment, ACK) && segment.seq === tcb.rcv.irs) {
    // The client repeats its SYN: the SYN-ACK must have been lost.
    if (mayAnswerOutOfWindow(tcb, segment)) {
      const failure = sendSynAck(tcb, {
        purpose: 'syn-ack-retransmission',
        reason: 'syn-arrived',
        args: [tcb.retransmits, tcb.backoff],
      });
      if (failure === undefined) tcb.retransmitTimer.arm('syn-ack', tcb.now + tcb.rto, tcb.backoff);
    }
    return false;
  }
  if (has(segment, ACK) && segment.ack !== tcb.snd.nxt) {
    // The listener answers, as to any ACK that it does not expect.
    if (has(segment, RST)) tcb.kernel.ignored(tcb, 'not-for-this-state');
    else tcb.kernel.resetUnknown(segment, 'bad-ack-while-opening');
    return false;
  }
  const { rcv } = tcb;
  if (isStale(tcb, segment, 0) || !isInWindow(segment.seq, endSeq(segment), rcv.nxt, add(rcv.nxt, rcv.wnd))) {
    if (has(segment, RST)) tcb.kernel.ignored(tcb, 'rst-out-of-window');
    else if (mayAnswerOutOfWindow(tcb, segment))
      sendAck(tcb, { purpose: 'duplicate-ack', reason: 'unacceptable-segment' });
    else tcb.kernel.ignored(tcb, 'rate-limited');
    return false;
  }
  if (has(segment, RST) || has(segment, SYN)) {
    // Another SYN within the window: somebody else speaks from this port.
    tcb.kernel.resetUnknown(segment, 'bad-ack-while-opening');
    tcb.done('reset');
    return false;
  }
  if (!has(segment, ACK)) {
    tcb.kernel.ignored(tcb, 'not-for-this-state');
    return false;
  }
  rememberTimestamp(tcb, segment);
  if (defersAccept(tcb, segment)) {
    tcb.ackDeferred = true;
    tcb.kernel.ignored(tcb, 'accept-deferred');
    return false;
  }
  if (tcb.kernel.acceptQueueIsFull(tcb)) {
    overflow(tcb, segment);
    return false;
  }
  completePassiveOpen(tcb, segment);
  return true;
}

/** There is no room for one more connection that waits to be accepted (`tcp_check_req`, listen_overflow). */
function overflow(tcb: Tcb, segment: Segment): void {
  if (tcb.kernel.sysctls.tcp_abort_on_overflow === 0) {
    // As if the acknowledgement had been lost: the SYN-ACK goes again, and so will whatever the client sends.
    tcb.kernel.ignored(tcb, 'accept-queue-full');
    return;
  }
  tcb.kernel.resetUnknown(segment, 'accept-queue-full');
  tcb.done('accept-queue-full');
}

function completePassiveOpen(tcb: Tcb, segment: Segment): void {
  tcb.snd.wnd = segment.window * powerOfTwo(tcb.snd.wscale);
  tcb.snd.maxWnd = Math.max(tcb.snd.maxWnd, tcb.snd.wnd);
  tcb.snd.wl1 = segment.seq;
  tcb.isRequest = false;
  becomeEstablished(tcb, segment);
}

/** Our SYN is acknowledged (`tcp_finish_connect`, `tcp_create_openreq_child`). */
function becomeEstablished(tcb: Tcb, segment: Segment): void {
  tcb.retransmitTimer.cancel();
  tcb.snd.una = segment.ack;
  tcb.lastAckAt = tcb.now;
  tcb.softError = undefined;
  if (tcb.state === 'SYN_SENT') tcb.kernel.confirmNeighbour(tcb);
  tcb.delack.lastDataAt = tcb.now;
  tcb.lastDataSentAt = tcb.now;
  measureHandshake(tcb, segment);
  forgetSyn(tcb);
  initializeMetrics(tcb);
  // Who opened takes its first rate from the SYN-ACK (`tcp_ack`), when the window is not yet the route's.
  const ratedBefore = tcb.state === 'SYN_SENT' && tcb.synCopies === 0;
  if (ratedBefore) updatePacingRate(tcb);
  initializeCongestionWindow(tcb, segment);
  if (!ratedBefore) updatePacingRate(tcb);
  initializeReceiveBuffer(tcb);
  startAutotuning(tcb);
  initializeReceiveMss(tcb);
  tcb.retransStamp = undefined;
  tcb.retransmits = 0;
  tcb.setState('ESTABLISHED');
  startKeepalive(tcb);
}
