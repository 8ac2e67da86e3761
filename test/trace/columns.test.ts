import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceWriter } from '../../extension/trace/columns.ts';
import { TRACE_VERSION } from '../../extension/trace/schema.ts';
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
