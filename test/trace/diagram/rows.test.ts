import { describe, expect, test } from 'vitest';
import { foldRows } from '../../../extension/trace/diagram/fold.ts';
import { rowLabel, timeText } from '../../../extension/trace/diagram/labels.ts';
import type { DisplayRow } from '../../../extension/trace/diagram/row.ts';
import { buildRows } from '../../../extension/trace/diagram/rows.ts';
import type { TraceData } from '../../../extension/trace/columns.ts';
import { Trace } from '../../../extension/trace/trace.ts';
import { play } from '../../../extension/engine/play.ts';
import { catalogueFile, scenarioOf } from '../../support/catalogue.ts';
import { keepaliveTimeout, longTransfer, retransmissionTimeout, silentPowerLoss } from '../../support/panel-traces.ts';

/** Every line as `time | label | states beside it`. */
function lines(data: TraceData, opened: readonly number[] = []): string[] {
  const trace = new Trace(data);
  const { all, stretches } = buildRows(trace);
  return foldRows(all, stretches, new Set(opened)).map((row) => line(trace, row));
}

function line(trace: Trace, row: DisplayRow): string {
  const states =
    row.kind === 'segment' || row.kind === 'note'
      ? row.states.map(({ event, host }) => `${trace.placeName(host)}: ${trace.eventOf('tcp.state', event).to}`)
      : [];
  return [timeText(row), ...rowLabel(trace, row), ...states].filter((part) => part !== '').join(' | ');
}

describe('lines of a diagram', () => {
  test('an option that a program sets before it listens is named; what a program does from now on has no second time', () => {
    const { text } = catalogueFile('G4');
    const [run] = scenarioOf('G4', text).runs;
    const all = lines(play(run!).data);
    expect(all.slice(0, 2)).toEqual(['0.000 s | web: setsockopt(SO_RCVBUF = 16384)', '0.000 s | web listens on 80']);
    expect(all).toContain('0.500 s | web stops reading conn');
  });

  test('handshake, then the server loses power: states beside their segments, 30 days of silence', () => {
    expect(lines(silentPowerLoss())).toEqual([
      '0.000 s | web listens on 80',
      '0.010 s | app connects to server:80 as conn',
      '0.010 s | SYN | seq 0 | client: SYN_SENT | server: SYN_RECEIVED',
      '0.015 s | SYN, ACK | seq 0 · ack 1 | client: ESTABLISHED',
      '0.020 s | ACK | seq 1 · ack 1 | server: ESTABLISHED',
      '1.000 s | server loses power',
      '1.000 s | … 30 d, nothing is sent …',
      '30 d | end of the run',
    ]);
  });

  test('nine keepalive probes: the silence before them is 7200 s, seven fold, the error says who it told', () => {
    expect(lines(keepaliveTimeout()).slice(5)).toEqual([
      '0.026 s | app sets SO_KEEPALIVE on conn',
      '1.000 s | server loses power',
      '1.000 s | … 7200 s, nothing is sent …',
      '7200.020 s | keepalive probe 1/9 · lost | ACK · seq 0 · ack 1',
      '7275.020 s – 7725.020 s | 7 more keepalive probes, every 75 s',
      '7800.020 s | keepalive probe 9/9 · lost | ACK · seq 0 · ack 1',
      '7800.020 s | … 75 s, nothing is sent …',
      '7875.020 s | RST, ACK · lost | seq 1 · ack 1 | client: CLOSED',
      '7875.020 s | app: recv → ETIMEDOUT',
      '7875.020 s | … 124.98 s, nothing is sent …',
      '8000.000 s | end of the run',
    ]);
  });

  test('fifteen retransmissions that back off fold although their waits differ', () => {
    expect(lines(retransmissionTimeout()).slice(6, 14)).toEqual([
      '2.000 s | app sends 100 B on conn as send',
      '2.000 s | PSH, ACK · lost | seq 1 · ack 1 · len 100',
      '2.210 s | tail loss probe · lost | PSH, ACK · seq 1 · ack 1 · len 100',
      '2.420 s | RTO retransmission 1 · lost | PSH, ACK · seq 1 · ack 1 · len 100',
      '2.840 s – 697.040 s | 13 more retransmissions, 840 ms to 120 s apart',
      '817.040 s | RTO retransmission 15 · lost | PSH, ACK · seq 1 · ack 1 · len 100',
      '817.040 s | … 120 s, nothing is sent …',
      '937.040 s | app: recv → ETIMEDOUT | client: CLOSED',
    ]);
  });

  test('an open fold stands above the lines that it had hidden', () => {
    const closed = lines(keepaliveTimeout());
    const trace = new Trace(keepaliveTimeout());
    const { all, stretches } = buildRows(trace);
    const fold = foldRows(all, stretches, new Set()).find(({ kind }) => kind === 'fold')!;
    const open = lines(keepaliveTimeout(), [fold.event]);
    expect(open).toHaveLength(closed.length + 7);
    expect(open[9]).toBe(closed[9]);
    expect(open.slice(10, 12)).toEqual([
      '7275.020 s | keepalive probe 2/9 · lost | ACK · seq 0 · ack 1',
      '7350.020 s | keepalive probe 3/9 · lost | ACK · seq 0 · ack 1',
    ]);
  });

  test('segments that differ do not fold', () => {
    expect(lines(longTransfer(40)).filter((text) => text.includes('more'))).toEqual([]);
  });

  test('every segment has exactly one line', () => {
    for (const data of [silentPowerLoss(), keepaliveTimeout(), retransmissionTimeout(), longTransfer(30)]) {
      const trace = new Trace(data);
      const { all } = buildRows(trace);
      const sent = [...trace.eventsOf('segment.sent')].map(({ id }) => id);
      expect(all.filter(({ kind }) => kind === 'segment').map(({ event }) => event)).toEqual(sent);
    }
  });
});
