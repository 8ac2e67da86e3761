/** What arrives at a listener and belongs to no end (RFC 9293 §3.10.7.2; `tcp_conn_request`, `tcp_v4_cookie_check`). */
import type { Micros } from '../../base/time.ts';
import { MILLISECOND } from '../../base/time.ts';
import type { SysctlValues } from '../../scenario/sysctl.ts';
import type { EventFields, PlaceId } from '../../trace/event.ts';
import type { SendReason } from '../../trace/schema.ts';
import type { Clock } from '../scheduler.ts';
import { segmentArrives } from '../tcp/input.ts';
import { answerWithCookie, mssOf, openByCookie, openPassively, optionsInCommon } from '../tcp/open.ts';
import type { Segment } from '../tcp/segment.ts';
import { ACK, has, RST, SYN } from '../tcp/segment.ts';
import type { Seq } from '../tcp/seq.ts';
import { add } from '../tcp/seq.ts';
import { cookieFor, cookieIn, cookieStamp } from '../tcp/syn-cookie.ts';
import type { Tcb } from '../tcp/tcb.ts';
import { admission } from './admission.ts';
import type { Listener } from './listener.ts';
import type { RemoteSocket } from './remote.ts';
import type { Secrets } from './secrets.ts';

/** What a listener's segments need of their kernel. The connection is always that of the segment being handled. */
export interface ListeningKernel {
  readonly scheduler: Clock;
  readonly sysctls: SysctlValues;
  readonly secrets: Secrets;
  /** Since the boot, µs. */
  readonly uptime: Micros;
  /** An earlier connection showed that there is somebody at this address (`tcp_peer_is_proven`). */
  isProven(remote: RemoteSocket): boolean;
  advertisedMss(remote: RemoteSocket): number;
  /** Whether there is a way to a host. */
  routeTo(host: PlaceId): boolean;
  /** Makes a half-open end, which the listener holds from now on. */
  addRequest(listener: Listener, remote: RemoteSocket, iss: Seq, how: EventFields<'end.opened'>['how']): Tcb;
  /** An end that is in no table: it answers a SYN and is forgotten. */
  passingEnd(listener: Listener, remote: RemoteSocket, numbers: { readonly iss: Seq; readonly tsOffset: number }): Tcb;
  resetUnknown(to: Segment, reason: SendReason): void;
  /** The segment being handled is discarded. */
  ignoredByHost(reason: EventFields<'segment.ignored'>['reason']): void;
}

/** @param iss the initial sequence number, where it follows from a TIME_WAIT entry that the segment has replaced */
export function segmentAtListener(
  kernel: ListeningKernel,
  listener: Listener,
  segment: Segment,
  remote: RemoteSocket,
  iss?: Seq,
): void {
  if (has(segment, ACK) && !has(segment, RST)) acknowledgementArrives(kernel, listener, segment, remote);
  else if (!has(segment, SYN) || has(segment, RST)) kernel.ignoredByHost('not-for-this-state');
  else synArrives(kernel, listener, segment, remote, iss);
}

function synArrives(
  kernel: ListeningKernel,
  listener: Listener,
  syn: Segment,
  remote: RemoteSocket,
  wantedIss?: Seq,
): void {
  const replacesTimeWait = wantedIss !== undefined;
  if (!kernel.routeTo(remote.place)) {
    // No answer could leave, so nothing is kept (`tcp_conn_request`).
    kernel.ignoredByHost('no-way-back');
    return;
  }
  const admitted = admission(listener, kernel.sysctls, replacesTimeWait, () => kernel.isProven(remote));
  switch (admitted) {
    case 'request': {
      const iss = wantedIss ?? kernel.secrets.initialSequence(syn.toPort, remote, kernel.scheduler.now);
      const tcb = kernel.addRequest(listener, remote, iss, 'syn-arrived');
      tcb.enter(() => {
        openPassively(tcb, syn);
      });
      break;
    }
    case 'cookie':
      sendCookie(kernel, listener, syn, remote);
      break;
    default:
      kernel.ignoredByHost(admitted);
  }
}

/** Answers a SYN without keeping anything of it but the time (`cookie_init_sequence`). */
function sendCookie(kernel: ListeningKernel, listener: Listener, syn: Segment, remote: RemoteSocket): void {
  const { secrets, scheduler } = kernel;
  const mss = Math.min(mssOf(syn, kernel.advertisedMss(remote)), listener.options.get('TCP_MAXSEG') ?? Infinity);
  const iss = cookieFor(secrets.cookiePath(syn.toPort, remote), syn, mss, kernel.uptime);
  const clock = Math.floor(scheduler.now / MILLISECOND);
  const stamp = cookieStamp(clock, optionsInCommon(syn, kernel.sysctls));
  const tsOffset = secrets.timestampOffset(syn.toPort, remote) + stamp - clock;
  const end = kernel.passingEnd(listener, remote, { iss, tsOffset });
  // Like a request it says no more than the SYN did.
  end.isRequest = true;
  listener.cookieSent(scheduler.now);
  answerWithCookie(end, syn);
}

/** An ACK that belongs to no end: nothing but the answer to a cookie has a meaning (`tcp_v4_cookie_check`). */
function acknowledgementArrives(
  kernel: ListeningKernel,
  listener: Listener,
  segment: Segment,
  remote: RemoteSocket,
): void {
  const mayBeCookie =
    !has(segment, SYN) && kernel.sysctls.tcp_syncookies !== 0 && listener.mayHaveSentCookies(kernel.scheduler.now);
  const verdict = cookieIn(kernel.secrets.cookiePath(segment.toPort, remote), segment, kernel.uptime);
  if (!mayBeCookie || verdict.kind !== 'valid') {
    kernel.resetUnknown(segment, verdict.kind === 'none' ? 'no-socket' : 'syn-cookie-expired');
    return;
  }
  if (listener.acceptQueueIsFull) {
    kernel.ignoredByHost('accept-queue-full');
    return;
  }
  const tcb = kernel.addRequest(listener, remote, add(segment.ack, -1), 'syn-cookie');
  tcb.enter(() => {
    openByCookie(tcb, segment, verdict.mss);
    segmentArrives(tcb, segment);
  });
}
