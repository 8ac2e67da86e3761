/** Opening a connection: connect(), the SYN at a listener, SYN_SENT and SYN_RECEIVED (RFC 9293 §3.5, §3.10.7.2–3). */
import {
  ADVERTISED_MSS,
  TCP_MSS_DEFAULT,
  TCP_TIMEOUT_FALLBACK,
  TCP_TIMEOUT_INIT,
  TIMESTAMPS_LENGTH,
  WINDOW_SCALE,
} from './constants.ts';
import { takeRttSample } from './ack.ts';
import { onReset } from './close.ts';
import { initializeReceiveMss } from './delayed-ack.ts';
import { startKeepalive } from './keepalive.ts';
import { initialWindow, sendAck, sendQueued, sendSegment } from './output.ts';
import { mayAnswerOutOfWindow } from './rate-limit.ts';
import { rttFromEcho, sendSynAck } from './retransmit.ts';
import type { Segment } from './segment.ts';
import { ACK, endSeq, has, RST, SYN } from './segment.ts';
import { add, after, before } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** connect(): the SYN leaves (`tcp_v4_connect`, `tcp_connect`). */
export function openActively(tcb: Tcb): void {
  const { snd, rcv } = tcb;
  tcb.setState('SYN_SENT');
  rcv.initialWnd = initialWindow(ADVERTISED_MSS);
  rcv.wnd = rcv.initialWnd;
  snd.nxt = add(snd.iss, 1);
  tcb.sent.push({
    seq: snd.iss,
    length: 0,
    syn: true,
    fin: false,
    push: false,
    firstSentAt: tcb.now,
    lastSentAt: tcb.now,
    everRetransmitted: false,
    retransmitOut: false,
    sacked: false,
    lost: false,
  });
  // The clock of TCP_USER_TIMEOUT and of the model runs from the first SYN.
  tcb.retransStamp = tcb.now;
  sendSegment(tcb, { seq: snd.iss, flags: SYN }, { purpose: 'syn', reason: 'connect' });
  tcb.retransmitTimer.arm('retransmission', tcb.now + tcb.rto);
}

/** A SYN reached a listener: a new end answers (`tcp_conn_request`). */
export function openPassively(tcb: Tcb, syn: Segment): void {
  tcb.setState('SYN_RECEIVED');
  negotiate(tcb, syn);
  tcb.rcv.initialWnd = initialWindow(tcb.timestamps ? ADVERTISED_MSS - TIMESTAMPS_LENGTH : ADVERTISED_MSS);
  tcb.rcv.wnd = tcb.rcv.initialWnd;
  tcb.rcv.wup = tcb.rcv.nxt;
  tcb.snd.nxt = add(tcb.snd.iss, 1);
  tcb.rto = TCP_TIMEOUT_INIT;
  tcb.synAckSentAt = tcb.now;
  sendSynAck(tcb, { purpose: 'syn-ack', reason: 'syn-arrived' });
  tcb.retransmitTimer.arm('syn-ack', tcb.now + tcb.rto);
}

/** Takes over what the peer's SYN says: numbers, MSS, and options that both sides want (`tcp_parse_options`). */
function negotiate(tcb: Tcb, syn: Segment): void {
  const { sysctls } = tcb.kernel;
  const { options } = syn;
  tcb.rcv.irs = syn.seq;
  tcb.rcv.nxt = add(syn.seq, 1);
  tcb.snd.mss = Math.min(options.mss ?? TCP_MSS_DEFAULT, ADVERTISED_MSS);
  tcb.timestamps = options.timestamps !== undefined && sysctls.tcp_timestamps !== 0;
  if (options.timestamps !== undefined) tcb.storeTimestamp(options.timestamps.tsVal);
  tcb.sackPermitted = options.sackPermitted === true && sysctls.tcp_sack !== 0;
  const scaling = options.windowScale !== undefined && sysctls.tcp_window_scaling !== 0;
  tcb.snd.wscale = scaling ? (options.windowScale ?? 0) : 0;
  tcb.rcv.wscale = scaling ? WINDOW_SCALE : 0;
  tcb.snd.wl1 = syn.seq;
  // The window of a SYN is never scaled.
  tcb.snd.wnd = syn.window;
  tcb.snd.maxWnd = syn.window;
}

