import { describe, expect, it } from 'vitest';
import { Simulation } from '../../extension/engine/simulation.ts';
import type { ExpectationPlan } from '../../extension/scenario/expectation.ts';
import { Trace } from '../../extension/trace/trace.ts';
import { stopOf } from '../../extension/trace/explain/index.ts';
import { play } from '../../extension/engine/play.ts';
import type { Statement } from './support/run.ts';
import {
  at,
  boot,
  calls,
  close,
  connect,
  cut,
  gone,
  kill,
  listen,
  planOf,
  powerLoss,
  restore,
  run,
  SECOND,
  send,
  sent,
} from './support/run.ts';

const ended = (trace: Trace) => [...trace.eventsOf('run.ended')].map(({ time, reason }) => [time / SECOND, reason]);
const carriedOut = (trace: Trace) =>
  [...trace.eventsOf('scenario.action')].map(({ time, action }) => `${time / SECOND} ${action}`);

describe('triggers', () => {
  it('when: once, at the moment the end enters the state, caused by that change', () => {
    const reaction: Statement = {
      trigger: { kind: 'when', connection: 'conn', host: 'client', state: 'CLOSE_WAIT' },
      ...send('app', 10),
    };
    const trace = run([at(1, kill('web')), reaction], { app: [{ kind: 'ignores-eof' }] });
    expect(carriedOut(trace).at(-1)).toBe('1.005 3');
    const action = [...trace.eventsOf('scenario.action')].at(-1)!;
    expect(trace.kindAt(action.cause)).toBe('tcp.state');
  });

  it('after: counted from the action that it follows, caused by it', () => {
    const trace = run([
      { trigger: { kind: 'when', connection: 'conn', host: 'server', state: 'ESTABLISHED' }, ...send('app', 10) },
      { trigger: { kind: 'after', action: 2, delay: 2 * SECOND }, ...kill('web') },
    ]);
    expect(carriedOut(trace).slice(2)).toEqual(['0.025 2', '2.025 3']);
    const last = [...trace.eventsOf('scenario.action')].at(-1)!;
    expect(trace.kindAt(last.cause)).toBe('scenario.action');
  });

  it('every: from, by the interval, up to and including the end', () => {
    const trace = run([
      { trigger: { kind: 'every', interval: SECOND, from: SECOND, until: 3 * SECOND }, ...send('app', 10) },
    ]);
    expect(carriedOut(trace).slice(2)).toEqual(['1 2', '2 2', '3 2']);
  });

  it('at the same time: in file order', () => {
    const trace = run([at(1, send('app', 1)), at(1, send('app', 2)), at(1, kill('app'))]);
    expect(carriedOut(trace).slice(2)).toEqual(['1 2', '1 3', '1 4']);
  });
});

describe('what cannot be done is skipped, and says why', () => {
  it.each<[string, Statement[], string]>([
    ['a dead process', [at(1, kill('app')), at(2, send('app', 1))], 'process-dead'],
    ['a host that is off', [at(1, powerLoss('client')), at(2, send('app', 1))], 'host-off'],
    ['a process that runs', [at(1, { kind: 'process-start', process: 'app' })], 'already-running'],
    ['a host that is on', [at(1, boot('client'))], 'already-running'],
    ['a second power loss', [at(1, powerLoss('client')), at(2, powerLoss('client'))], 'host-off'],
    ['no such connection', [at(1, { kind: 'stop-reading', process: 'app', connection: 'other' })], 'no-connection'],
  ])('%s', (_name, statements, reason) => {
    expect([...run(statements).eventsOf('scenario.skipped')].map((event) => event.reason)).toEqual([reason]);
  });

  it('a call on a connection that is not there fails with EBADF', () => {
    expect(calls(run([at(1, close('app')), at(2, send('app', 1))]), 'app', 2)).toEqual(['2 send EBADF']);
  });
});

