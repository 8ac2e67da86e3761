/** What a link does to segments on their way: what it loses, copies and holds up, and the statement that is behind it. */
import * as l10n from '@vscode/l10n';
import type { EventFields, EventId, EventOf } from '../event.ts';
import { NO_CAUSE } from '../event.ts';
import type { Trace } from '../trace.ts';
import { forgottenFlow } from './middlebox-events.ts';
import { rootAction } from './root.ts';
import type { WhyStep } from './step.ts';
import { placeTitle, segmentTitle, span } from './words.ts';

type LossReason = EventFields<'segment.dropped'>['reason'];
type LinkEvent =
  | EventOf<'segment.held'>
  | EventOf<'segment.dropped'>
  | EventOf<'segment.duplicated'>
  | EventOf<'segment.delayed'>
  | EventOf<'segment.queued'>;

/** One sentence, without a full stop. */
export function describeLinkEvent(trace: Trace, event: LinkEvent): string {
  const segment = trace.eventOf('segment.sent', event.segment);
  const [title, from] = [segmentTitle(trace, segment), trace.placeName(segment.from)];
  switch (event.kind) {
    case 'segment.held':
      return l10n.t(
        '{0} from {1} waits: {2} is frozen, and its virtual network card keeps what arrives',
        title,
        from,
        trace.placeName(segment.to),
      );
    case 'segment.dropped':
      return describeLoss(event.reason, {
        title,
        from,
        to: trace.placeName(segment.to),
        where: placeTitle(trace, event.place),
      });
    case 'segment.duplicated':
      return l10n.t('{0} makes a copy of {1} from {2}', placeTitle(trace, event.place), title, from);
    case 'segment.delayed':
      return l10n.t(
        '{0} holds up {1} from {2} for {3}',
        placeTitle(trace, event.place),
        title,
        from,
        span(event.delay),
      );
    case 'segment.queued':
      return l10n.t(
        '{0} is busy: {1} from {2} waits {3}; packets before it: {4}',
        placeTitle(trace, event.place),
        title,
        from,
        span(event.wait),
        event.ahead,
      );
  }
}

function describeLoss(
  reason: LossReason,
  {
    title,
    from,
    to,
    where,
  }: { readonly title: string; readonly from: string; readonly to: string; readonly where: string },
): string {
  switch (reason) {
    case 'link-cut':
      return l10n.t('{0} from {1} is lost: the link is cut', title, from);
    case 'host-off':
      return l10n.t('{0} from {1} is lost: {2} has no power', title, from, to);
    case 'host-frozen':
      return l10n.t('{0} from {1} is lost: {2} is frozen, and the queue before it is full', title, from, to);
    case 'rule':
      return l10n.t('{0} from {1} is lost: the link drops it, as the scenario says', title, from);
    case 'chance':
      return l10n.t('{0} from {1} is lost by chance', title, from);
    case 'queue-full':
      return l10n.t('{0} from {1} is lost: the queue of the link is full', title, from);
    case 'too-big':
      return l10n.t('{0} from {1} is lost: it is larger than the MTU of the path', title, from);
    case 'filtered':
      return l10n.t('{0} from {1} is lost: the firewall {2} drops it without a word', title, from, where);
    case 'rejected':
      return l10n.t('{0} from {1} does not get through: the firewall {2} rejects it', title, from, where);
    case 'no-flow':
      return l10n.t('{0} from {1} does not get through: {2} does not know its flow', title, from, where);
    case 'unreachable':
      return l10n.t('{0} from {1} does not get through: the router {2} cannot deliver it', title, from, where);
    case 'no-carrier':
      return l10n.t('{0} never leaves {1}: its cable is out', title, from);
    case 'no-neighbour':
      return l10n.t('{0} never leaves {1}: nobody answers its ARP requests', title, from);
    case 'no-route':
      return l10n.t('{0} never leaves {1}: it has no route to {2}', title, from, to);
    case 'device-queue-full':
      return l10n.t(
        '{0} never leaves {1}: the queue of its own device is full, and TCP is told so at once',
        title,
        from,
      );
  }
}

