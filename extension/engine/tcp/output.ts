/** Segments leave: windows, options, Nagle, the sending loop (tcp_output.c). */
import { powerOfTwo, scaledDown } from '../../base/power-of-two.ts';
import type { Micros } from '../../base/time.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import type { Burst } from './burst.ts';
import { nextBurst, tsoSegments } from './burst.ts';
import { onAckSent, onDataSent } from './delayed-ack.ts';
import { TCP_MIN_SND_MSS, TIMESTAMPS_LENGTH } from './constants.ts';
import { validateCwnd } from './congestion/window.ts';
import { isReducing } from './recovery/prr.ts';
import { reduceForLocalCongestion } from './recovery/local-congestion.ts';
import type { SentSegment } from './recovery/retransmission-queue.ts';
import { scheduleLossProbe } from './recovery/tail-loss-probe.ts';
import type { LocalFailure } from './local-failure.ts';
import { followPathMtu, payloadPerSegment } from './path-mtu.ts';
import { armRetransmission } from './retransmit.ts';
import { hasSomethingToTell, sackBlocks, sackOptionLength } from './received-blocks.ts';
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

/** The window field has 16 bits. */
const FIELD = 0x10000;

const NO_ARGS: readonly number[] = [];

/** Puts one segment of this end on the wire (`__tcp_transmit_skb`). Returns why it did not leave the host; undefined: it counts as sent. */
export function sendSegment(
  tcb: Tcb,
  fields: { readonly seq: Seq; readonly flags: number; readonly length?: number; readonly follows?: boolean },
  why: SendWhy,
): LocalFailure | undefined {
  return transmit(tcb, fields.seq, fields.flags, fields.length ?? 0, why, fields.follows);
}

/**
 * @param follows it leaves in one burst with the one before: for the kernel both are one packet, whose header says once for all what there
 *   is to say of window and options, and which acknowledges once
 */
function transmit(
  tcb: Tcb,
  at: Seq,
  flags: number,
  length: number,
  why: SendWhy,
  follows = false,
): LocalFailure | undefined {
  const { header } = tcb;
  // A duplicate is reported once.
  if (!follows || header.options.sack !== undefined) makeHeader(tcb, flags, length > 0 && !follows);
  const segment: Segment = {
    fromPort: tcb.local.port,
    toPort: tcb.remote.port,
    seq: at,
    ack: hasFlag(flags, ACK) ? tcb.rcv.nxt : seq(0),
    flags,
    length,
    window: header.window,
    options: header.options,
  };
  const { purpose, reason, args = NO_ARGS } = why;
  const failure = tcb.kernel.output.send(tcb, segment, header.windowBytes, purpose, reason, args);
  if (failure === undefined || failure === 'no-way') return failure;
  // Half-open requests and time-wait entries have no window.
  if (!tcb.isRequest && !tcb.isTimeWaitEntry) reduceForLocalCongestion(tcb);
  return failure === 'lost' ? undefined : failure;
}

/** Window and options of what leaves now, and what its leaving means. @param isData it carries data that begins a burst */
function makeHeader(tcb: Tcb, flags: number, isData: boolean): void {
  const { header } = tcb;
  const isSyn = hasFlag(flags, SYN);
  const isAck = hasFlag(flags, ACK);
  const window = isSyn ? Math.min(tcb.rcv.wnd, FIELD - 1) : windowField(tcb);
  header.window = window;
  header.windowBytes = isSyn ? window : window * powerOfTwo(tcb.rcv.wscale);
  header.options = isSyn ? synOptions(tcb) : laterOptions(tcb, isAck);
  if (isAck && !isSyn) onAckSent(tcb);
  tcb.lastSentAt = tcb.clock.now;
  if (isData) onDataSent(tcb);
}

/**
 * A half-open request repeats what its SYN-ACK said, a time-wait entry what it has, cut off to 16 bits (`tcp_v4_reqsk_send_ack`,
 * `tcp_v4_timewait_ack`).
 */
