import { describe, expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import type { Verdict } from '../../../extension/trace/explain/index.ts';
import { explainWhy, verdict } from '../../../extension/trace/explain/index.ts';
import type { EventOf } from '../../../extension/trace/event.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { WorldIndex } from '../../../extension/trace/world.ts';
import { catalogueFile, scenarioOf, variantName } from '../../support/catalogue.ts';

/** A variant of a scenario that ships. */
function played(id: string, variant: string): Trace {
  const { name, text } = catalogueFile(id);
  const run = scenarioOf(name, text).runs.find((each) => variantName(each) === variant);
  if (run === undefined) throw new Error(`${id} has no variant ${variant}`);
  return play(run);
}

/** What a host believes at a time. */
function at(id: string, variant: string, seconds: number, connection = 'conn', host = 'client'): Verdict {
  const trace = played(id, variant);
  const own = trace
    .ends()
    .find(({ end }) => trace.placeName(end.host) === host && trace.connection(end.connection).name === connection);
  return verdict(trace, new WorldIndex(trace).at(seconds * 1e6), own!.place);
}

describe('what goes wrong for one end', () => {
  it('its own cable is out: cut off, until it is plugged in again', () => {
    expect(at('D7', 'its own cable', 2.5)).toMatchObject({
      truth: 'unreachable',
      truthText: 'alive, but the cable of client is out',
      truthDetail: 'since 1.000 s; its end is ESTABLISHED',
      faultAt: 1e6,
      learnsBy: 'EHOSTUNREACH',
      learnsAt: 929e6,
    });
    expect(at('D7', 'its own cable', 2.5, 'conn', 'server').truthText).toBe('alive, but its cable is out');
    const plugged = 'its own cable, plugged back after 40.5 s';
    expect([at('D7', plugged, 41.4).truth, at('D7', plugged, 41.6).truth]).toEqual(['unreachable', 'alive']);
  });

  it('a NAT forgets the connection', () => {
    expect(at('B10', '7200 s, the NAT resets', 299).truth).toBe('alive');
    expect(at('B10', '7200 s, the NAT resets', 3600)).toMatchObject({
      truth: 'unreachable',
      truthText: 'alive, but forgotten by box',
      faultAt: 300.0225e6,
      learnsBy: 'ECONNRESET',
      learnsAt: 7200.035e6,
    });
    expect(at('B10', '240 s', 3600)).toMatchObject({ truth: 'alive', learnsText: '' });
  });

  it('a firewall does not let a connection through: from the first segment that it stops', () => {
    expect(at('E3', 'drops', 60)).toMatchObject({ faultAt: 10_000, learnsBy: 'ETIMEDOUT', learnsAt: 131.01e6 });
    expect(at('E3', 'rejects with RST', 1)).toMatchObject({
      faultAt: 10_000,
      learnsBy: 'ECONNREFUSED',
      learnsAt: 15_000,
    });
  });

  it('a server that gives its half-open request up, of which nobody is told', () => {
    const ignored = 'the acknowledgement is ignored, and the server gives up';
    expect(at('E5', ignored, 60, 'third')).toMatchObject({ faultAt: 64.005e6, learnsBy: 'ECONNRESET' });
    expect(at('E5', ignored, 60, 'second').faultAt).toBeUndefined();
  });

  it('closing in order is no fault, on whatever side and in whatever order', () => {
    expect(at('F3', 'in the same instant', 2).faultAt).toBeUndefined();
    expect(at('F5', 'the data is overtaken', 2).faultAt).toBeUndefined();
    expect(at('E7', 'to oneself', 1.5, 'own')).toMatchObject({ truth: 'alive', learnsText: '' });
  });

  it('losses that TCP repairs are no fault', () => {
    expect(at('G1', 'the seventh, three arrive after it', 2).faultAt).toBeUndefined();
  });
});

describe('why a segment had no effect', () => {
  const why = (
    id: string,
    variant: string,
    isIt: (sent: EventOf<'segment.sent'>, trace: Trace) => boolean,
  ): string[] => {
    const trace = played(id, variant);
    const sent = [...trace.eventsOf('segment.sent')].find((each) => isIt(each, trace))!;
    return explainWhy(trace, sent.id).map(({ text, action }) =>
      action === undefined ? text : `${text}: ${trace.header.actions[action]!.text}`,
    );
  };

  it('a statement dropped it: its line', () => {
    const dropped = why('G1', 'the seventh, three arrive after it', (sent, trace) => trace.relative(sent).seq === 8689);
    expect(dropped.at(-1)).toMatch(/: at 500ms wire drops segment 7 from client$/);
  });

  it('who received it ignored it: the reason', () => {
    const ignored = why(
      'E5',
      'the acknowledgement is ignored, and the server gives up',
      (sent, trace) => trace.connection(sent.connection).name === 'third' && sent.purpose === 'data',
    );
    expect(ignored.at(-1)).toMatch(/^third on server ignores .*accept queue/);
  });

  it('one that arrived: nothing more', () => {
    expect(why('F3', 'in the same instant', (sent) => sent.purpose === 'syn').at(-1)).toContain('app connects');
  });
});
