import type { Micros } from '../../../base/time.ts';

/** What one acknowledgement turned out to say (the FLAG_ bits of tcp_input.c), filled while it is handled. */
export interface AckEvent {
  /** It carried data or a FIN (`FLAG_DATA`). */
  carriesData: boolean;
  /** SND.UNA moved (`FLAG_SND_UNA_ADVANCED`). */
  advanced: boolean;
  /** The window was updated by it (`FLAG_WIN_UPDATE`). */
  windowUpdate: boolean;
  /** Segments taken out of the queue (`FLAG_DATA_ACKED`, `pkts_acked`). */
  acked: number;
  /** Some of them had been sent again (`FLAG_RETRANS_DATA_ACKED`). */
  resentAcked: boolean;
  /** Something was newly SACKed (`FLAG_DATA_SACKED`). */
  dataSacked: boolean;
  /** Data sent once only, before the state was entered, was acknowledged or SACKed (`FLAG_ORIG_SACK_ACKED`). */
  originalDelivered: boolean;
  /** A duplicate was reported (`FLAG_DSACKING_ACK`), that of a loss probe (`FLAG_DSACK_TLP`). */
  dsack: boolean;
  dsackOfProbe: boolean;
  /** Segments delivered by SACK or reported twice (`sack_delivered`). */
  sackDelivered: number;
  /** A retransmission was found lost again (`FLAG_LOST_RETRANS`). */
  lostRetransmission: boolean;
  /** SND.UNA now points at a segment that was SACKed (`FLAG_SACK_RENEGING`). */
  reneging: boolean;
  /** The loss probe or the RTO is to be set anew (`FLAG_SET_XMIT_TIMER`). */
  setTimer: boolean;
  /** Perhaps the peer delayed it (`FLAG_ACK_MAYBE_DELAYED`). */
  maybeDelayed: boolean;
  /** When the first and the last newly SACKed segment that was sent once only had left. */
  firstSackedSentAt: Micros | undefined;
  lastSackedSentAt: Micros;
  /** Delivered in all when the newest of the segments it covers left (`rate_sample.prior_delivered`); 0 = none. */
  priorDelivered: number;
  /** The sending by which that one left. */
  newestDelivered: number;
}

/** What each acknowledgement of an end is written into, one after the other. */
export function newAckEvent(): AckEvent {
  return {
    carriesData: false,
    advanced: false,
    windowUpdate: false,
    acked: 0,
    resentAcked: false,
    dataSacked: false,
    originalDelivered: false,
    dsack: false,
    dsackOfProbe: false,
    sackDelivered: 0,
    lostRetransmission: false,
    reneging: false,
    setTimer: false,
    maybeDelayed: false,
    firstSackedSentAt: undefined,
    lastSackedSentAt: 0,
    priorDelivered: 0,
    newestDelivered: 0,
  };
}

/** Another acknowledgement, of which nothing else is known yet; what was said of the one before is over. */
export function beginAckEvent(event: AckEvent, carriesData: boolean, advanced: boolean): void {
  event.carriesData = carriesData;
  event.advanced = advanced;
  event.windowUpdate = false;
  event.acked = 0;
  event.resentAcked = false;
  event.dataSacked = false;
  event.originalDelivered = false;
  event.dsack = false;
  event.dsackOfProbe = false;
  event.sackDelivered = 0;
  event.lostRetransmission = false;
  event.reneging = false;
  event.setTimer = false;
  event.maybeDelayed = false;
  event.firstSackedSentAt = undefined;
  event.lastSackedSentAt = 0;
  event.priorDelivered = 0;
  event.newestDelivered = 0;
}

/** Nothing that only a duplicate lacks: neither data, nor a new window, nor news acknowledged (`!FLAG_NOT_DUP`). */
export function isDuplicate(event: AckEvent): boolean {
  return !event.carriesData && !event.windowUpdate && event.acked === 0;
}
