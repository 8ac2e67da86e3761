/** Congestion control's vocabulary, as Linux spells it. */

/** Values of `tcp_congestion_control`; a plan holds the index. */
export const CONGESTION_CONTROLS = ['reno', 'cubic'] as const;
export type CongestionControlName = (typeof CONGESTION_CONTROLS)[number];

/**
 * What the sender thinks of the path (`icsk_ca_state`). Open: all is well. Disorder: duplicates or SACKs, nothing proven.
 * CWR: the window shrinks for another reason than loss. Recovery: fast retransmit. Loss: the retransmission timer fired.
 */
export const CONGESTION_STATES = ['Open', 'Disorder', 'CWR', 'Recovery', 'Loss'] as const;
export type CongestionState = (typeof CONGESTION_STATES)[number];
