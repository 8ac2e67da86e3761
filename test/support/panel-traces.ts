/**
 * Small traces with the shape that the engine gives them, for tests of what reads a trace. Times follow the catalogue;
 * what a test needs no opinion on (windows, timestamps) is plain.
 */
import { SECOND } from '../../extension/base/time.ts';
import type { LocalizedText } from '../../extension/scenario/source.ts';
import type { TcpState } from '../../extension/scenario/tcp-state.ts';
import type { TraceData } from '../../extension/trace/columns.ts';
import { TraceWriter } from '../../extension/trace/columns.ts';
import type { EventFields, EventId, PlaceId } from '../../extension/trace/event.ts';
import type { TraceStatement } from '../../extension/trace/header.ts';
import type { SegmentPurpose, SendReason, TimerName, VariableName } from '../../extension/trace/schema.ts';
import { ACK, PSH, RST, SYN, TRACE_VERSION, VARIABLES } from '../../extension/trace/schema.ts';

const CLIENT = 1;
const SERVER = 2;
const WIRE = 3;
const WEB = 4;
const APP = 5;
const ISS = { [CLIENT]: 4_294_967_000, [SERVER]: 1_000_000 } as Record<PlaceId, number>;
const DELAY = 5_000;

export interface SampleOptions {
  readonly client?: string;
  readonly server?: string;
  readonly title?: LocalizedText;
  readonly variant?: LocalizedText;
}

const TITLE: LocalizedText = {
  en: 'Nobody is sending, and the server is gone',
  'zh-cn': '没有人在发送，而服务器已经不在',
};
const QUESTION: LocalizedText = {
  en: 'What does the client notice, and when?',
  'zh-cn': '客户端会发现什么？什么时候发现？',
};
const TAKEAWAY: LocalizedText = {
  en: 'A TCP connection is two beliefs. Without traffic, neither end learns that the other one is gone.',
  'zh-cn': '一条 TCP 连接是两端各自的认识。没有报文往来，任何一端都不会知道对方已经消失。',
};

const statement = (line: number, text: string): TraceStatement => ({
  range: { start: { line, character: 2 }, end: { line, character: 2 + text.length } },
  text,
});

/** Writes the story of one connection between `client` (app) and `server` (web). */
class Story {
  readonly writer: TraceWriter;
  now = 0;
  private readonly end: Record<PlaceId, PlaceId> = {};
  private readonly next: Record<PlaceId, number> = { [CLIENT]: 0, [SERVER]: 0 };

  constructor(actions: readonly TraceStatement[], expectations: readonly TraceStatement[], options: SampleOptions) {
    const host = (name: string, address: string) => ({ name, address, kernel: '6.12', hz: 1000, sysctls: {} });
    this.writer = new TraceWriter({
      version: TRACE_VERSION,
      scenario: options.title ?? TITLE,
      question: QUESTION,
      takeaway: TAKEAWAY,
      ...(options.variant ? { variant: options.variant } : {}),
      hosts: [host(options.client ?? 'client', '10.0.0.1'), host(options.server ?? 'server', '10.0.0.2')],
      actions,
      expectations,
    });
    this.writer.addPlace({ kind: 'host', name: options.client ?? 'client', address: '10.0.0.1' });
    this.writer.addPlace({ kind: 'host', name: options.server ?? 'server', address: '10.0.0.2' });
    this.writer.addPlace({ kind: 'link', name: 'wire', hosts: [CLIENT, SERVER] });
    this.writer.addPlace({ kind: 'process', name: 'web', host: SERVER });
    this.writer.addPlace({ kind: 'process', name: 'app', host: CLIENT });
    this.writer.connections.push({
      name: 'conn',
      sides: [
        { host: CLIENT, port: 40000, iss: ISS[CLIENT]!, end: -1 },
        { host: SERVER, port: 80, iss: ISS[SERVER]!, end: -1 },
      ],
    });
  }

  action(time: number, index: number): EventId {
    this.now = time;
    return this.writer.add('scenario.action', time, 0, -1, { action: index });
  }

  call(process: PlaceId, call: 'listen' | 'connect' | 'send' | 'setsockopt', cause: EventId, value = 0): EventId {
    return this.writer.add('call.entered', this.now, process, cause, { call, process, value, detail: '' });
  }

