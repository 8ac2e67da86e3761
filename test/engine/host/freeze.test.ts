import { describe, expect, it } from 'vitest';
import type { Action } from '../../../extension/scenario/plan.ts';
import { TAP_QUEUE } from '../../../extension/engine/host/host.ts';
import { HostClock } from '../../../extension/engine/host/host-clock.ts';
import { Scheduler } from '../../../extension/engine/scheduler.ts';
import { WorldIndex } from '../../../extension/trace/world.ts';
import { at, boot, calls, powerLoss, run, send, sent, states } from '../support/run.ts';

const freeze: Action = { kind: 'host-freeze', host: 'server' };
const resume: Action = { kind: 'host-resume', host: 'server' };

describe('the clock of a host that can be frozen', () => {
  function clocked(): { scheduler: Scheduler; clock: HostClock; rang: string[]; set: (time: number) => void } {
    const scheduler = new Scheduler();
    const clock = new HostClock(scheduler);
    const rang: string[] = [];
    const set = (time: number): void => {
      clock.at(time, () => rang.push(`${time} at ${scheduler.now}`));
    };
    return { scheduler, clock, rang, set };
  }

  function runTo(scheduler: Scheduler, time: number): void {
    while ((scheduler.nextAt ?? Infinity) <= time) scheduler.step();
    scheduler.skipTo(time);
  }

  it('stands still and goes on where it stood', () => {
    const { scheduler, clock, rang, set } = clocked();
    for (const time of [50, 150, 150, 400]) set(time);
    runTo(scheduler, 100);
    clock.freeze();
    runTo(scheduler, 1100);
    expect([clock.now, rang]).toEqual([100, ['50 at 50']]);
    clock.resume();
    set(200);
    expect(clock.toRunTime(200)).toBe(1200);
    runTo(scheduler, 2000);
    expect([clock.now, rang]).toEqual([1000, ['50 at 50', '150 at 1150', '150 at 1150', '200 at 1200', '400 at 1400']]);
  });

  it('what is taken back while it stands still does not happen', () => {
    const { scheduler, clock, rang } = clocked();
    const alarm = clock.at(150, () => rang.push('rang'));
    runTo(scheduler, 100);
    clock.freeze();
    runTo(scheduler, 500);
    alarm.cancelled = true;
    clock.resume();
    runTo(scheduler, 2000);
    expect(rang).toEqual([]);
  });

  it('frozen again and again', () => {
    const { scheduler, clock, rang, set } = clocked();
    set(300);
    for (const time of [100, 1000, 2000]) {
      runTo(scheduler, time);
      clock.freeze();
      runTo(scheduler, time + 500);
      clock.resume();
    }
    runTo(scheduler, 5000);
    // 300 of its own: 100 before the first stop, the rest from 600 on.
    expect(rang).toEqual(['300 at 800']);
  });
});

describe('a host that freezes', () => {
  it('what arrives waits, and is there when it resumes', () => {
    const trace = run([at(1, freeze), at(2, send('app', 100)), at(2.1, resume)]);
    expect(calls(trace, 'web', 1)).toEqual(['2.1 recv 100']);
    expect(sent(trace, 'server', 1)).toEqual(['2.1 A 1 ack 101 ack']);
    const held = [...trace.eventsOf('segment.held')];
    expect(held.map(({ time }) => time)).toEqual([2_005_000]);
    expect(trace.kindAt([...trace.eventsOf('segment.delivered')].at(-2)!.cause)).toBe('segment.held');
  });

  it('what its queue has no room for is lost', () => {
    const syns = Array.from({ length: TAP_QUEUE + 3 }, (_, i) =>
      at(2, { kind: 'connect', process: 'app', host: 'server', port: 80, connection: `c${i}` }),
    );
    const trace = run([at(1, freeze), ...syns], { until: 2.5 });
    expect([...trace.eventsOf('segment.held')]).toHaveLength(TAP_QUEUE);
    expect([...trace.eventsOf('segment.dropped')].map(({ reason }) => reason)).toEqual(Array(3).fill('host-frozen'));
  });

  it('a timer that was pending is armed anew, for as long as it had to go', () => {
    const trace = run([
      at(1, { kind: 'link-cut', link: 'wire' }),
      at(1, send('web', 100)),
      at(1.1, freeze),
      at(5, resume),
      at(5.05, { kind: 'link-restore', link: 'wire' }),
    ]);
    expect(sent(trace, 'server', 2)).toEqual(['5.11 PA 1+100 ack 1 tail-loss-probe']);
    const arming = [...trace.eventsOf('timer.armed')].find(({ time }) => time === 5_000_000)!;
    expect([arming.deadline, trace.kindAt(arming.cause)]).toEqual([5_110_000, 'timer.armed']);
  });

  it('its programs miss no time either', () => {
    const trace = run([at(0.5, send('app', 10)), at(1, freeze), at(101, resume)], {
      web: [{ kind: 'closes-idle', idle: 10_000_000 }],
    });
    expect(states(trace, 'server', 1)[0]).toBe('110.505 FIN_WAIT_1');
  });

  it('nothing can be asked of it, but its power can go', () => {
    const trace = run([
      at(1, freeze),
      at(2, send('web', 10)),
      at(3, freeze),
      at(4, powerLoss('server')),
      at(5, resume),
    ]);
    expect([...trace.eventsOf('scenario.skipped')].map(({ reason }) => reason)).toEqual([
      'host-frozen',
      'host-frozen',
      'not-frozen',
    ]);
  });

  it('what waits is lost with its power, and a new boot runs', () => {
    const trace = run([at(1, freeze), at(2, send('app', 10)), at(2.1, powerLoss('server')), at(2.2, boot('server'))]);
    expect([...trace.eventsOf('segment.dropped')].map(({ reason }) => reason)).toEqual(['host-off']);
    expect(sent(trace, 'server', 2.2)).toEqual(['2.215 R 1 rst']);
    const index = new WorldIndex(trace);
    const server = trace.places.findIndex((place) => place.kind === 'host' && place.name === 'server');
    expect([1.5, 2.15].map((time) => index.at(time * 1_000_000).hostsFrozen.has(server))).toEqual([true, false]);
  });

  it('the round trip is measured without the time that stood still', () => {
    const trace = run([at(1, send('web', 100)), at(1.002, freeze), at(61, resume), at(62, send('web', 100))]);
    // The sample is the 2 ms that passed for the guest: SRTT 9 ms, RTO 209 ms, and the probe comes no later.
    const armed = [...trace.eventsOf('timer.armed')].filter(
      ({ timer, time }) => timer === 'tail-loss-probe' && time === 62_000_000,
    );
    expect(armed.map(({ deadline }) => deadline - 62_000_000)).toEqual([209_000]);
  });
});
