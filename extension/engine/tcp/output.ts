/** Segments leave: windows, options, Nagle, the sending loop (tcp_output.c). */
import { powerOfTwo } from '../../base/power-of-two.ts';
import type { Micros } from '../../base/time.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import { TIMESTAMPS_LENGTH } from './constants.ts';
import { burstBytes } from './burst.ts';
import { onAckSent, onDataSent } from './delayed-ack.ts';
import { validateCwnd } from './congestion/window.ts';
import { noteSent } from './recovery/delivery.ts';
import { isReducing } from './recovery/prr.ts';
import type { SentSegment } from './recovery/retransmission-queue.ts';
import { newSegment } from './recovery/retransmission-queue.ts';
import { scheduleLossProbe } from './recovery/tail-loss-probe.ts';
import { armRetransmission } from './retransmit.ts';
import { sackBlocks } from './receive.ts';
import { selectWindow } from './receive-window.ts';
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
  const window = isSyn ? Math.min(tcb.rcv.wnd, 0xffff) : selectWindow(tcb) / powerOfTwo(tcb.rcv.wscale);
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
  const windowScaling = isAck ? tcb.windowScaling : sysctls.tcp_window_scaling !== 0;
  return {
    mss: tcb.advertisedMss,
    ...(windowScaling ? { windowScale: tcb.rcv.offeredScale } : {}),
    ...(sackPermitted ? { sackPermitted } : {}),
    ...(timestamps ? { timestamps: { tsVal: timestampNow(tcb), tsEcr: tcb.tsRecent } } : {}),
  };
}

const NO_OPTIONS: SegmentOptions = {};

function laterOptions(tcb: Tcb, isAck: boolean): SegmentOptions {
  const plain = tcb.timestamps ? withTimestamps(tcb) : NO_OPTIONS;
  const sack = isAck && tcb.sackPermitted ? sackBlocks(tcb) : [];
  return sack.length === 0 ? plain : { ...plain, sack };
}

/** The same options as last time, unless the millisecond or what is to be echoed is another one. */
function withTimestamps(tcb: Tcb): SegmentOptions {
  const { tsRecent: tsEcr, lastOptions } = tcb;
  const tsVal = timestampNow(tcb);
  const last = lastOptions.timestamps;
  if (last?.tsVal !== tsVal || last.tsEcr !== tsEcr) tcb.lastOptions = { timestamps: { tsVal, tsEcr } };
  return tcb.lastOptions;
}

/** Payload that fits one segment (`tcp_current_mss`). */
export function currentMss(tcb: Tcb): number {
  return tcb.snd.mss - (tcb.timestamps ? TIMESTAMPS_LENGTH : 0);
}

/** Whether the peer's window has room up to `end` (`tcp_snd_wnd_test`). */
export function fitsWindow(tcb: Tcb, end: Seq): boolean {
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
  // Without a route nothing counts as sent (`__ip_queue_xmit`).
  if (!tcb.kernel.hasRoute(tcb)) return 0;
  let count = 0;
  /** Bytes left of the burst under way. */
  let burst = 0;
  const mss = currentMss(tcb);
  const hadInFlight = tcb.sent.length > 0;
  while (tcb.hasUnsent && (limit === undefined ? tcb.sent.inFlight < tcb.cwnd : count < limit)) {
    if (burst === 0 && !pastNagle) burst = burstBytes(tcb, mss, isHeldByNagle(tcb));
    const room = Math.max(0, diff(add(tcb.snd.una, tcb.snd.wnd), tcb.snd.nxt));
    const bytes = Math.min(tcb.unsent, mss, burst === 0 ? room : burst);
    const isLast = bytes === tcb.unsent;
    const fin = tcb.finQueued && isLast;
    if (bytes === 0 && !(fin && tcb.unsent === 0)) break;
    if (bytes > 0 && bytes < mss && !isLast && burst === 0) break;
    const end = add(tcb.snd.nxt, bytes + (fin ? 1 : 0));
    if (!fitsWindow(tcb, end)) break;
    if (!pastNagle && bytes < mss && !fin && isHeldByNagle(tcb)) break;
    sendNew(tcb, bytes, fin, isLast, why, bytes === burst);
    burst = Math.max(0, burst - bytes);
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

/** Sends what the peer's window has room for, however little, past Nagle (`tcp_write_wakeup`). Returns whether there was any. */
export function sendIntoWindow(tcb: Tcb, why: SendWhy): boolean {
  if (!tcb.kernel.hasRoute(tcb)) return false;
  const room = diff(add(tcb.snd.una, tcb.snd.wnd), tcb.snd.nxt);
  if (!tcb.hasUnsent || room <= 0) return false;
  const bytes = Math.min(tcb.unsent, currentMss(tcb), room);
  const fin = tcb.finQueued && bytes === tcb.unsent && room > bytes;
  sendNew(tcb, bytes, fin, true, why);
  return true;
}

/** Minshall's variant of Nagle: a small segment waits only for an earlier small one; TCP_CORK holds every one (`tcp_nagle_check`). */
function isHeldByNagle(tcb: Tcb): boolean {
  if (tcb.options.get('TCP_CORK') === 1) return true;
  const smallUnacknowledged = after(tcb.snd.sml, tcb.snd.una) && !after(tcb.snd.sml, tcb.snd.nxt);
  return tcb.options.get('TCP_NODELAY') !== 1 && smallUnacknowledged;
}

/** @param endsBurst pushed too, but not when it is sent again. */
function sendNew(tcb: Tcb, bytes: number, fin: boolean, push: boolean, why: SendWhy, endsBurst = false): void {
  const at = tcb.snd.nxt;
  const end = add(at, bytes + (fin ? 1 : 0));
  const segment = newSegment({ seq: at, end, length: bytes, syn: false, fin, push: push && bytes > 0 }, tcb.now);
  sendSegment(
    tcb,
    { seq: at, flags: flagsOf(segment) + (endsBurst && !segment.push && bytes > 0 ? PSH : 0), length: bytes },
    fin && bytes === 0 ? { ...why, purpose: 'fin', reason: tcb.finReason } : why,
  );
  noteSent(tcb, segment);
  tcb.sent.push(segment);
  tcb.snd.nxt = end;
  if (bytes > 0 && bytes < currentMss(tcb)) tcb.snd.sml = end;
}

/** Flags of a data or FIN segment. A bare FIN carries no PSH. */
export function flagsOf(segment: SentSegment): number {
  return ACK + (segment.fin ? FIN : 0) + (segment.push ? PSH : 0);
}
