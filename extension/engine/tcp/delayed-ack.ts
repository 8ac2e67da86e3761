/** When received data is acknowledged: quick-ACK mode, ping-pong mode, the delayed-ACK timer (tcp_input.c, tcp_timer.c). */
import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import { hasFeature } from '../../scenario/kernel-version.ts';
import type { SendReason } from '../../trace/schema.ts';
import {
  TCP_ATO_MIN,
  TCP_DELACK_MAX,
  TCP_DELACK_MIN,
  TCP_MAX_QUICKACKS,
  TCP_MIN_MSS,
  TCP_MSS_DEFAULT,
  TIMESTAMPS_LENGTH,
} from './constants.ts';
import { acknowledgeBeyondGap, forgetCompressed } from './compressed-ack.ts';
import { ceilToJiffy, floorToJiffy, jiffies, jiffyNumber } from './jiffies.ts';
import { lowWater } from './low-water.ts';
import type { SendWhy } from './output.ts';
import { sendAck } from './output.ts';
import { payloadPerSegment } from './path-mtu.ts';
import { measureByWindow } from './receive-autotuning.ts';
import { growWindow, measurePayloadShare, offerableWindow, receiveWindow, roomToGrow } from './receive-window.ts';
import type { Segment } from './segment.ts';
import { FIN, has, PSH, SYN } from './segment.ts';
import { before, diff } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** First guess of the peer's segment size (`tcp_initialize_rcv_mss`). */
export function initializeReceiveMss(tcb: Tcb): void {
  tcb.rcv.mss = Math.max(TCP_MIN_MSS, Math.min(payloadPerSegment(tcb), Math.floor(tcb.rcv.wnd / 2), TCP_MSS_DEFAULT));
}

/** Shorter segments say nothing about what the buffer will hold (`tcp_event_data_recv`). */
const SHORT_SEGMENT = 128;

/** After no longer a gap, in jiffies too, the wait is halved towards the least. */
const STREAM_GAP = TCP_ATO_MIN / 8;

/** Data arrived in sequence (`tcp_event_data_recv`). */
export function onDataReceived(tcb: Tcb, segment: Segment): void {
  const { delack, rcv, autotuning, now } = tcb;
  delack.scheduled = true;
  measureReceiveMss(tcb, segment);
  if (autotuning.windowSince === undefined || !before(rcv.nxt, autotuning.windowEnd)) measureByWindow(tcb);
  if (delack.ato === 0) {
    grantQuickAcks(tcb);
    delack.ato = TCP_ATO_MIN;
  } else if (delack.ato !== tcb.steadyAto || now - delack.lastDataAt > STREAM_GAP) {
    followGap(tcb);
  }
  delack.lastDataAt = now;
  if (segment.length >= SHORT_SEGMENT && roomToGrow(tcb) > 0) letWindowGrow(tcb, segment);
}

/** An acknowledgement waits the longer the longer the gaps are between what arrives. */
function followGap(tcb: Tcb): void {
  const { delack } = tcb;
  const gap = sinceData(tcb);
  if (gap <= TCP_ATO_MIN / 2) delack.ato = delack.ato / 2 + TCP_ATO_MIN / 2;
  else if (gap < delack.ato) delack.ato = Math.min(delack.ato / 2 + gap, tcb.rto);
  // So long a gap means that the sender restarts: help it along.
  else if (gap > tcb.rto) grantQuickAcks(tcb);
  delack.ato = floorToJiffy(delack.ato, tcb.kernel.hz);
}

/** How long ago data arrived last, in whole ticks of the clock (`tcp_jiffies32 - icsk_ack.lrcvtime`). */
function sinceData({ now, delack, kernel: { hz } }: Tcb): Micros {
  return jiffies(jiffyNumber(now, hz) - jiffyNumber(delack.lastDataAt, hz), hz);
}

/**
 * Data arrived beyond a gap (`tcp_data_queue_ofo`): without SACK the window stays, so that ACKs are duplicates; and it does not grow by
 * what was here already.
 */
export function onDataBeyondGap(tcb: Tcb, segment: Segment, isKnown: boolean): void {
  tcb.delack.scheduled = true;
  if (hasFeature(tcb.kernel.version, 'data beyond a gap measured')) measureReceiveMss(tcb, segment);
  if (tcb.sackPermitted && !isKnown) letWindowGrow(tcb, segment);
}

/** A window that grew is told of at once. */
function letWindowGrow(tcb: Tcb, segment: Segment): void {
  const { delack } = tcb;
  if (growWindow(tcb, segment.length) && delack.quick % 2 === 0) delack.quick += 1;
}

