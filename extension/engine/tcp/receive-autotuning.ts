/**
 * The receive buffer grows with what the application reads in a round trip, so that the window does not hold the sender back
 * (dynamic right-sizing; tcp_input.c). SO_RCVBUF turns it off, and `tcp_moderate_rcvbuf`.
 */
import { MILLISECOND, type Micros } from '../../base/time.ts';
import { hasFeature } from '../../scenario/kernel-version.ts';
import { TCP_INIT_CWND } from './constants.ts';
import { giveBack } from './forward-allocation.ts';
import { timestampNow } from './output.ts';
import { advertisedMss, memoryFor, payloadIn } from './receive-window.ts';
import type { Segment } from './segment.ts';
import { endSeq } from './segment.ts';
import type { Seq } from './seq.ts';
import { add, before, diff } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** Headers, `sk_buff` and `skb_shared_info` (`SKB_TRUESIZE(MAX_TCP_HEADER)`), and what is added until half of it is payload. */
const SEGMENT_MEMORY = 896;
const SEGMENT_MEMORY_STEP = 128;

/** The round trip is kept in eighths of a microsecond. */
const EIGHTHS = 8;

/** The handshake is over: the first measurement begins (`tcp_init_buffer_space`). */
export function startAutotuning(tcb: Tcb): void {
  const { autotuning, rcv } = tcb;
  autotuning.space = Math.min(rcv.threshold, rcv.wnd, TCP_INIT_CWND * advertisedMss(tcb));
  measureAnew(tcb);
}

/**
 * A segment that is full echoes a timestamp not seen before: it left after our acknowledgement with that timestamp arrived
 * (`tcp_rcv_rtt_measure_ts`). The clock shows milliseconds; less than one says nothing, and was taken for one before.
 */
export function measureByEcho(tcb: Tcb, segment: Segment): void {
  const echo = segment.options.timestamps?.tsEcr;
  if (echo === undefined || echo === tcb.autotuning.lastEcho) return;
  tcb.autotuning.lastEcho = echo;
  if (diff(endSeq(segment), segment.seq) < tcb.rcv.mss) return;
  const sample = diff(timestampNow(tcb), echo as Seq) * MILLISECOND;
  if (sample > 0) addSample(tcb, sample, false);
  else if (!hasFeature(tcb.kernel.version, 'autotuning by what was read')) addSample(tcb, MILLISECOND, false);
}

/** Without timestamps: how long it takes until a whole window has arrived, at best a round trip (`tcp_rcv_rtt_measure`). */
export function measureByWindow(tcb: Tcb): void {
  const { autotuning, rcv } = tcb;
  if (autotuning.windowSince !== undefined) {
    if (before(rcv.nxt, autotuning.windowEnd)) return;
    addSample(tcb, Math.max(1, tcb.now - autotuning.windowSince), true);
  }
  autotuning.windowEnd = add(rcv.nxt, rcv.wnd);
  autotuning.windowSince = tcb.now;
}

/** The least round trip counts; longer ones are smoothed, unless a slow sender could have made them (`tcp_rcv_rtt_update`). */
function addSample(tcb: Tcb, sample: Micros, isUpperBound: boolean): void {
  const { autotuning } = tcb;
  const { roundTrip } = autotuning;
  if (roundTrip === 0 || sample * EIGHTHS < roundTrip) {
    autotuning.roundTrip = sample * EIGHTHS;
    return;
  }
  // What waits to be read makes the round trip look longer.
  if (isUpperBound || (hasFeature(tcb.kernel.version, 'autotuning for slow start') && inQueue(tcb) > 0)) return;
  autotuning.roundTrip = roundTrip - Math.floor(roundTrip / EIGHTHS) + sample;
}

/** The application reads. Its buffer is seen to after the first segment of those that wait (`tcp_recvmsg_locked`). */
export function copyToApplication(tcb: Tcb, bytes: number): void {
  const { queue } = tcb.rcv;
  if (bytes === 0) {
    // Where EOF was read, the FIN's buffer is free.
    if (queue.bytes === 0) queue.clear();
    return;
  }
  const { inFirst } = queue;
  const first = bytes < inFirst ? bytes : inFirst;
  if (first === inFirst) giveBack(tcb);
  queue.read(first);
  const { roundTrip, since } = tcb.autotuning;
  if (roundTrip > 0 && tcb.now - since >= Math.floor(roundTrip / EIGHTHS)) adjustReceiveSpace(tcb);
  if (bytes > first) queue.read(bytes - first);
}

/** Once in a round trip it is seen how much was read, less what still waits: a slow reader needs no more room (`tcp_rcv_space_adjust`). */
function adjustReceiveSpace(tcb: Tcb): void {
  const { autotuning } = tcb;
  const waiting = hasFeature(tcb.kernel.version, 'autotuning by what was read') ? inQueue(tcb) : 0;
  const copied = diff(copiedSeq(tcb), autotuning.from) - waiting;
  if (copied > autotuning.space) growBuffer(tcb, copied);
  measureAnew(tcb);
}

/** Data beyond a gap takes room too (`tcp_data_queue_ofo`, since 6.16). */
export function makeRoomBeyondGap(tcb: Tcb): void {
  if (hasFeature(tcb.kernel.version, 'autotuning for slow start')) growBuffer(tcb, tcb.autotuning.space);
}

/** Twice what was read, since it takes a round trip to tell, and twice as much as it grew by, since the sender may double its rate. */
function growBuffer(tcb: Tcb, copied: number): void {
  const { autotuning, kernel, rcv } = tcb;
  const { space } = autotuning;
  autotuning.space = copied;
  if (kernel.sysctls.tcp_moderate_rcvbuf === 0 || tcb.options.has('SO_RCVBUF')) return;
  const isExact = hasFeature(kernel.version, 'autotuning for slow start');
  let window = 2 * copied + (isExact ? 0 : 16 * advertisedMss(tcb));
  window += 2 * Math.floor((window * (copied - space)) / space);
  const last = rcv.outOfOrder.at(-1);
  if (isExact && last !== undefined) window += diff(last.end, rcv.nxt);
  const buffer = Math.min(bufferFor(tcb, window), kernel.sysctls.tcp_rmem[2]);
  if (buffer <= rcv.buffer) return;
  rcv.buffer = buffer;
  rcv.clamp = payloadIn(tcb, buffer);
}

/** Memory for such a window; before 6.6 by the memory of segments with all that the kernel may put around them. */
function bufferFor(tcb: Tcb, window: number): number {
  if (hasFeature(tcb.kernel.version, 'payload share measured')) return memoryFor(tcb, window);
  const mss = advertisedMss(tcb);
  let memory = mss + SEGMENT_MEMORY;
  while (payloadIn(tcb, memory) < mss) memory += SEGMENT_MEMORY_STEP;
  return Math.floor(window / mss) * memory;
}

function measureAnew(tcb: Tcb): void {
  tcb.autotuning.from = copiedSeq(tcb);
  tcb.autotuning.since = tcb.now;
}

/** What the application has not read yet comes next (`copied_seq`). */
function copiedSeq(tcb: Tcb): Seq {
  return add(tcb.rcv.nxt, -inQueue(tcb));
}

function inQueue({ rcv }: Tcb): number {
  return rcv.queue.bytes + (rcv.fin ? 1 : 0);
}
