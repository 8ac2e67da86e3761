import type { Micros } from '../../../base/time.ts';
import type { CongestionControlName, CongestionState } from '../../../scenario/congestion.ts';
import type { Tcb } from '../tcb.ts';
import { Cubic } from './cubic.ts';
import { Reno } from './reno.ts';

/** What an ACK told about the path (`ack_sample`). */
export interface AckSample {
  /** Segments acknowledged in sequence. */
  readonly acked: number;
  /** Round trip of the segment delivered last; undefined when it cannot be told. */
  readonly rtt: Micros | undefined;
}

/** How large the window may become: `tcp_congestion_ops` of the kernel. Windows are in segments. */
export interface CongestionControl {
  readonly name: CongestionControlName;
  /** The connection is established (`init`). */
  init?(): void;
  /** The threshold to which a loss reduces the window (`ssthresh`). */
  ssthresh(): number;
  /** `acked` segments were delivered and the window may grow (`cong_avoid`). */
  congAvoid(acked: number): void;
  /** The window to return to when a reduction was needless (`undo_cwnd`). */
  undoCwnd(): number;
  /** The congestion state is about to change (`set_state`). */
  setState?(state: CongestionState): void;
  /** Data leaves and nothing was in flight (`cwnd_event` with `CA_EVENT_TX_START`). */
  onTransmitStart?(): void;
  /** Once per ACK while data is in flight (`pkts_acked`). */
  onAcked?(sample: AckSample): void;
}

/** Makes the congestion control of an end (`tcp_assign_congestion_control`). */
export function makeCongestionControl(name: CongestionControlName, tcb: Tcb): CongestionControl {
  switch (name) {
    case 'reno':
      return new Reno(tcb);
    case 'cubic':
      return new Cubic(tcb);
  }
}