/** `tcp_measure_rcv_mss`: larger segments raise the guess at once, shorter ones only in pairs. */
function measureReceiveMss(tcb: Tcb, segment: Segment): void {
  const { delack, rcv } = tcb;
  const { length } = segment;
  if (length < rcv.mss) {
    measureShorter(tcb, segment);
    return;
  }
  delack.lastSegmentSize = 0;
  if (length !== rcv.mss) measurePayloadShare(tcb, length);
  rcv.mss = length < tcb.advertisedMss ? length : tcb.advertisedMss;
  // The end of what the application wrote: it may wait for the answer.
  if (delack.pushed === 0 && has(segment, PSH)) delack.pushed = 1;
}

function measureShorter(tcb: Tcb, segment: Segment): void {
  const { delack, rcv } = tcb;
  const { lastSegmentSize } = delack;
  delack.lastSegmentSize = 0;
  const whole = segment.length + (tcb.timestamps ? TIMESTAMPS_LENGTH : 0);
  const endsSomething = has(segment, PSH) || has(segment, FIN) || has(segment, SYN);
  if (whole >= TCP_MSS_DEFAULT || (whole >= TCP_MIN_MSS && !endsSomething)) {
    delack.lastSegmentSize = segment.length;
    if (segment.length === lastSegmentSize) {
      rcv.mss = segment.length;
      return;
    }
  }
  delack.pushed = Math.min(2, delack.pushed + 1);
}

/** `tcp_incr_quickack`. */
function grantQuickAcks(tcb: Tcb): void {
  const wanted = Math.floor(tcb.rcv.wnd / (2 * tcb.rcv.mss)) || 2;
  tcb.delack.quick = Math.max(tcb.delack.quick, Math.min(wanted, TCP_MAX_QUICKACKS));
}

/** A duplicate or a gap: answer at once, and the next ones too (`tcp_enter_quickack_mode`). */
export function enterQuickAckMode(tcb: Tcb): void {
  grantQuickAcks(tcb);
  tcb.delack.pingpong = 0;
  tcb.delack.ato = TCP_ATO_MIN;
}

export function isPingPong(tcb: Tcb): boolean {
  return tcb.delack.pingpong >= tcb.kernel.sysctls.tcp_pingpong_thresh;
}

/** The connection turned interactive for good (`inet_csk_enter_pingpong_mode`): a FIN arrived. */
export function enterPingPong(tcb: Tcb): void {
  tcb.delack.pingpong = tcb.kernel.sysctls.tcp_pingpong_thresh;
}

/**
 * Our SYN is acknowledged. Where a writer waits for that, the connection is interactive from the beginning, or TCP_DEFER_ACCEPT is
 * set, the third segment of the handshake waits for data to ride on (`tcp_rcv_synsent_state_process`).
 * @returns whether it waits
 */
export function delaysHandshakeAck(tcb: Tcb): boolean {
  if (!tcb.writerAwaitsOpening && !isPingPong(tcb) && tcb.knob('TCP_DEFER_ACCEPT', 0) === 0) return false;
  const { delack } = tcb;
  delack.scheduled = true;
  enterQuickAckMode(tcb);
  delack.waitingSince = tcb.now;
  tcb.delackTimer.arm('delayed-ack', tcb.now + TCP_DELACK_MAX);
  return true;
}

/** TCP_QUICKACK: ping-pong mode ends, and what waits is acknowledged now; or it begins (`__tcp_sock_set_quickack`). */
export function setQuickAck(tcb: Tcb, on: boolean): void {
  const { delack, rcv, state } = tcb;
  if (!on) {
    enterPingPong(tcb);
    return;
  }
  delack.pingpong = 0;
  if (!delack.scheduled || (state !== 'ESTABLISHED' && state !== 'CLOSE_WAIT')) return;
  delack.pushed = Math.max(delack.pushed, 1);
  const isAllRead = rcv.queue.bytes === 0 && rcv.outOfOrder.length === 0;
  if (isAllRead || diff(rcv.nxt, rcv.wup) > rcv.mss) sendAck(tcb, { purpose: 'ack', reason: 'quick-ack-asked-for' });
}

/** Any segment with ACK left (`tcp_event_ack_sent`): nothing is owed any more. */
export function onAckSent(tcb: Tcb): void {
  const { delack } = tcb;
  if (delack.quick > 0 && delack.scheduled) {
    delack.quick -= 1;
    if (delack.quick === 0) delack.ato = TCP_ATO_MIN;
  }
  delack.scheduled = false;
  delack.now = false;
  tcb.rcv.noMemory = false;
  delack.pushed = 0;
  tcb.delackTimer.cancel();
  forgetCompressed(tcb);
}

/** Data leaves (`tcp_event_data_sent`): a reply within `ato` of what was received is a sign of interactive use. */
export function onDataSent(tcb: Tcb): void {
  const { delack } = tcb;
  if (tcb.sent.inFlight === 0) tcb.congestionControl.onTransmitStart?.();
  tcb.lastDataSentAt = tcb.now;
  if (delack.ato > 0 && sinceData(tcb) < delack.ato) delack.pingpong += 1;
}

