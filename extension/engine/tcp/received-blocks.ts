/** What this end tells of data beyond gaps: the blocks of its SACK option (RFC 2018 §4; `selective_acks`). */
import { sendGatheredAck } from './compressed-ack.ts';
import type { Seq } from './seq.ts';
import { after, before, max } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** From one number up to, not including, another. */
export type Block = readonly [from: Seq, to: Seq];

/** So many are remembered (`TCP_NUM_SACKS`); of the others the sender has heard before, and hears again when something joins them. */
const REMEMBERED = 4;
/** So many surely find room beside other options (`TCP_SACK_BLOCKS_EXPECTED`). */
const EXPECTED_ROOM = 2;
/** Beside timestamps; one more without. */
const MOST_TOLD = 3;
/** Bytes of the option without its blocks, padded (`TCPOLEN_SACK_BASE_ALIGNED`), and of each block. */
const SACK_BASE_LENGTH = 4;
const SACK_BLOCK_LENGTH = 8;

/** A segment beyond a gap arrived: its block is the first to be told, the others follow as they came (`tcp_sack_new_ofo_skb`). */
export function noteBeyondGap(tcb: Tcb, from: Seq, to: Seq): void {
  const { blocks } = tcb.rcv;
  const touched = blocks.findIndex((block) => touches(block, [from, to]));
  // What was to be told with the others may no longer fit then.
  if ((touched === -1 ? blocks.length : touched) >= EXPECTED_ROOM) sendGatheredAck(tcb);
  let joined: Block = [from, to];
  const others: Block[] = [];
  const own = blocks[touched];
  if (own !== undefined) joined = union(joined, own);
  for (const [i, block] of blocks.entries()) {
    if (i === touched) continue;
    if (own !== undefined && touches(joined, block)) joined = union(joined, block);
    else others.push(block);
  }
  tcb.rcv.blocks = [joined, ...others].slice(0, REMEMBERED);
}

/** What is here already came again, in this stretch: reported, with those before that it touches (`tcp_dsack_extend`). */
export function noteDuplicate(tcb: Tcb, stretch: Block): void {
  const { dsack } = tcb.rcv;
  if (dsack === undefined) tcb.rcv.dsack = stretch;
  else if (touches(dsack, stretch)) tcb.rcv.dsack = union(dsack, stretch);
}

/** RCV.NXT has moved: what it has reached is no longer told of (`tcp_sack_remove`). */
export function forgetReachedBlocks(tcb: Tcb): void {
  const { rcv } = tcb;
  if (rcv.blocks.length === 0) return;
  rcv.blocks = rcv.outOfOrder.length === 0 ? [] : rcv.blocks.filter(([from]) => before(rcv.nxt, from));
}

/** Whether the next acknowledgement has a SACK option. */
export function hasSomethingToTell({ rcv, sackPermitted }: Tcb): boolean {
  return (rcv.dsack !== undefined || rcv.blocks.length > 0) && sackPermitted;
}

/** Blocks for the next acknowledgement, where there is something to tell: a duplicate first (RFC 2883), then the latest. */
export function sackBlocks(tcb: Tcb): readonly Block[] {
  const { rcv } = tcb;
  const { dsack } = rcv;
  rcv.dsack = undefined;
  const told = dsack === undefined || tcb.kernel.sysctls.tcp_dsack === 0 ? rcv.blocks : [dsack, ...rcv.blocks];
  return told.slice(0, mostTold(tcb));
}

/** Bytes of the SACK option that the next segment carries, where there is something to tell (`tcp_established_options`). */
export function sackOptionLength(tcb: Tcb): number {
  const { blocks, dsack } = tcb.rcv;
  const count = blocks.length + (dsack === undefined || tcb.kernel.sysctls.tcp_dsack === 0 ? 0 : 1);
  return count === 0 ? 0 : SACK_BASE_LENGTH + SACK_BLOCK_LENGTH * Math.min(count, mostTold(tcb));
}

function mostTold(tcb: Tcb): number {
  return MOST_TOLD + (tcb.timestamps ? 0 : 1);
}

/** Overlapping, or one right behind the other (`tcp_sack_extend`). */
function touches([from, to]: Block, [otherFrom, otherTo]: Block): boolean {
  return !after(from, otherTo) && !after(otherFrom, to);
}

function union([from, to]: Block, [otherFrom, otherTo]: Block): Block {
  return [before(from, otherFrom) ? from : otherFrom, max(to, otherTo)];
}
