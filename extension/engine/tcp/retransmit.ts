/**
 * The shared timer slot: retransmission timeout, tail loss probe, persist; giving up (tcp_timer.c; tcp_output.c for the
 * loss probe). RFC 6298 §5, RFC 8985 §7, RFC 9293 §3.8.
 */
import type { Micros } from '../../base/time.ts';
import { MILLISECOND } from '../../base/time.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import {
  isAtLeast,
  MAX_PROBE_SHIFT,
  ORPHAN_RETRIES,
  TCP_RTO_MIN,
  TCP_TIMEOUT_INIT,
  TCP_TIMEOUT_MIN_US,
} from './constants.ts';
import { onLoss } from './congestion.ts';
import { currentMss, flagsOf, sendQueued, sendSegment, timestampNow } from './output.ts';
import { ceilToJiffy, jiffies } from './jiffies.ts';
import type { Segment } from './segment.ts';
import { ACK, SYN } from './segment.ts';
import { add, diff, seq } from './seq.ts';
import type { Seq } from './seq.ts';
import type { RetransmitSlot, SentSegment, Tcb } from './tcb.ts';

/** The shared slot fired (`tcp_write_timer_handler`). */
export function onRetransmitSlot(tcb: Tcb, name: RetransmitSlot): void {
  switch (name) {
    case 'retransmission':
      onRetransmissionTimeout(tcb);
      break;
    case 'tail-loss-probe':
      sendLossProbe(tcb);
      break;
    case 'persist':
      onPersistTimeout(tcb);
      break;
    case 'syn-ack':
      onSynAckTimeout(tcb);
      break;
  }
}

/** When the RTO would fire for the oldest segment in flight (`tcp_rto_delta_us`): µs from now, may be negative. */
function rtoRemaining(tcb: Tcb): Micros {
  const head = tcb.sent[0];
  return head === undefined ? tcb.rto : head.lastSentAt + tcb.rto - tcb.now;
}

/** The same as a wait: at least a jiffy (`tcp_rearm_rto`). */
function rtoWait(tcb: Tcb): Micros {
  return ceilToJiffy(Math.max(rtoRemaining(tcb), 1), tcb.kernel.hz);
}

/** Starts the RTO clock, or stops it when nothing is in flight (`tcp_rearm_rto`). */
export function armRetransmission(tcb: Tcb): void {
  if (tcb.sent.length === 0) {
    tcb.retransmitTimer.cancel();
    return;
  }
  // A pending probe is replaced by the RTO that it stood before.
  const wait = tcb.retransmitTimer.pending === 'tail-loss-probe' ? rtoWait(tcb) : tcb.rto;
  tcb.retransmitTimer.arm('retransmission', tcb.now + Math.min(wait, tcb.rtoMax), tcb.backoff);
}

/**
 * Arms the tail loss probe in place of the RTO where one is due (`tcp_schedule_loss_probe`).
 * @param advancing an ACK moved SND.UNA: the RTO would count from now.
 */
export function scheduleLossProbe(tcb: Tcb, advancing: boolean): boolean {
  const { tcp_early_retrans: mode } = tcb.kernel.sysctls;
  if ((mode !== 3 && mode !== 4) || tcb.sent.length === 0 || !tcb.sackPermitted || tcb.recovery === 'Loss')
    return false;
  if (tcb.state === 'SYN_SENT' || tcb.state === 'SYN_RECEIVED') return false;
  let wait: Micros = TCP_TIMEOUT_INIT;
  if (tcb.rtt.hasSample) {
    // One segment alone may meet a delayed ACK: allow for it.
    wait = tcb.rtt.twoSrtt + (tcb.sent.length === 1 ? tcb.rtoMin : TCP_TIMEOUT_MIN_US);
  }
  const { hz } = tcb.kernel;
  wait = ceilToJiffy(wait, hz);
  const untilRto = advancing ? tcb.rto : rtoRemaining(tcb);
  if (untilRto > 0) wait = Math.min(wait, ceilToJiffy(untilRto, hz));
  tcb.retransmitTimer.arm('tail-loss-probe', tcb.now + Math.min(wait, tcb.rtoMax));
  return true;
}

