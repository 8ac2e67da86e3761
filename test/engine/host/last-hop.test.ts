import { describe, expect, it } from 'vitest';
import { at, powerLoss, run, send } from '../support/run.ts';

describe('a segment that waits for the neighbour to answer', () => {
  it('is lost with its host', () => {
    const trace = run([
      at(1, { kind: 'host-carrier', host: 'server', up: false }),
      at(2, send('web', 100)),
      at(2.5, powerLoss('server')),
    ]);
    const waiting = [...trace.eventsOf('segment.sent')].find(({ time }) => time === 2_000_000)?.id;
    const lost = [...trace.eventsOf('segment.dropped')].filter(({ segment }) => segment === waiting);
    expect(lost).toMatchObject([{ time: 2_500_000, reason: 'host-off', place: trace.event(lost[0]!.blame).place }]);
  });
});
