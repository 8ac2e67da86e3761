import type { EventOf } from '../event.ts';
import type { Trace } from '../trace.ts';

/** The queue of the own device had no room for it: TCP learned that when it sent it. */
export function wasRefused(trace: Trace, { id }: EventOf<'segment.sent'>): boolean {
  return (
    trace.kindAt(id + 1) === 'segment.dropped' &&
    trace.eventOf('segment.dropped', id + 1).reason === 'device-queue-full'
  );
}
