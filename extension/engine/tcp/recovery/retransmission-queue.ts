import type { Micros } from '../../../base/time.ts';
import type { Seq } from '../seq.ts';
import { after } from '../seq.ts';

/** What made a segment count as lost; says why it is sent again. */
export type LossEvidence = 'timeout' | 'rack' | 'reordering-timer' | 'duplicate-acks' | 'partial-ack' | 'too-big';

/** A segment that was sent and is not wholly acknowledged (an skb of the kernel's retransmission queue). */
export interface SentSegment {
  seq: Seq;
  /** The sequence number after its last, SYN and FIN included. */
  end: Seq;
  length: number;
  syn: boolean;
  fin: boolean;
  push: boolean;
  /** The kernel has it in one piece with what follows: both can go again in one burst (they are one skb). */
  joinsNext: boolean;
  lastSentAt: Micros;
  /** Number of the sending that it left by last: a host takes a moment for each, so no two are at one time. */
  sendOrder: number;
  /** At least two copies left (`TCPCB_EVER_RETRANS`): no RTT sample by Karn's rule. */
  everRetransmitted: boolean;
  /** A retransmitted copy counts as in flight (`TCPCB_SACKED_RETRANS`). */
  retransmitOut: boolean;
  sacked: boolean;
  lost: boolean;
  /** Meaningful while `lost`. */
  lostBy: LossEvidence;
  /** Segments delivered in all when it last left (`tx.delivered`); −1 once a sample was taken of it. */
  deliveredBefore: number;
  /** Neighbours in the order of sending (`tcp_tsorted_anchor`), while it is in it. */
  sentBefore: SentSegment | undefined;
  sentAfter: SentSegment | undefined;
  inSendOrder: boolean;
}

/** A segment that leaves for the first time. */
export function newSegment(
  fields: Pick<SentSegment, 'seq' | 'end' | 'length' | 'syn' | 'fin' | 'push'>,
  now: Micros,
): SentSegment {
  return {
    seq: fields.seq,
    end: fields.end,
    length: fields.length,
    syn: fields.syn,
    fin: fields.fin,
    push: fields.push,
    joinsNext: false,
    lastSentAt: now,
    sendOrder: 0,
    everRetransmitted: false,
    retransmitOut: false,
    sacked: false,
    lost: false,
    lostBy: 'timeout',
    deliveredBefore: -1,
    sentBefore: undefined,
    sentAfter: undefined,
    inSendOrder: false,
  };
}

/**
 * What was sent and is not acknowledged, in sequence order, with the counters of Linux's scoreboard. Each change costs
 * the same however much is in flight; a segment is found by its sequence number in logarithmic time.
 *
 * A second order, that of sending, is what RACK walks: a retransmitted segment moves to its end, one that arrived or was
 * found lost leaves it.
 */
export class RetransmissionQueue {
  /** Segments that the receiver says it has (`sacked_out`); without SACK, duplicate ACKs counted. */
  sackedOut = 0;
  /** Segments thought lost, whether or not they were sent again (`lost_out`). */
  lostOut = 0;
  /** Retransmitted copies under way (`retrans_out`). */
  retransOut = 0;
  /** How many segments there are (`packets_out`); changed by nobody else. */
  length = 0;
  private items: (SentSegment | undefined)[] = [];
  private start = 0;
  private oldest: SentSegment | undefined;
  private newest: SentSegment | undefined;
  private sendings = 0;
  /** Objects of segments that were acknowledged, linked by `sentAfter`: they serve again. */
  private spare: SentSegment | undefined;

  /** Segments in the network by the sender's reckoning (`tcp_packets_in_flight`). */
  get inFlight(): number {
    return this.length - this.sackedOut - this.lostOut + this.retransOut;
  }

  get head(): SentSegment | undefined {
    return this.length === 0 ? undefined : this.items[this.start];
  }

  get last(): SentSegment | undefined {
    return this.length > 0 ? this.items[this.items.length - 1] : undefined;
  }

  /** The segment at `index` in sequence order; undefined outside. */
  at(index: number): SentSegment | undefined {
    return index < 0 ? undefined : this.items[this.start + index];
  }

