import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { play } from '../../extension/engine/play.ts';
import { catalogueFile, scenarioOf, variantName } from '../support/catalogue.ts';
import { expectGolden, formatTrace } from '../support/golden.ts';

const GOLDEN_FOLDER = join(import.meta.dirname, 'golden');

/** Runs that between them show every mechanism once. `''` is the one run of a scenario without variants. */
const RUNS: readonly (readonly [id: string, variant: string])[] = [
  ['A1', 'the client closes at once'],
  ['A1', 'the client closes 500 ms after EOF'],
  ['A1', 'the client closes 500 ms after EOF, and never got data'],
  ['A2', 'the server closes at once'],
  ['A3', ''],
  ['A4', ''],
  ['A5', 'the data was never read'],
  ['A5', 'the data was read'],
  ['A8', ''],
  ['B1', ''],
  ['B2', ''],
  ['B3', ''],
  ['B4', 'nothing listens'],
  ['B5', 'the client sends nothing'],
  ['B8', 'power loss just before a beat'],
  ['B9', 'one request'],
  ['C1', ''],
  ['C2', ''],
  ['C5', ''],
  ['C6', ''],
  ['C7', ''],
  ['C8', 'the same port'],
  ['D1', 'back after 30 days'],
  ['D2', 'back after 3 s'],
  ['D2', 'back after 40 s'],
  ['D3', ''],
  ['D4', ''],
  ['D5', ''],
  ['D6', 'restored after 9 s'],
  ['D6', 'restored after 199 s, then the client sends'],
  ['D6', 'restored after 199 s, without SO_REUSEADDR'],
  ['A6', 'it reboots, and the client takes 5 s to close'],
  ['A9', 'then the child is killed too'],
  ['A10', 'the client sends meanwhile'],
  ['A10', 'what the server had sent is lost'],
  ['B7', '12 s: fewer probes than the count'],
  ['C9', 'nothing was unread, the client ignores EOF'],
  ['C10', 'tcp_max_orphans 0'],
  ['F2', 'shut down reading'],
  ['F4', '0 s, with data under way'],
  ['F4', '5 s'],
  ['F8', 'TCP_LINGER2 100 s'],
  ['F8', 'TCP_LINGER2 below zero'],
  ['D8', 'what the server sends is lost for 4 s'],
  ['E6', 'the SYN-ACK is lost'],
  ['E6', 'the final ACK is lost'],
  ['F5', 'the data is overtaken'],
  ['F5', 'the data is lost'],
  ['F5', 'the data is lost, without SACK'],
  ['F6', 'lost once'],
  ['G1', 'the seventh, three arrive after it'],
  ['G1', 'the last but one, one arrives after it'],
  ['G1', 'the seventh, without SACK'],
  ['G2', 'the last two'],
  ['G3', 'the probe too'],
  ['G3', 'the probe arrives'],
  ['G7', 'it is the last'],
  ['G4', 'and reads again, but the window update is lost'],
  ['G5', 'power loss at once'],
  ['G6', 'two small writes'],
  ['G8', 'large ones, and the router says so'],
  ['G8', 'nothing is said, tcp_mtu_probing 1'],
  ['E1', 'Linux 6.5 and later'],
  ['E2', 'nobody ever listens'],
  ['E4', 'it wakes up after a minute'],
  ['E5', 'the acknowledgement is ignored, and the queue is emptied after 10 s'],
  ['E5', 'a SYN cookie, and the queue is emptied after 10 s'],
  ['E7', 'in the same instant'],
  ['E7', 'to oneself'],
  ['E8', 'rebooted: the timestamp is older'],
  ['E8', "the client's own port, with SO_REUSEADDR"],
  ['F3', 'in the same instant'],
  ['B10', '7200 s, the peer resets'],
  ['B10', '7200 s, the NAT swallows'],
  ['D7', 'the neighbour on the same segment'],
  ['D7', 'its own cable, plugged back after 40.5 s'],
  ['E3', 'rejects with RST'],
  ['E3', 'rejects as prohibited'],
  ['E3', 'rejects what is sent on an open connection'],
];

const C3_TABLE = 'C3-outcomes.txt';

describe('golden traces', () => {
  it.each(RUNS)('%s %s', (id, variant) => {
    const { name, text } = catalogueFile(id);
    const run = scenarioOf(name, text).runs.find((each) => variantName(each) === variant);
    expectGolden(join(GOLDEN_FOLDER, goldenName(id, variant)), formatTrace(play(run!)));
  });

  it('C3 as a table: all its runs differ in numbers only', () => {
    const { name, text } = catalogueFile('C3');
    const { runs } = scenarioOf(name, text);
    const rows = runs.map((run) => {
      const trace = play(run);
      const sends = [...trace.eventsOf('scenario.action')].find(
        ({ action }) => run.actions[action]!.moment === 'send',
      )!;
      const copies = [...trace.eventsOf('segment.sent')].filter(({ purpose }) => /retransmission|probe/.test(purpose));
      const after = (time: number) => ((time - sends.time) / 1e6).toFixed(3).padStart(8);
      const error = [...trace.eventsOf('tcp.error')].at(-1)!;
      return [
        variantName(run).padEnd(32),
        `${error.errno} ${after(error.time)} `,
        ...copies.map(({ time, purpose }) => `${purpose === 'tail-loss-probe' ? 'probe' : ''}${after(time)}`),
      ].join(' ');
    });
    expectGolden(join(GOLDEN_FOLDER, C3_TABLE), rows.map((row) => `${row}\n`).join(''));
  });

  it('keeps no golden that nobody reads', () => {
    const known = [...RUNS.map(([id, variant]) => goldenName(id, variant)), C3_TABLE];
    expect(readdirSync(GOLDEN_FOLDER).filter((name) => name.endsWith('.txt') && !known.includes(name))).toEqual([]);
  });
});

/** `A1-the-client-closes-at-once.txt` */
function goldenName(id: string, variant: string): string {
  const slug = variant.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${id}${slug === '' ? '' : `-${slug}`}.txt`;
}
