/** The variables of an end as the trace has them: what changed since they were published last. */
import type { CongestionState } from '../../scenario/congestion.ts';
import { CONGESTION_STATES } from '../../scenario/congestion.ts';
import { VARIABLES } from '../../trace/schema.ts';
import { receiveWindow } from './receive-window.ts';
import type { Seq } from './seq.ts';
import { unsigned } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** What an input can have changed: anything, or what receiving data in order and reading it changes. */
export type Touched = 'anything' | 'receiving';

export class PublishedVariables {
  /** Pairs (index into VARIABLES, value), flattened, of what changed as of the last look. */
  readonly changes = new Float64Array(2 * VARIABLES.length);
  private count = 0;
  /** In VARIABLES' order. */
  private readonly values = new Float64Array(VARIABLES.length);
  /** The same for sequence numbers. */
  private readonly numbers = new Int32Array(VARIABLES.length);
  private state: CongestionState = CONGESTION_STATES[0];

  /**
   * Puts into `changes` what changed; from now on it counts as published.
   * @returns how many numbers that are
   */
  look(tcb: Tcb, touched: Touched): number {
    this.count = 0;
    const { rcv } = tcb;
    if (touched === 'anything') this.lookAtSending(tcb);
    this.noteSeq(5, rcv.nxt);
    this.note(6, receiveWindow(tcb));
    if (touched === 'anything') this.lookAtClocks(tcb);
    else this.note(12, tcb.probesOut);
    this.note(15, rcv.queue.bytes);
    if (touched === 'anything') this.lookAtOwner(tcb);
    this.note(19, tcb.lastReceivedAt);
    if (touched === 'anything') this.lookAtFlight(tcb);
    return this.count;
  }

  private lookAtSending({ snd, rcv }: Tcb): void {
    this.noteSeq(0, snd.iss);
    this.noteSeq(1, snd.una);
    this.noteSeq(2, snd.nxt);
    this.note(3, snd.wnd);
    this.noteSeq(4, rcv.irs);
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
    this.note(18, tcb.option('SO_KEEPALIVE') === 1 ? 1 : 0);
  }

  private lookAtFlight({ recovery, sent }: Tcb): void {
    if (recovery.state !== this.state) {
      this.state = recovery.state;
      this.note(20, CONGESTION_STATES.indexOf(this.state));
    }
    this.note(21, sent.inFlight);
  }

  private noteSeq(index: number, value: Seq): void {
    if (this.numbers[index] === value) return;
    this.numbers[index] = value;
    this.changes[this.count++] = index;
    this.changes[this.count++] = unsigned(value);
  }

  private note(index: number, value: number): void {
    if (this.values[index] === value) return;
    this.values[index] = value;
    this.changes[this.count++] = index;
    this.changes[this.count++] = value;
  }
}
