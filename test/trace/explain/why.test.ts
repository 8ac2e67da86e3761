import { describe, expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import type { RunPlan } from '../../../extension/scenario/plan.ts';
import type { EventOf } from '../../../extension/trace/event.ts';
import type { EventKind } from '../../../extension/trace/schema.ts';
import { explainSilence, explainWhy, statementLabel } from '../../../extension/trace/explain/index.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { KEEPALIVE, KILLED, plan, POWER_LOSS, SEND_AT_2 } from '../../support/plans.ts';
import { TraceBuilder } from '../../support/trace-builder.ts';

/** The last event of a kind for which `matches`. */
function last<K extends EventKind>(
  trace: Trace,
  kind: K,
  matches: (event: EventOf<K>) => boolean = () => true,
): number {
  const found = [...trace.eventsOf(kind)].findLast(matches);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found.id;
}

/** The explanation as a person reads it: each step, with its line of the scenario. */
function why(trace: Trace, id: number): string[] {
  return explainWhy(trace, id).map(({ text, action }) =>
    action === undefined ? text : `${text}: ${statementLabel(trace, action)}`,
  );
}

const played = new Map<RunPlan, Trace>();
function run(scenario: RunPlan): Trace {
  const known = played.get(scenario) ?? play(scenario);
  played.set(scenario, known);
  return known;
}

const keepalive = plan([KEEPALIVE, POWER_LOSS]);
const data = plan([POWER_LOSS, SEND_AT_2]);
const killed = plan([KILLED]);

describe('explainWhy', () => {
  it('the ninth keepalive probe: the timer, the probe before, the silence, both lines of the scenario', () => {
    const trace = run(keepalive);
    const probe = last(trace, 'segment.sent', ({ purpose }) => purpose === 'keepalive-probe');
    expect(why(trace, probe)).toEqual([
      'The keepalive timer fired; 8 probes were unanswered, fewer than tcp_keepalive_probes = 9.',
      'It was set 75 s earlier, by keepalive probe 8/9 (tcp_keepalive_intvl).',
      'The first probe followed 7200 s without anything received (tcp_keepalive_time).',
      'Keepalive is on: line 3 · at 20ms app sets SO_KEEPALIVE on conn',
      'Nothing answers: line 4 · at 1s server loses power as fault',
    ]);
    expect(explainWhy(trace, probe)[0]?.rule).toEqual({ rfc: 'RFC 9293 §3.8.4', kernel: 'tcp_keepalive_timer' });
  });

  it('with timers as late as the wheel: the deadline, and when the wheel fired', () => {
    const wheel = { ...data, hosts: data.hosts.map((host) => ({ ...host, hz: 250, timers: 'wheel' as const })) };
    const trace = run(wheel);
    const probe = last(trace, 'segment.sent', ({ purpose }) => purpose === 'tail-loss-probe');
    expect(why(trace, probe).slice(0, 3)).toEqual([
      'The tail loss probe timer fired: the last segment is sent again before the retransmission timer would, to draw an answer.',
      'It was set 216 ms earlier, at 2.000 s.',
      'It was armed for 2.212 s; the wheel fired it at 2.216 s: a timer waits for the end of its slot, and the slots of long waits are coarse.',
    ]);
  });

  it('the first keepalive probe: the silence itself', () => {
    const trace = run(keepalive);
    const probe = [...trace.eventsOf('segment.sent')].find(({ purpose }) => purpose === 'keepalive-probe')!;
    expect(why(trace, probe.id)[0]).toBe(
      'The keepalive timer fired: nothing was received for 7200 s (tcp_keepalive_time = 7200).',
    );
  });

  it('ETIMEDOUT by keepalive: the limit', () => {
    const trace = run(keepalive);
    expect(why(trace, last(trace, 'tcp.error')).slice(0, 2)).toEqual([
      'The kernel gave up waiting for an answer.',
      'Keepalive probes stayed unanswered up to the limit (tcp_keepalive_probes = 9); nothing was received for 7875 s.',
    ]);
  });

  it('options instead of sysctls: named as what is in force', () => {
    const b = new TraceBuilder();
    b.at(0.1).add('call.entered', b.near, { call: 'setsockopt', process: b.app, value: 3, detail: 'TCP_KEEPCNT' });
    const probe = b.at(12).send(b.near, {
      purpose: 'keepalive-probe',
      reason: 'keepalive-timer',
      args: [3, 12_000_000],
    });
    expect(why(b.done(), probe)).toEqual([
      'The keepalive timer fired; 2 probes were unanswered, fewer than TCP_KEEPCNT = 3.',
    ]);
  });

  it('the fifteenth retransmission: the row of firings is told once', () => {
    const trace = run(data);
    const retransmission = last(trace, 'segment.sent', ({ purpose }) => purpose === 'rto-retransmission');
    expect(why(trace, retransmission)).toEqual([
      'The retransmission timer fired: the oldest segment is still unacknowledged. The wait doubles with every firing, up to 120 s (backoff 14).',
      'It was set 120 s earlier, by RTO retransmission 14.',
      'The row of 16 firings began at 2.210 s, 210 ms after the timer was first set; each wait is about twice the one before, up to 120 s.',
      'app calls send(100 B) on conn: line 4 · at 2s app sends 100 B on conn as send',
      'Nothing answers: line 3 · at 1s server loses power as fault',
    ]);
  });

  it('ETIMEDOUT by retransmissions: measured from the first retransmission, against the limit of tcp_retries2', () => {
    const trace = run(data);
    expect(why(trace, last(trace, 'tcp.error'))[1]).toBe(
      'The timer fired 934.62 s after the first retransmission. That is at least 924.6 s, the time that tcp_retries2 = 15 stands for; it is looked at only when the timer fires.',
    );
  });

  it('recv fails: the error that the kernel had put there', () => {
    const trace = run(data);
    const call = last(trace, 'call.returned', ({ errno }) => errno === 'ETIMEDOUT');
    expect(why(trace, call)[0]).toBe(
      'The kernel had put ETIMEDOUT on the socket at 937.040 s; this call is the first to be told.',
    );
  });

  it('a FIN after kill -9: the kernel closes for the process', () => {
    const trace = run(killed);
    const fin = [...trace.eventsOf('segment.sent')].find(({ purpose }) => purpose === 'fin')!;
    expect(why(trace, fin.id)).toEqual([
      'The socket was closed, or its process ended: the kernel closes this direction with a FIN.',
      'The process web is killed: line 3 · at 1s web is killed as fault',
    ]);
  });

  it('a state that a segment brought: back to the line of the scenario', () => {
    const trace = run(killed);
    const state = last(trace, 'tcp.state', ({ to }) => to === 'CLOSE_WAIT');
    expect(why(trace, state)).toEqual([
      'conn on client: a FIN arrived: the other end sends nothing more, and this application has not closed yet.',
      'Before that, server sent FIN at 1.000 s: The socket was closed, or its process ended: the kernel closes this direction with a FIN.',
      'The process web is killed: line 3 · at 1s web is killed as fault',
    ]);
  });

  it('a segment that was lost: what swallowed it, then why it was sent', () => {
    const trace = run(data);
    expect(why(trace, last(trace, 'segment.dropped')).slice(0, 2)).toEqual([
      'Nobody is there to receive it: line 3 · at 1s server loses power as fault',
      'client sent RTO retransmission 15 at 817.040 s: The retransmission timer fired: the oldest segment is still unacknowledged. The wait doubles with every firing, up to 120 s (backoff 14).',
    ]);
  });

  it('a RST of a host that has forgotten: what became of its end', () => {
    const back = [3, 'at 3s server boots', { kind: 'host-boot', host: 'server' }] as const;
    const late = [
      10,
      'at 10s app sends 1 B on conn',
      { kind: 'send', process: 'app', connection: 'conn', bytes: 1 },
    ] as const;
    const trace = play(plan([POWER_LOSS, back, late]));
    const rst = last(trace, 'segment.sent', ({ purpose }) => purpose === 'rst');
    expect(why(trace, rst).slice(0, 2)).toEqual([
      'server has no socket for the segment that arrived.',
      'Its end of conn is gone since 1.000 s (its host lost power): line 3 · at 1s server loses power as fault',
    ]);
    expect(why(trace, last(trace, 'tcp.error'))[0]).toBe(
      'A RST arrived: the other end does not know this connection any more, or aborted it.',
    );
  });

  it('many segments back and forth: the middle is counted, not told', () => {
    const b = new TraceBuilder({ actions: ['app sends'] });
    let cause = b.at(0).action(0);
    for (let i = 0; i < 50; i++) {
      const [from, to] = i % 2 === 0 ? [b.near, b.far] : [b.far, b.near];
      cause = b.at(i + 1).deliver(b.send(from, { length: 10, purpose: 'data', reason: 'application-sent' }, cause), to);
    }
    const steps = why(b.done(), cause);
    expect(steps).toHaveLength(7);
    expect(steps[4]).toBe('… and 45 more segments back and forth before that.');
    expect(steps.at(-1)).toBe('The scenario says so: line 1 · app sends');
  });

  it('thousands of segments, reads between them: still a short story that ends at the scenario', () => {
    const bulk = [
      1,
      'at 1s app sends 5 MB on conn',
      { kind: 'send', process: 'app', connection: 'conn', bytes: 5_000_000 },
    ] as const;
    const trace = play(plan([bulk], { until: 60 }));
    const steps = why(trace, last(trace, 'segment.sent'));
    expect(steps.length).toBeLessThanOrEqual(13);
    expect(steps.at(-1)).toContain('line ');
    expect(steps.some((text) => /^… and \d+ more/.test(text))).toBe(true);
  });

  it('an expectation: what became of it, then its evidence', () => {
    const b = new TraceBuilder({ expectations: ['conn on client fails'] });
    const error = b.at(9).add('tcp.error', b.near, { errno: 'ECONNRESET', soft: false });
    const id = b.add(
      'expectation',
      0,
      { expectation: 0, met: false, evidence: error, code: 'other-time', args: [5e6, 5e6, 9e6] },
      error,
    );
    expect(why(b.done(), id)).toEqual([
      'expected at 5.000 s, happened at 9.000 s.',
      'A RST arrived: the other end does not know this connection any more, or aborted it.',
    ]);
  });

  it.each([
    ['keepalive', keepalive],
    ['data', data],
    ['killed', killed],
  ])('every event of a run (%s): at least one step, every step has text, no step repeats', (_, scenario) => {
    const trace = run(scenario);
    for (let id = 0; id < trace.length; id++) {
      const steps = explainWhy(trace, id);
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.length).toBeLessThan(20);
      expect(steps.every(({ text }) => text.length > 1 && !text.includes('undefined'))).toBe(true);
      expect(new Set(steps.map(({ text }) => text)).size).toBe(steps.length);
    }
  });
});

