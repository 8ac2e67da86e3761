import type { Expectation, Happening } from '../../scenario/expectation.ts';
import type { EventId, PlaceId } from '../event.ts';
import type { Facts, SentSegment } from './facts.ts';
import { isOfClass } from './segment-class.ts';
import type { Window } from './window.ts';

/** One event that may be the expected one. */
export interface Occurrence {
  readonly id: EventId;
  readonly time: number;
  readonly place: PlaceId;
}

type Counted = Pick<Extract<Expectation, { readonly kind: 'count' }>, 'kind' | 'class' | 'host' | 'fate' | 'link'>;

/** Everything in the run that is such an event, in the trace's order. Gathered once for all expectations that ask. */
export function occurrencesOf(facts: Facts, what: Happening | Counted): readonly Occurrence[] {
  const key = keyOf(what);
  const known = facts.occurrences.get(key);
  if (known !== undefined) return known;
  const found = gather(facts, what);
  facts.occurrences.set(key, found);
  return found;
}

/** The occurrences inside a window: they stand together, from index `first` up to but not including `end`. */
export function rangeInside(
  list: readonly Occurrence[],
  window: Window,
): { readonly first: number; readonly end: number } {
  const first = lowerBound(list, ({ id, time }) => time >= window.from && id > (window.after ?? -1));
  const end = lowerBound(list, ({ id, time }) => time > window.to || id >= (window.before ?? Infinity));
  return { first, end: Math.max(first, end) };
}

function lowerBound(list: readonly Occurrence[], reached: (occurrence: Occurrence) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(list[middle] as Occurrence)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function keyOf(what: Happening | Counted): string {
  switch (what.kind) {
    case 'transition':
      return [what.kind, what.connection, what.host, what.state].join(' ');
    case 'failure':
      return [what.kind, what.connection, what.host, what.errno].join(' ');
    case 'eof':
      return [what.kind, what.connection, what.host].join(' ');
    case 'call':
      return [what.kind, what.process, what.call, what.errno ?? 'OK', what.connection ?? ''].join(' ');
    case 'poll':
      return [what.kind, what.process, what.connection, what.events].join(' ');
    case 'gives-up':
      return [what.kind, what.process, what.connection].join(' ');
    case 'sends':
      return ['sends', what.host, what.class].join(' ');
    case 'count':
      return [what.fate ?? 'sends', what.host ?? '', what.class, what.link ?? ''].join(' ').trimEnd();
  }
}

function gather(facts: Facts, what: Happening | Counted): readonly Occurrence[] {
  switch (what.kind) {
    case 'transition':
      return facts
        .ends(what.connection, what.host)
        .flatMap((end) =>
          facts
            .stateChanges(end)
            .filter(({ to }) => to === what.state)
            .map(({ id, time }) => ({ id, time, place: end })),
        )
        .sort((a, b) => a.id - b.id);
    case 'failure':
      return facts.hardErrors(what.connection, what.host).filter(({ errno }) => errno === what.errno);
    case 'eof':
      return facts.reads(what.connection, what.host).filter(({ value }) => value === 0);
    case 'call':
      return facts
        .callsOf(what.process, what.call, what.connection)
        .filter(({ errno }) => errno === (what.errno ?? 'OK'));
    case 'poll':
      return facts
        .callsOf(what.process, 'poll', what.connection)
        .filter(({ errno, value }) => errno === 'OK' && value === what.events);
    case 'gives-up': {
      const process = facts.place('process', what.process);
      return [...facts.eventsOf('app.decided')].filter(
        (event) =>
          event.what === 'gave-up' && event.process === process && facts.concerns(event.place, what.connection),
      );
    }
    case 'sends':
    case 'count': {
      const host = what.host === undefined ? undefined : facts.place('host', what.host);
      const segments = what.kind === 'count' && what.fate !== undefined ? fates(facts, what) : facts.segments;
      return segments.filter(
        (segment) =>
          (what.host === undefined ||
            (segment.from === host && facts.trace.places[segment.place]?.kind !== 'middlebox')) &&
          isOfClass(segment, what.class),
      );
    }
  }
}

/** What was lost or copied, each at the time at which that happened. */
function fates(facts: Facts, { fate, link: name }: Counted): readonly SentSegment[] {
  const link = name === undefined ? undefined : facts.trace.places[facts.place('link', name) ?? -1];
  return [...facts.eventsOf(fate === 'duplicated' ? 'segment.duplicated' : 'segment.dropped')].flatMap((event) => {
    const segment = facts.segment(event.segment);
    if (segment === undefined) return [];
    if (name !== undefined) {
      // What a host without power does not take was not lost on the link, nor what never left its own.
      if ('reason' in event && (event.reason === 'host-off' || event.reason === 'device-queue-full')) return [];
      const { from, to } = facts.trace.eventOf('segment.sent', event.segment);
      if (link?.kind !== 'link' || !link.hosts.includes(from) || !link.hosts.includes(to)) return [];
    }
    return [{ ...segment, id: event.id, time: event.time }];
  });
}