describe('the end of a run', () => {
  it('until: exactly then', () => {
    expect(ended(run([], { until: 7 }))).toEqual([[7, 'until']]);
  });

  it('idle: when nothing is scheduled', () => {
    expect(ended(run([]))).toEqual([[0.025, 'idle']]);
  });

  it('idle, with an expectation that looks later: not before its moment', () => {
    const expectation: ExpectationPlan = {
      kind: 'state',
      connection: 'conn',
      host: 'client',
      state: 'ESTABLISHED',
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      text: '',
      when: { kind: 'at', time: { base: { kind: 'start' }, offset: 9 * SECOND }, tolerance: 0 },
    };
    const trace = play({ ...planOf([]), expectations: [expectation] });
    expect(ended(trace)).toEqual([[9, 'idle']]);
    expect([...trace.eventsOf('expectation')].map((event) => event.met)).toEqual([true]);
  });

  it('limits of events and of time', () => {
    const endless: Statement = { trigger: { kind: 'every', interval: SECOND, from: SECOND }, ...send('app', 1) };
    expect([...play(planOf([endless]), { maxEvents: 500 }).eventsOf('run.ended')][0]?.reason).toBe('event-limit');
    expect([...play(planOf([endless]), { maxTime: 50 * SECOND }).eventsOf('run.ended')][0]?.reason).toBe('time-limit');
  });

  it('a single step that makes any number of events stops at the limit too', () => {
    const listening = at(0, listen);
    const crowd = Array.from({ length: 200 }, () => at(1, connect));
    const full = play(planOf([listening, ...crowd, at(2, kill('web'))]));
    const killed = [...full.eventsOf('process.state')][0]!.id;
    const trace = play(planOf([listening, ...crowd, at(2, kill('web'))]), { maxEvents: killed + 50 });
    const end = [...trace.eventsOf('run.ended')][0]!;
    expect([end.id, end.reason]).toEqual([killed + 50, 'event-limit']);
    expect(stopOf(trace)?.lastEvents).toHaveLength(3);
  });

  it('cancelled: what happened so far is kept', () => {
    const simulation = new Simulation(planOf([at(1, kill('web'))]));
    expect(simulation.advance(5)).toBe(false);
    simulation.cancel();
    expect(simulation.advance(5)).toBe(true);
    const trace = new Trace(simulation.finish());
    expect([...trace.eventsOf('run.ended')][0]?.reason).toBe('cancelled');
    expect(trace.length).toBeGreaterThan(3);
  });

  it('in slices as in one go', () => {
    const plan = planOf([at(1, powerLoss('server')), at(2, send('app', 100))]);
    const sliced = new Simulation(plan);
    while (!sliced.advance(3)) {
      // The editor does something else here.
    }
    expect(sliced.finish()).toEqual(play(plan).data);
  });
});

describe('hosts and links', () => {
  it('a power loss: what is under way to the host is dropped on arrival, and blames it', () => {
    const trace = run([at(1, send('app', 100)), at(1.003, powerLoss('server'))], { until: 1.1 });
    const [dropped] = [...trace.eventsOf('segment.dropped')];
    expect([dropped?.time, dropped?.reason]).toEqual([1_005_000, 'host-off']);
    expect(trace.kindAt(dropped!.blame)).toBe('host.state');
  });

  it('a power loss: what the host sent before still arrives', () => {
    const trace = run([at(1, send('web', 100)), at(1.003, powerLoss('server'))], { until: 2 });
    expect(calls(trace, 'app', 1)).toEqual(['1.005 recv 100']);
  });

  it('a cut: what is under way is lost at that moment', () => {
    const trace = run([at(1, send('app', 100)), at(1.003, cut())], { until: 1.1 });
    const [dropped] = [...trace.eventsOf('segment.dropped')];
    expect([dropped?.time, dropped?.reason]).toEqual([1_003_000, 'link-cut']);
  });

  it('a cut in one direction leaves the other', () => {
    const trace = run([at(1, cut('client')), at(1.5, send('web', 50)), at(1.6, restore('client'))], { until: 3 });
    expect(calls(trace, 'app', 1)).toEqual(['1.505 recv 50']);
    expect(gone(trace, 'server')).toEqual([]);
  });

  it('a process that starts again has new descriptors and none of the old connections', () => {
    const trace = run([
      at(1, kill('web')),
      at(2, { kind: 'process-start', process: 'web' }),
      at(2, listen),
      at(2.5, { ...connect, connection: 'again' } as typeof connect),
      at(3, { kind: 'send', process: 'web', connection: 'again', bytes: 5 }),
      at(4, send('web', 5)),
    ]);
    expect(calls(trace, 'web', 2)).toEqual(['2 listen 4096', '2.515 accept 4', '3 send 5', '4 send EBADF']);
  });

  it('a boot draws new secrets: the next connection does not continue the old numbers', () => {
    const fixed = { ...connect, localPort: 40_000 } as typeof connect;
    const trace = run(
      [at(0, listen), at(0.01, fixed), at(1, powerLoss('client')), at(2, boot('client'))].concat([
        at(2, { kind: 'process-start', process: 'app' }),
        at(3, fixed),
      ]),
      { bare: true },
    );
    const [first, second] = trace.connections.map(({ sides }) => sides[0].iss);
    expect(Math.abs(first! - second!)).toBeGreaterThan(1000);
    expect(sent(trace, 'client', 2).length).toBeGreaterThan(0);
  });
});
