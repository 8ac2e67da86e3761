import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceFromJsonLines, traceToJsonLines } from '../../extension/trace/jsonl.ts';
import { drawnEvents, written } from '../support/arbitrary-trace.ts';
import { TraceBuilder } from '../support/trace-builder.ts';

describe('JSON Lines', () => {
  it('any trace: survives its codec', () => {
    fc.assert(
      fc.property(drawnEvents, (drawn) => {
        const { trace, events } = written(drawn);
        const read = traceFromJsonLines([...traceToJsonLines(trace)].join(''));
        expect([...read.events()]).toEqual(events);
        expect([read.header, read.places, read.connections]).toEqual([trace.header, trace.places, trace.connections]);
      }),
    );
  });

  it('any trace: one line per event behind the header', () => {
    fc.assert(
      fc.property(drawnEvents, (drawn) => {
        const lines = [...traceToJsonLines(written(drawn).trace)];
        expect(lines).toHaveLength(drawn.length + 1);
        expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('a file from before a field came: the field has its default', () => {
    const b = new TraceBuilder();
    b.at(1).arm(b.near, 'keepalive', 2);
    const lines = [...traceToJsonLines(b.done())].join('');
    expect(lines).toContain(',"late":0');
    expect([...traceFromJsonLines(lines.replace(',"late":0', '')).eventsOf('timer.armed')][0]!.late).toBe(0);
  });

  const good = (): string[] => {
    const b = new TraceBuilder();
    b.at(1).action(0);
    b.at(2).ended();
    return [...traceToJsonLines(b.done())];
  };

  it.each<[string, (lines: string[]) => string[], string]>([
    ['no text', () => [], 'Line 1'],
    ['another format', () => ['{"format":"pcap"}\n'], 'Line 1 is not the header'],
    ['another version', ([first = '', ...rest]) => [first.replace('"version":1', '"version":99'), ...rest], '99'],
    ['a line that is no JSON', ([first = '']) => [first, 'oops\n'], 'Line 2 is not JSON'],
    ['an unknown kind', ([first = '']) => [first, '{"kind":"toString","time":0}\n'], 'Line 2: not an event'],
    [
      'a field that is missing',
      ([first = '', a = '']) => [first, a.replace('"action":0', '"action":"x"')],
      'Line 2: "action"',
    ],
    [
      'a number that its field cannot hold',
      ([first = '', a = '']) => [first, a.replace('"action":0', '"action":65536')],
      'Line 2: "action"',
    ],
    ['half a place', ([first = '', a = '']) => [first, a.replace(/"place":\d+/, '"place":0.5')], 'Line 2: "place"'],
    ['events out of order', ([first = '', a = '', b = '']) => [first, b, a], 'Line 3'],
  ])('%s: says which line', (_, change, message) => {
    expect(() => traceFromJsonLines(change(good()).join(''))).toThrow(message);
  });
});
