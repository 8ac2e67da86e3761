import type { Connection, ConnectionSide, PlaceId } from '../trace/event.ts';
import type { TraceWriter } from '../trace/columns.ts';

/** A port of a host. */
interface SocketAddress {
  readonly host: PlaceId;
  readonly port: number;
}

/** Gives connections their numbers in the trace. A port pair used again by a new SYN is a new connection. */
export class Connections {
  private readonly writer: TraceWriter;
  /** Port pair, in both directions → the latest connection that used it. */
  private readonly latest = new Map<string, number>();

  /** Connections of which an end is gone. */
  private readonly over = new Set<number>();

  constructor(writer: TraceWriter) {
    this.writer = writer;
  }

  /**
   * A socket opens a connection that the scenario calls `name`. When the other side is opening one towards it already, it is
   * the same one: the SYNs cross.
   */
  open(name: string, own: SocketAddress, other: SocketAddress): number {
    const crossing = this.latest.get(key(own.host, own.port, other.host, other.port));
    if (crossing !== undefined && !this.over.has(crossing) && this.side(crossing, own).end === -1) return crossing;
    const sides: readonly [ConnectionSide, ConnectionSide] = [
      { ...own, iss: -1, end: -1 },
      { ...other, iss: -1, end: -1 },
    ];
    const connection: Connection = { name, sides };
    const id = this.writer.connections.push(connection) - 1;
    this.latest.set(key(own.host, own.port, other.host, other.port), id);
    this.latest.set(key(other.host, other.port, own.host, own.port), id);
    return id;
  }

  /** A NAT shows the connection's port on `host` to the outside as another one. */
  translate(id: number, host: PlaceId, port: number, shown: number): void {
    const [a, b] = this.get(id).sides;
    const other = a.host === host && a.port === port ? b : a;
    this.latest.set(key(host, shown, other.host, other.port), id);
    this.latest.set(key(other.host, other.port, host, shown), id);
  }

  /** An end of the connection came into being. A socket that is connected to itself is both. */
  attach(id: number, socket: SocketAddress, end: PlaceId, iss: number): void {
    for (const side of this.get(id).sides) {
      if (side.host !== socket.host || side.port !== socket.port) continue;
      side.end = end;
      side.iss = iss;
    }
  }

  /** The initial sequence number of a side that has no end (yet): a SYN cookie. */
  announce(id: number, socket: SocketAddress, iss: number): void {
    this.side(id, socket).iss = iss;
  }

  /** One of its ends is gone: a later connect() between its ports opens another one. */
  ended(id: number): void {
    this.over.add(id);
  }

  /** The connection that a segment between these ports belongs to. */
  ofSegment(host: PlaceId, port: number, otherHost: PlaceId, otherPort: number): number {
    const id = this.latest.get(key(host, port, otherHost, otherPort));
    if (id === undefined) throw new Error('A segment without a connection');
    return id;
  }

  /** The host at the other side from `host`:`port`. */
  hostOfOther(id: number, host: PlaceId, port: number): PlaceId {
    const [a, b] = this.get(id).sides;
    return a.host === host && a.port === port ? b.host : a.host;
  }

  private side(id: number, { host, port }: SocketAddress): ConnectionSide {
    const [a, b] = this.get(id).sides;
    return a.host === host && a.port === port ? a : b;
  }

  name(id: number): string {
    return this.get(id).name;
  }

  private get(id: number): Connection {
    const found = this.writer.connections[id];
    if (found === undefined) throw new Error(`No connection ${id}`);
    return found;
  }
}

function key(host: PlaceId, port: number, otherHost: PlaceId, otherPort: number): string {
  return `${host}:${port}>${otherHost}:${otherPort}`;
}
