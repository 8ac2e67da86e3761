/** Loss detection by time: what was sent so long before something that arrived is lost (RFC 8985; tcp_recovery.c). */
import type { Micros } from '../../../base/time.ts';
import { hasFeature } from '../../../scenario/kernel-version.ts';
import { TCP_TIMEOUT_MIN_US } from '../constants.ts';
import { ceilToJiffy } from '../jiffies.ts';
import { payloadPerSegment } from '../path-mtu.ts';
import { diff } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import type { LossEvidence, SentSegment } from './retransmission-queue.ts';
import { highestSack, markLost } from './scoreboard.ts';

/** Bits of the sysctl tcp_recovery. */
const LOSS_DETECTION = 1;
const STATIC_WINDOW = 2;
const NO_DUPLICATE_THRESHOLD = 4;

function hasBit(tcb: Tcb, bit: number): boolean {
  // eslint-disable-next-line no-bitwise -- The sysctl is a set of bits.
  return (tcb.kernel.sysctls.tcp_recovery & bit) !== 0;
}

/** Recoveries for which a widened reordering window is kept (`TCP_RACK_RECOVERY_THRESH`). */
export const RECOVERY_THRESHOLD = 16;

/** Whether RACK decides about losses at all (`tcp_is_rack`). */
export function isRackOn(tcb: Tcb): boolean {
  return hasBit(tcb, LOSS_DETECTION) || hasFeature(tcb.kernel.version, 'RACK wherever there is SACK');
}

/** A segment arrived: it may be the latest one sent of all that did (`tcp_rack_advance`; RFC 8985 §6.2 step 2). */
export function advanceRack(tcb: Tcb, segment: SentSegment): void {
  const { rack, minRtt } = tcb.recovery;
  const rtt = tcb.now - segment.lastSentAt;
  // Too early for the copy sent last: the one before it was meant.
  if (rtt < minRtt.value && segment.everRetransmitted) return;
  rack.advanced = true;
  rack.rtt = rtt;
  if (segment.sendOrder > rack.sendOrder) rack.sendOrder = segment.sendOrder;
}

/** How much later than its successor a segment may arrive (`tcp_rack_reo_wnd`; RFC 8985 §6.2 step 4). */
export function reorderingWindow(tcb: Tcb): Micros {
  const { recovery, sent } = tcb;
  if (recovery.reorderingSeen === 0) {
    if (recovery.state === 'Recovery' || recovery.state === 'Loss') return 0;
    if (sent.sackedOut >= recovery.reordering && !hasBit(tcb, NO_DUPLICATE_THRESHOLD)) return 0;
  }
  return Math.min(Math.floor(recovery.minRtt.value / 4) * recovery.rack.steps, tcb.rtt.srtt);
}

/** µs until the segment counts as lost; 0 or less: it does (`tcp_rack_skb_timeout`). */
export function rackTimeout(tcb: Tcb, segment: SentSegment, window: Micros): Micros {
  return tcb.recovery.rack.rtt + window - (tcb.now - segment.lastSentAt);
}

/** Marks what is lost; returns how long to wait for the latest of those that still may arrive, or 0 (`tcp_rack_detect_loss`). */
export function detectLosses(tcb: Tcb, evidence: LossEvidence): Micros {
  const { sent } = tcb;
  const { rack } = tcb.recovery;
  const window = reorderingWindow(tcb);
  let longest: Micros = 0;
  let segment = sent.firstSent;
  while (segment !== undefined) {
    const next = segment.sentAfter;
    if (!segment.lost || segment.retransmitOut) {
      if (segment.sendOrder >= rack.sendOrder) break;
      const remaining = rackTimeout(tcb, segment, window);
      if (remaining <= 0) {
        markLost(tcb, segment, evidence);
        sent.leaveSendOrder(segment);
      } else {
        longest = Math.max(longest, remaining);
      }
    }
    segment = next;
  }
  return longest;
}

/** An ACK brought news: look for losses, or wait for them (`tcp_rack_mark_lost`). Returns whether the timer was set. */
export function markLostByRack(tcb: Tcb): boolean {
  const { rack } = tcb.recovery;
  if (!rack.advanced) return false;
  rack.advanced = false;
  const wait = detectLosses(tcb, 'rack');
  if (wait === 0) return false;
  const delay = ceilToJiffy(wait + TCP_TIMEOUT_MIN_US, tcb.kernel.hz);
  tcb.retransmitTimer.arm('reordering', tcb.now + Math.min(delay, tcb.rto));
  return true;
}

/**
 * DSACKs widen the reordering window by a quarter of the minimal RTT, at most once per round trip (`tcp_rack_update_reo_wnd`).
 * @param priorDelivered delivered in all when the newest of what an ACK covers left; 0 = none
 */
export function adaptReorderingWindow(tcb: Tcb, priorDelivered: number): void {
  const { rack, delivered } = tcb.recovery;
  if (priorDelivered === 0 || hasBit(tcb, STATIC_WINDOW)) return;
  if (priorDelivered < rack.lastDelivered) rack.dsackSeen = false;
  if (rack.dsackSeen) {
    rack.steps = Math.min(0xff, rack.steps + 1);
    rack.dsackSeen = false;
    rack.lastDelivered = delivered;
    rack.persist = RECOVERY_THRESHOLD;
  } else if (rack.persist === 0) {
    rack.steps = 1;
  }
}

/** Without SACK: the head is lost at the third duplicate ACK, and at every partial ACK of a recovery (`tcp_newreno_mark_lost`; RFC 6582). */
export function markLostByNewReno(tcb: Tcb, advanced: boolean): void {
  const { sent, recovery } = tcb;
  const { head } = sent;
  if (head === undefined || head.lost) return;
  const inRecovery = recovery.state === 'Recovery';
  if (recovery.state !== 'Loss' && !inRecovery && sent.sackedOut >= recovery.reordering)
    markLost(tcb, head, 'duplicate-acks');
  else if (inRecovery && advanced) markLost(tcb, head, 'partial-ack');
}

/** Without RACK: lost is what has as many SACKed segments above it as the path reorders (`tcp_update_scoreboard`; RFC 6675). */
export function markLostByCount(tcb: Tcb, isFirst: boolean): void {
  const { sent, recovery } = tcb;
  if (!tcb.sackPermitted) return;
  const passable = sent.sackedOut - recovery.reordering;
  const onlyHead = passable < 0;
  if (onlyHead && !isFirst) return;
  let sacked = 0;
  for (let index = 0; index < sent.length; index++) {
    const segment = sent.at(index) as SentSegment;
    if (segment.sacked && ++sacked > (onlyHead ? 1 : passable)) return;
    if (!segment.lost) markLost(tcb, segment, 'duplicate-acks');
    if (onlyHead) return;
  }
}

/** Whether the highest SACK lies farther ahead than reordering explains (`tcp_force_fast_retransmit`). */
export function isGapTooWide(tcb: Tcb): boolean {
  return diff(highestSack(tcb), tcb.snd.una) > tcb.recovery.reordering * payloadPerSegment(tcb);
}
