/**
 * What arrived in sequence and no application has read (`sk_receive_queue`). Its memory is that of its segments, each until it is
 * read to its end (`tcp_eat_recv_skb`); a short one may find room in the buffer of the one before it (`tcp_try_coalesce`).
 */
import { collapsed } from './collapse.ts';
import { roomBehind, segmentMemory } from './segment-memory.ts';

/** What lies in one buffer. */
export interface Piece {
  /** Bytes of payload not seen before. */
  length: number;
  readonly memory: number;
  /** Bytes that fit behind them. */
  room: number;
}

/** A segment with so many bytes, `fresh` of them not seen before. */
export function pieceOf(length: number, fresh: number): Piece {
  return { length: fresh, memory: segmentMemory(length), room: roomBehind(length) };
}

export class ReceiveQueue {
  /** Bytes of payload that wait. */
  bytes = 0;
  /** Memory that they take (`sk_rmem_alloc`). */
  memory = 0;
  /** The buffers from `first` up to `end`: bytes that wait in each, and its memory. */
  private readonly lengths: number[] = [];
  private readonly memories: number[] = [];
  private first = 0;
  private end = 0;
  /** Bytes that fit into the last one. */
  private room = 0;
  /** Something of the first one is read. */
  private isPartlyRead = false;

  /**
   * A segment arrived. One whose first bytes had come before is not put behind another (`tcp_queue_rcv`).
   * @returns whether it was
   */
  take(length: number, fresh: number): boolean {
    if (length === fresh && length <= this.room) {
      this.join(length);
      return true;
    }
    this.add(fresh, segmentMemory(length), roomBehind(length));
    return false;
  }

  /** A piece that waited beyond a gap (`tcp_ofo_queue`), of which so many bytes are still new. */
  takePiece({ length, memory, room }: Piece, fresh: number): void {
    if (length === fresh && length <= this.room) this.join(length);
    else this.add(fresh, memory, room);
  }

  /** A FIN without data waits until it is read as well: behind the last bytes, or in a buffer of its own. */
  takeFin(): void {
    if (this.first === this.end) this.add(0, segmentMemory(0), 0);
  }

  /** Bytes that wait in the first buffer. */
  get inFirst(): number {
    return this.first < this.end ? (this.lengths[this.first] ?? 0) : 0;
  }

  /** So many bytes are copied to the application. */
  read(bytes: number): void {
    if (bytes >= this.bytes) {
      this.clear();
      return;
    }
    this.bytes -= bytes;
    let left = bytes;
    for (let length = this.inFirst; length <= left; length = this.inFirst) {
      left -= length;
      this.memory -= this.memories[this.first] ?? 0;
      this.first += 1;
      this.isPartlyRead = false;
    }
    this.isPartlyRead ||= left > 0;
    this.lengths[this.first] = this.inFirst - left;
    this.dropRead();
  }

  clear(): void {
    this.bytes = 0;
    this.memory = 0;
    this.first = 0;
    this.end = 0;
    this.room = 0;
    this.isPartlyRead = false;
  }

  /** Puts what waits into fewer buffers. @param payloadIn bytes of payload that so much memory should hold */
  collapse(payloadIn: (memory: number) => number): void {
    const before: Piece[] = [];
    for (let i = this.first; i < this.end; i++)
      before.push({
        length: this.lengths[i] ?? 0,
        memory: this.memories[i] ?? 0,
        room: i === this.end - 1 ? this.room : 0,
      });
    const after = collapsed(before, payloadIn, this.isPartlyRead);
    if (after === before) return;
    this.clear();
    for (const { length, memory, room } of after) this.add(length, memory, room);
  }

  private join(length: number): void {
    this.bytes += length;
    this.lengths[this.end - 1] = (this.lengths[this.end - 1] ?? 0) + length;
    this.room -= length;
  }

  private add(length: number, memory: number, room: number): void {
    this.bytes += length;
    this.memory += memory;
    this.lengths[this.end] = length;
    this.memories[this.end] = memory;
    this.end += 1;
    this.room = room;
  }

  /** What was read goes once it is the larger part. */
  private dropRead(): void {
    if (this.first < 64 || 2 * this.first < this.end) return;
    this.lengths.copyWithin(0, this.first, this.end);
    this.memories.copyWithin(0, this.first, this.end);
    this.end -= this.first;
    this.first = 0;
  }
}
