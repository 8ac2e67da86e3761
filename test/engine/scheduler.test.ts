import { describe, expect, it } from 'vitest';
import { HostClock } from '../../extension/engine/host/host-clock.ts';
import { Recorder } from '../../extension/engine/recorder.ts';
import { Scheduler } from '../../extension/engine/scheduler.ts';
import { Timer } from '../../extension/engine/tcp/timer.ts';
import { TraceWriter } from '../../extension/trace/columns.ts';
import { TRACE_VERSION } from '../../extension/trace/schema.ts';
import { Trace } from '../../extension/trace/trace.ts';

describe('Scheduler', () => {
  it('runs in time order, and at one time in the order of scheduling', () => {
    const scheduler = new Scheduler();
    const ran: string[] = [];
    for (const [time, name] of [
      [30, 'c'],
      [10, 'a1'],
      [20, 'b'],
      [10, 'a2'],
    ] as const)
      scheduler.at(time, () => ran.push(`${scheduler.now} ${name}`));
    while (scheduler.step()) {
      // Until nothing is left.
    }
    expect(ran).toEqual(['10 a1', '10 a2', '20 b', '30 c']);
  });

  it('what is scheduled for now while now is handled comes last', () => {
    const scheduler = new Scheduler();
    const ran: string[] = [];
    scheduler.at(10, () => {
      ran.push('first');
      scheduler.at(10, () => ran.push('third'));
    });
    scheduler.at(10, () => ran.push('second'));
    while (scheduler.step()) {
      // Until nothing is left.
    }
    expect(ran).toEqual(['first', 'second', 'third']);
  });

  it('passes over what was cancelled', () => {
    const scheduler = new Scheduler();
    scheduler.at(5, () => expect.unreachable()).cancelled = true;
    expect([scheduler.nextAt, scheduler.step()]).toEqual([undefined, false]);
  });

  it('throws for the past, for fractions, and when time would skip something', () => {
    const scheduler = new Scheduler();
    scheduler.skipTo(100);
    const nothing = () => undefined;
    expect(() => scheduler.at(99, nothing)).toThrow('Cannot schedule');
    expect(() => scheduler.at(100.5, nothing)).toThrow('Cannot schedule');
    scheduler.at(150, nothing);
    expect(() => {
      scheduler.skipTo(151);
    }).toThrow('Cannot skip');
  });

  it('a thousand entries in any order come out sorted', () => {
    const scheduler = new Scheduler();
    const times: number[] = [];
    for (let i = 0; i < 1000; i++) scheduler.at((i * 7919) % 1009, () => times.push(scheduler.now));
    while (scheduler.step()) {
      // Until nothing is left.
    }
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe.each([
  ['the run', (scheduler: Scheduler) => scheduler],
  ['a host that may be frozen', (scheduler: Scheduler) => new HostClock(scheduler)],
])('an alarm of the clock of %s', (_, clockOf) => {
  const rig = () => {
    const scheduler = new Scheduler();
    const clock = clockOf(scheduler);
    const rang: string[] = [];
    const alarm = clock.alarm(() => rang.push(`alarm at ${scheduler.now}`));
    const runTo = (time: number) => {
      while ((scheduler.nextAt ?? Infinity) <= time) scheduler.step();
      scheduler.skipTo(time);
    };
    const other = (time: number) => clock.at(time, () => rang.push(`other at ${scheduler.now}`));
    return { scheduler, alarm, rang, runTo, other };
  };

  it('goes off at the time that it was set to last', () => {
    const { alarm, rang, runTo } = rig();
    for (const time of [50, 80, 60, 90]) alarm.set(time);
    runTo(85);
    expect(rang).toEqual([]);
    runTo(100);
    alarm.set(120);
    runTo(200);
    expect(rang).toEqual(['alarm at 90', 'alarm at 120']);
  });

  it('cancelled and set again it goes off once, in its new turn', () => {
    const { alarm, rang, runTo, other } = rig();
    alarm.set(50);
    alarm.cancel();
    other(80);
    alarm.set(80);
    runTo(200);
    expect(rang).toEqual(['other at 80', 'alarm at 80']);
  });

  it('set again to the very time for which it was cancelled it has lost its turn', () => {
    const { alarm, rang, runTo, other } = rig();
    alarm.set(50);
    other(50);
    alarm.cancel();
    alarm.set(50);
    runTo(200);
    expect(rang).toEqual(['other at 50', 'alarm at 50']);
  });

  it('cancelled it leaves nothing to wait for', () => {
    const { scheduler, alarm } = rig();
    alarm.set(50);
    alarm.set(80);
    alarm.cancel();
    expect(scheduler.nextAt).toBeUndefined();
    alarm.set(60);
    alarm.cancel();
    expect([scheduler.nextAt, scheduler.step()]).toEqual([undefined, false]);
  });

  it('may be set while it goes off', () => {
    const scheduler = new Scheduler();
    const times: number[] = [];
    const alarm = clockOf(scheduler).alarm(() => {
      times.push(scheduler.now);
      if (times.length < 4) alarm.set(scheduler.now + 10);
    });
    alarm.set(10);
    while (scheduler.step()) {
      // Until nothing is left.
    }
    expect(times).toEqual([10, 20, 30, 40]);
  });
});

describe('Timer', () => {
  const rig = () => {
    const scheduler = new Scheduler();
    const writer = new TraceWriter({
      version: TRACE_VERSION,
      scenario: { en: 'test' },
      hosts: [],
      actions: [],
      expectations: [],
    });
    const fired: string[] = [];
    const timer = new Timer(scheduler, new Recorder(writer, scheduler), 0, (name) =>
      fired.push(`${scheduler.now} ${name}`),
    );
    const runTo = (time: number) => {
      while ((scheduler.nextAt ?? Infinity) <= time) scheduler.step();
      scheduler.skipTo(time);
    };
    const events = () =>
      [...new Trace(writer.finish()).events()].map((e) =>
        'timer' in e ? `${e.time} ${e.kind} ${e.timer} ${e.cause}` : e.kind,
      );
    return { timer, fired, runTo, events };
  };

  it('fires once, caused by its arming', () => {
    const { timer, fired, runTo, events } = rig();
    timer.arm('keepalive', 50);
    runTo(100);
    expect(fired).toEqual(['50 keepalive']);
    expect(events()).toEqual(['0 timer.armed keepalive -1', '50 timer.fired keepalive 0']);
    expect(timer.pending).toBeUndefined();
  });

  it('moved later fires at the later time only; moved earlier at the earlier', () => {
    const { timer, fired, runTo } = rig();
    timer.arm('keepalive', 50);
    timer.arm('keepalive', 80);
    runTo(60);
    expect(fired).toEqual([]);
    timer.arm('keepalive', 70);
    runTo(200);
    expect(fired).toEqual(['70 keepalive']);
  });

  it('another timer in the slot cancels what was pending', () => {
    const { timer, fired, runTo, events } = rig();
    timer.arm('tail-loss-probe', 50);
    timer.arm('retransmission', 60);
    runTo(100);
    expect(fired).toEqual(['60 retransmission']);
    expect(events().map((line) => line.split(' ').slice(1, 3).join(' '))).toEqual([
      'timer.armed tail-loss-probe',
      'timer.cancelled tail-loss-probe',
      'timer.armed retransmission',
      'timer.fired retransmission',
    ]);
  });

  it('armed for the same deadline again says nothing', () => {
    const { timer, events } = rig();
    timer.arm('keepalive', 50);
    timer.arm('keepalive', 50);
    expect(events()).toHaveLength(1);
  });
});
