/** Segments leave: windows, options, Nagle, the sending loop (tcp_output.c). */
import type { Micros } from '../../base/time.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import { RECEIVE_SPACE, TIMESTAMPS_LENGTH, windowScale } from './constants.ts';
import { onAckSent, onDataSent } from './delayed-ack.ts';
import { validateCwnd } from './congestion/window.ts';
import { noteSent } from './recovery/delivery.ts';
import { isReducing } from './recovery/prr.ts';
import type { SentSegment } from './recovery/retransmission-queue.ts';
import { newSegment } from './recovery/retransmission-queue.ts';
import { scheduleLossProbe } from './recovery/tail-loss-probe.ts';
import { armRetransmission } from './retransmit.ts';
import { sackBlocks } from './receive.ts';
import type { Segment, SegmentOptions } from './segment.ts';
import { ACK, FIN, hasFlag, PSH, SYN } from './segment.ts';
import type { Seq } from './seq.ts';
import { add, after, diff, seq } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Why a segment leaves: goes into the trace beside it. */
export interface SendWhy {
  readonly purpose: SegmentPurpose;
  readonly reason: SendReason;
  readonly args?: readonly number[];
}

/** Puts one segment of this end on the wire (`__tcp_transmit_skb`). */
export function sendSegment(
  tcb: Tcb,
  fields: { readonly seq: Seq; readonly flags: number; readonly length?: number },
  why: SendWhy,
): void {
  const isSyn = hasFlag(fields.flags, SYN);
  const isAck = hasFlag(fields.flags, ACK);
  const window = isSyn ? Math.min(tcb.rcv.wnd, 0xffff) : selectWindow(tcb) / 2 ** tcb.rcv.wscale;
  const segment: Segment = {
    fromPort: tcb.local.port,
    toPort: tcb.remote.port,
    seq: fields.seq,
    ack: isAck ? tcb.rcv.nxt : seq(0),
    flags: fields.flags,
    length: fields.length ?? 0,
    window: Math.min(window, 0xffff),
    options: isSyn ? synOptions(tcb, isAck) : laterOptions(tcb, isAck),
  };
  if (isAck && !isSyn) onAckSent(tcb);
  if (segment.length > 0) onDataSent(tcb);
  tcb.kernel.transmit(tcb, segment, why.purpose, why.reason, why.args ?? []);
}

/** A bare acknowledgement of everything received. */
export function sendAck(tcb: Tcb, why: SendWhy): void {
  sendSegment(tcb, { seq: tcb.snd.nxt, flags: ACK }, why);
}

/** The 32-bit millisecond clock of RFC 7323 with this connection's offset. */
export function timestampNow(tcb: Tcb): Seq {
  return stampAt(tcb, tcb.now);
}

/** What it showed at `time`. */
export function stampAt(tcb: Tcb, time: Micros): Seq {
  return seq(Math.floor(time / 1000) + tcb.tsOffset);
}

function synOptions(tcb: Tcb, isAck: boolean): SegmentOptions {
  const { sysctls } = tcb.kernel;
  // A SYN offers what the host can do; a SYN-ACK only what the SYN offered too.
  const timestamps = isAck ? tcb.timestamps : sysctls.tcp_timestamps !== 0;
  const sackPermitted = isAck ? tcb.sackPermitted : sysctls.tcp_sack !== 0;
  const scale = isAck ? tcb.rcv.wscale : sysctls.tcp_window_scaling !== 0 ? windowScale(tcb.kernel.version) : 0;
  return {
    mss: tcb.advertisedMss,
    ...(scale > 0 ? { windowScale: scale } : {}),
    ...(sackPermitted ? { sackPermitted } : {}),
    ...(timestamps ? { timestamps: { tsVal: timestampNow(tcb), tsEcr: tcb.tsRecent } } : {}),
  };
}

function laterOptions(tcb: Tcb, isAck: boolean): SegmentOptions {
  const sack = isAck && tcb.sackPermitted ? sackBlocks(tcb) : [];
  return {
    ...(tcb.timestamps ? { timestamps: { tsVal: timestampNow(tcb), tsEcr: tcb.tsRecent } } : {}),
    ...(sack.length > 0 ? { sack } : {}),
  };
}

/** Payload that fits one segment (`tcp_current_mss`). */
export function currentMss(tcb: Tcb): number {
  return tcb.snd.mss - (tcb.timestamps ? TIMESTAMPS_LENGTH : 0);
}

/** The window that could be offered now, in bytes (`__tcp_select_window`), rounded up to what the scale can say. */
export function offerableWindow(tcb: Tcb): number {
  const unit = 2 ** tcb.rcv.wscale;
  return Math.ceil(Math.max(0, Math.min(RECEIVE_SPACE - tcb.rcv.unread, tcb.rcv.initialWnd)) / unit) * unit;
}