/** Why a segment did not get there, as a phrase before the statement that is behind it. */
export function lossPhrase(reason: LossReason): string {
  switch (reason) {
    case 'link-cut':
      return l10n.t('The link is cut');
    case 'host-off':
      return l10n.t('Nobody is there to receive it');
    case 'host-frozen':
      return l10n.t('The host is frozen, and more segments wait before it than its queue holds');
    case 'rule':
      return l10n.t('The link drops it');
    case 'chance':
      return l10n.t('The link loses it by chance');
    case 'queue-full':
      return l10n.t('The queue of the link is full');
    case 'too-big':
      return l10n.t('It is larger than the MTU of the path, and TCP forbids to fragment it');
    case 'filtered':
      return l10n.t('A firewall drops it');
    case 'rejected':
      return l10n.t('A firewall rejects it');
    case 'no-flow':
      return l10n.t('What stands in between does not know its flow');
    case 'unreachable':
      return l10n.t('A router cannot deliver it');
    case 'no-carrier':
      return l10n.t('Its own cable is out');
    case 'no-neighbour':
      return l10n.t('Nobody answers the ARP requests for the next hop');
    case 'no-route':
      return l10n.t('There is no route');
    case 'device-queue-full':
      return l10n.t('The queue of its own device is full, and refuses it');
  }
}

/** Why nobody answered, as a phrase before the statement that is behind it. */
export function silencePhrase(reason: LossReason): string {
  switch (reason) {
    case 'link-cut':
      return l10n.t('Nothing gets through');
    case 'host-off':
      return l10n.t('Nothing answers');
    case 'host-frozen':
      return l10n.t('Nothing answers');
    case 'rule':
      return l10n.t('The link dropped it');
    case 'chance':
    case 'queue-full':
    case 'too-big':
      return lossPhrase(reason);
    case 'filtered':
      return l10n.t('A firewall dropped it');
    case 'rejected':
      return l10n.t('A firewall rejected it');
    case 'no-flow':
      return l10n.t('The flow had been forgotten on the way');
    case 'unreachable':
      return l10n.t('A router could not deliver it');
    case 'no-carrier':
    case 'no-neighbour':
    case 'no-route':
      return l10n.t('Nothing left the host');
    case 'device-queue-full':
      return l10n.t('Nothing left the host: the queue of its own device was full');
  }
}

/** A step that tells what a link did to a segment, and which statement is behind it. */
export function linkStep(trace: Trace, event: LinkEvent): WhyStep {
  const phrase =
    event.kind === 'segment.dropped'
      ? lossPhrase(event.reason)
      : event.kind === 'segment.held'
        ? l10n.t('The host is frozen: what arrives waits until it resumes')
        : describeLinkEvent(trace, event);
  const blame = event.kind === 'segment.queued' ? NO_CAUSE : event.blame;
  const flow = forgottenFlow(trace, blame);
  if (flow !== undefined) return flow;
  const action = blame < 0 ? undefined : rootAction(trace, blame)?.action;
  return action === undefined
    ? { event: event.id, text: l10n.t('{0}.', phrase) }
    : { event: event.kind === 'segment.dropped' ? blame : event.id, text: phrase, action };
}

/** What a link did to a segment before this happened to it, the latest first. */
export function onTheWay(
  trace: Trace,
  fate: LinkEvent | EventOf<'segment.delivered'> | EventOf<'segment.ignored'>,
): WhyStep[] {
  const steps: WhyStep[] = [];
  for (let id: EventId = fate.cause; id > fate.segment; id = trace.causeAt(id)) {
    const event = trace.event(id);
    if (
      event.kind === 'segment.duplicated' ||
      event.kind === 'segment.delayed' ||
      event.kind === 'segment.queued' ||
      event.kind === 'segment.held'
    )
      steps.push(linkStep(trace, event));
  }
  return steps;
}

/** `wire drops the next SYN-ACK`: the statement to blame, without its time and its name. Undefined when there is none. */
export function ruleStatement(trace: Trace, blame: EventId): string | undefined {
  const action = blame < 0 ? undefined : rootAction(trace, blame)?.action;
  const text = action === undefined ? undefined : trace.header.actions[action]?.text;
  return text
    ?.replaceAll(/\s+/g, ' ')
    .replace(/^(?:at|after) [^"]*?(\S+ (?:stops|resumes) )/, '$1')
    .replace(/^.*?(\S+ (?:drops|duplicates|delays|rejects|reports|forwards|lets|forgets) )/, '$1')
    .replace(/ as [A-Za-z_]\w*$/, '');
}
