import type { SegmentRow } from '../../extension/trace/diagram/row.ts';
import { hostOf } from '../../extension/trace/diagram/rows.ts';
import type { EventId } from '../../extension/trace/event.ts';
import type { Trace } from '../../extension/trace/trace.ts';
import type { Cursor, RunView } from './run-view.ts';

/**
 * Where to begin to look: where something goes wrong, since there belief and truth part; else where the first segment does
 * not get through. The beginning when all is well.
 */
export function openingOf(view: RunView): Cursor {
  const fault = view.rows.all.find(
    (row) => row.kind === 'note' && row.tone === 'fault' && /\.(state|frozen)$/.test(view.trace.kindAt(row.event)),
  );
  const first = fault ?? view.rows.all.find((row) => row.kind === 'segment' && isStopped(row));
  return first === undefined ? view.first : { event: first.event };
}

const isStopped = ({ outcome }: SegmentRow): boolean => outcome.kind === 'dropped' || outcome.kind === 'ignored';

/** From whose end to look: that of whoever is left when something goes wrong, otherwise of whoever opened the connection. */
export function observerOf(trace: Trace, connection: number): 0 | 1 {
  const opener = trace.connections[connection]?.sides[0].host;
  for (let id = 0; id < trace.length; id++) {
    switch (trace.kindAt(id)) {
      case 'host.state':
        if (!trace.eventOf('host.state', id).on) return trace.placeAt(id) === opener ? 1 : 0;
        break;
      case 'host.frozen':
        return trace.placeAt(id) === opener ? 1 : 0;
      case 'process.state': {
        const place = trace.places[trace.placeAt(id)];
        if (!trace.eventOf('process.state', id).running)
          return place?.kind === 'process' && place.host === opener ? 1 : 0;
        break;
      }
      default:
        break;
    }
  }
  return 0;
}

/**
 * The connection that an event belongs to: a segment's, an end's, or one of the host where it happened.
 * @param shown kept when the event says nothing, or touches this one, too
 */
export function connectionAt(trace: Trace, event: EventId, shown: number): number {
  if (event < 0 || event >= trace.length) return shown;
  if (trace.kindAt(event) === 'segment.sent') return trace.eventOf('segment.sent', event).connection;
  const place = trace.places[trace.placeAt(event)];
  if (place?.kind === 'end') return place.connection;
  const host = hostOf(trace, trace.placeAt(event));
  const touches = (connection: number): boolean =>
    trace.connections[connection]?.sides.some((side) => side.host === host) === true;
  if (host < 0 || touches(shown)) return shown;
  const found = trace.connections.findIndex((_, connection) => touches(connection));
  return found < 0 ? shown : found;
}
