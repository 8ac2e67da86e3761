/** The own host tells that its device has no room: a loss that needs no acknowledgement to be seen. */
import type { Tcb } from '../tcb.ts';
import { beginReduction } from './prr.ts';
import { setState } from './transitions.ts';

/** The window is reduced as for a loss, once for a window of data; what was reduced before cannot be undone any more (`tcp_enter_cwr`). */
export function reduceForLocalCongestion(tcb: Tcb): void {
  const { recovery } = tcb;
  recovery.priorSsthresh = 0;
  if (recovery.state !== 'Open' && recovery.state !== 'Disorder') return;
  recovery.undoMarker = undefined;
  beginReduction(tcb);
  setState(tcb, 'CWR');
}
