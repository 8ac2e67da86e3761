/** The SACK option: which segments in flight have arrived (RFC 2018, RFC 2883; `tcp_sacktag_write_queue`). */
import type { Micros } from '../../../base/time.ts';
import { payloadPerSegment } from '../path-mtu.ts';
import type { Segment } from '../segment.ts';
import type { Seq } from '../seq.ts';
import { add, after, before, diff } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import type { AckEvent } from './ack-event.ts';
import { countDelivered } from './delivery.ts';
import { advanceRack } from './rack.ts';
import type { SentSegment } from './retransmission-queue.ts';
import { highestSack, noteReordering } from './scoreboard.ts';

type Block = readonly [start: Seq, end: Seq];

/** Takes the blocks of an ACK. @param priorUna SND.UNA before it. */
export function takeSackBlocks(tcb: Tcb, segment: Segment, priorUna: Seq, event: AckEvent): void {
  const { sack: blocks } = segment.options;
  if (blocks === undefined || blocks.length === 0 || !tcb.sackPermitted) return;
  const { sent, recovery } = tcb;
  const lowest: Lowest = { seq: tcb.snd.nxt };
  if (sent.sackedOut === 0) recovery.highestSackedEnd = tcb.snd.una;
  const dsack = takeDsack(tcb, blocks, segment.ack, priorUna, event);
  if (before(segment.ack, add(priorUna, -tcb.snd.maxWnd)) || sent.length === 0) return;
  const usable = usableBlocks(tcb, blocks, dsack, priorUna);
  const done = sent.sackedOut === 0 ? [] : recovery.sackCache;
  for (const block of usable) {
    if (block === dsack) walk(tcb, block, true, lowest, event);
    else for (const rest of without(block, done)) walk(tcb, rest, false, lowest, event);
  }
  recovery.sackCache = usable;
  if (recovery.state !== 'Loss' || recovery.undoMarker !== undefined) noteReordering(tcb, lowest.seq);
}

/** Lowest sequence number whose arrival was out of order (`state.reord`). */
interface Lowest {
  seq: Seq;
}

/** The first block, where it reports a duplicate and the report can be believed (`tcp_check_dsack`). */
function takeDsack(tcb: Tcb, blocks: readonly Block[], ack: Seq, priorUna: Seq, event: AckEvent): Block | undefined {
  const [first, second] = blocks;
  if (first === undefined) return undefined;
  const isDuplicate =
    before(first[0], ack) || (second !== undefined && !after(first[1], second[1]) && !before(first[0], second[0]));
  if (!isDuplicate) return undefined;
  const duplicates = noteDsack(tcb, first, event);
  if (duplicates === 0) return undefined;
  const { recovery } = tcb;
  const marker = recovery.undoMarker;
  if (marker !== undefined && recovery.undoRetrans > 0 && !after(first[1], priorUna) && after(first[1], marker))
    recovery.undoRetrans = Math.max(0, recovery.undoRetrans - duplicates);
  return first;
}

/** How many of our segments the receiver got twice; 0 when we cannot have caused it (`tcp_dsack_seen`). */
function noteDsack(tcb: Tcb, [start, end]: Block, event: AckEvent): number {
  const { recovery } = tcb;
  const length = diff(end, start);
  if (length <= 0 || length > tcb.snd.maxWnd) return 0;
  const mss = payloadPerSegment(tcb);
  const duplicates = length > mss ? Math.ceil(length / mss) : 1;
  if (length <= mss && recovery.tlpHighSeq === end) event.dsackOfProbe = true;
  recovery.dsackDuplicates += duplicates;
  if (recovery.dsackDuplicates > recovery.totalRetransmissions) return 0;
  // A probe is sent by a timer: that it was needless says nothing about reordering.
  if (recovery.reorderingSeen > 0 && !event.dsackOfProbe) recovery.rack.dsackSeen = true;
  event.dsack = true;
  event.sackDelivered += duplicates;
  return duplicates;
}

