/**
 * What a host knows of a neighbour's hardware address (net/core/neighbour.c; RFC 4861 §7.3 has the same states). Packets wait while it is asked
 * for; what was known once is used on, and checked only when nothing has confirmed it for long.
 */
import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import type { EventId } from '../../trace/event.ts';
import type { NeighbourState } from '../../trace/schema.ts';
import type { Recorder } from '../recorder.ts';
import type { Clock, Scheduled } from '../scheduler.ts';
import type { LocalFailure } from '../tcp/local-failure.ts';
import type { TickClock } from '../tcp/timer.ts';
import { wheelExpiry } from '../tcp/timer-wheel.ts';

/** `retrans_time`: between two requests. */
const RETRANS_TIME = SECOND;
/** `delay_first_probe_time`: how long a sign of life is waited for before one is asked for. */
const DELAY_PROBE_TIME = 5 * SECOND;
/** `ucast_solicit`: requests to the neighbour alone. */
const UNICAST_PROBES = 3;
/** `mcast_solicit`: requests to everybody. */
const BROADCAST_PROBES = 3;

/** What an entry asks of the host that it belongs to. */
export interface NeighbourOwner<Packet> {
  readonly scheduler: Clock;
  readonly recorder: Recorder;
  readonly ticks: TickClock;
  /** `reachable_time`: how long a confirmation counts. */
  readonly reachableTime: Micros;
  /** Writes the state into the trace. */
  changed(state: NeighbourState): EventId;
  /** An ARP request leaves. */
  solicit(what: 'request' | 'probe'): void;
  /** It knows where to: returns why the packet does not leave all the same. */
  transmit(packet: Packet): LocalFailure | undefined;
  /** Nobody answered: packets that had waited are lost. */
  failed(packets: readonly Packet[]): void;
}

export class NeighbourEntry<Packet> {
  private current: NeighbourState = 'NONE';
  private waiting: Packet[] = [];
  private probes = 0;
  private confirmedAt: Micros = -Infinity;
  private usedAt: Micros = -Infinity;
  private timer: Scheduled | undefined;
  private readonly owner: NeighbourOwner<Packet>;

  constructor(owner: NeighbourOwner<Packet>) {
    this.owner = owner;
  }

  get state(): NeighbourState {
    return this.current;
  }

  /** Packets that wait for the address. */
  get queue(): readonly Packet[] {
    return this.waiting;
  }

  /** A packet is to go there (`neigh_resolve_output`, `__neigh_event_send`). */
  send(packet: Packet): LocalFailure | undefined {
    switch (this.current) {
      case 'REACHABLE':
        break;
      case 'DELAY':
      case 'PROBE':
        this.usedAt = this.now;
        break;
      case 'STALE':
        this.usedAt = this.now;
        this.enter('DELAY');
        this.setTimer(this.now + DELAY_PROBE_TIME);
        break;
      case 'NONE':
      case 'FAILED':
        this.usedAt = this.now;
        this.waiting.push(packet);
        this.probes = UNICAST_PROBES;
        this.enter('INCOMPLETE');
        this.probe('request');
        return undefined;
      case 'INCOMPLETE':
        this.usedAt = this.now;
        this.waiting.push(packet);
        return undefined;
    }
    return this.owner.transmit(packet);
  }

  /** Something of a higher layer shows that it is there (`neigh_confirm`). */
  confirm(): void {
    this.confirmedAt = this.now;
  }

  /** It answered a request (`arp_process`, `neigh_update`). */
  answered(): void {
    this.confirmedAt = this.now;
    if (this.current === 'REACHABLE') return;
    this.enter('REACHABLE');
    this.setTimer(this.now + this.owner.reachableTime);
    this.flush();
  }

  /** It asked for our address, and so told its own (`neigh_event_ns`): known, not confirmed. */
  asked(): void {
    if (this.isValid) return;
    this.dropTimer();
    this.enter('STALE');
    this.flush();
  }

  /** Forgets all. @returns what had waited. */
  evict(): readonly Packet[] {
    this.dropTimer();
    const { waiting } = this;
    this.waiting = [];
    if (this.current !== 'NONE') this.enter('NONE');
    return waiting;
  }

  /** Forgets all without a word: its host has no power any more. @returns what had waited. */
  forget(): readonly Packet[] {
    this.dropTimer();
    const { waiting } = this;
    this.waiting = [];
    this.current = 'NONE';
    return waiting;
  }

  private get isValid(): boolean {
    return (
      this.current === 'REACHABLE' || this.current === 'STALE' || this.current === 'DELAY' || this.current === 'PROBE'
    );
  }

  private get now(): Micros {
    return this.owner.scheduler.now;
  }

  /** `neigh_timer_handler`. */
  private onTimer(): void {
    switch (this.current) {
      case 'REACHABLE':
        if (this.now <= this.confirmedAt + this.owner.reachableTime) {
          this.setTimer(this.confirmedAt + this.owner.reachableTime + 1);
        } else if (this.now <= this.usedAt + DELAY_PROBE_TIME) {
          this.enter('DELAY');
          this.setTimer(this.now + DELAY_PROBE_TIME);
        } else {
          this.enter('STALE');
        }
        return;
      case 'DELAY':
        if (this.now <= this.confirmedAt + DELAY_PROBE_TIME) {
          this.enter('REACHABLE');
          this.setTimer(this.confirmedAt + this.owner.reachableTime);
        } else {
          this.probes = 0;
          this.enter('PROBE');
          this.probe('probe');
        }
        return;
      case 'PROBE':
        if (this.probes >= UNICAST_PROBES) this.fail();
        else this.probe('probe');
        return;
      case 'INCOMPLETE':
        if (this.probes >= UNICAST_PROBES + BROADCAST_PROBES) this.fail();
        else this.probe('request');
        return;
      case 'NONE':
      case 'STALE':
      case 'FAILED':
        return;
    }
  }

  private probe(what: 'request' | 'probe'): void {
    this.probes += 1;
    this.setTimer(this.now + RETRANS_TIME);
    this.owner.solicit(what);
  }

  private fail(): void {
    const { waiting } = this;
    this.waiting = [];
    const event = this.enter('FAILED');
    this.owner.recorder.causedBy(event, () => {
      this.owner.failed(waiting);
    });
  }

  private flush(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const packet of waiting) this.owner.transmit(packet);
  }

  private enter(state: NeighbourState): EventId {
    this.current = state;
    return this.owner.changed(state);
  }

  private setTimer(at: Micros): void {
    this.dropTimer();
    const { recorder, scheduler, ticks } = this.owner;
    const { cause } = recorder;
    const deadline = Math.max(at, scheduler.now);
    const fires = ticks.timers === 'wheel' ? wheelExpiry(scheduler.now, deadline, ticks.hz) : deadline;
    this.timer = scheduler.at(fires, () => {
      recorder.causedBy(cause, () => {
        this.onTimer();
      });
    });
  }

  private dropTimer(): void {
    if (this.timer !== undefined) this.timer.cancelled = true;
    this.timer = undefined;
  }
}
