import { describe, expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import { explainWhy } from '../../../extension/trace/explain/index.ts';
import type { Trace } from '../../../extension/trace/trace.ts';
import { catalogueFile, scenarioOf, variantName } from '../../support/catalogue.ts';

function trace(id: string, variant: string): Trace {
  const { name, text } = catalogueFile(id);
  return play(scenarioOf(name, text).runs.find((run) => variantName(run) === variant)!);
}

function why(of: Trace, event: number): string[] {
  return explainWhy(of, event).map(({ text }) => text);
}

describe('why, with something between the hosts', () => {
  it('a message while the connection is being opened ends the attempt', () => {
    const run = trace('E3', 'rejects as prohibited');
    expect(why(run, [...run.eventsOf('tcp.error')][0]!.id).slice(0, 4)).toEqual([
      'While a connection is being opened, such a message ends the attempt at once with EHOSTUNREACH.',
      'conn on client receives ICMP communication administratively prohibited from wall, about SYN.',
      'wall sends ICMP communication administratively prohibited to client, about SYN.',
      'SYN from client does not get through: the firewall wall rejects it.',
    ]);
  });

  it('later it is remembered, takes a doubling back, and is reported in the end', () => {
    const run = trace('D7', 'its own cable');
    const errors = [...run.eventsOf('tcp.error')];
    expect(why(run, errors[0]!.id).slice(0, 3)).toEqual([
      'EHOSTUNREACH is only remembered: the kernel goes on trying, and reports it if it gives up.',
      'conn on client hears of ICMP host unreachable from its own kernel, about data, 100 B.',
      'Since the network says aloud that the segment did not get there, the last doubling of the retransmission timer is taken back.',
    ]);
    expect(why(run, errors.at(-1)!.id)[0]).toBe(
      'The kernel gave up waiting for an answer. It reports what the network had said last (EHOSTUNREACH) instead of ETIMEDOUT.',
    );
  });

  it('silence behind a NAT leads to what it has forgotten', () => {
    const run = trace('B10', '7200 s, the NAT swallows');
    expect(why(run, [...run.eventsOf('tcp.error')].at(-1)!.id).at(-1)).toBe(
      'box forgets the flow of conn: no segment passed for 300 s.',
    );
  });

  it('a RST that a NAT sends is its own', () => {
    const run = trace('B10', '7200 s, the NAT resets');
    const reset = [...run.eventsOf('segment.sent')].find(({ reason }) => reason === 'unknown-flow')!;
    expect(why(run, reset.id)[0]).toBe(
      'box does not know the flow of the segment, and answers in the name of the host that was meant.',
    );
  });
});
