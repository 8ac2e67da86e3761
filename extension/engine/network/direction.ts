import { assertNever } from '../../base/assert.ts';
import type { Micros } from '../../base/time.ts';
import type { LinkSetting } from '../../scenario/link-setting.ts';
import type { EventFields, EventId, PlaceId } from '../../trace/event.ts';
import type { SegmentPurpose } from '../../trace/schema.ts';
import { RandomStream } from '../random.ts';
import type { Recorder } from '../recorder.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Segment, SegmentOptions } from '../tcp/segment.ts';
import type { Destination } from './carrier.ts';
import { Carrier } from './carrier.ts';
import { ChanceDuplication, ChanceLoss, Reordering } from './chance.ts';
import { Cut } from './cut.ts';
import { Mtu } from './mtu.ts';
import type { LinkEnd } from './link.ts';
import type { LinkLog, Loss, Packet } from './packet.ts';
import { newPacket } from './packet.ts';
import { headersLength } from './packet-size.ts';
import { Propagation } from './propagation.ts';
import { Queue } from './queue.ts';
import type { LinkRule } from './rules.ts';
import { Rules } from './rules.ts';

/**
 * One direction of a link: a chain of stages that every packet goes through at once when it is sent, and that says when it
 * gets there. A cut loses what is under way as well. Every stage that depends on chance has a stream of its own.
 */
export class Direction implements LinkLog {
  private readonly cutStage: Cut;
  private readonly mtu: Mtu;
  private readonly rules: Rules;
  private readonly loss: ChanceLoss;
  private readonly duplication: ChanceDuplication;
  private readonly reordering: Reordering;
  private readonly queue: Queue;
  private readonly propagation: Propagation;
  private readonly carrier: Carrier;
  private readonly link: PlaceId;
  private readonly from: PlaceId;
  private readonly recorder: Recorder;
  private readonly scheduler: Scheduler;
  /** Whether a statement may yet describe segments: those that pass before it are counted for it. */
  private readonly mayHaveRules: boolean;
  /** The one that sets out: used again for the next. */
  private readonly leaving = newPacket();
  /** Options of the segment sent last, which the next one often has too, and the length of headers with them. */
  private options: SegmentOptions = {};
  private headers = headersLength(this.options);
  /** The stages before the queue have nothing to do, but for packets that are too big. */
  private isPlain = false;

  constructor(init: {
    readonly link: PlaceId;
    readonly from: LinkEnd;
    readonly destination: Destination;
    readonly delay: Micros;
    readonly mtu: number;
    readonly mayHaveRules: boolean;
    /** What its random numbers are made from: the run's seed, the link and the direction. */
    readonly seed: readonly (string | number)[];
    readonly scheduler: Scheduler;
    readonly recorder: Recorder;
  }) {
    this.link = init.link;
    this.from = init.from.place;
    this.recorder = init.recorder;
    this.scheduler = init.scheduler;
    this.mayHaveRules = init.mayHaveRules;
    const random = (what: string): RandomStream => new RandomStream(...init.seed, what);
    // From the last stage to the first.
    this.carrier = new Carrier(init.scheduler, init.from, init.destination);
    this.propagation = new Propagation(init.delay, random('jitter'), this.carrier);
    this.queue = new Queue(this, this.propagation);
    this.reordering = new Reordering(random('reordering'), this, this.queue);
    this.duplication = new ChanceDuplication(random('duplication'), this, this.reordering);
    this.loss = new ChanceLoss(random('loss'), this, this.duplication);
    this.rules = new Rules(this, this.loss);
    this.mtu = new Mtu(init.mtu, this, this.rules);
    this.cutStage = new Cut(this, this.mtu);
    this.onChange();
  }

  /** A segment sets out; `sent` is the event of its leaving. */
  send(segment: Segment, purpose: SegmentPurpose, sent: EventId): void {
    const { leaving } = this;
    leaving.segment = segment;
    leaving.purpose = purpose;
    const { options } = segment;
    if (options !== this.options) {
      this.options = options;
      this.headers = headersLength(options);
    }
    leaving.bytes = this.headers + segment.length;
    leaving.sent = sent;
    leaving.cause = sent;
    leaving.at = this.scheduler.now;
    leaving.heldUp = 0;
    if (!this.isPlain || leaving.bytes > this.mtu.mtu) {
      this.cutStage.push(leaving);
    } else if (this.queue.takes(leaving)) {
      // The way of most packets: stages that call one another would cost more than what they do.
      this.propagation.moveOn(leaving);
      this.carrier.push(leaving);
    }
  }

  /** Loses what is under way, and all that comes until it is restored. `by`: the event of the cut. */
  cut(by: EventId): void {
    this.cutStage.by ??= by;
    this.onChange();
    this.queue.clear();
    for (const packet of this.carrier.lose()) this.lost(packet, { reason: 'link-cut', blame: by });
  }

  restore(): void {
    this.cutStage.by = undefined;
    this.onChange();
  }

  addRule(rule: LinkRule): void {
    this.rules.add(rule);
  }

  /** Counts for what is sent from now on. */
  set(setting: LinkSetting): void {
    this.apply(setting);
    this.onChange();
  }

  private onChange(): void {
    this.isPlain =
      this.cutStage.by === undefined &&
      !this.mayHaveRules &&
      this.loss.chance === 0 &&
      this.duplication.chance === 0 &&
      this.reordering.chance === 0;
  }

  private apply(setting: LinkSetting): void {
    switch (setting.kind) {
      case 'delay':
        this.propagation.delay = setting.delay;
        return;
      case 'bandwidth':
        this.queue.bandwidth = setting.rate;
        return;
      case 'queue':
        this.queue.limit = setting;
        return;
      case 'jitter':
        this.propagation.jitter = setting.jitter;
        return;
      case 'loss':
        this.loss.chance = setting.chance;
        return;
      case 'duplication':
        this.duplication.chance = setting.chance;
        return;
      case 'reordering':
        this.reordering.chance = setting.chance;
        this.reordering.by = setting.by;
        return;
      case 'mtu':
        this.mtu.mtu = setting.bytes;
        return;
      default:
        assertNever(setting);
    }
  }

  // ---- what the stages tell ----

  lost({ sent, cause }: Packet, { reason, blame }: Loss): void {
    const place = reason === 'link-cut' ? this.from : this.link;
    this.recorder.record('segment.dropped', place, { segment: sent, reason, blame }, cause);
  }

  copied({ sent, cause }: Packet, by: EventFields<'segment.duplicated'>['by'], blame: EventId): EventId {
    return this.recorder.record('segment.duplicated', this.link, { segment: sent, by, blame }, cause);
  }

  heldUp({ sent, cause }: Packet, by: EventFields<'segment.delayed'>['by'], delay: Micros, blame: EventId): EventId {
    return this.recorder.record('segment.delayed', this.link, { segment: sent, by, delay, blame }, cause);
  }

  queued({ sent, cause }: Packet, wait: Micros, ahead: number, bytes: number): EventId {
    return this.recorder.queued(this.link, sent, wait, ahead, bytes, cause);
  }
}
