/** The variables of an end as the trace has them: what changed since they were published last. */
import type { CongestionState } from '../../scenario/congestion.ts';
import { CONGESTION_STATES } from '../../scenario/congestion.ts';
import { VARIABLES } from '../../trace/schema.ts';
import { receiveWindow } from './receive-window.ts';
import { unsigned } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** What an input can have changed: anything, or no more than receiving data in order changes, or than reading it does. */
export type Touched = 'anything' | 'receiving' | 'reading';

const ALL = Array.from(VARIABLES.keys());
/** Those that the others can change, in VARIABLES' order too. */
const OF_RECEIVING = [5, 6, 12, 15, 19];
const OF_READING = [6, 15];

export class PublishedVariables {
  /** In VARIABLES' order: as they are, as of the last look, and as they were published. */
  private readonly values = new Float64Array(VARIABLES.length);
  private readonly published = new Float64Array(VARIABLES.length);
  private state: CongestionState = CONGESTION_STATES[0];

  /** Writes down what changed since this was done last. It is all in this one function: every packet comes by here more than once. */
  publish(tcb: Tcb, touched: Touched): void {
    const { values } = this;
    const { snd, rcv } = tcb;
    values[6] = receiveWindow(tcb);
    values[15] = rcv.queue.bytes;
    let asked = OF_READING;
    if (touched !== 'reading') {
      values[5] = unsigned(rcv.nxt);
      values[12] = tcb.probesOut;
      values[19] = tcb.lastReceivedAt;
      asked = OF_RECEIVING;
    }
    if (touched === 'anything') {
      values[0] = unsigned(snd.iss);
      values[1] = unsigned(snd.una);
      values[2] = unsigned(snd.nxt);
      values[3] = snd.wnd;
      values[4] = unsigned(rcv.irs);
      values[7] = tcb.rtt.srtt;
      values[8] = tcb.rtt.rttvar;
      values[9] = tcb.rto;
      values[10] = tcb.retransmits;
      values[11] = tcb.backoff;
      values[13] = tcb.cwnd;
      values[14] = tcb.ssthresh;
      values[16] = tcb.unsent;
      values[17] = tcb.orphan ? 1 : 0;
      values[18] = tcb.option('SO_KEEPALIVE') === 1 ? 1 : 0;
      if (tcb.recovery.state !== this.state) {
        this.state = tcb.recovery.state;
        values[20] = CONGESTION_STATES.indexOf(this.state);
      }
      values[21] = tcb.sent.inFlight;
      asked = ALL;
    }
    tcb.kernel.recorder.variables(tcb.place, asked, values, this.published);
  }
}