  returned(call: 'recv' | 'send', cause: EventId, errno: 'ETIMEDOUT' | 'ECONNRESET' | 'OK', value = 0): EventId {
    return this.writer.add('call.returned', this.now, this.end[CLIENT]!, cause, { call, process: APP, value, errno });
  }

  open(host: PlaceId, how: 'connect' | 'syn-arrived', cause: EventId): EventId {
    const process = host === CLIENT ? APP : -1;
    this.end[host] = this.writer.addPlace({ kind: 'end', host, process, connection: 0 });
    this.writer.connections[0]!.sides[host === CLIENT ? 0 : 1].end = this.end[host];
    return this.writer.add('end.opened', this.now, this.end[host], cause, { how });
  }

  state(host: PlaceId, from: TcpState, to: TcpState, cause: EventId): EventId {
    return this.writer.add('tcp.state', this.now, this.end[host]!, cause, { from, to });
  }

  variables(host: PlaceId, cause: EventId, values: Partial<Record<VariableName, number>>): EventId {
    const changes = Object.entries(values).flatMap(([name, value]) => [VARIABLES.indexOf(name as VariableName), value]);
    return this.writer.add('tcp.variables', this.now, this.end[host]!, cause, { changes });
  }

  arm(host: PlaceId, timer: TimerName, after: number, cause: EventId, backoff = 0): EventId {
    const deadline = this.now + after;
    return this.writer.add('timer.armed', this.now, this.end[host]!, cause, { timer, deadline, backoff, late: 0 });
  }

  fire(host: PlaceId, timer: TimerName, time: number, cause: EventId): EventId {
    this.now = time;
    return this.writer.add('timer.fired', time, this.end[host]!, cause, { timer });
  }

  send(
    from: PlaceId,
    cause: EventId,
    flags: number,
    purpose: SegmentPurpose,
    reason: SendReason,
    more: Partial<EventFields<'segment.sent'>> = {},
  ): EventId {
    const to = from === CLIENT ? SERVER : CLIENT;
    const length = more.length ?? 0;
    const syn = (flags & SYN) !== 0;
    const id = this.writer.add('segment.sent', this.now, this.end[from] ?? from, cause, {
      connection: 0,
      from,
      to,
      fromPort: from === CLIENT ? 40000 : 80,
      toPort: from === CLIENT ? 80 : 40000,
      seq: (ISS[from]! + (more.seq ?? this.next[from]!)) % 2 ** 32,
      ack: (flags & ACK) === 0 ? 0 : (ISS[to]! + this.next[to]!) % 2 ** 32,
      flags,
      window: 502,
      windowBytes: 64256,
      mss: syn ? 1460 : 0,
      wscale: syn ? 7 : 255,
      sackPermitted: syn,
      timestamps: true,
      tsVal: 1,
      tsEcr: 0,
      sack: [],
      purpose,
      reason,
      args: [],
      ...more,
      length,
      ...(more.seq === undefined ? {} : { seq: (ISS[from]! + more.seq) % 2 ** 32 }),
    });
    if (more.seq === undefined) this.next[from] = this.next[from]! + length + (syn ? 1 : 0);
    return id;
  }

  arrive(segment: EventId, to: PlaceId): EventId {
    this.now += DELAY;
    return this.writer.add('segment.delivered', this.now, this.end[to] ?? to, segment, { segment });
  }

  lose(segment: EventId, blame: EventId, delay = DELAY): EventId {
    this.now += delay;
    return this.writer.add('segment.dropped', this.now, WIRE, segment, { segment, reason: 'host-off', blame });
  }

