import type { KernelVersion } from '../../scenario/kernel-version.ts';
import type { SysctlValues } from '../../scenario/sysctl.ts';
import type { TcpState } from '../../scenario/tcp-state.ts';
import type { EventFields, EventId } from '../../trace/event.ts';
import type { SegmentPurpose, SendReason } from '../../trace/schema.ts';
import type { Recorder, Sender } from '../recorder.ts';
import type { Clock } from '../scheduler.ts';
import type { LocalFailure } from './local-failure.ts';
import type { MetricsCache } from './metrics.ts';
import type { Segment } from './segment.ts';
import type { Seq } from './seq.ts';
import type { Tcb } from './tcb.ts';

/** What puts segments on the wire. */
export interface SegmentOutput {
  /** Whether the way to any host ever turned out to take less than the interface does. */
  readonly knowsPathMtus: boolean;
  /**
   * Returns why it does not leave the host; undefined: it does, or waits there.
   * @param windowBytes what the window field means
   */
  send(
    sender: Sender,
    segment: Segment,
    windowBytes: number,
    purpose: SegmentPurpose,
    reason: SendReason,
    args: readonly number[],
  ): LocalFailure | undefined;
}

/** What a connection end asks of the kernel that it lives in. It has no clock and no network of its own. */
export interface TcpKernel {
  readonly scheduler: Clock;
  readonly recorder: Recorder;
  /** Ticks per second. */
  readonly hz: number;
  readonly sysctls: SysctlValues;
  readonly version: KernelVersion;
  /** How exact timers are: undefined = ideal. */
  readonly timers: 'wheel' | undefined;
  /** What is remembered of the ways to other hosts. */
  readonly metrics: MetricsCache;
  readonly output: SegmentOutput;
  /** Whether there is a way to the other host. */
  hasRoute(tcb: Tcb): boolean;
  /** Bytes of the largest packet that the way to the other host takes, as far as is known (`dst_mtu`). */
  pathMtu(tcb: Tcb): number;
  /** A router said so much of it (`inet_csk_update_pmtu`). */
  learnPathMtu(tcb: Tcb, mtu: number): void;
  /** The other host is there: an acknowledgement of something that was in flight shows it (`sk_dst_confirm`). */
  confirmNeighbour(tcb: Tcb): void;
  /** Whether a segment with this SEQ still waits in this host for the address of the next hop. */
  holdsBack(tcb: Tcb, seq: Seq): boolean;
  /** Answers `to` without a socket (`tcp_v4_send_reset`). */
  resetUnknown(to: Segment, reason: SendReason): void;
  /** The segment being handled is discarded. */
  ignored(tcb: Tcb, reason: EventFields<'segment.ignored'>['reason']): void;
  /** The state changed: whoever waits for it is told. */
  stateChanged(tcb: Tcb, from: TcpState, changed: EventId): void;
  /** Data, EOF or an error waits to be read. */
  readable(tcb: Tcb): void;
  /** There is room again for a writer that sleeps, or nothing to wait for any more. */
  writable(tcb: Tcb): void;
  /** The listener that this half-open end belongs to has no room for another connection (`sk_acceptq_is_full`). */
  acceptQueueIsFull(tcb: Tcb): boolean;
  /** The listener that this half-open end belongs to still listens. */
  hasListener(tcb: Tcb): boolean;
  /** How often this half-open end may repeat its SYN-ACK (`reqsk_timer_handler`). */
  synAckRetries(tcb: Tcb): number;
  /** The end is gone from the tables. */
  removed(tcb: Tcb): void;
  /** Whether there are more orphans than `tcp_max_orphans` allows, counted 2^`shift` times (`tcp_too_many_orphans`). */
  tooManyOrphans(shift: number): boolean;
}
