import type { SysctlValues } from '../../scenario/sysctl.ts';
import type { Listener } from './listener.ts';

/** What becomes of a SYN at a listener. */
export type Admission = 'request' | 'cookie' | 'syn-queue-full' | 'accept-queue-full';

/**
 * Whether a listener answers a SYN, and how (`tcp_conn_request`).
 * @param replacesTimeWait it takes the place of a TIME_WAIT entry: the peer is evidently real, the SYN queue has no say
 * @param isProven whether an earlier connection showed that there is somebody at the peer's address (`tcp_peer_is_proven`)
 */
export function admission(
  listener: Listener,
  sysctls: SysctlValues,
  replacesTimeWait: boolean,
  isProven: () => boolean,
): Admission {
  const { tcp_syncookies: cookies, tcp_max_syn_backlog: most } = sysctls;
  const wantsCookie = !replacesTimeWait && (cookies === 2 || listener.synQueueIsFull);
  if (wantsCookie && cookies === 0) return 'syn-queue-full';
  if (listener.acceptQueueIsFull) return 'accept-queue-full';
  if (wantsCookie) return 'cookie';
  // Without cookies the last quarter is kept for hosts known from earlier connections.
  const isLastQuarter = most - listener.requestCount < Math.floor(most / 4);
  return cookies === 0 && !replacesTimeWait && isLastQuarter && !isProven() ? 'syn-queue-full' : 'request';
}