  /** Listens, connects, shakes hands: three segments, done at 25 ms. */
  handshake(): EventId {
    this.call(WEB, 'listen', this.action(0, 0), 80);
    const connect = this.call(APP, 'connect', this.action(10_000, 1), 80);
    this.open(CLIENT, 'connect', connect);
    this.state(CLIENT, 'CLOSED', 'SYN_SENT', connect);
    const syn = this.send(CLIENT, connect, SYN, 'syn', 'connect');
    this.variables(CLIENT, connect, {
      'snd.iss': ISS[CLIENT]!,
      'snd.una': ISS[CLIENT]!,
      'snd.nxt': ISS[CLIENT]! + 1,
      rto: SECOND,
    });
    this.arm(CLIENT, 'retransmission', SECOND, syn);
    const synArrived = this.arrive(syn, SERVER);
    this.open(SERVER, 'syn-arrived', synArrived);
    this.state(SERVER, 'LISTEN', 'SYN_RECEIVED', synArrived);
    const synAck = this.send(SERVER, synArrived, SYN | ACK, 'syn-ack', 'syn-arrived');
    this.variables(SERVER, synArrived, {
      'snd.iss': ISS[SERVER]!,
      'snd.una': ISS[SERVER]!,
      'snd.nxt': ISS[SERVER]! + 1,
      'rcv.irs': ISS[CLIENT]!,
      'rcv.nxt': ISS[CLIENT]! + 1,
      rto: SECOND,
    });
    const synAckArrived = this.arrive(synAck, CLIENT);
    this.writer.add('timer.cancelled', this.now, this.end[CLIENT]!, synAckArrived, { timer: 'retransmission' });
    this.state(CLIENT, 'SYN_SENT', 'ESTABLISHED', synAckArrived);
    const ack = this.send(CLIENT, synAckArrived, ACK, 'ack', 'handshake-completed');
    this.variables(CLIENT, synAckArrived, {
      'snd.una': ISS[CLIENT]! + 1,
      'rcv.irs': ISS[SERVER]!,
      'rcv.nxt': ISS[SERVER]! + 1,
      srtt: 10_000,
      rttvar: 5_000,
      rto: 210_000,
      last_received: this.now,
      cwnd: 10,
    });
    const ackArrived = this.arrive(ack, SERVER);
    this.state(SERVER, 'SYN_RECEIVED', 'ESTABLISHED', ackArrived);
    this.variables(SERVER, ackArrived, {
      'snd.una': ISS[SERVER]! + 1,
      srtt: 10_000,
      rto: 210_000,
      last_received: this.now,
    });
    return synAckArrived;
  }

  powerLoss(time: number, action: number): EventId {
    const off = this.writer.add('host.state', time, SERVER, this.action(time, action), {
      on: false,
      reason: 'power-loss',
    });
    this.writer.add('process.state', time, WEB, off, { running: false, reason: 'host-off' });
    this.writer.add('end.gone', time, this.end[SERVER]!, off, { reason: 'host-off' });
    return off;
  }

  /** The client's end gives up. */
  timeOut(cause: EventId): void {
    const error = this.writer.add('tcp.error', this.now, this.end[CLIENT]!, cause, { errno: 'ETIMEDOUT', soft: false });
    this.state(CLIENT, 'ESTABLISHED', 'CLOSED', error);
    this.writer.add('end.gone', this.now, this.end[CLIENT]!, error, { reason: 'timed-out' });
    this.returned('recv', error, 'ETIMEDOUT');
  }

  finish(time: number, results: readonly { met: boolean; evidence: EventId; code?: string }[]): TraceData {
    const ended = this.writer.add('run.ended', time, 0, -1, { reason: 'until' });
    for (const [expectation, { met, evidence, code }] of results.entries())
      this.writer.add('expectation', time, 0, ended, { expectation, met, evidence, code: code ?? '', args: [] });
    return this.writer.finish();
  }
}

const COMMON = [statement(10, 'web listens on 80'), statement(11, 'app connects to server:80 as conn')];

/** Handshake, then the server loses power: nothing for 30 days. */
export function silentPowerLoss(options: SampleOptions = {}): TraceData {
  const story = new Story(
    [...COMMON, statement(14, 'server loses power as fault')],
    [statement(15, 'conn on client is ESTABLISHED at 30d'), statement(16, 'no segment after fault')],
    { variant: { en: 'power loss', 'zh-cn': '断电' }, ...options },
  );
  story.handshake();
  story.powerLoss(SECOND, 2);
  return story.finish(30 * 86_400 * SECOND, [
    { met: true, evidence: -1 },
    { met: true, evidence: -1 },
  ]);
}

