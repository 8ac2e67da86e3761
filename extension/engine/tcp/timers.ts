import { onCompressedAckTimer } from './compressed-ack.ts';
import { onDelayedAckTimer } from './delayed-ack.ts';
import { onKeepaliveTimer } from './keepalive.ts';
import { onRetransmitSlot } from './retransmit.ts';
import type { TimerHandlers } from './tcb.ts';
import { onTimeWaitTimer } from './time-wait.ts';

/** What every end does when its timers fire. */
export const TIMER_HANDLERS: TimerHandlers = {
  retransmit: onRetransmitSlot,
  delayedAck: onDelayedAckTimer,
  compressedAck: onCompressedAckTimer,
  keepalive: onKeepaliveTimer,
  timeWait: onTimeWaitTimer,
};
