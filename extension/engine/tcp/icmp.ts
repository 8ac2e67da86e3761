/**
 * An ICMP error about a segment of this end arrives (`tcp_v4_err`; RFC 1122 §4.2.3.9). Once the connection is open it is only
 * remembered, whatever it says, unless IP_RECVERR is set; but a network that says so aloud is probed without waiting longer and longer (RFC 6069).
 */
import type { Errno } from '../../scenario/errno.ts';
import { dropsRequest, errnoOf, type IcmpMessageName, revertsBackoff } from '../../scenario/icmp.ts';
import type { IcmpMessage } from '../network/icmp-message.ts';
import { fail } from './close.ts';
import { jiffies } from './jiffies.ts';
import { onPathMtuReduced } from './recovery/path-mtu-reduced.ts';
import { onRetransmissionTimeout } from './retransmit.ts';
import type { Seq } from './seq.ts';
import { after, before } from './seq.ts';
import { rememberSoftError } from './soft-error.ts';
import type { Tcb } from './tcb.ts';

/** What a message says. */
type IcmpNews = Pick<IcmpMessage, 'message' | 'mtu'>;

/** Why a message had no effect. */
export type IcmpIgnored = 'out-of-window' | 'time-wait' | 'no-error' | 'known';

/**
 * Takes a message that quotes a segment with the sequence number `quoted`.
 * @returns why it changed nothing, or undefined.
 */
export function icmpArrives(tcb: Tcb, { message, mtu }: IcmpNews, quoted: Seq): IcmpIgnored | undefined {
  if (tcb.isTimeWaitEntry) return 'time-wait';
  if (tcb.isRequest) return requestUnreachable(tcb, message, quoted);
  // A stranger would have to guess what is in flight. Probes lie before it: nothing that is said about them counts.
  if (before(quoted, tcb.snd.una) || after(quoted, tcb.snd.nxt)) return 'out-of-window';
  if (message === 'fragmentation needed') return onPathMtuReduced(tcb, mtu) ? undefined : 'known';
  const errno = errnoOf(message);
  if (errno === undefined) return 'no-error';
  if (tcb.state === 'SYN_SENT' || tcb.state === 'SYN_RECEIVED') {
    if (revertsBackoff(message)) revertBackoff(tcb, quoted);
    fail(tcb, errno, 'unreachable');
    return undefined;
  }
  if (revertsBackoff(message)) revertBackoff(tcb, quoted);
  // What was clocked out may have been the last attempt.
  if (tcb.state === 'CLOSED') return undefined;
  if (tcb.options.get('IP_RECVERR') === 1) reportAtOnce(tcb, errno);
  else rememberSoftError(tcb, errno);
  return undefined;
}

/** The next call is told, and who sleeps in one now; the connection lives (`sk_error_report`). */
function reportAtOnce(tcb: Tcb, errno: Errno): void {
  tcb.error = errno;
  tcb.kernel.recorder.record('tcp.error', tcb.place, { errno, soft: false });
  tcb.kernel.readable(tcb);
  if (tcb.writerSleeps) tcb.kernel.writable(tcb);
}

/** A half-open request is no socket that could wait: it is dropped (`tcp_req_err`). */
function requestUnreachable(tcb: Tcb, message: IcmpMessageName, quoted: Seq): IcmpIgnored | undefined {
  if (quoted !== tcb.snd.iss) return 'out-of-window';
  if (!dropsRequest(message)) return 'no-error';
  tcb.done('unreachable');
  return undefined;
}

/** Takes one doubling of the retransmission timer back (`tcp_ld_RTO_revert`): congestion did not cause the silence. */
function revertBackoff(tcb: Tcb, quoted: Seq): void {
  const { head } = tcb.sent;
  if (head === undefined || quoted !== tcb.snd.una || tcb.retransmits === 0 || tcb.backoff === 0) return;
  const { hz } = tcb.kernel;
  tcb.backoff -= 1;
  tcb.rto = Math.min(tcb.baseRto * 2 ** tcb.backoff, tcb.rtoMax);
  const jiffy = jiffies(1, hz);
  const remaining = tcb.rto - Math.ceil((tcb.now - head.lastSentAt) / jiffy) * jiffy;
  if (remaining > 0) tcb.retransmitTimer.arm('retransmission', tcb.now + remaining, tcb.backoff);
  else onRetransmissionTimeout(tcb, 'backoff-reverted');
}
