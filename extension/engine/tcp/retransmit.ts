/**
 * The shared timer slot: retransmission timeout, reordering timer, persist; giving up (tcp_timer.c). RFC 6298 §5, RFC 9293
 * §3.8.
 */
import type { Micros } from '../../base/time.ts';
import { hasFeature } from '../../scenario/kernel-version.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import {
  ORPHAN_RETRIES,
  TCP_INFINITE_SSTHRESH,
  TCP_RESOURCE_PROBE_INTERVAL,
  TCP_RTO_MIN,
  TCP_THIN_LINEAR_RETRIES,
  TCP_TIMEOUT_INIT,
  THIN_STREAM,
} from './constants.ts';
import { synAckFiring } from './defer-accept.ts';
import { sendSegment, timestampNow } from './output.ts';
import { ceilToJiffy, jiffies } from './jiffies.ts';
import type { LocalFailure } from './local-failure.ts';
import { goesAsOneTooMany } from './orphans.ts';
import { suspectBlackHole } from './path-mtu.ts';
import { onPersistTimeout } from './persist.ts';
import { enterRecovery } from './recovery/fast-recovery.ts';
import { enterLoss } from './recovery/loss.ts';
import { reduceWindow } from './recovery/prr.ts';
import { detectLosses } from './recovery/rack.ts';
import { resendLost, retransmit } from './recovery/resend.ts';
import type { SentSegment } from './recovery/retransmission-queue.ts';
import { sendLossProbe } from './recovery/tail-loss-probe.ts';
import { ACK, SYN } from './segment.ts';
import type { RetransmitSlot, Tcb } from './tcb.ts';

