/** Which end a segment belongs to, and which ports are taken (`tcp_hashinfo`; inet_hashtables.c, inet_connection_sock.c). */
import { MILLISECOND, type Micros } from '../../base/time.ts';
import type { PlaceId } from '../../trace/event.ts';
import type { Tcb } from '../tcp/tcb.ts';
import { mayReuseTimeWait } from '../tcp/time-wait.ts';
import type { Listener } from './listener.ts';
import { type Binding, ephemeralPorts } from './ports.ts';
import type { RemoteSocket } from './remote.ts';

/** So often the kernel counts the sockets without a process (`TCP_ORPHAN_TIMER_PERIOD`). */
const ORPHAN_COUNT_PERIOD: Micros = 100 * MILLISECOND;

/** The ends and listeners of one host, by their ports. */
export class EndTable {
  private readonly ends = new Map<string, Tcb>();
  /** The end that was found last: most segments are for the same one as the one before. */
  private foundLast: Tcb | undefined;
  private readonly listeners = new Map<number, Listener>();
  /** How each end's socket came to its port: what a later bind() looks at. */
  private readonly bindings = new WeakMap<Tcb, Binding>();
  /** How many ends have a port that bind() gave out. */
  private readonly boundPorts = new Map<number, number>();
  private readonly portRange: readonly [first: number, last: number];
  /** Where connect() begins to look for a port, counted from the first one. */
  private nextPort: number;

  /** @param portRange `net.ipv4.ip_local_port_range` @param nextPort where the first connect() begins to look in it */
  constructor(portRange: readonly [first: number, last: number], nextPort: number) {
    this.portRange = portRange;
    this.nextPort = nextPort;
  }

  /** All ends, in the order in which they were opened. */
  all(): Iterable<Tcb> {
    return this.ends.values();
  }

  /** The end between two ports, or its TIME_WAIT entry (`__inet_lookup_established`). */
  find(local: number, remoteHost: PlaceId, remotePort: number): Tcb | undefined {
    const last = this.foundLast;
    if (last?.local.port === local && last.remote.host === remoteHost && last.remote.port === remotePort) return last;
    this.foundLast = this.ends.get(key(local, remoteHost, remotePort));
    return this.foundLast;
  }

  add(tcb: Tcb, binding: Binding): void {
    const { local, remote } = tcb;
    this.foundLast = undefined;
    this.ends.set(key(local.port, remote.host, remote.port), tcb);
    this.bindings.set(tcb, binding);
    if (binding.bound) this.boundPorts.set(local.port, (this.boundPorts.get(local.port) ?? 0) + 1);
  }

  remove(tcb: Tcb): void {
    const { local, remote } = tcb;
    const own = key(local.port, remote.host, remote.port);
    this.foundLast = undefined;
    if (this.ends.get(own) === tcb) this.ends.delete(own);
    if (this.bindings.get(tcb)?.bound === true) {
      this.boundPorts.set(local.port, (this.boundPorts.get(local.port) ?? 1) - 1);
    }
  }

  clear(): void {
    this.foundLast = undefined;
    this.ends.clear();
    this.listeners.clear();
  }

  /** The listener at a port (`__inet_lookup_listener`). */
  listener(port: number): Listener | undefined {
    return this.listeners.get(port);
  }

  /** The listener that opened an end which no accept() has returned yet. */
  listenerOf(tcb: Tcb): Listener | undefined {
    const listener = this.listeners.get(tcb.local.port);
    return listener?.holds(tcb) === true ? listener : undefined;
  }

  addListener(listener: Listener): void {
    this.listeners.set(listener.port, listener);
  }

  removeListener(listener: Listener): void {
    this.listeners.delete(listener.port);
  }

  /** A free port of the ephemeral range, or undefined when every one is taken towards `remote` (`__inet_hash_connect`). */
  ephemeralPort(remote: RemoteSocket): number | undefined {
    for (const port of ephemeralPorts(this.portRange, this.nextPort)) {
      // Ports that bind() gave out are left alone.
      if (this.listeners.has(port) || (this.boundPorts.get(port) ?? 0) > 0) continue;
      if (!this.pairIsFree(port, remote, 'ephemeral')) continue;
      this.nextPort = port - this.portRange[0] + 2;
      return port;
    }
    return undefined;
  }

  /** Whether no end stands in the way of one between these two, but a TIME_WAIT entry that may be reused (`__inet_check_established`). */
  pairIsFree(local: number, remote: RemoteSocket, port: 'bound' | 'ephemeral'): boolean {
    const taken = this.find(local, remote.place, remote.port);
    return taken === undefined || mayReuseTimeWait(taken, port);
  }

  /**
   * Whether bind() to `port` for listening would collide (`inet_csk_bind_conflict`): with a listener always, with other
   * sockets unless both sides set SO_REUSEADDR.
   */
  portConflicts(port: number, reuseAddress: boolean): boolean {
    if (this.listeners.has(port)) return true;
    for (const tcb of this.ends.values()) {
      // Requests have no port of their own yet (`inet_csk_get_port`).
      if (tcb.isRequest) continue;
      if (tcb.local.port === port && !(reuseAddress && this.bindings.get(tcb)?.reuseAddress === true)) return true;
    }
    return false;
  }

  /** Whether there were more orphans than `limit` when the kernel last counted them (`tcp_too_many_orphans`). */
  hasMoreOrphansThan(limit: number, now: Micros): boolean {
    if (this.ends.size <= limit) return false;
    const counted = now - (now % ORPHAN_COUNT_PERIOD);
    let orphans = 0;
    for (const tcb of this.ends.values()) if ((tcb.orphanedAt ?? now) < counted && !tcb.isTimeWaitEntry) orphans++;
    return orphans > limit;
  }
}

function key(local: number, remoteHost: PlaceId, remotePort: number): string {
  return `${local}:${remoteHost}:${remotePort}`;
}
