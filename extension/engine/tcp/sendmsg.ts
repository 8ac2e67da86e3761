/** send(): what is written goes into the pieces of the send queue, and full pieces leave while the rest is still being written (tcp.c). */
import { restartAfterIdle } from './congestion/window.ts';
import type { SendWhy } from './output.ts';
import { restartClock, transmitQueued } from './output.ts';
import { armPersistIfStuck } from './persist.ts';
import { bufferIsFull, sizeGoal } from './send-buffer.ts';
import { add, diff } from './seq.ts';
import type { Tcb } from './tcb.ts';

const WHY: SendWhy = { purpose: 'data', reason: 'application-sent' };

/**
 * Takes what fits of `wanted` bytes (`tcp_sendmsg_locked`): a piece that was begun is filled first, and the last one may go
 * beyond the limit of the buffer. Returns how many were taken.
 */
export function sendMessage(tcb: Tcb, wanted: number): number {
  const { sendQueue } = tcb;
  const goal = sizeGoal(tcb);
  const hadInFlight = tcb.sent.length > 0;
  let left = wanted;
  let sent = 0;
  while (left > 0) {
    let room = sendQueue.count === 0 ? 0 : goal - sendQueue.tailLength;
    if (room <= 0) {
      if (bufferIsFull(tcb)) break;
      restartAfterIdle(tcb);
      sendQueue.append(tcb.writeSeq);
      tcb.nagleLetsGo = false;
      room = goal;
    }
    const bytes = Math.min(room, left);
    sendQueue.extendTail(bytes, left === wanted);
    tcb.writeSeq = add(tcb.writeSeq, bytes);
    left -= bytes;
    if (left === 0) break;
    if (isPushForced(tcb)) {
      markPush(tcb);
      sent += transmitQueued(tcb, WHY, 'past-nagle');
    } else if (sendQueue.count === 1) {
      sent += transmitQueued(tcb, WHY, 'one-burst');
    }
  }
  if (left < wanted) {
    // `tcp_push`: whoever must wait for room is past Nagle.
    if (sendQueue.count > 0) markPush(tcb);
    sent += transmitQueued(tcb, WHY, left > 0 ? 'past-nagle' : 'all');
  }
  restartClock(tcb, sent, hadInFlight);
  armPersistIfStuck(tcb);
  return wanted - left;
}

/** Half of the largest window seen was written since the last PSH (`forced_push`). */
function isPushForced(tcb: Tcb): boolean {
  return diff(tcb.writeSeq, tcb.pushedSeq) > Math.floor(tcb.snd.maxWnd / 2);
}

/** `tcp_mark_push`. */
function markPush(tcb: Tcb): void {
  tcb.sendQueue.markTail();
  tcb.pushedSeq = tcb.writeSeq;
}
