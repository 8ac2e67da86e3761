/** Who lives how long: hosts, and whether a program is left on them. */
import type { EventId, PlaceId } from '../../extension/trace/event.ts';
import type { Trace } from '../../extension/trace/trace.ts';

/** `kernel`: the host runs, but none of its programs does. `frozen`: a virtual machine that is stopped. */
export type Life = 'on' | 'kernel' | 'frozen' | 'off';

export interface LifeChange {
  readonly event: EventId;
  readonly life: Life;
}

/** A host's life, from before the first event (event -1) on; each entry differs from the one before. */
export function lifeOf(trace: Trace, host: PlaceId): readonly LifeChange[] {
  const programs = new Set(
    trace.places.flatMap((place, id) => (place.kind === 'process' && place.host === host ? [id] : [])),
  );
  const running = new Set([...programs].filter((id) => !isForked(trace, id)));
  let powered = true;
  let frozen = false;
  const changes: LifeChange[] = [{ event: -1, life: 'on' }];
  for (let id = 0; id < trace.length; id++) {
    const kind = trace.kindAt(id);
    const place = trace.placeAt(id);
    if (kind === 'host.state' && place === host) {
      powered = trace.eventOf('host.state', id).on;
      frozen = false;
    } else if (kind === 'host.frozen' && place === host) frozen = trace.eventOf('host.frozen', id).frozen;
    else if (kind === 'process.state' && programs.has(place)) {
      if (trace.eventOf('process.state', id).running) running.add(place);
      else running.delete(place);
    } else continue;
    const life = !powered ? 'off' : frozen ? 'frozen' : programs.size > 0 && running.size === 0 ? 'kernel' : 'on';
    if (changes.at(-1)?.life !== life) changes.push({ event: id, life });
  }
  return changes;
}

/** Whether a program begins only when another one forks it. */
function isForked(trace: Trace, process: PlaceId): boolean {
  const place = trace.places[process];
  return place?.kind === 'process' && place.forked === true;
}
