import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventLimitReached, TraceWriter } from '../../extension/trace/columns.ts';
import { EVENT_KINDS, TRACE_VERSION } from '../../extension/trace/schema.ts';
import { BLOCK_EVENTS } from '../../extension/trace/storage/layout.ts';
import { Trace } from '../../extension/trace/trace.ts';
import { drawnEvents, written } from '../support/arbitrary-trace.ts';
import { CLIENT_ISS, TraceBuilder } from '../support/trace-builder.ts';

const header = { version: TRACE_VERSION, scenario: { en: 'x' }, hosts: [], actions: [], expectations: [] };

describe('TraceWriter and Trace', () => {
  it('any events: read as they were written', () => {
    fc.assert(
      fc.property(drawnEvents, (drawn) => {
        const { trace, events } = written(drawn);
        expect([...trace.events()]).toEqual(events);
      }),
    );
  });

  it('any events through the doors of their kinds: the same trace as by the names of their fields', () => {
    fc.assert(
      fc.property(drawnEvents, (drawn) => {
        const { trace, events } = written(drawn, drawn.length, 'doors');
        expect([...trace.events()]).toEqual(events);
        expect(trace.data.blocks).toEqual(written(drawn).trace.data.blocks);
      }),
    );
  });

  it('single columns: the same as the event', () => {
    fc.assert(
      fc.property(drawnEvents, (drawn) => {
        const { trace } = written(drawn);
        for (const { id, time, kind, place, cause } of trace.events()) {
          expect([trace.timeAt(id), trace.kindAt(id), trace.placeAt(id), trace.causeAt(id)]).toEqual([
            time,
            kind,
            place,
            cause,
          ]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('the last event at a time: as a search from the end finds it', () => {
    fc.assert(
      fc.property(drawnEvents, fc.integer({ min: -1, max: 100_000_000_000 }), (drawn, time) => {
        const { trace } = written(drawn);
        const naive = [...trace.events()].findLastIndex((event) => event.time <= time);
        expect(trace.lastEventAt(time)).toBe(naive);
      }),
    );
  });

  it('structured clone: the same trace on the other side', () => {
    fc.assert(
      fc.property(drawnEvents, (drawn) => {
        const { trace, events } = written(drawn);
        expect([...new Trace(structuredClone(trace.data)).events()]).toEqual(events);
      }),
      { numRuns: 30 },
    );
  });

  it('a finished copy: does not see what is written later', () => {
    const writer = new TraceWriter(header);
    writer.add('run.ended', 1, 0, -1, { reason: 'idle' });
    const data = writer.finish();
    writer.add('run.ended', 2, 0, -1, { reason: 'until' });
    expect(new Trace(data).length).toBe(1);
  });

  it('events of several blocks: read as they were written, one after the other and in any order', () => {
    fc.assert(
      fc.property(drawnEvents, fc.nat(), (drawn, where) => {
        const { trace, events } = written(drawn, 2 * BLOCK_EVENTS + 1);
        expect([...trace.events()]).toEqual(events);
        const another = new Trace(trace.data);
        const border = Math.min(BLOCK_EVENTS, events.length);
        for (const id of [events.length - 1, border, border - 1, where % events.length, 0]) {
          if (events[id] === undefined) continue;
          expect(another.event(id)).toEqual(events[id]);
          const { time, kind, place, cause } = another.event(id);
          expect([another.timeAt(id), another.kindAt(id), another.placeAt(id), another.causeAt(id)]).toEqual([
            time,
            kind,
            place,
            cause,
          ]);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('events of one kind: those that a reading of all finds, across blocks', () => {
    fc.assert(
      fc.property(drawnEvents, fc.constantFrom(...EVENT_KINDS), (drawn, kind) => {
        const { trace } = written(drawn, BLOCK_EVENTS + 1);
        expect([...trace.eventsOf(kind)]).toEqual([...trace.events()].filter((event) => event.kind === kind));
      }),
      { numRuns: 8 },
    );
  });

  it('a trace read at each length: the events so far', () => {
    const writer = new TraceWriter(header);
    const lengths = [1, 2, BLOCK_EVENTS - 1, BLOCK_EVENTS, BLOCK_EVENTS + 1, 2 * BLOCK_EVENTS];
    for (const length of lengths) {
      while (writer.length < length)
        writer.add('scenario.action', writer.length, 0, -1, { action: writer.length % 65_536 });
      const trace = new Trace(writer.finish());
      expect([trace.length, trace.endTime]).toEqual([length, length - 1]);
      expect(trace.eventOf('scenario.action', length - 1).action).toBe(length - 1);
    }
  });

  it('more kinds of rows than a block has events, block after block: each as it was written', () => {
    const writer = new TraceWriter(header);
    const count = 3 * BLOCK_EVENTS;
    for (let i = 0; i < count; i++)
      writer.add('tcp.variables', i, i, -1, { changes: [i % 22, i, (i >> 4) % 22, -1 - i] });
    const trace = new Trace(writer.finish());
    for (const { id, place, changes } of trace.eventsOf('tcp.variables')) {
      expect([place, ...changes]).toEqual([id, id % 22, id, (id >> 4) % 22, -1 - id]);
    }
  });

  it.each([
    ['a fraction between whole numbers', [0, 0.5, 1]],
    ['a fraction first', [0.5, 1, 2]],
    ['a fraction last', [2, 1, 0.1]],
    ['one fraction, again and again', [0.1, 0.1, 0.1]],
    ['what only doubles hold', [2 ** 60, -(2 ** 60), 1]],
    ['what needs all widths', [0, 255, 256, 65_536, 2 ** 24, 2 ** 32, 2 ** 40, 2 ** 47]],
    ['the widest range of whole numbers', [-(2 ** 48), 2 ** 48, 3]],
    ['a step beyond it', [-(2 ** 48) - 1, 2 ** 48 + 1, 3]],
    ['no number', [NaN, 1, Infinity, -Infinity]],
    ['all descending', [2 ** 33 + 2, 2 ** 33 + 1, 2 ** 33]],
  ])('numbers of one column, %s: each as it was written', (_, values) => {
    const writer = new TraceWriter(header);
    for (const value of values) writer.add('call.returned', 1, 0, -1, { call: 'recv', process: 0, value, errno: 'OK' });
    const read = [...new Trace(writer.finish()).eventsOf('call.returned')].map(({ value }) => value);
    expect(read).toEqual(values);
  });

  it.each([
    ['within a block', 10],
    ['where a block ends', BLOCK_EVENTS],
    ['in the second block', BLOCK_EVENTS + 1],
  ])('as many events as there may be, %s: no other, until there may be more', (_, limit) => {
    const writer = new TraceWriter(header);
    const add = (): number => writer.add('scenario.action', writer.length, 0, -1, { action: writer.length % 65_536 });
    writer.limit = limit;
    for (let i = 0; i < limit; i++) add();
    expect(add).toThrow(EventLimitReached);
    expect(writer.length).toBe(limit);
    writer.limit = Infinity;
    while (writer.length < 2 * BLOCK_EVENTS + 5) add();
    const times = [...new Trace(writer.finish()).events()].map(({ time }) => time);
    expect(times).toEqual(Array.from(times.keys()));
  });

  it('time goes backward: refused', () => {
    const writer = new TraceWriter(header);
    writer.add('run.ended', 2, 0, -1, { reason: 'idle' });
    expect(() => writer.add('run.ended', 1, 0, -1, { reason: 'idle' })).toThrow('backward');
  });

  it('a cause that does not come earlier: refused', () => {
    const writer = new TraceWriter(header);
    expect(() => writer.add('run.ended', 2, 0, 0, { reason: 'idle' })).toThrow('no earlier cause');
  });

  it('an event of another kind, or none: refused', () => {
    const b = new TraceBuilder();
    const id = b.ended();
    const trace = b.done();
    expect(() => trace.eventOf('host.state', id)).toThrow('not host.state');
    expect(() => trace.event(id + 1)).toThrow('no event');
  });

  it('names of places: an end is called by its connection', () => {
    const b = new TraceBuilder();
    const trace = b.done();
    expect([0, b.client, b.app, b.wire, b.near].map((place) => trace.placeName(place))).toEqual([
      '',
      'client',
      'app',
      'wire',
      'conn',
    ]);
    expect(trace.ends().map(({ place }) => place)).toEqual([b.near, b.far]);
  });

  it('numbers of a segment: counted from both sides, across the wrap', () => {
    const b = new TraceBuilder().side(1, { iss: 2 ** 32 - 1 });
    const id = b.send(b.near, { seq: CLIENT_ISS + 1, ack: 0 });
    const trace = b.done();
    expect(trace.relative(trace.eventOf('segment.sent', id))).toEqual({ seq: 1, ack: 1 });
  });
});

it('more places than 65,536: each event keeps its own', () => {
  const b = new TraceBuilder();
  let last = 0;
  for (let i = 0; i < 66_000; i++) last = b.writer.addPlace({ kind: 'host', name: `h${i}`, address: '10.0.0.1' });
  const id = b.add('host.state', last, { on: false, reason: 'power-loss' });
  const trace = b.done();
  expect(trace.placeAt(id)).toBe(last);
  expect(trace.placeName(trace.placeAt(id))).toBe('h65999');
});
