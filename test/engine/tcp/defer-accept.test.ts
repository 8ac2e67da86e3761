import { describe, expect, it } from 'vitest';
import type { BehaviourPlan } from '../../../extension/scenario/plan.ts';
import type { Statement } from '../support/run.ts';
import { at, calls, close, cut, gone, run, send, sent, states } from '../support/run.ts';

type Uses = Omit<Extract<BehaviourPlan, { kind: 'uses-option' }>, 'range'>;
const defers = (seconds: number): { web: readonly Uses[] } => ({
  web: [{ kind: 'uses-option', option: 'TCP_DEFER_ACCEPT', value: seconds }],
});
const accepted = (seconds: number, statements: readonly Statement[] = [], until = 100): string[] =>
  calls(run(statements, { ...defers(seconds), until }), 'web').filter((line) => line.includes('accept'));

describe('TCP_DEFER_ACCEPT of a listener (tcp_check_req, syn_ack_recalc)', () => {
  it('the ACK of the handshake opens nothing at the listener: only data does, and accept() returns then', () => {
    const trace = run([at(0.5, send('app', 100))], { ...defers(10), until: 1 });
    expect(calls(trace, 'app')).toContain('0.02 connect 0');
    expect([...trace.eventsOf('segment.ignored')].map(({ time, reason }) => `${time / 1e6} ${reason}`)).toEqual([
      '0.025 accept-deferred',
    ]);
    expect(states(trace, 'server')).toEqual(['0.015 SYN_RECEIVED', '0.505 ESTABLISHED']);
    expect(calls(trace, 'web').slice(-2)).toEqual(['0.505 accept 4', '0.505 recv 100']);
  });

  it.each([
    // Seconds become firings of the SYN-ACK timer, at 1, 3, 7, 15 s.
    [1, '1.025 accept 4'],
    [2, '3.025 accept 4'],
    [3, '3.025 accept 4'],
    [4, '7.025 accept 4'],
    [7, '7.025 accept 4'],
    [8, '15.025 accept 4'],
  ])('%i s without data: the SYN-ACK goes again, its answer opens the connection', (seconds, line) => {
    expect(accepted(seconds)).toEqual([line]);
  });

  it('the SYN-ACK goes again only at the end of that time', () => {
    expect(sent(run([], { ...defers(7), until: 20 }), 'server')).toEqual([
      '0.015 SA 0 ack 1 syn-ack',
      '7.015 SA 0 ack 1 syn-ack-retransmission',
    ]);
  });

  it('where that is never answered it is repeated like any other, then the request is gone without a word', () => {
    const trace = run([at(0.03, cut('server'))], { ...defers(3), until: 100 });
    expect(sent(trace, 'server').map((line) => line.split(' ')[0])).toEqual([
      '0.015',
      '3.015',
      '7.015',
      '15.015',
      '31.015',
    ]);
    expect(gone(trace, 'server')).toEqual(['63.015 timed-out']);
    expect(calls(trace, 'web').some((line) => line.includes('accept'))).toBe(false);
  });

  it('a FIN is news too; 0 s defers nothing', () => {
    expect(accepted(7, [at(2, close('app'))])).toEqual(['2.005 accept 4']);
    expect(accepted(0)).toEqual(['0.025 accept 4']);
  });
});

describe('TCP_DEFER_ACCEPT of who connects (tcp_rcv_synsent_state_process)', () => {
  it('the third segment of the handshake waits for data, 200 ms at most', () => {
    const app: readonly Uses[] = [{ kind: 'uses-option', option: 'TCP_DEFER_ACCEPT', value: 1 }];
    const third = (statements: readonly Statement[]): string | undefined =>
      sent(run(statements, { app, until: 1 }), 'client')[1];
    expect(third([])).toBe('0.22 A 1 ack 1 ack');
    expect(third([at(0.1, send('app', 100))])).toBe('0.1 PA 1+100 ack 1 data');
  });
});
