/** Order, edges and the last segment received, from the words of a file to the verdict on its run. */
import { expect, it } from 'vitest';
import { play } from '../../extension/engine/play.ts';
import { describeExpectation } from '../../extension/trace/explain/index.ts';
import { onlyRun, withBase } from '../language/support.ts';

const CLOSING = `let rtt = 10ms
at 1s app closes conn as close`;
const DYING = `at 20ms app sets SO_KEEPALIVE on conn
at 1s server loses power as fault`;

function verdictsOf(story: string, claim: string): string {
  const trace = play(onlyRun(withBase(`${story}\nexpect ${claim}`)));
  const [result] = trace.eventsOf('expectation');
  return describeExpectation(trace, result!);
}

it.each([
  [CLOSING, 'client sends FIN before server sends FIN'],
  [CLOSING, 'server sends FIN after conn on server reads EOF'],
  [CLOSING, 'conn on client becomes TIME_WAIT after server sends a FIN'],
  [CLOSING, "web's close on conn succeeds after conn on server reads EOF"],
  [CLOSING, 'no data segment from client after client sends FIN'],
  [CLOSING, 'conn on client is ESTABLISHED between 500ms and just before close'],
  [CLOSING, 'no FIN between 0s and just before 1s'],
  [DYING, '1 ACK from client after last segment received'],
  [DYING, '9 keepalive probes from client after last segment received'],
  [DYING, '1 keepalive probe from client at 7200s after last segment received'],
  [DYING, "app's recv fails with ETIMEDOUT at 7875s after last segment received"],
])('%s\nexpect %s', (story, claim) => {
  expect(verdictsOf(story, claim)).toBe('met');
});

it.each([
  [CLOSING, 'server sends FIN before client sends FIN', 'expected before 1.000 s, happened at 1.005 s'],
  [CLOSING, 'server sends FIN before conn on server reads EOF', 'both happened at 1.005 s, this one second'],
  [CLOSING, 'client sends FIN before server sends RST', 'what it should come before or after never happened'],
  [CLOSING, 'conn on client is ESTABLISHED between 500ms and close', 'at 1.000 s the state was FIN_WAIT_1'],
  [DYING, '2 keepalive probes from client at 7200s after last segment received', 'counted 1, expected 2'],
])('%s\nexpect %s: %s', (story, claim, sentence) => {
  expect(verdictsOf(story, claim)).toBe(sentence);
});
