import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../extension/trace/event.ts';
import { VARIABLES } from '../../extension/trace/schema.ts';
import { variable, WorldIndex } from '../../extension/trace/world.ts';
import type { DrawnEvent } from '../support/arbitrary-trace.ts';
import { drawnEvents, written } from '../support/arbitrary-trace.ts';
import { TraceBuilder } from '../support/trace-builder.ts';

/** What an end is after some events, told the simplest way. */
function naiveEnd(events: readonly TraceEvent[], place: number): object | undefined {
  let end:
    { state: string; exists: boolean; timers: Record<string, number>; variables: number[]; error?: string } | undefined;
  const fresh = () => ({ state: 'CLOSED', exists: true, timers: {}, variables: VARIABLES.map(() => 0) });
  for (const event of events) {
    if (event.place !== place) continue;
    if (event.kind === 'end.opened') end = fresh();
    else if (event.kind === 'end.gone') end = { ...(end ?? fresh()), state: 'CLOSED', exists: false, timers: {} };
    else if (event.kind === 'tcp.state') end = { ...(end ?? fresh()), state: event.to };
    else if (event.kind === 'timer.armed') {
      end ??= fresh();
      end = { ...end, timers: { ...end.timers, [event.timer]: event.deadline + event.late } };
    } else if (event.kind === 'timer.fired' || event.kind === 'timer.cancelled') {
      end ??= fresh();
      end = { ...end, timers: Object.fromEntries(Object.entries(end.timers).filter(([name]) => name !== event.timer)) };
    } else if (event.kind === 'tcp.variables') {
      end ??= fresh();
      const variables = [...end.variables];
      for (let i = 0; i + 1 < event.changes.length; i += 2) variables[event.changes[i]!] = event.changes[i + 1]!;
      end = { ...end, variables };
    } else if (event.kind === 'tcp.error' && !event.soft && event.errno !== 'OK') {
      end = { ...(end ?? fresh()), error: event.errno };
    }
  }
  return end;
}

/** Changes name variables that exist. */
const sane = (drawn: readonly DrawnEvent[]): DrawnEvent[] =>
  drawn.map((event) =>
    event.kind === 'tcp.variables'
      ? {
          ...event,
          fields: {
            changes: (event.fields.changes as number[]).map((n, i) =>
              i % 2 === 0 ? Math.abs(n) % VARIABLES.length : n,
            ),
          },
        }
      : event,
  );

describe('WorldIndex', () => {
  it('any trace, any event: the same ends as a fold from the start', () => {
    fc.assert(
      fc.property(drawnEvents, fc.nat(), (drawn, nat) => {
        const { trace } = written(sane(drawn));
        const id = trace.length === 0 ? -1 : (nat % (trace.length + 1)) - 1;
        const world = new WorldIndex(trace).after(id);
        const events = [...trace.events()].slice(0, id + 1);
        for (const place of [5, 6]) {
          const end = world.ends.get(place);
          const seen = end && {
            state: end.state,
            exists: end.exists,
            timers: Object.fromEntries(end.timers),
            variables: [...end.variables],
            ...(end.error === undefined ? {} : { error: end.error }),
          };
          expect(seen).toEqual(naiveEnd(events, place));
        }
        const lastHost = events.findLast((event) => event.kind === 'host.state' && event.place === 1);
        expect(world.hostsOn.get(1)).toBe(lastHost?.kind === 'host.state' ? lastHost.on : true);
        expect(world.after).toBe(id);
      }),
    );
  });

  it('more events than a checkpoint covers, asked in any order: the same', () => {
    const b = new TraceBuilder();
    for (let i = 0; i < 1700; i++) b.at(i).variables(b.near, { cwnd: i });
    const trace = b.done();
    const index = new WorldIndex(trace);
    for (const id of [1699, 3, 511, 512, 1024, 1023, 0]) {
      const end = index.after(id).ends.get(b.near);
      expect(end && variable(end, 'cwnd')).toBe(id);
    }
    expect(index.after(-1).ends.size).toBe(0);
    expect(variable(index.at(1023.5e6).ends.get(b.near)!, 'cwnd')).toBe(1023);
  });

  it('a link cut one way, then both, then restored one way: who is cut off', () => {
    const b = new TraceBuilder();
    b.at(1).add('link.state', b.wire, { up: false, from: b.client });
    b.at(2).add('link.state', b.wire, { up: false, from: -1 });
    b.at(3).add('link.state', b.wire, { up: true, from: b.client });
    const index = new WorldIndex(b.done());
    const cut = [0, 1, 2].map((id) => [...(index.after(id).linksCut.get(b.wire) ?? [])]);
    expect(cut).toEqual([[b.client], [b.client, b.server], [b.server]]);
  });
});
