import { describe, expect, it } from 'vitest';
import { FIN } from '../../../extension/trace/schema.ts';
import type { Statement } from '../support/run.ts';
import { at, calls, close, connect, kill, run, send, sent, states } from '../support/run.ts';

const fork = (seconds: number): Statement => at(seconds, { kind: 'process-fork', process: 'web', child: 'worker' });
const worker = { worker: true } as const;
/** The server's process as the other one, for calls that the scenario asks of it. */
const by = (statement: Statement): Statement => ({ ...statement, process: 'worker' }) as Statement;

describe('a socket that two processes share', () => {
  it('a fork says nothing to anybody, and what arrives is read by the child', () => {
    const trace = run([fork(1), at(2, send('app', 100))], worker);
    expect(sent(trace, 'server', 1)).toEqual(['2.005 A 1 ack 101 ack']);
    expect([calls(trace, 'worker', 1), calls(trace, 'web', 1)]).toEqual([['2.005 recv 100'], []]);
  });

  it('a child that stops reading leaves it to its parent', () => {
    const stop: Statement = at(1, { kind: 'stop-reading', process: 'worker', connection: 'conn' });
    const trace = run([fork(1), stop, at(2, send('app', 100))], worker);
    expect([calls(trace, 'worker', 2), calls(trace, 'web', 2)]).toEqual([[], ['2.005 recv 100']]);
  });

  it('only the last descriptor closes it', () => {
    const trace = run([fork(1), at(2, close('web')), by(at(3, close('web')))], worker);
    expect(sent(trace, 'server', 1).slice(0, 1)).toEqual(['3 FA 1 ack 1 fin']);
    expect(calls(trace, 'web', 2)).toEqual(['2 close 0']);
  });

  it('killed: the socket that was opened last goes first', () => {
    const more = ['c2', 'c3'].map((connection) => at(1, { ...connect, connection } as typeof connect));
    const trace = run([...more, at(2, kill('app'))]);
    const fins = [...trace.eventsOf('segment.sent')].filter(
      ({ time, flags }) => time === 2_000_000 && (flags & FIN) !== 0,
    );
    expect(fins.map(({ connection }) => trace.connection(connection).name)).toEqual(['c3', 'c2', 'conn']);
  });

  it('killed with data that nobody read: RST, but only from the last', () => {
    const deaf: Statement[] = [
      at(1, { kind: 'stop-reading', process: 'web', connection: 'conn' }),
      at(1, { kind: 'stop-reading', process: 'worker', connection: 'conn' }),
    ];
    const trace = run([fork(1), ...deaf, at(2, send('app', 100)), at(3, kill('web')), by(at(4, kill('web')))], worker);
    expect(sent(trace, 'server', 2.5)).toEqual(['4 RA 1 ack 101 rst']);
  });

  it('EOF is read by both, and each closes its own', () => {
    const trace = run([fork(1), at(2, close('app'))], worker);
    expect(calls(trace, 'worker', 2)).toEqual(['2.005 recv 0', '2.005 close 0']);
    expect(calls(trace, 'web', 2)).toEqual(['2.005 recv 0', '2.005 close 0']);
    expect(states(trace, 'server', 2)).toEqual(['2.005 CLOSE_WAIT', '2.005 LAST_ACK', '2.015 CLOSED']);
  });

  it('each connection is accepted by the one that has waited longest', () => {
    const more = [2, 3, 4].map((seconds) => at(seconds, { ...connect, connection: `c${seconds}` } as typeof connect));
    const trace = run([fork(1), ...more], worker);
    const accepts = [...trace.eventsOf('call.returned')].filter(({ call }) => call === 'accept');
    // The parent took the first before the fork and went to sleep again.
    expect(accepts.map(({ process }) => trace.placeName(process))).toEqual(['web', 'web', 'worker', 'web']);
  });

  it('the listener lives while one of them does', () => {
    const trace = run([fork(1), at(2, kill('web')), at(3, { ...connect, connection: 'c2' } as typeof connect)], worker);
    expect(calls(trace, 'worker', 3).map((line) => line.split(' ')[1])).toEqual(['accept']);
    expect(calls(trace, 'app', 3)).toEqual(['3.01 connect 0']);
  });

  it('the trace says who has it in the end', () => {
    const trace = run([fork(1), at(2, kill('web'))], worker);
    const [, server] = trace.connections[0]!.sides;
    const end = trace.endAt(server.end)!;
    expect(trace.placeName(end.process)).toBe('worker');
  });

  it('a child that runs already is not forked again', () => {
    const trace = run([fork(1), fork(2)], worker);
    expect([...trace.eventsOf('scenario.skipped')].map(({ reason }) => reason)).toEqual(['already-running']);
  });
});
