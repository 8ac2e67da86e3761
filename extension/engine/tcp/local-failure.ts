/**
 * Why a segment goes no further than its own host (what `queue_xmit` returns to `__tcp_transmit_skb`).
 * - `refused`: the queue of the device is full (`NET_XMIT_DROP`, above zero): local congestion.
 * - `lost`: the device threw it away, and says so (`NET_XMIT_CN`): local congestion too, but it counts as sent (`net_xmit_eval`).
 * - `no-way`: IP does not know where to (a negative error).
 */
export type LocalFailure = 'refused' | 'lost' | 'no-way';