function windowField(tcb: Tcb): number {
  const { rcv } = tcb;
  if (tcb.isRequest || tcb.isTimeWaitEntry) return scaledDown(rcv.wnd, rcv.wscale) % FIELD;
  return Math.min(scaledDown(selectWindow(tcb), rcv.wscale), FIELD - 1);
}

/** A bare acknowledgement of everything received. */
export function sendAck(tcb: Tcb, why: SendWhy): void {
  transmit(tcb, acceptableSeq(tcb), ACK, 0, why);
}

/**
 * Sequence number of what carries no data: SND.NXT, or the end of a window that the peer has taken back, unless that is only rounding
 * (`tcp_acceptable_seq`).
 */
export function acceptableSeq({ snd, rcv, windowScaling, isTimeWaitEntry }: Tcb): Seq {
  const beyond = diff(snd.nxt, add(snd.una, snd.wnd));
  if (beyond <= 0) return snd.nxt;
  const isAcceptable = isTimeWaitEntry || (windowScaling && beyond < powerOfTwo(rcv.wscale));
  return isAcceptable ? snd.nxt : add(snd.una, snd.wnd);
}

/** The 32-bit millisecond clock of RFC 7323 with this connection's offset. */
export function timestampNow(tcb: Tcb): Seq {
  return stampAt(tcb, tcb.now);
}

/** What it showed at `time`. */
export function stampAt(tcb: Tcb, time: Micros): Seq {
  return seq(Math.floor(time / 1000) + tcb.tsOffset);
}

function synOptions(tcb: Tcb): SegmentOptions {
  const { sysctls } = tcb.kernel;
  // A listener answers with what the SYN offered too; a SYN offers what the host can do, also where it goes again with an ACK to one that
  // crossed it (`tcp_send_synack`).
  const answers = tcb.isRequest;
  const timestamps = answers ? tcb.timestamps : sysctls.tcp_timestamps !== 0;
  const sackPermitted = answers ? tcb.sackPermitted : sysctls.tcp_sack !== 0;
  const windowScaling = answers ? tcb.windowScaling : sysctls.tcp_window_scaling !== 0;
  return {
    mss: tcb.advertisedMss,
    ...(windowScaling ? { windowScale: tcb.rcv.offeredScale } : {}),
    ...(sackPermitted ? { sackPermitted } : {}),
    ...(timestamps ? { timestamps: { tsVal: timestampNow(tcb), tsEcr: tcb.tsRecent } } : {}),
  };
}

const NO_OPTIONS: SegmentOptions = {};

function laterOptions(tcb: Tcb, isAck: boolean): SegmentOptions {
  let plain = NO_OPTIONS;
  if (tcb.timestamps) {
    // The same options as last time, unless the millisecond or what is to be echoed is another one.
    const { tsRecent: tsEcr } = tcb;
    const tsVal = stampAt(tcb, tcb.clock.now);
    plain = tcb.lastOptions;
    const last = plain.timestamps;
    if (last?.tsVal !== tsVal || last.tsEcr !== tsEcr) tcb.lastOptions = plain = { timestamps: { tsVal, tsEcr } };
  }
  if (!isAck || !hasSomethingToTell(tcb)) return plain;
  const sack = sackBlocks(tcb);
  return sack.length === 0 ? plain : { ...plain, sack };
}

/** Payload that fits one segment sent now: its SACK option takes room too (`tcp_current_mss`). */
export function currentMss(tcb: Tcb): number {
  if (tcb.kernel.output.knowsPathMtus) followPathMtu(tcb);
  const payload = payloadPerSegment(tcb);
  return hasSomethingToTell(tcb) ? payload - sackOptionLength(tcb) : payload;
}

/** Whether the peer's window has room up to `end` (`tcp_snd_wnd_test`). */
export function fitsWindow(tcb: Tcb, end: Seq): boolean {
  return !after(end, add(tcb.snd.una, tcb.snd.wnd));
}

/** Sequence number after the piece that leaves next, FIN included (`TCP_SKB_CB(tcp_send_head(sk))->end_seq`). */
export function headEnd(tcb: Tcb): Seq {
  const { count, headLength } = tcb.sendQueue;
  return add(tcb.snd.nxt, headLength + (tcb.finQueued && count <= 1 ? 1 : 0));
}