/** The probe itself (`tcp_send_loss_probe`): new data if there is any, else the last segment again. */
function sendLossProbe(tcb: Tcb): void {
  const why = { purpose: 'tail-loss-probe', reason: 'tail-loss-probe-timer' } as const;
  let sent = false;
  if (tcb.tlpHighSeq === undefined) {
    tcb.tlpRetransmitted = false;
    if (sendQueued(tcb, why, 1) > 0) {
      sent = true;
    } else {
      const last = tcb.sent.at(-1);
      if (last !== undefined) {
        resend(tcb, last, why);
        tcb.tlpRetransmitted = true;
        sent = true;
      }
    }
    if (sent) tcb.tlpHighSeq = tcb.snd.nxt;
  }
  if (tcb.sent.length === 0) return;
  // After a probe a full RTO from now; without one, what the RTO had left.
  const wait = sent ? tcb.rto : rtoWait(tcb);
  tcb.retransmitTimer.arm('retransmission', tcb.now + wait, tcb.backoff);
}

/** What an ACK said beside its number, as far as a loss probe cares. */
export interface AckOfProbe {
  /** It was a plain duplicate: nothing new acknowledged, no data, no new window. */
  readonly duplicate: boolean;
  /** Start and end of the range that the receiver says it got twice (RFC 2883). */
  readonly dsack: readonly [Seq, Seq] | undefined;
}

/** An ACK arrived while a probe was outstanding (`tcp_process_tlp_ack`). */
export function onAckOfLossProbe(tcb: Tcb, { duplicate, dsack }: AckOfProbe): void {
  const high = tcb.tlpHighSeq;
  if (high === undefined || diff(tcb.snd.una, high) < 0) return;
  if (!tcb.tlpRetransmitted || dsack?.[1] === high) {
    // New data was probed with, or both copies arrived: nothing was lost.
    tcb.tlpHighSeq = undefined;
  } else if (diff(tcb.snd.una, high) > 0) {
    // Data sent after the probe was acknowledged: the probe had repaired a loss.
    tcb.tlpHighSeq = undefined;
    onLoss(tcb, 'repaired-by-probe');
  } else if (duplicate) {
    tcb.tlpHighSeq = undefined;
  }
}

/** One firing of the retransmission timer (`tcp_retransmit_timer`). */
function onRetransmissionTimeout(tcb: Tcb): void {
  const head = tcb.sent[0];
  if (head === undefined) return;
  if (hasTimedOut(tcb)) {
    giveUp(tcb);
    return;
  }
  enterLoss(tcb);
  tcb.retransmits += 1;
  tcb.totalRto += 1;
  if (head.syn) tcb.synCopies += 1;
  const purpose: SegmentPurpose = head.syn ? 'syn-retransmission' : 'rto-retransmission';
  retransmit(tcb, head, { purpose, reason: 'retransmission-timer', args: [tcb.retransmits, tcb.backoff] });
  const linear = tcb.state === 'SYN_SENT' && tcb.totalRto <= synLinearTimeouts(tcb);
  if (!linear) {
    tcb.backoff += 1;
    tcb.rto = Math.min(tcb.rto * 2, tcb.rtoMax);
  }
  tcb.retransmitTimer.arm('retransmission', tcb.now + clampToUserTimeout(tcb), tcb.backoff);
}

function synLinearTimeouts(tcb: Tcb): number {
  return isAtLeast(tcb.kernel.version, 6, 5) ? tcb.kernel.sysctls.tcp_syn_linear_timeouts : 0;
}

/** Marks everything in flight lost and shrinks the window to one segment (`tcp_enter_loss`, `tcp_timeout_mark_lost`). */
function enterLoss(tcb: Tcb): void {
  for (const segment of tcb.sent) {
    if (!segment.sacked) segment.lost = true;
    segment.retransmitOut = false;
  }
  onLoss(tcb, 'timeout');
  tcb.recovery = 'Loss';
  tcb.highSeq = tcb.snd.nxt;
  tcb.tlpHighSeq = undefined;
}

/** Sends one segment again and counts it as a retransmission in flight (`tcp_retransmit_skb`). */
function retransmit(tcb: Tcb, segment: SentSegment, why: Parameters<typeof sendSegment>[2]): void {
  resend(tcb, segment, why);
  segment.retransmitOut = true;
  tcb.retransStamp ??= tcb.now;
}

/** Sends one segment again (`__tcp_retransmit_skb`), merged with small neighbours up to one MSS (`tcp_retrans_try_collapse`). */
function resend(tcb: Tcb, segment: SentSegment, why: Parameters<typeof sendSegment>[2]): void {
  collapseWithNext(tcb, segment);
  segment.everRetransmitted = true;
  segment.lastSentAt = tcb.now;
  sendSegment(tcb, { seq: segment.seq, flags: segment.syn ? SYN : flagsOf(segment), length: segment.length }, why);
}

