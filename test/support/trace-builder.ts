import type {
  Expectation,
  ExpectationPlan,
  TimeConstraint,
  TimeReference,
} from '../../extension/scenario/expectation.ts';
import type { TcpState } from '../../extension/scenario/tcp-state.ts';
import { TraceWriter } from '../../extension/trace/columns.ts';
import type { ConnectionSide, EventFields, EventId, PlaceId } from '../../extension/trace/event.ts';
import type { TraceHost, TraceStatement } from '../../extension/trace/header.ts';
import type { EventKind, TimerName, VariableName } from '../../extension/trace/schema.ts';
import { ACK, TRACE_VERSION, VARIABLES } from '../../extension/trace/schema.ts';
import { Trace } from '../../extension/trace/trace.ts';

/** Initial sequence numbers that every built connection has. */
export const CLIENT_ISS = 1000;
export const SERVER_ISS = 5000;

export interface TraceBuilderOptions {
  /** Statements of the scenario, each perhaps with `as NAME`. Line n of the file is action n. */
  readonly actions?: readonly (string | { readonly text: string; readonly moment: string })[];
  /** Texts of expectations; they stand after the actions. */
  readonly expectations?: readonly string[];
  readonly clientSysctls?: Readonly<Record<string, number>>;
  readonly kernel?: string;
}

type SegmentOptions = Partial<EventFields<'segment.sent'>> & {
  /** Relative to the initial sequence numbers. */
  readonly relativeSeq?: number;
  readonly relativeAck?: number;
};

/**
 * Writes small traces of one connection `conn` from process `app` on `client` to process `web` on `server`. Times are in
 * seconds. Every method gives the id of the (last) event that it wrote.
 */
export class TraceBuilder {
  readonly writer: TraceWriter;
  readonly client: PlaceId;
  readonly server: PlaceId;
  readonly app: PlaceId;
  readonly web: PlaceId;
  readonly wire: PlaceId;
  /** The ends of `conn`. */
  readonly near: PlaceId;
  readonly far: PlaceId;
  private now = 0;

  constructor(options: TraceBuilderOptions = {}) {
    const host = (name: string, address: string, sysctls = {}): TraceHost => ({
      name,
      address,
      kernel: options.kernel ?? '6.12',
      hz: 1000,
      sysctls,
    });
    const actions = (options.actions ?? []).map((action, line) =>
      statement(line, typeof action === 'string' ? { text: action } : action),
    );
    this.writer = new TraceWriter({
      version: TRACE_VERSION,
      scenario: { en: 'Nobody is sending', 'zh-cn': '没有人在发送' },
      question: { en: 'What does the client notice?' },
      variant: { en: 'keepalive on' },
      hosts: [host('client', '10.0.0.1', options.clientSysctls), host('server', '10.0.0.2')],
      actions,
      expectations: (options.expectations ?? []).map((text, i) => statement(actions.length + i, { text })),
    });
    const add = this.writer.addPlace.bind(this.writer);
    this.client = add({ kind: 'host', name: 'client', address: '10.0.0.1' });
    this.server = add({ kind: 'host', name: 'server', address: '10.0.0.2' });
    this.app = add({ kind: 'process', name: 'app', host: this.client });
    this.web = add({ kind: 'process', name: 'web', host: this.server });
    this.wire = add({ kind: 'link', name: 'wire', hosts: [this.client, this.server] });
    this.near = add({ kind: 'end', host: this.client, process: this.app, connection: 0 });
    this.far = add({ kind: 'end', host: this.server, process: this.web, connection: 0 });
    this.writer.connections.push({
      name: 'conn',
      sides: [
        { host: this.client, port: 40000, iss: CLIENT_ISS, end: this.near },
        { host: this.server, port: 80, iss: SERVER_ISS, end: this.far },
      ],
    });
  }

  /** Everything written next happens at this time, in seconds. */
  at(seconds: number): this {
    this.now = Math.round(seconds * 1e6);
    return this;
  }

  add<K extends EventKind>(kind: K, place: PlaceId, fields: EventFields<K>, cause: EventId = -1): EventId {
    return this.writer.add(kind, this.now, place, cause, fields);
  }

  action(action: number, place: PlaceId = 0): EventId {
    return this.add('scenario.action', place, { action });
  }

  state(end: PlaceId, from: TcpState, to: TcpState, cause?: EventId): EventId {
    return this.add('tcp.state', end, { from, to }, cause);
  }

  variables(end: PlaceId, changes: Partial<Record<VariableName, number>>, cause?: EventId): EventId {
    const flat = Object.entries(changes).flatMap(([name, value]) => [VARIABLES.indexOf(name as VariableName), value]);
    return this.add('tcp.variables', end, { changes: flat }, cause);
  }

