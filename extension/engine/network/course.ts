import type { Micros } from '../../base/time.ts';
import type { EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose } from '../../trace/schema.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Segment } from '../tcp/segment.ts';
import type { Destination } from './carrier.ts';
import type { LinkEnd } from './link.ts';
import type { Middlebox, Side } from './middlebox.ts';
import type { Packet } from './packet.ts';
import type { Freight } from './stretch.ts';
import { packetSize } from './packet-size.ts';
import { Stretch } from './stretch.ts';

/** A middlebox and where it stands: one-way time from the link's first end; undefined: evenly between its neighbours. */
export interface Standing {
  readonly box: Middlebox;
  readonly distance: Micros | undefined;
}

/**
 * One direction of a link behind its first stretch: middleboxes with a stretch behind each of them. Without any the first
 * stretch leads to the other end.
 */
export class Course implements Destination {
  private readonly boxes: readonly Middlebox[];
  /** `stretches[i]` lies behind `boxes[i]`. */
  private readonly stretches: readonly Stretch[];
  private readonly side: Side;
  private readonly from: LinkEnd;
  private readonly to: LinkEnd;
  private readonly scheduler: Scheduler;
  /** The other direction: the way back. */
  private readonly back: () => Course;

  constructor(init: {
    readonly side: Side;
    readonly from: LinkEnd;
    readonly to: LinkEnd;
    /** In the order in which this direction meets them. */
    readonly boxes: readonly Middlebox[];
    /** Of all stretches of this direction, the first one included. */
    readonly delays: readonly Micros[];
    readonly link: PlaceId;
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
    readonly back: () => Course;
  }) {
    const { side, from, to, boxes, delays, link, scheduler, recorder, back } = init;
    this.side = side;
    this.from = from;
    this.to = to;
    this.boxes = boxes;
    this.back = back;
    this.scheduler = scheduler;
    this.stretches = boxes.map((_, index) => {
      const deliver = (freight: Freight): void => {
        this.arriveAt(index + 1, freight);
      };
      return new Stretch({ link, delay: delays[index + 1] ?? 0, scheduler, recorder, deliver });
    });
  }

  /** The stretch with this place in the direction's order, where 1 is the one behind the first middlebox. */
  stretch(index: number): Stretch | undefined {
    return this.stretches[index - 1];
  }

  /** Other times of the way, from the first stretch on: for what sets out from now on. */
  setDelays(delays: readonly Micros[]): void {
    for (const [index, stretch] of this.stretches.entries()) stretch.delay = delays[index + 1] ?? 0;
  }

  /** A segment comes out of the first stretch, which leads to a middlebox. */
  arrive(segment: Segment, _from: LinkEnd, sent: EventId, cause: EventId, purpose: SegmentPurpose): void {
    const bytes = packetSize(segment);
    const packet: Packet = { segment, purpose, bytes, sent, cause, at: this.scheduler.now, heldUp: 0, order: 0 };
    this.arriveAt(0, { kind: 'segment', packet });
  }

  private arriveAt(index: number, freight: Freight): void {
    const box = this.boxes[index];
    const behind = this.stretches[index];
    if (box === undefined || behind === undefined) {
      this.comeOut(freight);
      return;
    }
    if (freight.kind !== 'segment') {
      behind.carry(freight);
      return;
    }
    const isLast = index === this.boxes.length - 1;
    box.take({
      packet: freight.packet,
      side: this.side,
      from: this.from,
      to: this.to,
      obstacle: () => behind.obstacle ?? (isLast ? this.to.offBy : undefined),
      onward: (packet) => {
        behind.carry({ kind: 'segment', packet });
      },
      answer: (answer) => {
        this.back().leave(box, answer);
      },
    });
  }

  /** Something leaves a middlebox in this direction. */
  private leave(box: Middlebox, freight: Freight): void {
    this.stretches[this.boxes.indexOf(box)]?.carry(freight);
  }

  private comeOut(freight: Freight): void {
    if (freight.kind === 'segment') {
      const { segment, sent, cause, purpose } = freight.packet;
      this.to.arrive(segment, this.from, sent, cause, purpose);
    } else if (freight.kind === 'icmp') {
      this.to.icmpArrives(freight.message, this.from);
    }
  }
}

/** How a link's delay is divided: one-way times of the stretches from its first end to its second. */
export function divide(delay: Micros, standings: readonly Pick<Standing, 'distance'>[]): Micros[] {
  const places: Micros[] = [];
  for (const [index, { distance }] of standings.entries()) {
    const before = places.at(-1) ?? 0;
    const even = Math.floor((delay * (index + 1)) / (standings.length + 1));
    places.push(Math.min(delay, Math.max(before, distance ?? even)));
  }
  return [...places, delay].map((place, index) => place - (places[index - 1] ?? 0));
}
