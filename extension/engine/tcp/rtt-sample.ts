/** Measurements of the round trip, and what they set (`tcp_ack_update_rtt`, `tcp_update_rtt_min`, `tcp_rtt_tsopt_us`). */
import type { Micros } from '../../base/time.ts';
import { MILLISECOND, SECOND } from '../../base/time.ts';
import { jiffies } from './jiffies.ts';
import { timestampNow } from './output.ts';
import type { Segment } from './segment.ts';
import { unsigned } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** A valid sample also ends the backoff (`tcp_ack_update_rtt`). @param latest round trip of the segment delivered last. */
export function takeRttSample(tcb: Tcb, measured: Micros, latest: Micros = measured, maybeDelayed = false): void {
  const { minRtt } = tcb.recovery;
  // A delayed ACK must not pass for a longer path once the window of the minimum has gone by.
  if (!maybeDelayed || latest <= minRtt.value)
    minRtt.sample(latest === 0 ? jiffies(1, tcb.kernel.hz) : latest, tcb.clock.now, minRttWindow(tcb));
  tcb.rtt.sample(measured, tcb.snd.una, tcb.snd.nxt, tcb.rtoMin);
  tcb.rto = tcb.rtt.rto(tcb.kernel.hz, tcb.rtoMax);
  tcb.backoff = 0;
}

function minRttWindow(tcb: Tcb): Micros {
  return tcb.kernel.sysctls.tcp_min_rtt_wlen * SECOND;
}

/** What a timestamp's echo says of the round trip: at least 1 ms (`tcp_rtt_tsopt_us`). Undefined when it says nothing. */
export function rttFromEcho(tcb: Tcb, segment: Segment): Micros | undefined {
  const tsEcr = segment.options.timestamps?.tsEcr ?? 0;
  if (!tcb.timestamps || tsEcr === 0) return undefined;
  const elapsed = unsigned(timestampNow(tcb) - tsEcr);
  return elapsed < MAX_ECHO_AGE ? Math.max(1, elapsed) * MILLISECOND : undefined;
}

/** An echo older than that would overflow the kernel's arithmetic in µs. */
const MAX_ECHO_AGE = Math.floor((2 ** 31 - 1) / 1000);
