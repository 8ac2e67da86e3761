import { describe, expect, it } from 'vitest';
import { play } from '../../../extension/engine/play.ts';
import { parseScenarios } from '../../../extension/language/index.ts';

/** One data segment lost twice, a SYN copied, a FIN that a host without power does not take. */
function results(...expectations: readonly string[]): string[] {
  const text = `scenario "losses"
host client
host server
host other
link wire between client and server
link side between client and other
process web on server
process app on client
at 0s    web listens on 80
after 0s wire duplicates the next SYN
at 10ms  app connects to server:80 as conn
at 1s    wire drops the next 2 segments from client
after 0s app sends 100 B on conn
at 2s    server loses power
after 0s app closes conn
run until 2.1s
${expectations.map((line) => `expect ${line}`).join('\n')}
`;
  const { scenarios, problems } = parseScenarios(text);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return [...play(scenarios[0]!.runs[0]!).eventsOf('expectation')].map(({ met, args, code }) =>
    met ? 'met' : `${code} ${args[0]} ${args[1]}`,
  );
}

describe('how many are lost or duplicated', () => {
  it.each([
    '3 segments are lost before 2.05s',
    '2 segments are lost on wire',
    '2 data segments from client are lost on wire',
    '1 tail loss probe is lost at 1.21s',
    '1 FIN is lost at 2.005s',
    'no FIN is lost on wire',
    'no segment is lost on side',
    'no segment from server is lost',
    'at least 1 segment is lost before 1.1s',
    '1 SYN is duplicated on wire at 10ms',
    '1 segment is duplicated',
    'no segment from server is duplicated',
  ])('%s: met', (line) => {
    expect(results(line)).toEqual(['met']);
  });

  it('what a full device queue refuses was not lost on the link', () => {
    const [lost, lostOnWire] = ['1 SYN is lost', 'no SYN is lost on wire'].map((line) => {
      const full = "client's device queue is full";
      const { scenarios } = parseScenarios(
        `scenario "x"\nhost client\nhost server\nlink wire between client and server\nprocess app on client\nat 1s ${full}\nat 2s app connects to server:80 as conn\nrun until 2.5s\nexpect ${line}`,
      );
      return [...play(scenarios[0]!.runs[0]!).eventsOf('expectation')].map(({ met }) => met);
    });
    expect([lost, lostOnWire]).toEqual([[true], [true]]);
  });

  it('another number: what was counted', () => {
    expect(results('no FIN is lost', '2 SYNs are duplicated')).toEqual(['other-count 1 0', 'other-count 1 2']);
  });
});
