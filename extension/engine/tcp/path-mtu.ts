/** How much a segment may carry: what the path takes, and what the peer does (tcp_output.c; RFC 1191, RFC 9293 §3.7.1). */
import type { EventFields } from '../../trace/event.ts';
import { HEADERS_LENGTH, TCP_MIN_SND_MSS, TCP_MSS_DEFAULT, TIMESTAMPS_LENGTH } from './constants.ts';
import type { Tcb } from './tcb.ts';

/** What an end believes of the path. */
export interface PathState {
  /** Bytes of the largest packet (`icsk_pmtu_cookie`). */
  mtu: number;
  /** What the peer's SYN allows (`mss_clamp`). */
  peerMss: number;
  /** Bytes of a packet that a path which swallows larger ones should let through (`icsk_mtup.search_low`); undefined: none is suspected. */
  searchLow: number | undefined;
}

/** Payload and options that fit one segment (`tcp_mtu_to_mss`, `tcp_sync_mss`). */
export function mssOfPath({ path }: Tcb): number {
  const mtu = Math.min(path.mtu, path.searchLow ?? Infinity);
  return Math.min(mtu - HEADERS_LENGTH, path.peerMss);
}

/** The route knows another MTU than this end does: a router told another connection, or what it said has expired (`tcp_current_mss`). */
export function followPathMtu(tcb: Tcb): void {
  const mtu = tcb.kernel.pathMtu(tcb);
  if (mtu !== tcb.path.mtu) syncMss(tcb, mtu, mtu < tcb.path.mtu ? 'path' : 'expired');
}

/** Another MTU counts from now on (`tcp_sync_mss`). */
export function syncMss(tcb: Tcb, mtu: number, reason: EventFields<'tcp.mss'>['reason']): void {
  const { path, snd } = tcb;
  path.mtu = mtu;
  const mss = mssOfPath(tcb);
  if (mss === snd.mss) return;
  snd.mss = mss;
  tcb.kernel.recorder.record('tcp.mss', tcb.place, { mss: payloadPerSegment(tcb), mtu: mss + HEADERS_LENGTH, reason });
}

/**
 * Payload that fits one segment beside its options: at most half of the largest window seen, so that a small window holds two
 * (`tcp_bound_to_half_wnd`).
 */
export function payloadPerSegment({ snd, timestamps }: Tcb): number {
  const payload = timestamps ? snd.mss - TIMESTAMPS_LENGTH : snd.mss;
  return 2 * payload <= snd.maxWnd && snd.maxWnd > TCP_MSS_DEFAULT ? payload : heldToWindow(payload, snd, timestamps);
}

function heldToWindow(payload: number, { maxWnd }: Tcb['snd'], timestamps: boolean): number {
  const most = maxWnd > TCP_MSS_DEFAULT ? Math.floor(maxWnd / 2) : maxWnd;
  return most === 0 || payload <= most
    ? payload
    : Math.max(most, TCP_MIN_SND_MSS - (timestamps ? TIMESTAMPS_LENGTH : 0));
}

/**
 * Data was repeated for long and nothing came back: perhaps what is large gets lost and nobody says so (`tcp_mtu_probing`). First
 * segments shrink to `tcp_base_mss`, then to half with every firing of the timer.
 */
export function suspectBlackHole(tcb: Tcb): void {
  const { tcp_mtu_probing: probing, tcp_base_mss: base } = tcb.kernel.sysctls;
  if (probing === 0) return;
  const { path } = tcb;
  const options = tcb.timestamps ? TIMESTAMPS_LENGTH : 0;
  const low = Math.min((path.searchLow ?? Infinity) - HEADERS_LENGTH, path.peerMss) - options;
  const payload = path.searchLow === undefined ? base : Math.min(base, Math.floor(low / 2));
  path.searchLow = Math.max(payload, TCP_MIN_SND_MSS) + options + HEADERS_LENGTH;
  syncMss(tcb, path.mtu, 'black-hole');
}
