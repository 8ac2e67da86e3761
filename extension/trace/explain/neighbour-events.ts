/** The last hop: carrier, the queue of the own device, route, and what ARP knows of a neighbour. */
import * as l10n from '@vscode/l10n';
import type { EventOf, PlaceId } from '../event.ts';
import type { Trace } from '../trace.ts';

type LastHopEvent =
  | EventOf<'carrier.state'>
  | EventOf<'device-queue.state'>
  | EventOf<'route.state'>
  | EventOf<'neighbour.state'>
  | EventOf<'arp.sent'>
  | EventOf<'arp.delivered'>
  | EventOf<'arp.dropped'>;

/** One sentence, without a full stop. */
export function describeLastHop(trace: Trace, event: LastHopEvent): string {
  const where = trace.placeName(event.place);
  switch (event.kind) {
    case 'carrier.state': {
      const link = trace.placeName(event.link);
      return event.up
        ? l10n.t('{0} has a carrier on {1} again', where, link)
        : l10n.t('{0} loses the carrier on {1}: its own cable is out', where, link);
    }
    case 'device-queue.state': {
      const link = trace.placeName(event.link);
      return event.full
        ? l10n.t('the queue of the device of {0} on {1} is full: whatever is to leave is refused', where, link)
        : l10n.t('the queue of the device of {0} on {1} has room again', where, link);
    }
    case 'route.state': {
      const to = trace.placeName(event.to);
      return event.present
        ? l10n.t('{0} has a route to {1} again', where, to)
        : l10n.t('{0} has no route to {1} any more', where, to);
    }
    case 'neighbour.state':
      return neighbourState(where, neighbourTitle(trace, event.neighbour), event.state);
    case 'arp.sent':
      return arpTitle(trace, event);
    case 'arp.delivered': {
      const sent = trace.eventOf('arp.sent', event.arp);
      const from = trace.placeName(sent.place);
      return sent.what === 'reply'
        ? l10n.t('{0} receives the ARP reply of {1}', where, from)
        : l10n.t('{0} receives the ARP request of {1}', where, from);
    }
    case 'arp.dropped': {
      const sent = trace.eventOf('arp.sent', event.arp);
      const title = arpTitle(trace, sent);
      switch (event.reason) {
        case 'link-cut':
          return l10n.t('Nobody gets it ({0}): the link is cut', title);
        case 'host-off':
          return l10n.t('Nobody gets it ({0}): nobody is there', title);
        case 'no-carrier':
          return l10n.t('Nobody gets it ({0}): the cable is out', title);
        case 'device-queue-full':
          return l10n.t('Nobody gets it ({0}): the queue of the device is full', title);
      }
    }
  }
}

/** Whom a neighbour entry is about: a host on the segment, or the next hop of a link. */
export function neighbourTitle(trace: Trace, neighbour: PlaceId): string {
  const name = trace.placeName(neighbour);
  return trace.places[neighbour]?.kind === 'link' ? l10n.t('the next hop on {0}', name) : name;
}

function arpTitle(trace: Trace, event: EventOf<'arp.sent'>): string {
  const [where, other] = [trace.placeName(event.place), neighbourTitle(trace, event.neighbour)];
  switch (event.what) {
    case 'request':
      return l10n.t('{0} asks everybody for the hardware address of {1} (ARP request)', where, other);
    case 'probe':
      return l10n.t('{0} asks {1} whether it is still there (ARP request to it alone)', where, other);
    case 'reply':
      return l10n.t('{0} tells {1} its hardware address (ARP reply)', where, other);
  }
}

function neighbourState(where: string, other: string, state: EventOf<'neighbour.state'>['state']): string {
  switch (state) {
    case 'NONE':
      return l10n.t('{0} forgets the hardware address of {1}', where, other);
    case 'INCOMPLETE':
      return l10n.t('{0} needs the hardware address of {1} (INCOMPLETE): what is to go there waits', where, other);
    case 'REACHABLE':
      return l10n.t('{0} knows that {1} is there (REACHABLE)', where, other);
    case 'STALE':
      return l10n.t('{0} has had no sign of {1} for a while (STALE)', where, other);
    case 'DELAY':
      return l10n.t('{0} goes on sending to {1} and gives it 5 s to show a sign of life (DELAY)', where, other);
    case 'PROBE':
      return l10n.t('{0} has had no sign of {1} in 5 s (PROBE)', where, other);
    case 'FAILED':
      return l10n.t('{0} got no answer from {1} to any ARP request (FAILED)', where, other);
  }
}