/** The shared slot fired (`tcp_write_timer_handler`). */
export function onRetransmitSlot(tcb: Tcb, name: RetransmitSlot): void {
  switch (name) {
    case 'retransmission':
      onRetransmissionTimeout(tcb);
      break;
    case 'tail-loss-probe':
      sendLossProbe(tcb);
      break;
    case 'reordering':
      onReorderingTimeout(tcb);
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
export function rtoRemaining(tcb: Tcb): Micros {
  const { head } = tcb.sent;
  return head === undefined ? tcb.rto : head.lastSentAt + tcb.rto - tcb.now;
}

/** The same as a wait: at least a jiffy (`tcp_rearm_rto`). */
export function rtoWait(tcb: Tcb): Micros {
  return ceilToJiffy(Math.max(rtoRemaining(tcb), 1), tcb.kernel.hz);
}

/** Starts the RTO clock, or stops it when nothing is in flight (`tcp_rearm_rto`). */
export function armRetransmission(tcb: Tcb): void {
  if (tcb.sent.length === 0) {
    tcb.retransmitTimer.cancel();
    return;
  }
  // A pending probe is replaced by the RTO that it stood before.
  const { pending } = tcb.retransmitTimer;
  const wait = pending === 'tail-loss-probe' || pending === 'reordering' ? rtoWait(tcb) : tcb.rto;
  tcb.retransmitTimer.arm('retransmission', tcb.now + Math.min(wait, tcb.rtoMax), tcb.backoff);
}

/** Long enough to have arrived by now, if only reordered: RACK looks again (`tcp_rack_reo_timeout`). */
function onReorderingTimeout(tcb: Tcb): void {
  const { sent, recovery } = tcb;
  const before = sent.inFlight;
  const { lost } = recovery;
  detectLosses(tcb, 'reordering-timer');
  if (before !== sent.inFlight) {
    if (recovery.state !== 'Recovery') {
      enterRecovery(tcb);
      reduceWindow(tcb, 1, recovery.lost - lost, false);
    }
    resendLost(tcb, true);
  }
  if (sent.length === 0) return;
  tcb.retransmitTimer.arm('retransmission', tcb.now + Math.min(rtoWait(tcb), tcb.rtoMax), tcb.backoff);
}

/**
 * One firing of the retransmission timer (`tcp_retransmit_timer`), or what takes its place when the backoff was taken back and
 * the shorter wait is over already.
 */
export function onRetransmissionTimeout(
  tcb: Tcb,
  reason: 'retransmission-timer' | 'backoff-reverted' = 'retransmission-timer',
): void {
  const { head } = tcb.sent;
  if (head === undefined) return;
  if (tcb.snd.wnd === 0 && !tcb.orphan && tcb.state !== 'SYN_SENT' && tcb.state !== 'SYN_RECEIVED') {
    probeShrunkWindow(tcb, head);
    return;
  }
  const isOpen = tcb.state !== 'SYN_SENT' && tcb.state !== 'SYN_RECEIVED';
  if (isOpen && hasRepeated(tcb, tcb.kernel.sysctls.tcp_retries1)) suspectBlackHole(tcb);
  if (tcb.orphan && goesAsOneTooMany(tcb, tcb.rto < tcb.rtoMax || !hasTimedOut(tcb))) return;
  if (hasTimedOut(tcb)) {
    giveUp(tcb);
    return;
  }
  enterLoss(tcb);
  tcb.retransmits += 1;
  tcb.totalRto += 1;
  const purpose = purposeOfRepetition(tcb, head);
  const failure = retransmit(tcb, head, { purpose, reason, args: [tcb.retransmits, tcb.backoff] });
  // It went alone: the piece is cut behind it.
  head.joinsNext = false;
  if (failure === 'refused') {
    // The path is not to blame: the wait does not double.
    tcb.retransmitTimer.arm('retransmission', tcb.now + TCP_RESOURCE_PROBE_INTERVAL, tcb.backoff);
    return;
  }
  waitForNextFiring(tcb);
}

/**
 * The window shrank to nothing over data that is in flight: the oldest segment goes again as a probe, and none of that counts
 * as a retransmission, for the other end may live.
 */
function probeShrunkWindow(tcb: Tcb, head: SentSegment): void {
  if (isSilentOverShrunkWindow(tcb, head)) {
    giveUp(tcb);
    return;
  }
  enterLoss(tcb);
  retransmit(tcb, head, { purpose: 'rto-retransmission', reason: 'window-shrunk' });
  waitForNextFiring(tcb);
}

/** Neither progress nor any answer for long (`tcp_rtx_probe0_timed_out`); TCP_USER_TIMEOUT asks for progress alone. */
function isSilentOverShrunkWindow(tcb: Tcb, head: SentSegment): boolean {
  const probing = tcb.now - (tcb.retransStamp ?? head.lastSentAt);
  const userTimeout = tcb.knob('TCP_USER_TIMEOUT', 0) * 1000;
  if (userTimeout > 0 && probing > userTimeout) return true;
  const limit = userTimeout > 0 ? Math.min(userTimeout, 2 * tcb.rtoMax) : 2 * tcb.rtoMax;
  return tcb.now - tcb.lastAckAt > limit && probing > limit;
}

/** The wait doubles with every firing, but for the first SYNs and for thin streams. */
function waitForNextFiring(tcb: Tcb): void {
  if (isThinStream(tcb)) {
    tcb.backoff = 0;
    tcb.rto = Math.max(tcb.baseRto, tcb.rtoMin);
  } else if (tcb.state !== 'SYN_SENT' || tcb.totalRto > synLinearTimeouts(tcb)) {
    tcb.backoff += 1;
    tcb.rto = Math.min(tcb.rto * 2, tcb.rtoMax);
  }
  tcb.retransmitTimer.arm('retransmission', tcb.now + clampToUserTimeout(tcb), tcb.backoff);
}

/** Too little in flight to draw duplicate ACKs, where such streams need not back off at first (`tcp_stream_is_thin`). */
function isThinStream(tcb: Tcb): boolean {
  return (
    (tcb.kernel.sysctls.tcp_thin_linear_timeouts !== 0 || tcb.option('TCP_THIN_LINEAR_TIMEOUTS') === 1) &&
    tcb.state === 'ESTABLISHED' &&
    tcb.sent.length < THIN_STREAM &&
    tcb.ssthresh < TCP_INFINITE_SSTHRESH &&
    tcb.retransmits <= TCP_THIN_LINEAR_RETRIES
  );
}

function purposeOfRepetition(tcb: Tcb, head: { readonly syn: boolean }): SegmentPurpose {
  if (!head.syn) return 'rto-retransmission';
  return tcb.state === 'SYN_SENT' ? 'syn-retransmission' : 'syn-ack-retransmission';
}

function synLinearTimeouts(tcb: Tcb): number {
  return hasFeature(tcb.kernel.version, 'linear SYN timeouts') ? tcb.kernel.sysctls.tcp_syn_linear_timeouts : 0;
}

/**
 * Whether it is time to give up (`tcp_write_timeout`, `retransmits_timed_out`). For data the limit is a time computed from a
 * hypothetical 200 ms base, counted from the first retransmission and looked at only when the timer fires.
 */
function hasTimedOut(tcb: Tcb): boolean {
  const { sysctls } = tcb.kernel;
  if (tcb.state === 'SYN_SENT' || tcb.state === 'SYN_RECEIVED') {
    const retries = tcb.knob('TCP_SYNCNT', sysctls.tcp_syn_retries);
    const linear = tcb.state === 'SYN_SENT' ? synLinearTimeouts(tcb) : 0;
    return tcb.retransmits >= retries + linear || outlasted(tcb, retries, TCP_TIMEOUT_INIT);
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

/** Whether data has been repeated for as long as so many doublings take. */
function hasRepeated(tcb: Tcb, boundary: number): boolean {
  if (tcb.retransmits === 0 || tcb.retransStamp === undefined) return false;
  return tcb.now - tcb.retransStamp >= modelTimeout(boundary, TCP_RTO_MIN, tcb.rtoMax);
}

/** How long `boundary` doublings from `base` would take, waits capped at `cap` (`tcp_model_timeout`). */
export function modelTimeout(boundary: number, base: Micros, cap: Micros): Micros {
  const threshold = Math.floor(Math.log2(cap / base));
  if (boundary <= threshold) return (2 ** (boundary + 1) - 1) * base;
  return (2 ** (threshold + 1) - 1) * base + (boundary - threshold) * cap;
}

/** `tcp_orphan_retries`: 8 by default while the RTO is below its ceiling, then none. */
export function orphanRetries(tcb: Tcb, isAlive = tcb.rto < tcb.rtoMax): number {
  const configured = tcb.kernel.sysctls.tcp_orphan_retries;
  // The network said that something is wrong.
  if (tcb.softError !== undefined && !isAlive) return 0;
  if (configured > 0) return configured;
  return isAlive ? ORPHAN_RETRIES : 0;
}

/** The wait until the next firing: the RTO, or less when TCP_USER_TIMEOUT ends before (`tcp_clamp_rto_to_user_timeout`). */
function clampToUserTimeout(tcb: Tcb): Micros {
  const userTimeout = tcb.knob('TCP_USER_TIMEOUT', 0) * 1000;
  if (userTimeout === 0 || tcb.retransStamp === undefined) return tcb.rto;
  const remaining = userTimeout - (tcb.now - tcb.retransStamp);
  const { hz } = tcb.kernel;
  return remaining <= 0 ? jiffies(1, hz) : Math.min(tcb.rto, ceilToJiffy(remaining, hz));
}

/** Ends the connection by timeout: no RST, no FIN (`tcp_write_err`). What the network said meanwhile is the error. */
export function giveUp(tcb: Tcb): void {
  if (!tcb.orphan) {
    tcb.error = tcb.softError ?? 'ETIMEDOUT';
    tcb.kernel.recorder.record('tcp.error', tcb.place, { errno: tcb.error, soft: false });
  }
  tcb.done(tcb.orphan ? 'orphan-timed-out' : 'timed-out');
  tcb.kernel.readable(tcb);
}

/** The SYN-ACK timer of a half-open request (`reqsk_timer_handler`): no linear phase, then dropped without a word. */
function onSynAckTimeout(tcb: Tcb): void {
  if (!tcb.kernel.hasListener(tcb)) {
    tcb.done('aborted');
    return;
  }
  const { expires, sends } = synAckFiring(tcb, tcb.kernel.synAckRetries(tcb));
  if (expires) {
    tcb.done('timed-out');
    return;
  }
  tcb.retransmits += 1;
  tcb.backoff += 1;
  const reason = tcb.ackDeferred ? 'accept-deferred' : 'retransmission-timer';
  const args = [tcb.retransmits, tcb.backoff];
  const failure = sends ? sendSynAck(tcb, { purpose: 'syn-ack-retransmission', reason, args }) : undefined;
  if (failure !== undefined && !tcb.ackDeferred) {
    // A request is not worth another try: the client will ask again.
    tcb.done('not-sent');
    return;
  }
  tcb.rto = Math.min(tcb.rto * 2, tcb.rtoMax);
  tcb.retransmitTimer.arm('syn-ack', tcb.now + tcb.rto, tcb.backoff);
}

/** A SYN-ACK, first or again; its sample is measured from the first copy only. Returns why it did not leave the host. */
export function sendSynAck(
  tcb: Tcb,
  why: { readonly purpose: SegmentPurpose; readonly reason: SendReason; readonly args?: readonly number[] },
): LocalFailure | undefined {
  const isFirst = why.purpose === 'syn-ack';
  if (isFirst) tcb.firstSyn = { sentAt: tcb.now, tsVal: timestampNow(tcb) };
  const failure = sendSegment(tcb, { seq: tcb.snd.iss, flags: SYN + ACK }, why);
  if (!isFirst && failure === undefined) tcb.synCopies += 1;
  return failure;
}
