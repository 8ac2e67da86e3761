/**
 * The receive side of flow control: how much room there is, what window is offered (tcp_output.c, tcp_input.c; RFC 9293
 * §3.8.6). How the buffer itself grows is in receive-autotuning.ts.
 */
import { powerOfTwo } from '../../base/power-of-two.ts';
import { hasFeature } from '../../scenario/kernel-version.ts';
import { SOCK_MIN_RCVBUF, TIMESTAMPS_LENGTH } from './constants.ts';
import { makeRoomForLowWater } from './low-water.ts';
import { segmentMemory } from './segment-memory.ts';
import { add, diff } from './seq.ts';
import type { OutOfOrderRange, Tcb } from './tcb.ts';

const TCP_MAX_WSCALE = 14;
/** The field has 16 bits. */
const FIELD_MAX = 0xffff;
/** `scaling_ratio` counts 256ths of the buffer's memory. */
const WHOLE = 256;
/** No clamp is smaller. */
const LEAST_CLAMP = SOCK_MIN_RCVBUF / 2;

/** Bytes of payload that so much memory holds (`tcp_win_from_space`). */
export function payloadIn(tcb: Tcb, memory: number): number {
  return Math.floor((memory * tcb.rcv.payloadShare) / WHOLE);
}

/** Memory that so many bytes of payload take (`tcp_space_from_win`). */
export function memoryFor(tcb: Tcb, payload: number): number {
  return Math.floor((payload * WHOLE) / tcb.rcv.payloadShare);
}

/** Payload that the whole buffer holds (`tcp_full_space`). */
export function fullSpace(tcb: Tcb): number {
  return payloadIn(tcb, tcb.rcv.buffer);
}

/** Memory of what waits in the buffer (`sk_rmem_alloc`); data beyond a gap takes room too. */
export function usedMemory(tcb: Tcb): number {
  const { rcv } = tcb;
  return rcv.outOfOrder.length === 0 ? rcv.queue.memory : rcv.queue.memory + memoryBeyondGaps(rcv.outOfOrder);
}

function memoryBeyondGaps(ranges: readonly OutOfOrderRange[]): number {
  return ranges.reduce((sum, { memory }) => sum + memory, 0);
}

/** Payload that the rest of it holds (`tcp_space`). */
function freeSpace(tcb: Tcb): number {
  const free = tcb.rcv.buffer - usedMemory(tcb);
  return free > 0 ? payloadIn(tcb, free) : 0;
}

/**
 * Window and window scale to begin with (`tcp_select_initial_window`): the room rounded down to whole segments of the size
 * known by then, and the shift that the largest possible buffer would need.
 */
export function initializeReceiveWindow(tcb: Tcb, mss: number): void {
  const { rcv } = tcb;
  const { rmem_max, tcp_rmem, tcp_window_scaling } = tcb.kernel.sysctls;
  if (!tcb.options.has('SO_RCVBUF')) rcv.buffer = tcp_rmem[1];
  makeRoomForLowWater(tcb);
  const asked = tcb.option('TCP_WINDOW_CLAMP');
  const most = asked === undefined ? FIELD_MAX * 2 ** TCP_MAX_WSCALE : Math.max(asked, LEAST_CLAMP);
  const clamp = tcb.options.has('SO_RCVBUF') ? Math.min(most, fullSpace(tcb)) : most;
  const space = Math.min(clamp, fullSpace(tcb));
  rcv.wnd = space > mss ? Math.floor(space / mss) * mss : space;
  const { initrwnd } = tcb.route;
  if (initrwnd !== undefined) rcv.wnd = Math.min(rcv.wnd, initrwnd * mss);
  const largest = Math.min(clamp, Math.max(rcv.wnd, tcp_rmem[2], rmem_max));
  const isScaled = tcp_window_scaling !== 0;
  rcv.offeredScale = isScaled ? Math.max(0, Math.min(Math.floor(Math.log2(largest)) - 15, TCP_MAX_WSCALE)) : 0;
  rcv.clamp = Math.min(clamp, FIELD_MAX * 2 ** rcv.offeredScale);
  rcv.threshold = rcv.wnd;
}

/** The handshake is over: one segment of the room is kept in reserve (`tcp_init_buffer_space`). */
export function initializeReceiveBuffer(tcb: Tcb): void {
  const { rcv } = tcb;
  const mss = advertisedMss(tcb);
  const space = fullSpace(tcb);
  if (!tcb.windowScaling) rcv.clamp = Math.min(rcv.clamp, FIELD_MAX);
  rcv.clamp = Math.min(rcv.clamp, space);
  if (rcv.clamp > 2 * mss && rcv.clamp + mss > space) rcv.clamp = Math.max(2 * mss, space - mss);
  rcv.threshold = Math.min(rcv.threshold, rcv.clamp);
}

/** Payload of the largest segment that the peer may send (`advmss`). */
export function advertisedMss(tcb: Tcb): number {
  return tcb.advertisedMss - (tcb.timestamps ? TIMESTAMPS_LENGTH : 0);
}

/**
 * A segment of a size not seen before shows how much of the memory that it takes is payload: the room is reckoned anew
 * (`tcp_measure_rcv_mss`, `tcp_set_window_clamp`). Before 6.6 half of the memory counted as payload for good.
 */