describe('explainSilence', () => {
  const silence = (trace: Trace, seconds: number): string[] => {
    const from = trace.lastEventAt(seconds * 1e6);
    return explainSilence(trace, from, from + 1).map(({ text, action }) =>
      action === undefined ? text : `${text}: ${statementLabel(trace, action)}`,
    );
  };

  it('idle, keepalive off, the server gone: waits for ever, and nobody asks', () => {
    expect(silence(play(plan([POWER_LOSS])), 2)).toEqual([
      'conn on client (ESTABLISHED) has nothing to send, everything it sent is acknowledged, and no timer is set: it waits for ever.',
      'Keepalive is off (SO_KEEPALIVE is not set on it), so nobody asks whether the other end is still there.',
      'server has no power and said nothing: nobody was told: line 3 · at 1s server loses power as fault',
    ]);
  });

  it('keepalive on: until its timer, first idle, then between probes', () => {
    const trace = run(keepalive);
    expect(silence(trace, 2)[0]).toBe(
      'conn on client waits for its keepalive timer, until 7200.020 s (tcp_keepalive_time = 7200 s).',
    );
    expect(silence(trace, 7210)[0]).toBe(
      'conn on client waits for its keepalive timer, until 7275.020 s (tcp_keepalive_intvl = 75 s).',
    );
  });

  it('between retransmissions: until the timer, whatever happens to the cable', () => {
    expect(silence(run(data), 500)[0]).toBe(
      'conn on client has sent what nobody acknowledged, and sends it again when the retransmission timer fires, at 577.040 s. Only the other end could wake it sooner, not a cable that is plugged back.',
    );
  });

  it('TIME_WAIT: it only answers', () => {
    expect(silence(run(killed), 30)).toEqual(['conn on server is in TIME_WAIT until 61.010 s; it only answers.']);
  });

  it('no connection: nobody could send', () => {
    expect(silence(run(killed), 100)).toEqual(['No connection exists: there is nobody who could send.']);
  });
});
