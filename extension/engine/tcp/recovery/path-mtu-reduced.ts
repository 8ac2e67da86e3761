/** A router said that a packet was too big for the next hop: what is under way and too big goes again at once (RFC 1191 §6.5). */
import { currentSsthresh } from '../congestion/window.ts';
import { currentMss } from '../output.ts';
import { syncMss } from '../path-mtu.ts';
import type { Tcb } from '../tcb.ts';
import { pieceLength } from './recut-piece.ts';
import { resendLost } from './resend.ts';
import type { SentSegment } from './retransmission-queue.ts';
import { limitRenoSacks, markLost } from './scoreboard.ts';
import { setState } from './transitions.ts';

/**
 * The next hop takes packets of `mtu` bytes (`tcp_v4_mtu_reduced`).
 * @returns whether this end did not know that
 */
export function onPathMtuReduced(tcb: Tcb, mtu: number): boolean {
  tcb.kernel.learnPathMtu(tcb, mtu);
  const known = tcb.kernel.pathMtu(tcb);
  if (tcb.path.mtu <= known) return false;
  syncMss(tcb, known, 'path');
  resendTooBig(tcb);
  return true;
}

/** What is larger than a segment may be now was dropped for that, not by congestion: the window stays as it is (`tcp_simple_retransmit`). */
function resendTooBig(tcb: Tcb): void {
  const { sent, recovery } = tcb;
  const mss = currentMss(tcb);
  let count = 1;
  for (let index = 0; index < sent.length; index += count) {
    count = pieceLength(tcb, index);
    if ((sent.at(index) as SentSegment).length <= mss) continue;
    for (let i = 0; i < count; i++) markLost(tcb, sent.at(index + i) as SentSegment, 'too-big');
  }
  if (sent.lostOut === 0) return;
  if (!tcb.sackPermitted) limitRenoSacks(tcb);
  if (recovery.state !== 'Loss') {
    recovery.highSeq = tcb.snd.nxt;
    tcb.ssthresh = currentSsthresh(tcb);
    recovery.priorSsthresh = 0;
    recovery.undoMarker = undefined;
    setState(tcb, 'Loss');
  }
  resendLost(tcb);
}