/** What is left of the window offered last (`tcp_receive_window`). */
export function receiveWindow(tcb: Tcb): number {
  return Math.max(0, diff(add(tcb.rcv.wup, tcb.rcv.wnd), tcb.rcv.nxt));
}

/** Initial receive window: the space rounded down to whole segments of the size known by then (`tcp_select_initial_window`). */
export function initialWindow(mss: number): number {
  return Math.floor(RECEIVE_SPACE / mss) * mss;
}

/** Chooses the window to offer; never takes back what was offered (`tcp_select_window`). Remembers it. */
function selectWindow(tcb: Tcb): number {
  const unit = 2 ** tcb.rcv.wscale;
  const offered = receiveWindow(tcb);
  tcb.rcv.wnd = Math.max(offerableWindow(tcb), Math.ceil(offered / unit) * unit);
  tcb.rcv.wup = tcb.rcv.nxt;
  return tcb.rcv.wnd;
}

/** Whether the peer's window has room up to `end` (`tcp_snd_wnd_test`). */
function fitsWindow(tcb: Tcb, end: Seq): boolean {
  return !after(end, add(tcb.snd.una, tcb.snd.wnd));
}

/** Whether the peer's window has room for the next new segment, whatever the congestion window says. */
export function hasRoomForNext(tcb: Tcb): boolean {
  if (!tcb.hasUnsent) return false;
  const bytes = Math.min(tcb.unsent, currentMss(tcb));
  const fin = tcb.finQueued && bytes === tcb.unsent ? 1 : 0;
  return fitsWindow(tcb, add(tcb.snd.nxt, bytes + fin));
}

/**
 * Sends what the windows allow (`tcp_write_xmit`). Returns how many segments left.
 * @param limit at most so many segments, past Nagle and the congestion window: a loss probe asks for one.
 * @param pastNagle small segments go too.
 */
export function sendQueued(tcb: Tcb, why: SendWhy, limit?: number, pastNagle = limit !== undefined): number {
  let count = 0;
  const mss = currentMss(tcb);
  const hadInFlight = tcb.sent.length > 0;
  while (tcb.hasUnsent && (limit === undefined ? tcb.sent.inFlight < tcb.cwnd : count < limit)) {
    const bytes = Math.min(tcb.unsent, mss, Math.max(0, diff(add(tcb.snd.una, tcb.snd.wnd), tcb.snd.nxt)));
    const isLast = bytes === tcb.unsent;
    const fin = tcb.finQueued && isLast;
    if (bytes === 0 && !(fin && tcb.unsent === 0)) break;
    if (bytes > 0 && bytes < mss && !isLast) break;
    const end = add(tcb.snd.nxt, bytes + (fin ? 1 : 0));
    if (!fitsWindow(tcb, end)) break;
    if (!pastNagle && bytes < mss && !fin && isHeldByNagle(tcb)) break;
    sendNew(tcb, bytes, fin, isLast, why);
    count++;
  }
  const isLimited = tcb.sent.inFlight >= tcb.cwnd;
  if (count > 0 || (isLimited && tcb.hasUnsent)) validateCwnd(tcb, isLimited);
  if (count > 0 && isReducing(tcb)) tcb.recovery.prrOut += count;
  if (count > 0 && limit === undefined && !scheduleLossProbe(tcb, false)) {
    // `tcp_event_new_data_sent`: the clock starts when nothing was in flight.
    if (!hadInFlight || tcb.retransmitTimer.pending === 'tail-loss-probe') armRetransmission(tcb);
  }
  return count;
}

/** Minshall's variant of Nagle: a small segment waits only for an earlier small one (`tcp_nagle_test`). */
function isHeldByNagle(tcb: Tcb): boolean {
  const smallUnacknowledged = after(tcb.snd.sml, tcb.snd.una) && !after(tcb.snd.sml, tcb.snd.nxt);
  return tcb.options.get('TCP_NODELAY') !== 1 && smallUnacknowledged;
}

function sendNew(tcb: Tcb, bytes: number, fin: boolean, push: boolean, why: SendWhy): void {
  const at = tcb.snd.nxt;
  const end = add(at, bytes + (fin ? 1 : 0));
  const segment = newSegment({ seq: at, end, length: bytes, syn: false, fin, push: push && bytes > 0 }, tcb.now);
  sendSegment(
    tcb,
    { seq: at, flags: flagsOf(segment), length: bytes },
    fin && bytes === 0 ? { ...why, purpose: 'fin', reason: tcb.finReason } : why,
  );
  noteSent(tcb, segment, tcb.sent.length === 0);
  tcb.sent.push(segment);
  tcb.snd.nxt = end;
  if (bytes > 0 && bytes < currentMss(tcb)) tcb.snd.sml = end;
}

/** Flags of a data or FIN segment. A bare FIN carries no PSH. */
export function flagsOf(segment: SentSegment): number {
  return ACK + (segment.fin ? FIN : 0) + (segment.push ? PSH : 0);
}
