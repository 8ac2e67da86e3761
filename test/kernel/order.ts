/** The order of what a host sends on several connections. Rows are compared each by itself (match.ts); this is what lies between them. */
import type { Trace } from '../../extension/trace/trace.ts';
import type { Match } from './match.ts';

/**
 * Segments of several connections that one thing brings about in one moment (a process dies, and lets go of its sockets one after the other)
 * leave in one order. What has causes of its own may come in another one: programs take time.
 * @returns a line for each two that the kernel sent the other way round
 */
export function orderDifferences(trace: Trace, matches: readonly Match[]): readonly string[] {
  const last = new Map<string, Match>();
  const differences: string[] = [];
  const sent = matches
    .filter(({ engine, kernel }) => engine.kind === 'segment' && kernel.kind === 'segment')
    .toSorted((a, b) => a.engine.event - b.engine.event);
  for (const match of sent) {
    const { engine, kernel } = match;
    if (engine.kind !== 'segment') continue;
    const act = `${engine.host} ${engine.time} ${rootOf(trace, engine.event)}`;
    const before = last.get(act);
    last.set(act, match);
    if (before?.engine.kind !== 'segment' || before.engine.connection === engine.connection) continue;
    if (before.kernel.time > kernel.time)
      differences.push(
        `order: ${before.engine.connection} and ${engine.connection} from ${engine.host}: engine in this order at ${engine.time}, kernel at ${before.kernel.time} and ${kernel.time}`,
      );
  }
  return differences;
}

/** The first thing of the same moment that led to it. */
function rootOf(trace: Trace, event: number): number {
  let root = event;
  for (
    let cause = trace.causeAt(root);
    cause >= 0 && trace.timeAt(cause) === trace.timeAt(event);
    cause = trace.causeAt(root)
  )
    root = cause;
  return root;
}
