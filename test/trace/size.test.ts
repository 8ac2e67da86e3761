import { expect, it } from 'vitest';
import { play } from '../../extension/engine/play.ts';
import { parseScenarios } from '../../extension/language/index.ts';

const BULK = `scenario "bulk"
host client
host server
link wire between client and server { delay 5ms  bandwidth 1000 Mbit/s }
process web on server
process app on client
at 0s web listens on 80
at 10ms app connects to server:80 as conn
at 1s app sends 10 MB on conn
`;

/** Bytes per segment. What is promised is 120; half of that leaves room to notice growth. */
const LIMIT = 60;

it('a bulk transfer: a segment with all that belongs to it takes few bytes', () => {
  const [scenario] = parseScenarios(BULK).scenarios;
  const trace = play(scenario!.runs[0]!);
  const bytes = trace.data.blocks.reduce((sum, block) => sum + block.byteLength, 0);
  const segments = [...trace.eventsOf('segment.sent')].length;
  expect(segments).toBeGreaterThan(10_000);
  expect(bytes / segments).toBeLessThan(LIMIT);
});
