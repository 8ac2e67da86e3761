/** Sockets without a process, of which there may be too many (`tcp_out_of_resources` in tcp_timer.c). */
import type { Micros } from '../../base/time.ts';
import { TCP_TIMEWAIT_LEN } from './constants.ts';
import { sendReset } from './close.ts';
import type { Tcb } from './tcb.ts';

/**
 * Looked at whenever a timer of an orphan fires: if there are too many of them, this one goes. Those that have been silent for long, or that
 * the network has said something bad about, count twice and more.
 * @param mayReset it is young enough to be ended with a RST
 * @returns whether it is gone
 */
export function goesAsOneTooMany(tcb: Tcb, mayReset: boolean): boolean {
  const silence: Micros = tcb.now - tcb.lastDataSentAt;
  const shift = (silence > 2 * tcb.rtoMax || !mayReset ? 1 : 0) + (tcb.softError === undefined ? 0 : 1);
  if (!tcb.kernel.tooManyOrphans(shift)) return false;
  if (mayReset || silence <= TCP_TIMEWAIT_LEN || (tcb.snd.wnd === 0 && tcb.sent.length === 0))
    sendReset(tcb, 'too-many-orphans', [tcb.kernel.sysctls.tcp_max_orphans]);
  tcb.done('aborted');
  return true;
}
