import { expect, it } from 'vitest';
import { play } from '../../extension/engine/play.ts';
import { parseScenarios } from '../../extension/language/index.ts';
import type { SealedBlock } from '../../extension/trace/storage/layout.ts';

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

/** Bytes per segment that are promised. */
const LIMIT = 120;

/** Bytes of a block's numbers. */
function bytesOf({ heads, times, farCauses, rows, large, keys }: SealedBlock): number {
  const arrays = [heads, rows, keys].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return arrays + 8 * (times.length + farCauses.length + large.length);
}

it('a bulk transfer: a segment with all that belongs to it takes few bytes', () => {
  const [scenario] = parseScenarios(BULK).scenarios;
  const trace = play(scenario!.runs[0]!);
  const bytes = trace.data.blocks.reduce((sum, block) => sum + bytesOf(block), 0);
  const segments = [...trace.eventsOf('segment.sent')].length;
  expect(segments).toBeGreaterThan(10_000);
  expect(bytes / segments).toBeLessThan(LIMIT);
});
