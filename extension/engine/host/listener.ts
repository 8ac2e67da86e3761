import type { PlaceId } from '../../trace/event.ts';
import type { Micros } from '../../base/time.ts';
import { SECOND } from '../../base/time.ts';
import type { SocketOptionName } from '../../scenario/socket-option.ts';
import type { Tcb } from '../tcp/tcb.ts';

/** How long after the last cookie an ACK is still looked at as one (`TCP_SYNCOOKIE_VALID`). */
const COOKIES_REMEMBERED = 120 * SECOND;
/** Requests get their full number of SYN-ACKs while there are at most so many, counted twice, however small the backlog. */
const FEW_REQUESTS = 8;
/** However crowded the SYN queue is, a request may send so many SYN-ACKs again. */
const LEAST_RETRIES = 2;

/** What a listener tells the program behind it. */
export interface ListenerEvents {
  /** A connection waits to be accepted. */
  onEstablished(): void;
  /** The accept queue grew or shrank. */
  onQueueChanged(listener: Listener): void;
}

/**
 * A listening socket (RFC 9293: LISTEN) with its two queues: half-open requests, whose SYN-ACK is not answered yet (the SYN
 * queue), and established connections that no accept() has taken (the accept queue).
 *
 * Both comparisons of the kernel are "greater than", so that each queue holds one more than the backlog.
 */
export class Listener {
  readonly port: number;
  readonly reuseAddress: boolean;
  /** The program that called listen(). */
  readonly process: PlaceId;
  /** What listen() asked for, held down to `net.core.somaxconn` (`sk_max_ack_backlog`; Send-Q of `ss -l`). */
  readonly backlog: number;
  /** Socket options that were set before listen(): accepted sockets inherit them. */
  readonly options: ReadonlyMap<SocketOptionName, number>;
  /** Established, not yet accepted, oldest first. */
  private readonly queue: Tcb[] = [];
  /** Ends that this listener opened and that no accept() has returned. */
  private readonly unaccepted = new Set<Tcb>();
  /** Those of them that are half-open. */
  private readonly requests = new Set<Tcb>();
  private readonly events: ListenerEvents;
  private lastCookieAt: Micros | undefined;

  constructor(init: {
    readonly port: number;
    readonly reuseAddress: boolean;
    readonly process: PlaceId;
    readonly backlog: number;
    readonly options: ReadonlyMap<SocketOptionName, number>;
    readonly events: ListenerEvents;
  }) {
    this.port = init.port;
    this.reuseAddress = init.reuseAddress;
    this.process = init.process;
    this.backlog = init.backlog;
    this.options = init.options;
    this.events = init.events;
  }

  /** Connections that wait to be accepted (Recv-Q of `ss -l`). */
  get queueLength(): number {
    return this.queue.length;
  }

  /** `sk_acceptq_is_full`. */
  get acceptQueueIsFull(): boolean {
    return this.queue.length > this.backlog;
  }

  /** `inet_csk_reqsk_queue_len`. */
  get requestCount(): number {
    return this.requests.size;
  }

  /** `inet_csk_reqsk_queue_is_full`. */
  get synQueueIsFull(): boolean {
    return this.requests.size > this.backlog;
  }

  /** A SYN was answered: a half-open end came into being. */
  addRequest(tcb: Tcb): void {
    this.unaccepted.add(tcb);
    this.requests.add(tcb);
  }

  /** Gives an end that is opened here the options of its listener (`inet_csk_clone_lock`). */
  handDownOptions(tcb: Tcb): void {
    for (const [option, value] of this.options) tcb.takeOption(option, value);
  }

  /** The end was opened here and not accepted yet. */
  holds(tcb: Tcb): boolean {
    return this.unaccepted.has(tcb);
  }

  /** The handshake of one of its ends is complete (`inet_csk_complete_hashdance`). */
  established(tcb: Tcb): void {
    this.requests.delete(tcb);
    this.unaccepted.add(tcb);
    this.queue.push(tcb);
    this.events.onEstablished();
    this.events.onQueueChanged(this);
  }

  /** accept(): the connection that has waited longest. */
  accept(): Tcb | undefined {
    const tcb = this.queue.shift();
    if (tcb === undefined) return undefined;
    this.unaccepted.delete(tcb);
    this.events.onQueueChanged(this);
    return tcb;
  }

  /** An end is gone. One that waits in the accept queue is still handed out by accept(); a half-open one just vanishes. */
  removed(tcb: Tcb): void {
    if (this.requests.delete(tcb)) this.unaccepted.delete(tcb);
  }

  /** Empties both queues. @returns all that was in them, in the order in which they were opened. */
  close(): readonly Tcb[] {
    const left = [...this.unaccepted];
    this.unaccepted.clear();
    this.requests.clear();
    this.queue.length = 0;
    return left;
  }

  /**
   * How often a request may repeat its SYN-ACK (`reqsk_timer_handler`): fewer times for old ones once the SYN queue is more than
   * half full of them, so that half of the room is kept for young ones.
   */
  synAckRetries(configured: number): number {
    const length = this.requests.size;
    if (length * 2 <= Math.max(FEW_REQUESTS, this.backlog)) return configured;
    let young = 2 * [...this.requests].filter(({ retransmits }) => retransmits === 0).length;
    let retries = configured;
    while (retries > LEAST_RETRIES && length >= young) {
      retries -= 1;
      young *= 2;
    }
    return retries;
  }

  /** A SYN was answered with a cookie (`tcp_synq_overflow`). */
  cookieSent(now: Micros): void {
    this.lastCookieAt = now;
  }

  /** Whether an ACK may be the answer to a cookie (`tcp_synq_no_recent_overflow`). */
  mayHaveSentCookies(now: Micros): boolean {
    return this.lastCookieAt !== undefined && now - this.lastCookieAt <= COOKIES_REMEMBERED;
  }
}