function collapseWithNext(tcb: Tcb, segment: SentSegment): void {
  if (segment.syn || segment.sacked) return;
  const index = tcb.sent.indexOf(segment);
  for (let next = tcb.sent[index + 1]; next !== undefined; next = tcb.sent[index + 1]) {
    if (segment.length >= currentMss(tcb) || next.sacked || segment.length + next.length > currentMss(tcb)) return;
    // The neighbour's flags move over with its bytes.
    segment.length += next.length;
    segment.push ||= next.push;
    segment.fin ||= next.fin;
    tcb.sent.splice(index + 1, 1);
  }
}

/** Resends what is marked lost as far as the congestion window allows (`tcp_xmit_retransmit_queue`). */
export function resendLost(tcb: Tcb): void {
  for (const segment of [...tcb.sent]) {
    if (tcb.inFlight >= tcb.cwnd) return;
    if (!segment.lost || segment.retransmitOut || segment.sacked || !tcb.sent.includes(segment)) continue;
    retransmit(tcb, segment, {
      purpose: 'rto-retransmission',
      reason: 'window-opened',
      args: [tcb.retransmits, tcb.backoff],
    });
  }
}

/**
 * Whether it is time to give up (`tcp_write_timeout`, `retransmits_timed_out`). For data the limit is a time computed from a
 * hypothetical 200 ms base, counted from the first retransmission and looked at only when the timer fires.
 */
function hasTimedOut(tcb: Tcb): boolean {
  const { sysctls } = tcb.kernel;
  if (tcb.state === 'SYN_SENT') {
    const retries = tcb.knob('TCP_SYNCNT', sysctls.tcp_syn_retries);
    return tcb.retransmits >= retries + synLinearTimeouts(tcb) || outlasted(tcb, retries, TCP_TIMEOUT_INIT);
  }
  const boundary = tcb.orphan ? orphanRetries(tcb) : sysctls.tcp_retries2;
  return outlasted(tcb, boundary, TCP_RTO_MIN);
}

function outlasted(tcb: Tcb, boundary: number, base: Micros): boolean {
  if (tcb.retransmits === 0 || tcb.retransStamp === undefined) return false;
  const userTimeout = tcb.knob('TCP_USER_TIMEOUT', 0) * 1000;
  const limit = userTimeout > 0 ? userTimeout : modelTimeout(boundary, base, tcb.rtoMax);
  return tcb.now - tcb.retransStamp >= limit;
}

/** How long `boundary` doublings from `base` would take, waits capped at `cap` (`tcp_model_timeout`). */
export function modelTimeout(boundary: number, base: Micros, cap: Micros): Micros {
  const threshold = Math.floor(Math.log2(cap / base));
  if (boundary <= threshold) return (2 ** (boundary + 1) - 1) * base;
  return (2 ** (threshold + 1) - 1) * base + (boundary - threshold) * cap;
}

/** `tcp_orphan_retries`: 8 by default while the RTO is below its ceiling, then none. */
function orphanRetries(tcb: Tcb): number {
  const configured = tcb.kernel.sysctls.tcp_orphan_retries;
  if (configured > 0) return configured;
  return tcb.rto < tcb.rtoMax ? ORPHAN_RETRIES : 0;
}

/** The wait until the next firing: the RTO, or less when TCP_USER_TIMEOUT ends before (`tcp_clamp_rto_to_user_timeout`). */
function clampToUserTimeout(tcb: Tcb): Micros {
  const userTimeout = tcb.knob('TCP_USER_TIMEOUT', 0) * 1000;
  if (userTimeout === 0 || tcb.retransStamp === undefined) return tcb.rto;
  const remaining = userTimeout - (tcb.now - tcb.retransStamp);
  const { hz } = tcb.kernel;
  return remaining <= 0 ? jiffies(1, hz) : Math.min(tcb.rto, ceilToJiffy(remaining, hz));
}

/** Ends the connection by timeout: no RST, no FIN (`tcp_write_err`). */
export function giveUp(tcb: Tcb): void {
  if (!tcb.orphan) {
    tcb.error = 'ETIMEDOUT';
    tcb.kernel.recorder.record('tcp.error', tcb.place, { errno: 'ETIMEDOUT', soft: false });
  }
  tcb.done(tcb.orphan ? 'orphan-timed-out' : 'timed-out');
  tcb.kernel.readable(tcb);
}

