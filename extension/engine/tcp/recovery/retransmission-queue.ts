import type { Micros } from '../../../base/time.ts';
import type { Seq } from '../seq.ts';
import { after, seq } from '../seq.ts';

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

const FIRST_ROOM = 8;

/** So many segments to be filled. */
function blanks(count: number): SentSegment[] {
  return Array.from({ length: count }, () => ({
    seq: seq(0),
    end: seq(0),
    length: 0,
    syn: false,
    fin: false,
    push: false,
    joinsNext: false,
    lastSentAt: 0,
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
  }));
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
  /** The first of them; changed by nobody else. */
  head: SentSegment | undefined;
  /** A ring. What was acknowledged stays in its place, and serves again. */
  private items = blanks(FIRST_ROOM);
  private start = 0;
  private oldest: SentSegment | undefined;
  private newest: SentSegment | undefined;
  private sendings = 0;

  /** Segments in the network by the sender's reckoning (`tcp_packets_in_flight`). */
  get inFlight(): number {
    return this.length - this.sackedOut - this.lostOut + this.retransOut;
  }

  get last(): SentSegment | undefined {
    return this.at(this.length - 1);
  }

  /** The segment at `index` in sequence order; undefined outside. */
  at(index: number): SentSegment | undefined {
    return index < 0 || index >= this.length ? undefined : this.items[this.place(index)];
  }

  /**
   * Appends what leaves for the first time. Nobody keeps a segment that has left the queue: its object may be another one's by then.
   * @param joinsNext something of the same burst follows @param delivered segments delivered so far; −1: it is no sample
   */
  append(
    from: Seq,
    end: Seq,
    length: number,
    fin: boolean,
    push: boolean,
    joinsNext: boolean,
    now: Micros,
    delivered: number,
  ): SentSegment {
    if (this.length === this.items.length) this.grow();
    const segment = this.items[this.place(this.length)] as SentSegment;
    segment.seq = from;
    segment.end = end;
    segment.length = length;
    segment.syn = false;
    segment.fin = fin;
    segment.push = push;
    segment.joinsNext = joinsNext;
    segment.lastSentAt = now;
    segment.everRetransmitted = false;
    segment.retransmitOut = false;
    segment.sacked = false;
    segment.lost = false;
    segment.deliveredBefore = delivered;
    segment.sentAfter = undefined;
    if (this.length === 0) this.head = segment;
    this.length += 1;
    this.joinSendOrder(segment);
    return segment;
  }

  /** Takes out the head, which is acknowledged, and what it stood for in the counters of lost and resent ones. */
  removeHead(): void {
    const { head } = this;
    if (head === undefined) return;
    this.start = this.place(1);
    this.length -= 1;
    this.head = this.at(0);
    this.forget(head);
  }

  /**
   * Takes out all at the head that `una` covers, none of which was SACKed, lost or sent again.
   * @returns the last of them, of which something is known until something else is appended
   */
  removePlain(una: Seq): SentSegment | undefined {
    let last: SentSegment | undefined;
    let { head } = this;
    while (head !== undefined && !after(head.end, una)) {
      last = head;
      this.leaveSendOrder(head);
      this.start = this.place(1);
      this.length -= 1;
      head = this.length === 0 ? undefined : this.items[this.start];
    }
    this.head = head;
    return last;
  }

  /** Takes out the segment at `index`: it was merged into its neighbour. */
  remove(index: number): void {
    const removed = this.at(index);
    if (removed === undefined) return;
    for (let i = index + 1; i < this.length; i++) this.move(i, i - 1);
    this.length -= 1;
    this.items[this.place(this.length)] = removed;
    this.head = this.at(0);
    this.forget(removed);
  }

  /** Puts in the second half of a segment that was split, right after `index`; it counts as its first half does. */
  insertAfter(index: number, segment: SentSegment): void {
    if (this.length === this.items.length) this.grow();
    for (let i = this.length; i > index + 1; i--) this.move(i - 1, i);
    this.items[this.place(index + 1)] = segment;
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
    this.length = 0;
    this.head = undefined;
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
    this.joinSendOrder(segment);
  }

  private joinSendOrder(segment: SentSegment): void {
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

  /** Where in the ring the segment at `index` is. */
  private place(index: number): number {
    // eslint-disable-next-line no-bitwise -- The room is a power of two.
    return (this.start + index) & (this.items.length - 1);
  }

  private move(from: number, to: number): void {
    this.items[this.place(to)] = this.items[this.place(from)] as SentSegment;
  }

  private grow(): void {
    const { items, start } = this;
    this.items = [...items.slice(start), ...items.slice(0, start), ...blanks(items.length)];
    this.start = 0;
  }

  private forget(segment: SentSegment): void {
    if (segment.sacked) this.sackedOut--;
    if (segment.lost) this.lostOut--;
    if (segment.retransmitOut) this.retransOut--;
    this.leaveSendOrder(segment);
  }
}
