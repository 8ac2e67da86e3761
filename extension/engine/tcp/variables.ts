/** The variables of an end as the trace has them: what changed since they were published last. */
import type { CongestionState } from '../../scenario/congestion.ts';
import { CONGESTION_STATES } from '../../scenario/congestion.ts';
import { VARIABLES } from '../../trace/schema.ts';
import { receiveWindow } from './receive-window.ts';
import type { Tcb } from './tcb.ts';

/** What an input can have changed: anything, or what receiving data in order and reading it changes. */
export type Touched = 'anything' | 'receiving';

export class PublishedVariables {
  /** Pairs (index into VARIABLES, value) of what changed, flattened: the first `length` numbers. Used again each time. */
  readonly changed: number[] = Array.from({ length: 2 * VARIABLES.length }, () => 0);
  length = 0;
  /** In VARIABLES' order. */
  private readonly values = new Float64Array(VARIABLES.length);
  private state: CongestionState = CONGESTION_STATES[0];

  /** Looks what has changed; from now on it counts as published. */
  look(tcb: Tcb, touched: Touched): void {
    this.length = 0;
    const { rcv } = tcb;
    if (touched === 'anything') this.lookAtSending(tcb);
    this.note(5, rcv.nxt);
    this.note(6, receiveWindow(tcb));
    if (touched === 'anything') this.lookAtClocks(tcb);
    else this.note(12, tcb.probesOut);
    this.note(15, rcv.unread);
    if (touched === 'anything') this.lookAtOwner(tcb);
    this.note(19, tcb.lastReceivedAt);
    if (touched === 'anything') this.lookAtFlight(tcb);
  }

  private lookAtSending({ snd, rcv }: Tcb): void {
    this.note(0, snd.iss);
    this.note(1, snd.una);
    this.note(2, snd.nxt);
    this.note(3, snd.wnd);
    this.note(4, rcv.irs);
  }

  private lookAtClocks(tcb: Tcb): void {
    this.note(7, tcb.rtt.srtt);
    this.note(8, tcb.rtt.rttvar);
    this.note(9, tcb.rto);
    this.note(10, tcb.retransmits);
    this.note(11, tcb.backoff);
    this.note(12, tcb.probesOut);
    this.note(13, tcb.cwnd);
    this.note(14, tcb.ssthresh);
  }

  private lookAtOwner(tcb: Tcb): void {
    this.note(16, tcb.unsent);
    this.note(17, tcb.orphan ? 1 : 0);
    this.note(18, tcb.options.size > 0 && tcb.options.get('SO_KEEPALIVE') === 1 ? 1 : 0);
  }

  private lookAtFlight({ recovery, sent }: Tcb): void {
    if (recovery.state !== this.state) {
      this.state = recovery.state;
      this.note(20, CONGESTION_STATES.indexOf(this.state));
    }
    this.note(21, sent.inFlight);
  }

  private note(index: number, value: number): void {
    if (this.values[index] === value) return;
    this.values[index] = value;
    this.changed[this.length++] = index;
    this.changed[this.length++] = value;
  }
}
