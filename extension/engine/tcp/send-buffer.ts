/** The send buffer: how much of what the application writes is taken, and when a writer that sleeps goes on (tcp.c, tcp_input.c; net/core/stream.c). */
import { ceilToPowerOfTwo } from '../../base/power-of-two.ts';
import { GSO_MAX_SIZE, SOCK_MIN_SNDBUF, TCP_INIT_CWND } from './constants.ts';
import { currentMss } from './output.ts';
import { diff } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Memory that a segment takes besides its payload, as it is reckoned beforehand: headers, `skb_shared_info`, and then the sk_buff. */
const HEADER_MEMORY = 640;
const SK_BUFF_MEMORY = 256;

/**
 * Memory of the send buffer in bytes (`sk_sndbuf`): SO_SNDBUF, no more than `wmem_max`, doubled; else `tcp_wmem[1]`, and what twice
 * the congestion window takes where that is more, up to `tcp_wmem[2]` (`tcp_sndbuf_expand`).
 */
function sendBuffer(tcb: Tcb): number {
  const fixed = tcb.option('SO_SNDBUF');
  const { tcp_wmem, wmem_max } = tcb.kernel.sysctls;
  if (fixed !== undefined) return Math.max(2 * Math.min(fixed, wmem_max), SOCK_MIN_SNDBUF);
  const perSegment = ceilToPowerOfTwo(tcb.snd.mss + HEADER_MEMORY) + SK_BUFF_MEMORY;
  const wanted = 2 * (tcb.cwnd > TCP_INIT_CWND ? tcb.cwnd : TCP_INIT_CWND) * perSegment;
  if (wanted <= tcp_wmem[1]) return tcp_wmem[1];
  return wanted < tcp_wmem[2] ? wanted : tcp_wmem[2];
}

/** Payload of one piece of the send queue: whole segments, at most half of the largest window seen (`tcp_xmit_size_goal`). */
export function sizeGoal(tcb: Tcb): number {
  const mss = currentMss(tcb);
  const half = Math.floor(tcb.snd.maxWnd / 2);
  return Math.max(1, Math.floor(Math.min(GSO_MAX_SIZE, half) / mss)) * mss;
}

/** Memory of so many bytes that are queued or in flight (`sk_wmem_queued`). */
function memoryOf(tcb: Tcb, bytes: number): number {
  return bytes + (HEADER_MEMORY + SK_BUFF_MEMORY) * Math.ceil(bytes / sizeGoal(tcb));
}

function queued(tcb: Tcb): number {
  const bytes = diff(tcb.writeSeq, tcb.snd.una);
  return bytes > 0 ? bytes : 0;
}

/** Whether no other piece may be begun (`sk_stream_memory_free`). */
export function bufferIsFull(tcb: Tcb): boolean {
  return memoryOf(tcb, queued(tcb)) >= sendBuffer(tcb) || tcb.unsent >= unsentLimit(tcb);
}

/** Whether a writer that sleeps is woken: a third of the buffer is free, and half of what may wait to leave (`sk_stream_is_writeable`). */
export function isWriteable(tcb: Tcb): boolean {
  const buffer = sendBuffer(tcb);
  const bytes = queued(tcb);
  // Their payload alone may be too much already.
  if (buffer - bytes < Math.floor(bytes / 2)) return false;
  const memory = memoryOf(tcb, bytes);
  return buffer - memory >= Math.floor(memory / 2) && 2 * tcb.unsent < unsentLimit(tcb);
}

/** So many bytes that have not left yet are enough (`tcp_notsent_lowat`). */
function unsentLimit(tcb: Tcb): number {
  return tcb.knob('TCP_NOTSENT_LOWAT', 0) || tcb.kernel.sysctls.tcp_notsent_lowat;
}
