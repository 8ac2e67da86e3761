/** Timestamps as protection against old segments (RFC 7323 §5; `tcp_paws_check`, `tcp_replace_ts_recent`). */
import { powerOfTwo } from '../../base/power-of-two.ts';
import type { Micros } from '../../base/time.ts';
import { DAY, MILLISECOND, SECOND } from '../../base/time.ts';
import { hasFeature, type KernelVersion } from '../../scenario/kernel-version.ts';
import type { Segment } from './segment.ts';
import { ACK, endSeq, has } from './segment.ts';
import { after, before, diff, seq } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** After so long TS.Recent says nothing any more (`TCP_PAWS_WRAP`; 24 days where the clock's wrap was the limit). */
function validity(version: KernelVersion): Micros {
  return hasFeature(version, 'PAWS wrap in seconds') ? 2147 * SECOND : 24 * DAY;
}

/** Whether the segment's TSval lies more than `tolerance` ticks before TS.Recent. */
export function isStale(tcb: Tcb, segment: Segment, tolerance: 0 | 1): boolean {
  const stamp = segment.options.timestamps;
  if (!tcb.timestamps || stamp === undefined || tcb.tsRecent === 0) return false;
  return olderBy(stamp.tsVal, tcb.tsRecent) > tolerance && tcb.now - tcb.tsRecentAt <= validity(tcb.kernel.version);
}

/** Whether to drop the segment (`tcp_paws_discard`): a stale one, but not an ACK that only repeats what is known. */
export function pawsDiscards(tcb: Tcb, segment: Segment): boolean {
  return isStale(tcb, segment, 1) && !isRepeatedAck(tcb, segment);
}

/**
 * Nothing but the expected duplicate, overtaken by others on its way, and not so old that it could be a copy from another time
 * (`tcp_disordered_ack`, `tcp_may_update_window`, `tcp_tsval_replay`).
 */
function isRepeatedAck(tcb: Tcb, segment: Segment): boolean {
  const { snd, rcv, rto, tsRecent } = tcb;
  const window = segment.window * powerOfTwo(snd.wscale);
  const updatesWindow = after(segment.seq, snd.wl1) || (segment.seq === snd.wl1 && (window > snd.wnd || window === 0));
  return (
    has(segment, ACK) &&
    endSeq(segment) === segment.seq &&
    segment.seq === rcv.nxt &&
    segment.ack === snd.una &&
    !updatesWindow &&
    olderBy(segment.options.timestamps?.tsVal ?? tsRecent, tsRecent) <= Math.floor((rto * 1.2) / MILLISECOND)
  );
}

/** A stale one that is only an ACK, overtaken by data of the peer: common, and not worth an answer since 6.14 (`tcp_disordered_ack_check`). */
export function isLateAck(tcb: Tcb, segment: Segment): boolean {
  return (
    hasFeature(tcb.kernel.version, 'late ACKs dropped in silence') &&
    has(segment, ACK) &&
    endSeq(segment) === segment.seq &&
    before(segment.seq, tcb.rcv.nxt)
  );
}

/** TS.Recent follows segments that start at or before the last ACK sent (RFC 7323 §4.3), never backward. */
export function rememberTimestamp(tcb: Tcb, segment: Segment): void {
  const stamp = segment.options.timestamps;
  if (!tcb.timestamps || stamp === undefined || after(segment.seq, tcb.rcv.wup) || isStale(tcb, segment, 0)) return;
  storeTimestamp(tcb, stamp.tsVal);
}

/** `tcp_store_ts_recent`. */
export function storeTimestamp(tcb: Tcb, tsVal: number): void {
  tcb.tsRecent = tsVal;
  tcb.tsRecentAt = tcb.now;
}

/** Whether the segment's TSval is younger than all that this end remembers. */
export function hasNewerStamp(tcb: Tcb, segment: Segment): boolean {
  const stamp = segment.options.timestamps;
  return tcb.timestamps && stamp !== undefined && olderBy(stamp.tsVal, tcb.tsRecent) < 0;
}

/** By how many ticks `tsVal` lies before `recent`; the clock wraps as sequence numbers do. */
function olderBy(tsVal: number, recent: number): number {
  return diff(seq(recent), seq(tsVal));
}
