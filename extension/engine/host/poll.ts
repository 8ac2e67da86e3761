/** What poll() reports of a connection (`tcp_poll`). */
import { POLL_EVENTS } from '../../scenario/poll-event.ts';
import { isWorthReading } from '../tcp/low-water.ts';
import { isWriteable } from '../tcp/send-buffer.ts';
import type { Tcb } from '../tcp/tcb.ts';

/** The events that hold now, as bits of POLL_EVENTS. */
export function pollEvents(tcb: Tcb): number {
  const { IN, OUT, ERR, HUP, RDHUP } = POLL_EVENTS;
  // What remains as a time-wait entry has no socket that lives: `tcp_done` has shut down both directions.
  const isOver = tcb.state === 'CLOSED' || tcb.isTimeWaitEntry;
  const hearsNothing = isOver || tcb.shutdownReceive;
  const saysNothing = isOver || tcb.shutdownSend;
  let bits = 0;
  if (hearsNothing && saysNothing) bits += HUP;
  if (hearsNothing) bits += RDHUP;
  if (tcb.state !== 'SYN_SENT' && tcb.state !== 'SYN_RECEIVED') {
    if (hearsNothing || isWorthReading(tcb)) bits += IN;
    // Writing that will fail does not have to be waited for.
    if (saysNothing || isWriteable(tcb)) bits += OUT;
  }
  if (tcb.error !== undefined) bits += ERR;
  return bits;
}

/** The events of `now` that `before` did not have. */
export function addedEvents(before: number, now: number): boolean {
  return Object.values(POLL_EVENTS).some((bit) => has(now, bit) && !has(before, bit));
}

function has(bits: number, bit: number): boolean {
  return Math.floor(bits / bit) % 2 === 1;
}