/** Whether the peer's window has room for the next new segment, whatever the congestion window says (`tcp_snd_wnd_test`). */
export function hasRoomForNext(tcb: Tcb): boolean {
  if (!tcb.hasUnsent) return false;
  const mss = currentMss(tcb);
  return fitsWindow(tcb, tcb.sendQueue.headLength > mss ? add(tcb.snd.nxt, mss) : headEnd(tcb));
}

/**
 * How much may leave: all that the windows allow; so too the last small piece; or not that (MSG_MORE); one burst (`tcp_push_one`);
 * one that may go past the congestion window (a loss probe).
 */
export type SendMode = 'all' | 'past-nagle' | 'whole-segments' | 'one-burst' | 'probe';

/** Sends what the windows allow, and sets the clock for it. Returns how many segments left. */
export function sendQueued(tcb: Tcb, why: SendWhy, mode: SendMode = 'all'): number {
  const hadInFlight = tcb.sent.length > 0;
  const count = transmitQueued(tcb, why, mode);
  if (count > 0 && mode !== 'probe') restartClock(tcb, count, hadInFlight);
  return count;
}

/** Sends what the windows allow, until the own host refuses it (`tcp_write_xmit`). Returns how many segments left. */
export function transmitQueued(tcb: Tcb, why: SendWhy, mode: SendMode): number {
  if (isAllSent(tcb)) return 0;
  const mss = currentMss(tcb);
  const most = tsoSegments(tcb, mss);
  const { inFlight } = tcb.sent;
  const burst = nextBurst(tcb, mss, most, inFlight, mode);
  // What leaves does so in a function of its own: most ACKs of a transfer end here.
  if (typeof burst !== 'string') return sendBursts(tcb, burst, mss, most, why, mode);
  if (burst === 'waits-for-congestion-window' || inFlight >= tcb.cwnd) validateCwnd(tcb, true);
  return 0;
}

/** One burst after the other leaves. Returns how many segments that are. */
function sendBursts(tcb: Tcb, first: number, mss: number, most: number, why: SendWhy, mode: SendMode): number {
  const repeats = mode !== 'one-burst' && mode !== 'probe';
  const { sent } = tcb;
  let count = 0;
  let burst: Burst = first;
  do {
    const left = sendBurst(tcb, burst, mss, why);
    count += left;
    if (!repeats || left === 0 || isAllSent(tcb)) break;
    burst = nextBurst(tcb, mss, most, sent.inFlight, mode);
  } while (typeof burst !== 'string');
  const isLimited = burst === 'waits-for-congestion-window' || sent.inFlight >= tcb.cwnd;
  if (count > 0 || isLimited) validateCwnd(tcb, isLimited);
  if (count > 0 && isReducing(tcb)) tcb.recovery.prrOut += count;
  return count;
}

/** A function, for what is sent meanwhile changes the answer: the compiler takes a property for as it was. */
function isAllSent(tcb: Tcb): boolean {
  return !tcb.hasUnsent;
}

/** `count` new segments left: a loss probe is due, or the RTO, whose clock starts when nothing was in flight (`tcp_event_new_data_sent`). */
export function restartClock(tcb: Tcb, count: number, hadInFlight: boolean): void {
  if (count === 0 || scheduleLossProbe(tcb, false)) return;
  if (!hadInFlight || tcb.retransmitTimer.pending === 'tail-loss-probe') armRetransmission(tcb);
}

/**
 * Sends what the peer's window has room for, however little, past Nagle (`tcp_write_wakeup`).
 * @returns `nothing`: there is no room, or nothing to send
 */