  arm(end: PlaceId, timer: TimerName, deadline: number, cause?: EventId, backoff = 0): EventId {
    return this.add('timer.armed', end, { timer, deadline: Math.round(deadline * 1e6), backoff, late: 0 }, cause);
  }

  /** A segment from one end to the other; an ACK unless told otherwise. */
  send(end: PlaceId, options: SegmentOptions = {}, cause?: EventId): EventId {
    const isNear = end === this.near;
    const { relativeSeq, relativeAck, ...fields } = options;
    return this.add(
      'segment.sent',
      end,
      {
        connection: 0,
        from: isNear ? this.client : this.server,
        to: isNear ? this.server : this.client,
        fromPort: isNear ? 40000 : 80,
        toPort: isNear ? 80 : 40000,
        seq: (isNear ? CLIENT_ISS : SERVER_ISS) + (relativeSeq ?? 1),
        ack: (isNear ? SERVER_ISS : CLIENT_ISS) + (relativeAck ?? 1),
        flags: ACK,
        length: 0,
        window: 502,
        windowBytes: 64256,
        mss: 0,
        wscale: 255,
        sackPermitted: false,
        timestamps: false,
        tsVal: 0,
        tsEcr: 0,
        sack: [],
        purpose: 'ack',
        reason: 'handshake-completed',
        args: [],
        ...fields,
      },
      cause,
    );
  }

  /** The fields of a segment that was sent. */
  fieldsOf(segment: EventId): EventFields<'segment.sent'> {
    return this.done().eventOf('segment.sent', segment);
  }

  deliver(segment: EventId, place: PlaceId): EventId {
    return this.add('segment.delivered', place, { segment }, segment);
  }

  drop(segment: EventId, blame: EventId, reason: EventFields<'segment.dropped'>['reason'] = 'host-off'): EventId {
    return this.add('segment.dropped', this.wire, { segment, reason, blame }, segment);
  }

  /** A call of `app` on `conn` that comes back at once. */
  returned(
    call: EventFields<'call.returned'>['call'],
    fields: Partial<EventFields<'call.returned'>> = {},
    place: PlaceId = this.near,
    cause?: EventId,
  ): EventId {
    return this.add('call.returned', place, { call, process: this.app, value: 0, errno: 'OK', ...fields }, cause);
  }

  ended(reason: EventFields<'run.ended'>['reason'] = 'idle'): EventId {
    return this.add('run.ended', 0, { reason });
  }

  done(): Trace {
    return new Trace(this.writer.finish());
  }

  /** Changes a side of the connection: `side(1, { iss: -1 })`. */
  side(index: 0 | 1, changes: Partial<ConnectionSide>): this {
    Object.assign(this.writer.connections[0]!.sides[index], changes);
    return this;
  }
}

/** A statement on the given line (zero-based). */
export function statement(line: number, fields: { readonly text: string; readonly moment?: string }): TraceStatement {
  return { range: rangeOf(line, fields.text.length), ...fields };
}

function rangeOf(line: number, length: number): TraceStatement['range'] {
  return { start: { line, character: 4 }, end: { line, character: 4 + length } };
}

/** An expectation as the language would hand it over. */
export function expectation(expected: Expectation, when: TimeConstraint = { kind: 'any' }): ExpectationPlan {
  return { range: rangeOf(0, 1), text: '', when, ...expected };
}

/** Times of expectations, in seconds: from the start, from a moment, from the last segment received. */
export const seconds = (value: number): TimeReference => ({ base: { kind: 'start' }, offset: Math.round(value * 1e6) });
export const moment = (name: string, offset = 0): TimeReference => ({
  base: { kind: 'moment', name },
  offset: Math.round(offset * 1e6),
});
export const lastReceived = (offset: number): TimeReference => ({
  base: { kind: 'last-received' },
  offset: Math.round(offset * 1e6),
});
export const at = (time: TimeReference, tolerance = 0): TimeConstraint => ({
  kind: 'at',
  time,
  tolerance: Math.round(tolerance * 1e6),
});
export const within = (duration: number, of: TimeReference): TimeConstraint => ({
  kind: 'within',
  duration: Math.round(duration * 1e6),
  of,
});
export const before = (time: TimeReference): TimeConstraint => ({ kind: 'before', time });
export const after = (time: TimeReference): TimeConstraint => ({ kind: 'after', time });
export const between = (from: TimeReference, to: TimeReference): TimeConstraint => ({ kind: 'between', from, to });