/** The blocks that make sense, in sequence order. */
function usableBlocks(tcb: Tcb, blocks: readonly Block[], dsack: Block | undefined, priorUna: Seq): Block[] {
  const usable: Block[] = [];
  for (const block of blocks) {
    if (isValid(tcb, block, block === dsack) && after(block[1], priorUna)) usable.push(block);
  }
  return usable.sort((a, b) => diff(a[0], b[0]));
}

/** `tcp_is_sackblock_valid`. */
function isValid(tcb: Tcb, [start, end]: Block, isDsack: boolean): boolean {
  const { snd, recovery } = tcb;
  if (after(end, snd.nxt) || !before(start, end) || !before(start, snd.nxt)) return false;
  if (after(start, snd.una)) return true;
  const marker = recovery.undoMarker;
  if (!isDsack || marker === undefined || after(end, snd.una)) return false;
  if (!before(start, marker)) return true;
  return after(end, marker) && !before(start, add(end, -snd.maxWnd));
}

/** What of a block the blocks of the ACK before did not cover: only that is new. */
function without([start, end]: Block, done: readonly Block[]): Block[] {
  const rest: Block[] = [];
  let from = start;
  for (const [left, right] of done) {
    if (!after(right, from)) continue;
    if (!before(left, end)) break;
    if (after(left, from)) rest.push([from, left]);
    from = right;
    if (!before(from, end)) return rest;
  }
  rest.push([from, end]);
  return rest;
}

/** `tcp_sacktag_walk`. */
function walk(tcb: Tcb, [start, end]: Block, isDsack: boolean, lowest: Lowest, event: AckEvent): void {
  const { sent, recovery } = tcb;
  let index = sent.indexFrom(start);
  for (let segment = sent.at(index); segment !== undefined && before(segment.seq, end); segment = sent.at(++index)) {
    if (before(segment.seq, start) || after(segment.end, end)) continue;
    tag(tcb, segment, isDsack, lowest, event);
    countDelivered(segment, event);
    if (segment.sacked) sent.leaveSendOrder(segment);
    if (after(segment.end, recovery.highestSackedEnd)) recovery.highestSackedEnd = segment.end;
  }
}

/** One segment lies in a block (`tcp_sacktag_one`). */
function tag(tcb: Tcb, segment: SentSegment, isDsack: boolean, lowest: Lowest, event: AckEvent): void {
  const { sent, recovery } = tcb;
  if (isDsack && segment.everRetransmitted) {
    const marker = recovery.undoMarker;
    if (marker !== undefined && recovery.undoRetrans > 0 && after(segment.end, marker))
      recovery.undoRetrans = Math.max(0, recovery.undoRetrans - 1);
    if (segment.sacked && before(segment.seq, lowest.seq)) lowest.seq = segment.seq;
  }
  // About to be taken out as acknowledged.
  if (!after(segment.end, tcb.snd.una)) return;
  if (!segment.sacked) {
    advanceRack(tcb, segment);
    if (segment.retransmitOut) {
      // Where the first copy was not thought lost, the other one is believed to be still under way.
      if (segment.lost) {
        segment.lost = false;
        segment.retransmitOut = false;
        sent.lostOut--;
        sent.retransOut--;
      }
    } else {
      if (!segment.everRetransmitted) noteOriginal(tcb, segment, lowest, event);
      if (segment.lost) {
        segment.lost = false;
        sent.lostOut--;
      }
    }
    segment.sacked = true;
    event.dataSacked = true;
    event.sackDelivered++;
    sent.sackedOut++;
  }
  if (isDsack && segment.retransmitOut) {
    segment.retransmitOut = false;
    sent.retransOut--;
  }
}

/** Data that was sent once only has arrived beyond a gap. */
function noteOriginal(tcb: Tcb, segment: SentSegment, lowest: Lowest, event: AckEvent): void {
  // It filled a hole: what was sent later arrived earlier.
  if (before(segment.seq, highestSack(tcb)) && before(segment.seq, lowest.seq)) lowest.seq = segment.seq;
  if (!after(segment.end, tcb.recovery.highSeq)) event.originalDelivered = true;
  const sentAt: Micros = segment.lastSentAt;
  event.firstSackedSentAt ??= sentAt;
  event.lastSackedSentAt = sentAt;
}