  /**
   * A segment of data that leaves for the first time. Nobody keeps a segment that has left the queue at its head: its object may be
   * another one's by then.
   */
  take(from: Seq, end: Seq, length: number, fin: boolean, push: boolean, now: Micros): SentSegment {
    const { spare } = this;
    if (spare === undefined) return newSegment({ seq: from, end, length, syn: false, fin, push }, now);
    this.spare = spare.sentAfter;
    spare.seq = from;
    spare.end = end;
    spare.length = length;
    spare.syn = false;
    spare.fin = fin;
    spare.push = push;
    spare.joinsNext = false;
    spare.lastSentAt = now;
    spare.everRetransmitted = false;
    spare.retransmitOut = false;
    spare.sacked = false;
    spare.lost = false;
    spare.lostBy = 'timeout';
    spare.deliveredBefore = -1;
    spare.sentAfter = undefined;
    return spare;
  }

  /** Appends what leaves for the first time. */
  push(segment: SentSegment): void {
    this.items.push(segment);
    this.length += 1;
    this.sentNow(segment);
  }

  /** Takes out the head, which is acknowledged, and what it stood for in the counters of lost and resent ones. */
  removeHead(): void {
    const head = this.head;
    if (head === undefined) return;
    this.items[this.start] = undefined;
    this.start++;
    this.length -= 1;
    this.forget(head);
    head.sentAfter = this.spare;
    this.spare = head;
    // The room of what is gone is given back now and then: each removal pays for one move.
    if (this.start >= 64 && this.start * 2 >= this.items.length) {
      this.items = this.items.slice(this.start);
      this.start = 0;
    }
  }

  /** Takes out the segment at `index`: it was merged into its neighbour. */
  remove(index: number): void {
    const [removed] = this.items.splice(this.start + index, 1);
    if (removed === undefined) return;
    this.length -= 1;
    this.forget(removed);
  }

  /** Puts in the second half of a segment that was split, right after `index`; it counts as its first half does. */
  insertAfter(index: number, segment: SentSegment): void {
    this.items.splice(this.start + index + 1, 0, segment);
    this.length += 1;
    if (segment.sacked) this.sackedOut++;
    if (segment.lost) this.lostOut++;
    if (segment.retransmitOut) this.retransOut++;
    const first = this.at(index);
    if (first?.inSendOrder !== true) return;
    segment.inSendOrder = true;
    segment.sentBefore = first;
    segment.sentAfter = first.sentAfter;
    if (first.sentAfter === undefined) this.newest = segment;
    else first.sentAfter.sentBefore = segment;
    first.sentAfter = segment;
  }

  clear(): void {
    this.items = [];
    this.start = 0;
    this.length = 0;
    this.oldest = undefined;
    this.newest = undefined;
    this.sackedOut = 0;
    this.lostOut = 0;
    this.retransOut = 0;
  }

  /** Index of the first segment that ends after `seq`; `length` when there is none. */
  indexFrom(seq: Seq): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (after((this.at(middle) as SentSegment).end, seq)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The segment that was sent longest ago among those that RACK looks at. */
  get firstSent(): SentSegment | undefined {
    return this.oldest;
  }

  /** It left just now: moves to the end of the order of sending (`tcp_update_skb_after_send`). */
  sentNow(segment: SentSegment): void {
    this.leaveSendOrder(segment);
    segment.sendOrder = ++this.sendings;
    segment.inSendOrder = true;
    segment.sentBefore = this.newest;
    if (this.newest === undefined) this.oldest = segment;
    else this.newest.sentAfter = segment;
    this.newest = segment;
  }

  /** RACK need not look at it any more. */
  leaveSendOrder(segment: SentSegment): void {
    if (!segment.inSendOrder) return;
    if (segment.sentBefore === undefined) this.oldest = segment.sentAfter;
    else segment.sentBefore.sentAfter = segment.sentAfter;
    if (segment.sentAfter === undefined) this.newest = segment.sentBefore;
    else segment.sentAfter.sentBefore = segment.sentBefore;
    segment.inSendOrder = false;
    segment.sentBefore = undefined;
    segment.sentAfter = undefined;
  }

  private forget(segment: SentSegment): void {
    if (segment.sacked) this.sackedOut--;
    if (segment.lost) this.lostOut--;
    if (segment.retransmitOut) this.retransOut--;
    this.leaveSendOrder(segment);
  }
}
