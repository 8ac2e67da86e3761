import type { Micros } from '../../base/time.ts';
import type { EventId } from '../../trace/event.ts';
import type { SegmentPurpose } from '../../trace/schema.ts';
import type { Segment } from '../tcp/segment.ts';
import type { Packet } from './packet.ts';

const FIRST_ROOM = 64;

/** Packets that follow one another: first in, first out. They are kept column by column, for there may be thousands under way. */
export class Line {
  private room = FIRST_ROOM;
  private segments = new Array<Segment | undefined>(this.room).fill(undefined);
  private purposes = new Array<SegmentPurpose>(this.room).fill('data');
  private sent = new Int32Array(this.room);
  private causes = new Int32Array(this.room);
  private times = new Float64Array(this.room);
  private orders = new Float64Array(this.room);
  private start = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** When the first one gets there. Undefined values where there is none. */
  get firstAt(): Micros {
    return this.times[this.start] as number;
  }

  get firstOrder(): number {
    return this.orders[this.start] as number;
  }

  push({ segment, purpose, sent, cause, at, order }: Packet): void {
    if (this.count === this.room) this.grow();
    const index = this.index(this.count++);
    this.segments[index] = segment;
    this.purposes[index] = purpose;
    this.sent[index] = sent;
    this.causes[index] = cause;
    this.times[index] = at;
    this.orders[index] = order;
  }

  /** Takes the first one out and puts what it was into `packet`. @returns false when there is none */
  shiftInto(packet: Packet): boolean {
    const { start } = this;
    const segment = this.segments[start];
    if (this.count === 0 || segment === undefined) return false;
    this.segments[start] = undefined;
    packet.segment = segment;
    packet.purpose = this.purposes[start] as SegmentPurpose;
    packet.sent = this.sent[start] as EventId;
    packet.cause = this.causes[start] as EventId;
    packet.at = this.times[start] as Micros;
    packet.order = this.orders[start] as number;
    this.start = this.index(1);
    this.count--;
    return true;
  }

  private index(distance: number): number {
    // eslint-disable-next-line no-bitwise -- The room is a power of two.
    return (this.start + distance) & (this.room - 1);
  }

  private grow(): void {
    const { start, room } = this;
    const order = <T>(column: readonly T[], rest: T): T[] => [
      ...column.slice(start),
      ...column.slice(0, start),
      ...new Array<T>(room).fill(rest),
    ];
    this.segments = order(this.segments, undefined);
    this.purposes = order(this.purposes, 'data');
    this.sent = Int32Array.from(order([...this.sent], 0));
    this.causes = Int32Array.from(order([...this.causes], 0));
    this.times = Float64Array.from(order([...this.times], 0));
    this.orders = Float64Array.from(order([...this.orders], 0));
    this.start = 0;
    this.room = 2 * room;
  }
}
