/** What first goes wrong for one end of a connection, and what stands between it and the other end. */
import * as l10n from '@vscode/l10n';
import type { EventId, EventOf, PlaceId } from '../event.ts';
import type { Trace } from '../trace.ts';

/** The other end of a connection, as one end sees it, and the ways between. */
export interface Peer {
  readonly connection: number;
  readonly own: PlaceId;
  readonly ownHost: PlaceId;
  readonly host: PlaceId;
  /** Undefined until it exists. */
  readonly end: PlaceId | undefined;
  readonly process: PlaceId | undefined;
  readonly links: readonly PlaceId[];
}

/** @throws Error when the place is no end */
export function peerOf(trace: Trace, endPlace: PlaceId): Peer {
  const end = trace.endAt(endPlace);
  if (end === undefined) throw new Error(`Trace: place ${endPlace} is no end`);
  const [a, b] = trace.connection(end.connection).sides;
  const [own, other] = a.end === endPlace ? [a, b] : [b, a];
  const otherEnd = other.end < 0 ? undefined : trace.endAt(other.end);
  const links = [...trace.places.entries()]
    .filter(([, place]) => place.kind === 'link' && place.hosts.includes(own.host) && place.hosts.includes(other.host))
    .map(([id]) => id);
  return {
    connection: end.connection,
    own: endPlace,
    ownHost: own.host,
    host: other.host,
    end: other.end < 0 ? undefined : other.end,
    process: otherEnd === undefined || otherEnd.process < 0 ? undefined : otherEnd.process,
    links,
  };
}

/**
 * The first thing that happened to the other host, process or end, or to what lies between. An end that is gone since both
 * directions were closed is no fault. Where nothing of that kind happened and this end is told of an error all the same, the
 * fault is the sending of the first of its connection's segments that did not get through, or else that it was opened at all.
 */
export function firstFault(trace: Trace, peer: Peer): EventId | undefined {
  let peerExists = false;
  let opened: EventId | undefined;
  let lost: EventId | undefined;
  for (let id = 0; id < trace.length; id++) {
    const place = trace.placeAt(id);
    switch (trace.kindAt(id)) {
      case 'host.state':
        if (place === peer.host && !trace.eventOf('host.state', id).on) return id;
        break;
      case 'host.frozen':
        if (place === peer.host) return id;
        break;
      case 'process.state':
        if (place === peer.process && !trace.eventOf('process.state', id).running) return id;
        break;
      case 'link.state':
        if (peer.links.includes(place) && !trace.eventOf('link.state', id).up) return id;
        break;
      case 'carrier.state': {
        const event = trace.eventOf('carrier.state', id);
        if (!event.up && concernsDevice(peer, event)) return id;
        break;
      }
      case 'device-queue.state': {
        const event = trace.eventOf('device-queue.state', id);
        if (event.full && concernsDevice(peer, event)) return id;
        break;
      }
      case 'route.state': {
        const event = trace.eventOf('route.state', id);
        if (!event.present && concernsRoute(peer, event)) return id;
        break;
      }
      case 'flow.state': {
        const event = trace.eventOf('flow.state', id);
        if (isForgotten(event) && event.connection === peer.connection) return id;
        break;
      }
      case 'end.opened':
        if (place === peer.end) peerExists = true;
        if (place === peer.own) opened ??= id;
        break;
      case 'end.gone':
        if (place === peer.end && place !== peer.own && peerExists && !isOrderly(trace, id)) return id;
        break;
      case 'segment.dropped':
      case 'segment.ignored':
        if (lost === undefined && connectionOf(trace, id) === peer.connection) lost = segmentOf(trace, id);
        break;
      case 'tcp.error': {
        const { soft, errno } = trace.eventOf('tcp.error', id);
        if (place === peer.own && !soft && errno !== 'OK') return lost ?? opened;
        break;
      }
      default:
        break;
    }
  }
  return undefined;
}

function isOrderly(trace: Trace, id: EventId): boolean {
  const { reason } = trace.eventOf('end.gone', id);
  return reason === 'closed' || reason === 'time-wait-over';
}

function segmentOf(trace: Trace, id: EventId): EventId {
  return trace.kindAt(id) === 'segment.dropped'
    ? trace.eventOf('segment.dropped', id).segment
    : trace.eventOf('segment.ignored', id).segment;
}

const connectionOf = (trace: Trace, id: EventId): number =>
  trace.eventOf('segment.sent', segmentOf(trace, id)).connection;

/** A flow that a RST ended is over for everybody. */
const isForgotten = ({ known, reason }: EventOf<'flow.state'>): boolean =>
  !known && (reason === 'idle' || reason === 'told');

const concernsDevice = (
  peer: Peer,
  { place, link }: EventOf<'carrier.state'> | EventOf<'device-queue.state'>,
): boolean => peer.links.includes(link) && (place === peer.host || place === peer.ownHost);

const concernsRoute = (peer: Peer, { place, to }: EventOf<'route.state'>): boolean =>
  (place === peer.ownHost && to === peer.host) || (place === peer.host && to === peer.ownHost);

/** Why segments do not get through although no link is cut. */
export interface Obstacle {
  readonly event: EventId;
  readonly text: string;
}

/** What is in the way between two ends after an event: a cable, a route, or a NAT that knows nothing of the connection. */
export function obstacle(trace: Trace, until: EventId, peer: Peer): Obstacle | undefined {
  const current = new Map<string, Obstacle>();
  for (let id = 0; id <= until; id++) {
    switch (trace.kindAt(id)) {
      case 'carrier.state': {
        const event = trace.eventOf('carrier.state', id);
        if (!concernsDevice(peer, event)) break;
        const key = `carrier ${event.place} ${event.link}`;
        if (event.up) current.delete(key);
        else current.set(key, { event: id, text: cableText(trace, peer, event.place) });
        break;
      }
      case 'device-queue.state': {
        const event = trace.eventOf('device-queue.state', id);
        if (!concernsDevice(peer, event)) break;
        const key = `queue ${event.place} ${event.link}`;
        const text = l10n.t('alive, but the device queue of {0} is full', trace.placeName(event.place));
        if (event.full) current.set(key, { event: id, text });
        else current.delete(key);
        break;
      }
      case 'route.state': {
        const event = trace.eventOf('route.state', id);
        if (!concernsRoute(peer, event)) break;
        const key = `route ${event.place}`;
        const text = l10n.t('alive, but {0} has no route', trace.placeName(event.place));
        if (event.present) current.delete(key);
        else current.set(key, { event: id, text });
        break;
      }
      case 'flow.state': {
        const event = trace.eventOf('flow.state', id);
        if (event.connection !== peer.connection) break;
        const key = `flow ${event.place}`;
        if (isForgotten(event))
          current.set(key, { event: id, text: l10n.t('alive, but forgotten by {0}', trace.placeName(event.place)) });
        else if (event.port === 0) current.delete(key);
        break;
      }
      default:
        break;
    }
  }
  return current.values().next().value;
}

function cableText(trace: Trace, peer: Peer, host: PlaceId): string {
  return host === peer.host
    ? l10n.t('alive, but its cable is out')
    : l10n.t('alive, but the cable of {0} is out', trace.placeName(host));
}
