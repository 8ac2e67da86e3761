import { describe, expect, it } from 'vitest';
import { at, calls, run, send, sent } from './support/run.ts';

describe('a process that reads slowly', () => {
  const trace = run([at(1, send('app', 30_000))], {
    web: [
      { kind: 'uses-option', option: 'SO_RCVBUF', value: 16_384 },
      { kind: 'reads-slowly', bytes: 1000, interval: 100_000 },
    ],
  });

  it('takes so much at a time', () => {
    const reads = calls(trace, 'web', 1);
    expect(reads.slice(0, 3)).toEqual(['1.005 recv 1000', '1.105 recv 1000', '1.205 recv 1000']);
    expect(reads.filter((line) => line.endsWith('recv 1000'))).toHaveLength(30);
  });

  it('is told of no silly windows: an update only when a segment and a sixteenth of the buffer are free', () => {
    const updates = sent(trace, 'server', 1.1).filter((line) => line.endsWith('window-update'));
    expect(updates.length).toBeGreaterThan(0);
    expect(updates.length).toBeLessThan(15);
    const windows = [...trace.eventsOf('segment.sent')].filter(({ purpose }) => purpose === 'window-update');
    expect(windows.every(({ windowBytes }) => windowBytes >= 1448)).toBe(true);
  });
});
