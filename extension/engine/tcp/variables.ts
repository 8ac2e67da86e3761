/** The variables of an end as the trace has them: what changed since they were published last. */
import type { CongestionState } from '../../scenario/congestion.ts';
import { CONGESTION_STATES } from '../../scenario/congestion.ts';
import { VARIABLES } from '../../trace/schema.ts';
import { receiveWindow } from './receive-window.ts';
import type { Tcb } from './tcb.ts';

export class PublishedVariables {
  /** In VARIABLES' order. */
  private readonly values = new Float64Array(VARIABLES.length);
  private state: CongestionState = CONGESTION_STATES[0];
  private readonly changed: number[] = Array.from({ length: 2 * VARIABLES.length }, () => 0);
  private count = 0;

  /** Pairs (index into VARIABLES, value) of what changed, flattened; from now on they count as published. */
  changes(tcb: Tcb): readonly number[] {
    const { snd, rcv, rtt } = tcb;
    this.count = 0;
    this.note(0, snd.iss);
    this.note(1, snd.una);
    this.note(2, snd.nxt);
    this.note(3, snd.wnd);
    this.note(4, rcv.irs);
    this.note(5, rcv.nxt);
    this.note(6, receiveWindow(tcb));
    this.note(7, rtt.srtt);
    this.note(8, rtt.rttvar);
    this.note(9, tcb.rto);
    this.note(10, tcb.retransmits);
    this.note(11, tcb.backoff);
    this.note(12, tcb.probesOut);
    this.note(13, tcb.cwnd);
    this.note(14, tcb.ssthresh);
    this.note(15, rcv.unread);
    this.note(16, tcb.unsent);
    this.note(17, tcb.orphan ? 1 : 0);
    this.note(18, tcb.options.get('SO_KEEPALIVE') === 1 ? 1 : 0);
    this.note(19, tcb.lastReceivedAt);
    if (tcb.recovery.state !== this.state) {
      ({ state: this.state } = tcb.recovery);
      this.note(20, CONGESTION_STATES.indexOf(this.state));
    }
    this.note(21, tcb.sent.inFlight);
    return this.changed.slice(0, this.count);
  }

  private note(index: number, value: number): void {
    if (this.values[index] === value) return;
    this.values[index] = value;
    this.changed[this.count++] = index;
    this.changed[this.count++] = value;
  }
}