/** Queued data, nothing in flight, nothing armed: the window must be probed (`tcp_check_probe_timer`). */
export function armPersistIfStuck(tcb: Tcb): void {
  if (tcb.hasUnsent && tcb.sent.length === 0 && tcb.retransmitTimer.pending === undefined) {
    tcb.retransmitTimer.arm('persist', tcb.now + persistWait(tcb), tcb.backoff);
  }
}

/** `tcp_probe0_when`: the interval doubles with every probe, up to the RTO's ceiling. */
function persistWait(tcb: Tcb): Micros {
  return Math.min(Math.max(tcb.rto, TCP_RTO_MIN) * 2 ** Math.min(tcb.backoff, MAX_PROBE_SHIFT), tcb.rtoMax);
}

/** The persist timer fired (`tcp_probe_timer`, `tcp_send_probe0`). */
function onPersistTimeout(tcb: Tcb): void {
  if (!tcb.hasUnsent || tcb.sent.length > 0) {
    tcb.probesOut = 0;
    tcb.probesStamp = undefined;
    return;
  }
  const userTimeout = tcb.knob('TCP_USER_TIMEOUT', 0) * 1000;
  const stamp = (tcb.probesStamp ??= tcb.now);
  const retries = tcb.orphan ? orphanRetries(tcb) : tcb.kernel.sysctls.tcp_retries2;
  if ((userTimeout > 0 && tcb.now - stamp >= userTimeout) || tcb.probesOut >= retries) {
    giveUp(tcb);
    return;
  }
  sendWindowProbe(tcb, { purpose: 'window-probe', reason: 'persist-timer', args: [tcb.probesOut + 1] });
  tcb.probesOut += 1;
  if (tcb.backoff < tcb.kernel.sysctls.tcp_retries2) tcb.backoff += 1;
  if (tcb.sent.length > 0) return;
  tcb.retransmitTimer.arm('persist', tcb.now + persistWait(tcb), tcb.backoff);
}

/**
 * One probe (`tcp_write_wakeup`): what fits the window of the queued data, else the bare segment with SEQ = SND.UNA − 1
 * and no data that keepalive sends too.
 */
export function sendWindowProbe(tcb: Tcb, why: Parameters<typeof sendSegment>[2]): void {
  if (tcb.hasUnsent && diff(add(tcb.snd.una, tcb.snd.wnd), tcb.snd.nxt) > 0 && sendQueued(tcb, why, 1) > 0) {
    armRetransmission(tcb);
    return;
  }
  sendSegment(tcb, { seq: add(tcb.snd.una, -1), flags: ACK }, why);
}

/** The SYN-ACK timer of a half-open request (`reqsk_timer_handler`): no linear phase, then dropped without a word. */
function onSynAckTimeout(tcb: Tcb): void {
  if (tcb.retransmits >= tcb.kernel.sysctls.tcp_synack_retries) {
    tcb.done('timed-out');
    return;
  }
  tcb.retransmits += 1;
  tcb.backoff += 1;
  sendSynAck(tcb, {
    purpose: 'syn-ack-retransmission',
    reason: 'retransmission-timer',
    args: [tcb.retransmits, tcb.backoff],
  });
  tcb.rto = Math.min(tcb.rto * 2, tcb.rtoMax);
  tcb.retransmitTimer.arm('syn-ack', tcb.now + tcb.rto, tcb.backoff);
}

/** A SYN-ACK, first or again; its sample is measured from the first copy only. */
export function sendSynAck(
  tcb: Tcb,
  why: { readonly purpose: SegmentPurpose; readonly reason: SendReason; readonly args?: readonly number[] },
): void {
  if (why.purpose === 'syn-ack') tcb.firstSyn = { sentAt: tcb.now, tsVal: timestampNow(tcb) };
  else tcb.synCopies += 1;
  sendSegment(tcb, { seq: tcb.snd.iss, flags: SYN + ACK }, why);
}

/** What a timestamp's echo says of the round trip: at least 1 ms (`tcp_rtt_tsopt_us`). Undefined when it says nothing. */
export function rttFromEcho(tcb: Tcb, segment: Segment): Micros | undefined {
  const tsEcr = segment.options.timestamps?.tsEcr ?? 0;
  if (!tcb.timestamps || tsEcr === 0) return undefined;
  const elapsed = seq(timestampNow(tcb) - tsEcr);
  return elapsed < MAX_ECHO_AGE ? Math.max(1, elapsed) * MILLISECOND : undefined;
}

/** An echo older than that would overflow the kernel's arithmetic in µs. */
const MAX_ECHO_AGE = Math.floor((2 ** 31 - 1) / 1000);
