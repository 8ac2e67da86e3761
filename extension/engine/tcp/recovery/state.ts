import type { CongestionState } from '../../../scenario/congestion.ts';
import type { Micros } from '../../../base/time.ts';
import type { Seq } from '../seq.ts';
import type { SentSegment } from './retransmission-queue.ts';
import { newAckEvent } from './ack-event.ts';
import { MinRtt } from './min-rtt.ts';

/** What loss detection and recovery remember of an end (fields of `tcp_sock`, `inet_connection_sock`). */
export class RecoveryState {
  state: CongestionState = 'Open';
  /** SND.NXT when the state was entered: it ends when that is acknowledged (`high_seq`). */
  highSeq: Seq;

  /** SND.UNA on entering Recovery or Loss, while undoing is possible (`undo_marker`). */
  undoMarker: Seq | undefined;
  /** Retransmissions not yet shown to be needless; 0 = all were; −1 = nothing was resent (`undo_retrans`). */
  undoRetrans = -1;
  /** ssthresh and cwnd before the reduction; 0 = must not be restored. */
  priorSsthresh = 0;
  priorCwnd = 0;

  /** Segments delivered, and sent, since the reduction began (`prr_delivered`, `prr_out`). */
  prrDelivered = 0;
  prrOut = 0;

  /** F-RTO looks for proof that the timeout was spurious (RFC 5682). */
  frto = false;
  /** SND.NXT at the last loss probe; undefined when none is outstanding. */
  tlpHighSeq: Seq | undefined;
  /** The last probe was data sent again. */
  tlpRetransmitted = false;

  /** Degree of reordering the path has shown, in segments (`reordering`), and how often it was seen (`reord_seen`). */
  reordering: number;
  reorderingSeen = 0;
  /** End of the highest segment SACKed; read it through `highestSack` (`highest_sack`). */
  highestSackedEnd: Seq;
  /** Blocks of the last ACK, in sequence order: what they cover is done (`recv_sack_cache`). */
  sackCache: readonly (readonly [Seq, Seq])[] = [];
  /** Duplicates that the receiver reported, and all retransmissions: more of the former than of the latter is not believed. */
  dsackDuplicates = 0;
  totalRetransmissions = 0;
  /** The receiver took back what it had SACKed (`is_sack_reneg`). */
  isReneging = false;

  /** Segments delivered and segments found lost, in all (`delivered`, `lost`). The SYN is the first delivered. */
  delivered = 1;
  lost = 0;

  /** Where sending again goes on; undefined = from the head (`retransmit_skb_hint`). */
  resendFrom: SentSegment | undefined;

  /** SND.NXT when something was last sent again: what lies behind it left once only. */
  resentUpTo: Seq;

  /** What the acknowledgement in hand says. */
  readonly ackEvent = newAckEvent();
  readonly minRtt = new MinRtt();
  readonly rack = {
    /** Round trip of the segment delivered last (`rack.rtt_us`). */
    rtt: 0 as Micros,
    /** Sending by which the segment left that was sent last of those delivered (`rack.mstamp`, `end_seq`). */
    sendOrder: 0,
    /** Something was delivered since RACK looked last. */
    advanced: false,
    /** Quarters of the minimal RTT that a segment may be late (`reo_wnd_steps`). */
    steps: 1,
    /** Recoveries for which `steps` is kept (`reo_wnd_persist`). */
    persist: 0,
    dsackSeen: false,
    /** Delivered in all when `steps` last grew. */
    lastDelivered: 0,
  };

  constructor(iss: Seq, reordering: number) {
    this.highSeq = iss;
    this.resentUpTo = iss;
    this.highestSackedEnd = iss;
    this.reordering = reordering;
  }
}
