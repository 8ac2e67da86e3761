import type { Trace } from '../trace.ts';
import { WorldIndex } from '../world.ts';

const indices = new WeakMap<Trace, WorldIndex>();

/** The index of a trace, kept as long as the trace is. */
export function worldIndex(trace: Trace): WorldIndex {
  let index = indices.get(trace);
  if (index === undefined) {
    index = new WorldIndex(trace);
    indices.set(trace, index);
  }
  return index;
}
