/** Variables of `struct tcp_info` that the engine has, as getsockopt(TCP_INFO) fills them in (`tcp_get_info`). */
import type { Tcb } from '../../../extension/engine/tcp/tcb.ts';
import { currentMss } from '../../../extension/engine/tcp/output.ts';
import { CONGESTION_STATES } from '../../../extension/scenario/congestion.ts';
import type { TcpState } from '../../../extension/scenario/tcp-state.ts';
import { fail, unsupported } from '../language/problem.ts';
import type { Names } from '../language/python.ts';

/** `include/net/tcp_states.h`. */
const STATES: Readonly<Record<TcpState, number>> = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECEIVED: 3,
  FIN_WAIT_1: 4,
  FIN_WAIT_2: 5,
  TIME_WAIT: 6,
  CLOSED: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
};

const CONSTANTS: Readonly<Record<string, number>> = {
  TCP_CA_Open: 0,
  TCP_CA_Disorder: 1,
  TCP_CA_CWR: 2,
  TCP_CA_Recovery: 3,
  TCP_CA_Loss: 4,
  TCP_ESTABLISHED: STATES.ESTABLISHED,
  TCP_SYN_SENT: STATES.SYN_SENT,
  TCP_SYN_RECV: STATES.SYN_RECEIVED,
  TCP_FIN_WAIT1: STATES.FIN_WAIT_1,
  TCP_FIN_WAIT2: STATES.FIN_WAIT_2,
  TCP_TIME_WAIT: STATES.TIME_WAIT,
  TCP_CLOSE: STATES.CLOSED,
  TCP_CLOSE_WAIT: STATES.CLOSE_WAIT,
  TCP_LAST_ACK: STATES.LAST_ACK,
  TCP_CLOSING: STATES.CLOSING,
  TCPI_OPT_TIMESTAMPS: 1,
  TCPI_OPT_SACK: 2,
  TCPI_OPT_WSCALE: 4,
};

const FIELDS: Readonly<Record<string, (tcb: Tcb) => number>> = {
  tcpi_state: ({ state }) => STATES[state],
  tcpi_ca_state: ({ recovery }) => CONSTANTS[`TCP_CA_${recovery.state}`] ?? CONGESTION_STATES.indexOf(recovery.state),
  tcpi_retransmits: ({ retransmits }) => retransmits,
  tcpi_probes: ({ probesOut }) => probesOut,
  tcpi_backoff: ({ backoff }) => backoff,
  tcpi_options: ({ timestamps, sackPermitted, windowScaling }) =>
    (timestamps ? 1 : 0) + (sackPermitted ? 2 : 0) + (windowScaling ? 4 : 0),
  tcpi_snd_wscale: ({ snd }) => snd.wscale,
  tcpi_rcv_wscale: ({ rcv }) => rcv.wscale,
  tcpi_rto: ({ rto }) => rto,
  tcpi_ato: ({ delack }) => delack.ato,
  tcpi_snd_mss: (tcb) => currentMss(tcb),
  tcpi_rcv_mss: ({ rcv }) => rcv.mss,
  tcpi_unacked: ({ sent }) => sent.length,
  tcpi_sacked: ({ sent }) => sent.sackedOut,
  tcpi_lost: ({ sent }) => sent.lostOut,
  tcpi_retrans: ({ sent }) => sent.retransOut,
  tcpi_fackets: () => 0,
  tcpi_last_data_sent: ({ now, lastDataSentAt }) => milliseconds(now - lastDataSentAt),
  tcpi_last_data_recv: ({ now, delack }) => milliseconds(now - delack.lastDataAt),
  tcpi_last_ack_recv: ({ now, lastAckAt }) => milliseconds(now - lastAckAt),
  tcpi_rtt: ({ rtt }) => rtt.srtt,
  tcpi_rttvar: ({ rtt }) => rtt.rttvar,
  tcpi_min_rtt: ({ recovery }) => recovery.minRtt.value,
  tcpi_snd_ssthresh: ({ ssthresh }) => ssthresh,
  tcpi_snd_cwnd: ({ cwnd }) => cwnd,
  tcpi_snd_wnd: ({ snd }) => snd.wnd,
  tcpi_rcv_ssthresh: ({ rcv }) => rcv.threshold,
  tcpi_advmss: ({ advertisedMss, timestamps }) => advertisedMss - (timestamps ? 12 : 0),
  tcpi_reordering: ({ recovery }) => recovery.reordering,
  tcpi_reord_seen: ({ recovery }) => recovery.reorderingSeen,
  tcpi_total_retrans: ({ recovery }) => recovery.totalRetransmissions,
  tcpi_notsent_bytes: ({ unsent }) => unsent,
  tcpi_delivered: ({ recovery }) => recovery.delivered,
  tcpi_dsack_dups: ({ recovery }) => recovery.dsackDuplicates,
};

function milliseconds(micros: number): number {
  return Math.floor(micros / 1000);
}

/** Names in the assertions of a script: its own, constants, and what the end under test says at present. */
export class InfoNames implements Names {
  private readonly own = new Map<string, number>();
  private readonly underTest: () => Tcb | undefined;

  constructor(underTest: () => Tcb | undefined) {
    this.underTest = underTest;
  }

  get(name: string): number {
    const known = this.own.get(name) ?? CONSTANTS[name];
    if (known !== undefined) return known;
    if (!name.startsWith('tcpi_')) unsupported(`the name "${name}" in an assertion`);
    const field = FIELDS[name] ?? unsupported(`${name} of tcp_info`);
    return field(this.underTest() ?? fail(`there is no connection whose ${name} could be asked for`));
  }

  set(name: string, value: number): void {
    this.own.set(name, value);
  }
}