const TWO_SEGMENTS: SendWhy = { purpose: 'ack', reason: 'two-segments' };

/** Decides about the acknowledgement that is owed after a segment was handled (`__tcp_ack_snd_check`). */
export function acknowledgeIfDue(tcb: Tcb): void {
  const { rcv } = tcb;
  if (diff(rcv.nxt, rcv.wup) > rcv.mss && (rcv.queue.bytes < lowWater(tcb) || offerableWindow(tcb) >= rcv.wnd)) {
    sendAck(tcb, TWO_SEGMENTS);
    return;
  }
  const reason = otherReason(tcb);
  if (reason === 'quick-ack') sendAck(tcb, { purpose: 'ack', reason, args: [tcb.delack.quick] });
  else if (reason !== undefined) sendAck(tcb, { purpose: 'ack', reason });
  else if (rcv.outOfOrder.length > 0) acknowledgeBeyondGap(tcb);
  else delay(tcb);
}

/** Why less than two segments are acknowledged at once. */
function otherReason(tcb: Tcb): SendReason | undefined {
  const { rcv, delack } = tcb;
  if (tcb.route.quickack === 1) return 'route-quick-ack';
  if (delack.quick > 0 && !isPingPong(tcb)) return 'quick-ack';
  if (rcv.noMemory) return 'no-receive-memory';
  // RFC 5681 §4.2: at once when a gap is filled.
  return delack.now ? 'out-of-order' : undefined;
}

/** `tcp_send_delayed_ack`. */
function delay(tcb: Tcb): void {
  const { delack, delackTimer, now } = tcb;
  const { hz } = tcb.kernel;
  // 0 before the first data: the next tick.
  let ato: Micros = delack.ato;
  if (ato > TCP_DELACK_MIN) {
    let ceiling: Micros = isPingPong(tcb) || delack.pushed > 0 ? TCP_DELACK_MAX : SECOND / 2;
    if (tcb.rtt.hasSample) ceiling = Math.min(ceiling, Math.max(tcb.rtt.srtt, TCP_DELACK_MIN));
    ato = Math.min(ato, ceiling);
  }
  ato = ceilToJiffy(ato < tcb.delackMax ? ato : tcb.delackMax, hz);
  const pending = delackTimer.deadline;
  if (pending === undefined) {
    delack.waitingSince = now;
  } else {
    if (jiffyNumber(pending, hz) <= jiffyNumber(now + floorToJiffy(ato / 4, hz), hz)) {
      sendDelayedAck(tcb);
      return;
    }
    if (now + ato >= pending) return;
  }
  delackTimer.arm('delayed-ack', now + ato);
}

function sendDelayedAck(tcb: Tcb): void {
  sendAck(tcb, { purpose: 'ack', reason: 'delayed-ack-timer', args: [tcb.now - tcb.delack.waitingSince] });
}

/** The delayed-ACK timer fired (`tcp_delack_timer_handler`). */
export function onDelayedAckTimer(tcb: Tcb): void {
  const { delack } = tcb;
  if (!delack.scheduled) return;
  if (isPingPong(tcb)) {
    delack.pingpong = 0;
    delack.ato = TCP_ATO_MIN;
  } else {
    delack.ato = Math.min(delack.ato * 2, tcb.rto);
  }
  sendDelayedAck(tcb);
}

/** The application took `copied` bytes: that may be reason enough to acknowledge (`__tcp_cleanup_rbuf`). */
export function onApplicationRead(tcb: Tcb, copied: number): void {
  // Whatever is read from a socket that is closed: nobody waits for an answer.
  if (tcb.state === 'CLOSED' || tcb.isTimeWaitEntry) return;
  if (tcb.delack.scheduled && isDueAfterReading(tcb, copied)) {
    sendAck(tcb, { purpose: 'ack', reason: 'application-read' });
    return;
  }
  if (copied === 0 || tcb.shutdownReceive) return;
  const window = receiveWindow(tcb);
  if (2 * window > tcb.rcv.clamp) return;
  const offer = offerableWindow(tcb);
  if (offer > 0 && offer >= 2 * window) sendAck(tcb, { purpose: 'window-update', reason: 'application-read' });
}

function isDueAfterReading(tcb: Tcb, copied: number): boolean {
  const { delack, rcv } = tcb;
  if (diff(rcv.nxt, rcv.wup) > rcv.mss) return true;
  if (delack.pushed === 0 || copied === 0 || rcv.queue.bytes > 0 || rcv.outOfOrder.length > 0) return false;
  return delack.pushed === 2 || !isPingPong(tcb);
}