/** Keepalive 7200/75/9 against a host without power: nine probes, a RST, ETIMEDOUT 7875 s after the last segment. */
export function keepaliveTimeout(options: SampleOptions = {}): TraceData {
  const story = new Story(
    [...COMMON, statement(24, 'app sets SO_KEEPALIVE on conn'), statement(21, 'server loses power as fault')],
    [
      statement(25, '9 keepalive probes from client'),
      statement(26, 'conn on client fails with ETIMEDOUT at 7875s after last segment received'),
      statement(27, 'conn on client is gone at 2h'),
    ],
    { variant: { en: 'keepalive on', 'zh-cn': '开启 keepalive' }, ...options },
  );
  const lastReceived = 20_000;
  story.handshake();
  const option = story.call(APP, 'setsockopt', story.action(26_000, 2), 1);
  story.variables(CLIENT, option, { keepalive: 1 });
  let armed = story.arm(CLIENT, 'keepalive', lastReceived + 7200 * SECOND - story.now, option);
  const off = story.powerLoss(SECOND, 3);
  for (let probe = 1; probe <= 9; probe++) {
    const fired = story.fire(CLIENT, 'keepalive', lastReceived + (7200 + 75 * (probe - 1)) * SECOND, armed);
    const sent = story.send(CLIENT, fired, ACK, 'keepalive-probe', 'keepalive-timer', { seq: 0, args: [probe, 0] });
    story.variables(CLIENT, sent, { probes_out: probe });
    armed = story.arm(CLIENT, 'keepalive', 75 * SECOND, fired);
    story.lose(sent, off);
  }
  const fired = story.fire(CLIENT, 'keepalive', lastReceived + 7875 * SECOND, armed);
  const rst = story.send(CLIENT, fired, RST | ACK, 'rst', 'keepalive-gave-up', { args: [9, 7875 * SECOND] });
  story.timeOut(fired);
  story.lose(rst, off);
  return story.finish(8000 * SECOND, [
    { met: true, evidence: rst },
    { met: true, evidence: rst + 1 },
    { met: false, evidence: -1, code: 'state' },
  ]);
}

/** 100 B to a host without power: a tail loss probe, fifteen retransmissions backing off, ETIMEDOUT. */
export function retransmissionTimeout(options: SampleOptions = {}): TraceData {
  const story = new Story(
    [...COMMON, statement(14, 'server loses power as fault'), statement(30, 'app sends 100 B on conn as send')],
    [statement(31, '15 RTO retransmissions from client')],
    { variant: { en: 'data to send', 'zh-cn': '有数据要发' }, ...options },
  );
  story.handshake();
  const off = story.powerLoss(SECOND, 2);
  const start = 2 * SECOND;
  const call = story.call(APP, 'send', story.action(start, 3), 100);
  const data = story.send(CLIENT, call, PSH | ACK, 'data', 'application-sent', { length: 100 });
  story.variables(CLIENT, call, { 'snd.nxt': (ISS[CLIENT]! + 101) % 2 ** 32 });
  let armed = story.arm(CLIENT, 'tail-loss-probe', 210_000, call);
  story.lose(data, off);
  const again = (purpose: SegmentPurpose, reason: SendReason, timer: TimerName, at: number, count: number): void => {
    const fired = story.fire(CLIENT, timer, at, armed);
    const sent = story.send(CLIENT, fired, PSH | ACK, purpose, reason, { seq: 1, length: 100, args: [count, count] });
    story.variables(CLIENT, sent, {
      retransmits: count,
      backoff: count,
      rto: Math.min(210_000 * 2 ** count, 120 * SECOND),
    });
    armed = story.arm(CLIENT, 'retransmission', Math.min(210_000 * 2 ** count, 120 * SECOND), fired, count);
    story.lose(sent, off);
  };
  let at = start + 210_000;
  again('tail-loss-probe', 'tail-loss-probe-timer', 'tail-loss-probe', at, 0);
  for (let count = 1; count <= 15; count++) {
    at += Math.min(210_000 * 2 ** (count - 1), 120 * SECOND);
    again('rto-retransmission', 'retransmission-timer', 'retransmission', at, count);
  }
  const fired = story.fire(CLIENT, 'retransmission', at + 120 * SECOND, armed);
  story.timeOut(fired);
  return story.finish(1000 * SECOND, [{ met: true, evidence: fired }]);
}

/** So many segments of data with their acknowledgements: more than one diagram can show. */
export function longTransfer(pairs: number): TraceData {
  const story = new Story([...COMMON, statement(14, 'app sends 1 MB on conn')], [], {});
  story.handshake();
  let cause = story.call(APP, 'send', story.action(SECOND, 2), 1_000_000);
  for (let i = 0; i < pairs; i++) {
    const data = story.send(CLIENT, cause, PSH | ACK, 'data', 'window-opened', { length: 100 + i });
    const arrived = story.arrive(data, SERVER);
    const ack = story.send(SERVER, arrived, ACK, 'ack', 'quick-ack');
    cause = story.arrive(ack, CLIENT);
  }
  return story.finish(story.now + SECOND, []);
}