/** SYN_SENT (`tcp_rcv_synsent_state_process`). */
export function synSentArrives(tcb: Tcb, segment: Segment): void {
  const ackFits = has(segment, ACK) && after(segment.ack, tcb.snd.una) && !after(segment.ack, tcb.snd.nxt);
  if (has(segment, ACK) && !ackFits) {
    if (!has(segment, RST)) tcb.kernel.resetUnknown(segment, 'bad-ack-while-opening');
    return;
  }
  if (has(segment, RST)) {
    if (ackFits) onReset(tcb);
    else tcb.kernel.ignored(tcb, 'rst-without-ack');
    return;
  }
  if (!has(segment, SYN) || !ackFits) {
    tcb.kernel.ignored(tcb, 'not-for-this-state');
    return;
  }
  negotiate(tcb, segment);
  tcb.rcv.wup = tcb.rcv.nxt;
  const syn = tcb.sent.shift();
  tcb.snd.una = segment.ack;
  tcb.lastAckAt = tcb.now;
  tcb.retransmitTimer.cancel();
  if (syn !== undefined && !syn.everRetransmitted) takeRttSample(tcb, tcb.now - syn.firstSentAt);
  else sampleFromEcho(tcb, segment);
  initializeReceiveMss(tcb);
  becomeEstablished(tcb);
  sendAck(tcb, { purpose: 'ack', reason: 'handshake-completed' });
  sendQueued(tcb, { purpose: 'data', reason: 'application-sent' });
}

/** A retransmitted handshake: the echo names the first copy that arrived; without timestamps 3 s are assumed. */
function sampleFromEcho(tcb: Tcb, segment: Segment): void {
  const echo = segment.options.timestamps?.tsEcr;
  if (tcb.timestamps && echo !== undefined && echo !== 0) {
    takeRttSample(tcb, rttFromEcho(tcb, echo));
  } else {
    tcb.rtt.assume(TCP_TIMEOUT_FALLBACK);
    tcb.rto = TCP_TIMEOUT_FALLBACK;
    tcb.backoff = 0;
  }
  // More than one copy of the SYN: start with a window of one segment (`tcp_init_transfer`).
  if (tcb.retransmits > 1) tcb.cwnd = 1;
}

/** SYN_RECEIVED of a request (`tcp_check_req`). Returns true when the end is established and the segment wants further handling. */
export function synReceivedArrives(tcb: Tcb, segment: Segment): boolean {
  if (has(segment, SYN) && !has(segment, ACK) && segment.seq === tcb.rcv.irs) {
    // The client repeats its SYN: the SYN-ACK must have been lost.
    if (mayAnswerOutOfWindow(tcb, segment)) {
      sendSynAck(tcb, {
        purpose: 'syn-ack-retransmission',
        reason: 'syn-arrived',
        args: [tcb.retransmits, tcb.backoff],
      });
      tcb.retransmitTimer.arm('syn-ack', tcb.now + tcb.rto, tcb.backoff);
    }
    return false;
  }
  const outOfWindow = before(endSeq(segment), tcb.rcv.nxt) || after(segment.seq, add(tcb.rcv.nxt, tcb.rcv.wnd));
  if (outOfWindow) {
    if (!has(segment, RST) && mayAnswerOutOfWindow(tcb, segment))
      sendAck(tcb, { purpose: 'duplicate-ack', reason: 'unacceptable-segment' });
    return false;
  }
  if (has(segment, RST)) {
    tcb.done('reset');
    return false;
  }
  if (has(segment, SYN) || !has(segment, ACK)) {
    tcb.kernel.ignored(tcb, 'not-for-this-state');
    return false;
  }
  if (segment.ack !== tcb.snd.nxt) {
    tcb.kernel.resetUnknown(segment, 'bad-ack-while-opening');
    return false;
  }
  completePassiveOpen(tcb, segment);
  return true;
}

function completePassiveOpen(tcb: Tcb, segment: Segment): void {
  tcb.retransmitTimer.cancel();
  tcb.snd.una = segment.ack;
  tcb.snd.wnd = segment.window * 2 ** tcb.snd.wscale;
  tcb.snd.maxWnd = Math.max(tcb.snd.maxWnd, tcb.snd.wnd);
  tcb.snd.wl1 = segment.seq;
  tcb.lastAckAt = tcb.now;
  if (segment.options.timestamps !== undefined) tcb.storeTimestamp(segment.options.timestamps.tsVal);
  if (tcb.retransmits === 0) takeRttSample(tcb, tcb.now - tcb.synAckSentAt);
  else sampleFromEcho(tcb, segment);
  tcb.retransmits = 0;
  initializeReceiveMss(tcb);
  becomeEstablished(tcb);
}

function becomeEstablished(tcb: Tcb): void {
  tcb.retransStamp = undefined;
  tcb.retransmits = 0;
  tcb.setState('ESTABLISHED');
  startKeepalive(tcb);
}