export function sendIntoWindow(tcb: Tcb, why: SendWhy): 'sent' | 'nothing' | LocalFailure {
  const room = diff(add(tcb.snd.una, tcb.snd.wnd), tcb.snd.nxt);
  if (!tcb.hasUnsent || room <= 0) return 'nothing';
  const end = headEnd(tcb);
  if (after(end, tcb.pushedSeq)) tcb.pushedSeq = end;
  const bytes = Math.min(tcb.sendQueue.headLength, currentMss(tcb), room);
  tcb.sendQueue.markHead();
  const fin = tcb.finQueued && bytes === tcb.unsent && room > bytes;
  const { snd } = tcb;
  const said = fin && bytes === 0 ? whyFin(tcb, why) : why;
  const failure = transmit(tcb, snd.nxt, ACK + PSH + (fin ? FIN : 0), bytes, said);
  if (failure !== undefined) {
    tcb.isHeldByHost = true;
    tcb.sendQueue.cut(failure === 'no-way' ? leastPayload(tcb, bytes) : bytes, true);
    return failure;
  }
  tcb.isHeldByHost = false;
  tcb.sendQueue.take(bytes);
  const next = add(snd.nxt, bytes + (fin ? 1 : 0));
  tcb.sent.append(snd.nxt, next, bytes, fin, true, false, tcb.now, tcb.recovery.delivered);
  snd.nxt = next;
  return 'sent';
}

/**
 * A route that is gone leaves a device behind that takes packets of 68 bytes (`dst_dev_put`, `blackhole_netdev`): what is tried then is cut
 * to the least segment.
 */
function leastPayload(tcb: Tcb, bytes: number): number {
  return Math.min(bytes, TCP_MIN_SND_MSS - (tcb.timestamps ? TIMESTAMPS_LENGTH : 0));
}

/**
 * One burst leaves: `bytes` cut off the first piece of the queue, as segments on the wire (`tso_fragment`, `tcp_gso_segment`). It is one
 * packet for the queue of the own device, which takes or refuses it whole. Returns how many segments left.
 */
function sendBurst(tcb: Tcb, bytes: number, mss: number, why: SendWhy): number {
  const { snd, sent } = tcb;
  const { now } = tcb.clock;
  const { delivered } = tcb.recovery;
  const fin = tcb.finQueued && bytes === tcb.unsent;
  const push = bytes > 0 && tcb.sendQueue.isPushedAt(bytes);
  const count = Math.max(1, Math.ceil(bytes / mss));
  const said = fin && bytes === 0 ? whyFin(tcb, why) : why;
  for (let i = 1, left = bytes; i <= count; i++, left -= mss) {
    const isLast = i === count;
    const length = isLast ? left : mss;
    // The end of a burst is pushed too; sent again alone it is not.
    const flags = ACK + (isLast && fin ? FIN : 0) + (isLast && (push || count > 1) ? PSH : 0);
    const failure = transmit(tcb, snd.nxt, flags, length, said, i > 1);
    if (failure !== undefined) {
      if (failure === 'refused') refuseRest(tcb, left - length, mss, fin, said);
      tcb.isHeldByHost = true;
      tcb.sendQueue.cut(bytes, false);
      return 0;
    }
    const end = add(snd.nxt, length + (fin && isLast ? 1 : 0));
    sent.append(snd.nxt, end, length, fin && isLast, push && isLast, !isLast, now, delivered);
    snd.nxt = end;
  }
  tcb.isHeldByHost = false;
  tcb.sendQueue.take(bytes);
  if (bytes < count * mss) snd.sml = snd.nxt;
  return count;
}

/** The first segment of a burst was refused, and so are the others: they are one packet. */
function refuseRest(tcb: Tcb, bytes: number, mss: number, fin: boolean, why: SendWhy): void {
  for (let left = bytes, at = add(tcb.snd.nxt, mss); left > 0; left -= mss, at = add(at, mss)) {
    const isLast = left <= mss;
    transmit(tcb, at, ACK + (fin && isLast ? FIN : 0) + (isLast ? PSH : 0), Math.min(left, mss), why, true);
  }
}

/** A FIN alone says why it was queued. */
function whyFin(tcb: Tcb, why: SendWhy): SendWhy {
  return { ...why, purpose: 'fin', reason: tcb.finReason };
}

/** Flags of a data or FIN segment. A bare FIN carries no PSH. */
export function flagsOf(segment: SentSegment): number {
  return ACK + (segment.fin ? FIN : 0) + (segment.push ? PSH : 0);
}
