import { after } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Minshall's variant of Nagle: a small segment waits only for an earlier small one; TCP_CORK holds every one (`tcp_nagle_check`). */
export function isHeldByNagle(tcb: Tcb): boolean {
  if (tcb.nagleLetsGo) return false;
  if (tcb.option('TCP_CORK') === 1) return true;
  const smallUnacknowledged = after(tcb.snd.sml, tcb.snd.una) && !after(tcb.snd.sml, tcb.snd.nxt);
  return tcb.option('TCP_NODELAY') !== 1 && smallUnacknowledged;
}

/**
 * TCP_NODELAY is set, or TCP_CORK taken away while it is: what is queued leaves, even from a corked socket, until something more
 * is written (TCP_NAGLE_PUSH of `__tcp_sock_set_nodelay`, `__tcp_sock_set_cork`).
 */
export function letGo(tcb: Tcb): void {
  if (tcb.option('TCP_NODELAY') === 1) tcb.nagleLetsGo = true;
}
