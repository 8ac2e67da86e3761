import { describe, expect, it } from 'vitest';
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
