/** TCP_DEFER_ACCEPT: a connection is accepted when data comes, not before (`tcp_check_req`, `syn_ack_recalc`). */
import { SECOND } from '../../base/time.ts';
import { TCP_RTO_MAX, TCP_TIMEOUT_INIT } from './constants.ts';
import type { Segment } from './segment.ts';
import { endSeq } from './segment.ts';
import { add } from './seq.ts';
import type { Tcb } from './tcb.ts';

const MOST = 255;

/**
 * How many firings of the SYN-ACK timer a request may wait for data: the kernel makes them of the option's seconds, and so prolongs
 * these to 1, 3, 7, 15 s and so on (`secs_to_retrans`). 0: it does not wait.
 */
export function deferredFirings(tcb: Tcb): number {
  const wanted = tcb.knob('TCP_DEFER_ACCEPT', 0) * SECOND;
  if (wanted === 0) return 0;
  let firings = 1;
  let wait = TCP_TIMEOUT_INIT;
  for (let period = wait; wanted > period && firings < MOST; period += wait) {
    firings += 1;
    wait = Math.min(wait * 2, TCP_RTO_MAX);
  }
  return firings;
}

/** Whether the ACK of the handshake is dropped, for it brings nothing yet and there is time left (`tcp_check_req`). */
export function defersAccept(tcb: Tcb, segment: Segment): boolean {
  return tcb.retransmits < deferredFirings(tcb) && endSeq(segment) === add(tcb.rcv.irs, 1);
}

/** What a firing of the SYN-ACK timer means for a request (`syn_ack_recalc`). @param most SYN-ACKs that may go again */
export function synAckFiring(tcb: Tcb, most: number): { readonly expires: boolean; readonly sends: boolean } {
  const deferred = deferredFirings(tcb);
  const { retransmits, ackDeferred } = tcb;
  return {
    expires: retransmits >= most && (deferred === 0 || !ackDeferred || retransmits >= deferred),
    // The client has answered: it is asked again only when the time is over, so that its answer can open the connection.
    sends: deferred === 0 || !ackDeferred || retransmits >= deferred - 1,
  };
}
