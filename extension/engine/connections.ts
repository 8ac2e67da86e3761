import type { Connection, ConnectionSide, PlaceId } from '../trace/event.ts';
import type { TraceWriter } from '../trace/columns.ts';

/** Gives connections their numbers in the trace. A port pair used again by a new SYN is a new connection. */
export class Connections {
  private readonly writer: TraceWriter;
  /** Port pair, in both directions → the latest connection that used it. */
  private readonly latest = new Map<string, number>();

  constructor(writer: TraceWriter) {
    this.writer = writer;
  }

  /** A client opens a connection that the scenario calls `name`. */
  open(
    name: string,
    client: { host: PlaceId; port: number; iss: number },
    server: { host: PlaceId; port: number },
  ): number {
    const sides: readonly [ConnectionSide, ConnectionSide] = [
      { host: client.host, port: client.port, iss: client.iss, end: -1 },
      { host: server.host, port: server.port, iss: -1, end: -1 },
    ];
    const connection: Connection = { name, sides };
    const id = this.writer.connections.push(connection) - 1;
    this.latest.set(key(client.host, client.port, server.host, server.port), id);
    this.latest.set(key(server.host, server.port, client.host, client.port), id);
    return id;
  }

  /** An end of the connection came into being. */
  attach(id: number, side: 0 | 1, end: PlaceId, iss: number): void {
    const own = this.get(id).sides[side];
    own.end = end;
    own.iss = iss;
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