export function measurePayloadShare(tcb: Tcb, length: number): void {
  if (!hasFeature(tcb.kernel.version, 'payload share measured')) return;
  const { rcv } = tcb;
  const share = Math.max(1, Math.floor((length * WHOLE) / segmentMemory(length)));
  if (share === rcv.payloadShare) return;
  rcv.payloadShare = share;
  const clamp = Math.max(fullSpace(tcb), LEAST_CLAMP);
  takeClamp(rcv, clamp);
  tcb.autotuning.space = Math.min(tcb.autotuning.space, clamp);
}

/** No window may be larger than this from now on (`tcp_set_window_clamp`). */
export function clampWindow({ rcv, state }: Tcb, asked: number): void {
  // Before a SYN has left there is no window yet.
  if (state !== 'CLOSED') takeClamp(rcv, Math.max(asked, LEAST_CLAMP));
}

function takeClamp(rcv: Tcb['rcv'], clamp: number): void {
  if (clamp < rcv.clamp) rcv.threshold = Math.min(rcv.threshold, clamp);
  else rcv.threshold = Math.max(rcv.threshold, Math.min(rcv.wnd, clamp));
  rcv.clamp = clamp;
}

/** How much larger the window may be than the threshold has let it grow so far. */
export function roomToGrow(tcb: Tcb): number {
  const { threshold, clamp } = tcb.rcv;
  if (threshold >= clamp) return 0;
  const free = freeSpace(tcb);
  return (free < clamp ? free : clamp) - threshold;
}

/** Data lets the window grow, two segments for each one (`tcp_grow_window`). Returns whether it did. */
export function growWindow(tcb: Tcb, length: number): boolean {
  const room = roomToGrow(tcb);
  if (room <= 0) return false;
  const memory = payloadIn(tcb, segmentMemory(length));
  const step = memory <= length ? 2 * advertisedMss(tcb) : cautiousStep(tcb, length, memory);
  if (step === 0) return false;
  tcb.rcv.threshold += Math.min(room, Math.max(step, 2 * length));
  return true;
}

/** Segments with much overhead: the window grows only while it is small (`__tcp_grow_window`). */
function cautiousStep(tcb: Tcb, length: number, memory: number): number {
  let window = payloadIn(tcb, tcb.kernel.sysctls.tcp_rmem[2]) / 2;
  for (let half = memory / 2; tcb.rcv.threshold <= window; half /= 2, window /= 2) {
    if (half <= length) return 2 * tcb.rcv.mss;
  }
  return 0;
}

/** The window that could be offered now, in bytes (`__tcp_select_window`); 0 rather than a silly one (RFC 9293 §3.8.6.2.2). */
export function offerableWindow(tcb: Tcb): number {
  const { rcv, delack } = tcb;
  const { wnd, wscale, threshold, payloadShare, buffer } = rcv;
  const unit = powerOfTwo(wscale);
  const space = Math.floor((buffer * payloadShare) / WHOLE);
  const full = rcv.clamp < space ? rcv.clamp : space;
  const mss = rcv.mss < full ? rcv.mss : full;
  const left = buffer - usedMemory(tcb);
  let free = left > 0 ? Math.floor((left * payloadShare) / WHOLE) : 0;
  if (mayShrink(tcb)) {
    // No more than the memory that is left holds: rounded down, but for what the threshold allows.
    const room = Math.floor(free / unit) * unit;
    if (room < Math.floor(full / 2)) {
      delack.quick = 0;
      if (room < Math.floor(space / 16) || room < mss || room < unit) return 0;
    }
    return room > threshold ? Math.ceil(threshold / unit) * unit : room;
  }
  if (free < Math.floor(full / 2)) {
    // No time to waste quick ACKs on a reader so slow.
    delack.quick = 0;
    free = Math.floor(free / unit) * unit;
    if (free < Math.floor(space / 16) || free < mss) return 0;
  }
  if (free > threshold) free = threshold;
  if (wscale > 0) return Math.ceil(free / unit) * unit;
  // Unscaled: whole segments, and the same window as last time while it is within one of them.
  if (wnd <= free - mss || wnd > free) return Math.floor(free / mss) * mss;
  return mss === full && free > wnd + Math.floor(full / 2) ? free : wnd;
}

/** Whether a window that was offered may be taken back (`tcp_shrink_window`, since 6.5). */
function mayShrink({ kernel, rcv }: Tcb): boolean {
  return kernel.sysctls.tcp_shrink_window !== 0 && rcv.wscale > 0;
}

/** What is left of the window offered last (`tcp_receive_window`). */
export function receiveWindow(tcb: Tcb): number {
  const { rcv } = tcb;
  const left = diff(add(rcv.wup, rcv.wnd), rcv.nxt);
  return left > 0 ? left : 0;
}

/** Chooses the window to offer; takes back nothing that was offered, unless it may (`tcp_select_window`). Remembers it. */
export function selectWindow(tcb: Tcb): number {
  const { rcv } = tcb;
  const unit = powerOfTwo(rcv.wscale);
  if (rcv.noMemory) {
    // Something had to be dropped: the window is taken back.
    rcv.wnd = 0;
  } else {
    const left = receiveWindow(tcb);
    const offer = offerableWindow(tcb);
    rcv.wnd = offer < left && !mayShrink(tcb) ? Math.ceil(left / unit) * unit : offer;
  }
  rcv.wup = rcv.nxt;
  if (rcv.wnd === 0) rcv.predicts = false;
  const most = FIELD_MAX * unit;
  return rcv.wnd < most ? rcv.wnd : most;
}
