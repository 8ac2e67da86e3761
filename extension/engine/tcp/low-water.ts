/** SO_RCVLOWAT: so much must have come before a reader is told (`tcp_set_rcvlowat`, `tcp_epollin_ready`). */
import type { SocketOptionName } from '../../scenario/socket-option.ts';
import type { SysctlValues } from '../../scenario/sysctl.ts';
import { memoryFor, receiveWindow } from './receive-window.ts';
import type { Tcb } from './tcb.ts';

/** What setsockopt() makes of it: no more than half of the buffer, of SO_RCVBUF if that is set already, and 1 of nothing. */
export function cappedLowWater(
  asked: number,
  options: ReadonlyMap<SocketOptionName, number>,
  { tcp_rmem, rmem_max }: SysctlValues,
): number {
  const fixed = options.get('SO_RCVBUF');
  const half = fixed === undefined ? Math.floor(tcp_rmem[2] / 2) : Math.min(fixed, rmem_max);
  return Math.max(1, Math.min(asked, half));
}

/** Bytes that make a socket readable. */
export function lowWater(tcb: Tcb): number {
  return tcb.option('SO_RCVLOWAT') ?? 1;
}

/** Whether what waits is enough for a reader to be told; where the window is closing, anything is. */
export function isWorthReading(tcb: Tcb): boolean {
  const { bytes } = tcb.rcv.queue;
  return bytes > 0 && (bytes >= lowWater(tcb) || receiveWindow(tcb) <= tcb.rcv.mss);
}

/** The buffer grows to hold so much, unless SO_RCVBUF fixes it. */
export function makeRoomForLowWater(tcb: Tcb): void {
  if (!tcb.options.has('SO_RCVLOWAT') || tcb.options.has('SO_RCVBUF')) return;
  const { rcv } = tcb;
  const wanted = lowWater(tcb);
  const memory = memoryFor(tcb, wanted);
  if (memory <= rcv.buffer) return;
  rcv.buffer = memory;
  rcv.clamp = Math.max(rcv.clamp, wanted);
}
