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
  private sendings = new Int32Array(this.room);
  private causes = new Int32Array(this.room);
  private times = new Array<Micros>(this.room).fill(0);
  private orders = new Array<number>(this.room).fill(0);
  private start = 0;
  /** Changed by nobody else. */
  length = 0;

  /** When the first one gets there, and its turn then; meaningful while there is one. */
  at: Micros = 0;
  order = 0;

  push({ segment, purpose, sent, cause, at, order }: Packet): void {
    if (this.length === this.room) this.grow();
    if (this.length === 0) {
      this.at = at;
      this.order = order;
    }
    const index = this.index(this.length++);
    this.segments[index] = segment;
    this.purposes[index] = purpose;
    this.sendings[index] = sent;
    this.causes[index] = cause;
    this.times[index] = at;
    this.orders[index] = order;
  }

  /** Takes the first one out. @returns whether there was one; it is put into `packet` */
  shift(packet: Packet): boolean {
    if (this.length === 0) return false;
    const { start } = this;
    packet.segment = this.segments[start] as Segment;
    packet.purpose = this.purposes[start] as SegmentPurpose;
    packet.sent = this.sendings[start] as EventId;
    packet.cause = this.causes[start] as EventId;
    packet.at = this.at;
    packet.order = this.order;
    this.segments[start] = undefined;
    const next = this.index(1);
    this.at = this.times[next] as Micros;
    this.order = this.orders[next] as number;
    this.start = next;
    this.length--;
    return true;
  }

  private index(distance: number): number {
    // eslint-disable-next-line no-bitwise -- The room is a power of two.
    return (this.start + distance) & (this.room - 1);
  }

  private grow(): void {
    const { start, room } = this;
    const order = <T>(column: readonly T[], rest: T): T[] =>
      column.slice(start).concat(column.slice(0, start), new Array<T>(room).fill(rest));
    const orderIds = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(2 * room);
      larger.set(column.subarray(start));
      larger.set(column.subarray(0, start), room - start);
      return larger;
    };
    this.segments = order(this.segments, undefined);
    this.purposes = order(this.purposes, 'data');
    this.sendings = orderIds(this.sendings);
    this.causes = orderIds(this.causes);
    this.times = order(this.times, 0);
    this.orders = order(this.orders, 0);
    this.start = 0;
    this.room = 2 * room;
  }
}
