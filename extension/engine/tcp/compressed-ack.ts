/** Acknowledgements of data beyond a gap: three at once, then one for many (tcp_input.c, tcp_timer.c; TCP "SACK compression"). */
import type { Micros } from '../../base/time.ts';
import { sendAck } from './output.ts';
import type { Tcb } from './tcb.ts';

/** So many go at once for one value of RCV.NXT: what the sender's fast retransmit waits for (`TCP_FASTRETRANS_THRESH`). */
const AT_ONCE = 3;
/** A share of the round trip, as a divisor: 5 %. */
const SHARE_OF_ROUND_TRIP = 20;
/** Round trips are held in eighths of µs. */
const EIGHTHS = 8;

/** Sends the acknowledgement of a segment beyond a gap, now or together with those that follow (`__tcp_ack_snd_check`). */
export function acknowledgeBeyondGap(tcb: Tcb): void {
  const { compressed, rcv } = tcb;
  const { tcp_comp_sack_nr: most, tcp_comp_sack_delay_ns: longest } = tcb.kernel.sysctls;
  if (compressed.nxt !== rcv.nxt) {
    compressed.nxt = rcv.nxt;
    compressed.sentAtOnce = 0;
  }
  if (!tcb.sackPermitted || compressed.waiting >= most || compressed.sentAtOnce < AT_ONCE) {
    if (tcb.sackPermitted && compressed.waiting < most) compressed.sentAtOnce += 1;
    sendAck(tcb, { purpose: 'duplicate-ack', reason: 'out-of-order' });
    return;
  }
  if (compressed.waiting === 0) {
    compressed.since = tcb.now;
    const delay: Micros = Math.round(Math.min(longest / 1000, roundTrip(tcb) / SHARE_OF_ROUND_TRIP));
    tcb.compressedAckTimer.arm('compressed-ack', tcb.now + delay);
  }
  compressed.waiting += 1;
}

/** The round trip as the receiver sees it, or the sender's where that is shorter; 0 while the receiver has measured none. */
function roundTrip(tcb: Tcb): Micros {
  const { eightSrtt } = tcb.rtt;
  const { roundTrip: asReceiver } = tcb.autotuning;
  return (eightSrtt > 0 ? Math.min(eightSrtt, asReceiver) : asReceiver) / EIGHTHS;
}

/** The timer fired (`tcp_compressed_ack_kick`). */
export function onCompressedAckTimer(tcb: Tcb): void {
  const { waiting, since } = tcb.compressed;
  if (waiting === 0) return;
  sendAck(tcb, { purpose: 'duplicate-ack', reason: 'compressed-ack-timer', args: [waiting, tcb.now - since] });
}

/** There are more gaps than a SACK option surely has room for: what was being gathered is told now (`tcp_sack_compress_send_ack`). */
export function sendGatheredAck(tcb: Tcb): void {
  const { waiting, since } = tcb.compressed;
  if (waiting === 0) return;
  sendAck(tcb, { purpose: 'duplicate-ack', reason: 'many-gaps', args: [waiting, tcb.now - since] });
}

/** Any ACK says it all (`tcp_event_ack_sent`). */
export function forgetCompressed(tcb: Tcb): void {
  if (tcb.compressed.waiting === 0) return;
  tcb.compressed.waiting = 0;
  tcb.compressedAckTimer.cancel();
}
