/** The send queue: what was written and has not left yet, in the pieces that the kernel makes of it (the skbs of `sk_write_queue`). */
import type { Seq } from './seq.ts';
import { add, diff } from './seq.ts';

/** A piece; the application's writes fill it up to the size goal, bursts are cut off its front. */
interface Piece {
  start: Seq;
  end: Seq;
  /** Its last segment carries PSH, also when it is sent again. */
  push: boolean;
}

/** Pieces in sequence order. Each operation costs the same however much is queued. A FIN is not counted. */
export class SendQueue {
  private pieces: Piece[] = [];
  private first = 0;

  /** How many pieces there are. Changed by nobody else. */
  count = 0;
  /** Bytes of the piece that leaves next; 0 without one. Changed by nobody else. */
  headLength = 0;

  /** Bytes of the piece that is written to; 0 without one. */
  get tailLength(): number {
    return this.count === 0 ? 0 : lengthOf(this.pieces[this.pieces.length - 1]);
  }

  /** Begins an empty piece (`tcp_skb_entail`). */
  append(at: Seq): void {
    this.pieces.push({ start: at, end: at, push: false });
    this.lookAgain();
  }

  /** Writes to the last piece. @param first the first bytes of a write: the end of the one before is no end any more */
  extendTail(bytes: number, first: boolean): void {
    const tail = this.pieces[this.pieces.length - 1] as Piece;
    tail.end = add(tail.end, bytes);
    if (first) tail.push = false;
    this.lookAgain();
  }

  /** PSH at the end of the last piece, if there is one (`tcp_mark_push`). */
  markTail(): void {
    if (this.count > 0) (this.pieces[this.pieces.length - 1] as Piece).push = true;
  }

  /** PSH at the end of the first piece. */
  markHead(): void {
    const head = this.pieces[this.first];
    if (head !== undefined) head.push = true;
  }

  /** Moves up to `bytes` of the second piece into the first, whose PSH moves to the new end (`tcp_grow_skb`). */
  growHead(bytes: number): void {
    const head = this.pieces[this.first];
    const next = this.count > 1 ? this.pieces[this.first + 1] : undefined;
    if (head === undefined || next === undefined) return;
    const moved = Math.min(bytes, lengthOf(next));
    head.end = add(head.end, moved);
    next.start = head.end;
    if (lengthOf(next) === 0) {
      head.push ||= next.push;
      this.pieces[this.first + 1] = head;
      this.first++;
    }
    this.lookAgain();
  }

  /** Whether PSH stands behind so many bytes of the first piece. */
  isPushedAt(bytes: number): boolean {
    const head = this.pieces[this.first];
    return head?.push === true && lengthOf(head) === bytes;
  }

  /** The first piece becomes two, the first of so many bytes; they did not leave (`tcp_fragment`). @param push PSH stands at their end too */
  cut(bytes: number, push: boolean): void {
    const head = this.pieces[this.first];
    if (head === undefined || bytes === 0 || lengthOf(head) <= bytes) return;
    const middle = add(head.start, bytes);
    this.pieces.splice(this.first, 0, { start: head.start, end: middle, push });
    head.start = middle;
    this.lookAgain();
  }

  /** So many bytes of the first piece leave. */
  take(bytes: number): void {
    const head = this.pieces[this.first];
    if (head === undefined) return;
    head.start = add(head.start, bytes);
    if (lengthOf(head) === 0) {
      this.first++;
      // The room of what is gone is given back now and then: each piece pays for one move.
      if (this.first * 2 >= this.pieces.length) {
        this.pieces = this.pieces.slice(this.first);
        this.first = 0;
      }
    }
    this.lookAgain();
  }

  /** Asked far more often than it changes. */
  private lookAgain(): void {
    this.count = this.pieces.length - this.first;
    this.headLength = lengthOf(this.pieces[this.first]);
  }
}

function lengthOf(piece: Piece | undefined): number {
  return piece === undefined ? 0 : diff(piece.end, piece.start);
}
