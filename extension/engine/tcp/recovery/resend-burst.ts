/** Lost segments that the kernel has in one piece go again in one burst, the last of them pushed (`tcp_xmit_retransmit_queue`). */
import { tsoSegments } from '../burst.ts';
import { currentMss } from '../output.ts';
import { add, after } from '../seq.ts';
import type { Tcb } from '../tcb.ts';
import type { SentSegment } from './retransmission-queue.ts';

/** Where a segment stands in the burst that it leaves in. */
export interface BurstPlace {
  /** Others of it left before. */
  readonly follows: boolean;
  /** It is the last of several. */
  readonly ends: boolean;
}

export const ALONE: BurstPlace = { follows: false, ends: false };

/** Counts the segments that one walk over the queue sends again. */
export class ResendBurst {
  private readonly tcb: Tcb;
  private readonly most: number;
  private count = 0;

  constructor(tcb: Tcb) {
    this.tcb = tcb;
    this.most = tsoSegments(tcb, currentMss(tcb));
  }

  /** The segment at `index` goes again now. Where its burst ends, the piece is cut (`tcp_fragment`). */
  add(segment: SentSegment, index: number): BurstPlace {
    const follows = this.count > 0;
    this.count += 1;
    if (this.goesOn(segment, index)) return { follows, ends: false };
    if (!this.fitsInPart(segment)) segment.joinsNext = false;
    this.count = 0;
    return { follows, ends: follows };
  }

  /** The window ends within it: it is cut there, and the rest of it stays with the rest of the piece. */
  private fitsInPart({ seq, end }: SentSegment): boolean {
    const { una, wnd } = this.tcb.snd;
    const edge = add(una, wnd);
    return after(end, edge) && after(edge, seq);
  }

  /** The next segment of the piece is lost too, and both windows have room for it. */
  private goesOn(segment: SentSegment, index: number): boolean {
    const { sent, snd, cwnd } = this.tcb;
    const next = segment.joinsNext && this.count < this.most ? sent.at(index + 1) : undefined;
    if (next === undefined || !next.lost || next.sacked || next.retransmitOut) return false;
    return sent.inFlight + 1 < cwnd && !after(next.end, add(snd.una, snd.wnd));
  }
}
