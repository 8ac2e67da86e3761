/** The congestion states and what moves between the two harmless ones (`tcp_set_ca_state`, `tcp_try_keep_open`). */
import type { CongestionState } from '../../../scenario/congestion.ts';
import type { Tcb } from '../tcb.ts';
import { anyRetransmissionDone } from './scoreboard.ts';

/** The only door to the congestion state: the congestion control is told first. */
export function setState(tcb: Tcb, state: CongestionState): void {
  tcb.congestionControl.setState?.(state);
  tcb.recovery.state = state;
}

/** Disorder while something is missing or was resent, else Open (`tcp_try_keep_open`). */
export function tryKeepOpen(tcb: Tcb): void {
  const { sent, recovery } = tcb;
  const isDisordered = sent.sackedOut + sent.lostOut > 0 || anyRetransmissionDone(tcb);
  const state = isDisordered ? 'Disorder' : 'Open';
  if (recovery.state === state) return;
  setState(tcb, state);
  recovery.highSeq = tcb.snd.nxt;
}

/** No loss is evident (`tcp_try_to_open`). */
export function tryToOpen(tcb: Tcb): void {
  if (!anyRetransmissionDone(tcb)) tcb.retransStamp = undefined;
  if (tcb.recovery.state !== 'CWR') tryKeepOpen(tcb);
}
