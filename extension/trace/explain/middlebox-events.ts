/** What routers, firewalls and NATs do, and what the network says of a segment. */
import * as l10n from '@vscode/l10n';
import { type IcmpMessageName, revertsBackoff } from '../../scenario/icmp.ts';
import type { EventFields, EventId, EventOf } from '../event.ts';
import type { Trace } from '../trace.ts';
import { rootAction } from './root.ts';
import type { WhyStep } from './step.ts';
import { placeTitle, segmentTitle, span } from './words.ts';

type IcmpEvent = EventOf<'icmp.sent'> | EventOf<'icmp.delivered'> | EventOf<'icmp.dropped'> | EventOf<'icmp.ignored'>;

/** The message as Wireshark calls it, in the reader's language. */
export function icmpTitle(message: IcmpMessageName): string {
  switch (message) {
    case 'net unreachable':
      return l10n.t('ICMP network unreachable');
    case 'host unreachable':
      return l10n.t('ICMP host unreachable');
    case 'protocol unreachable':
      return l10n.t('ICMP protocol unreachable');
    case 'port unreachable':
      return l10n.t('ICMP port unreachable');
    case 'fragmentation needed':
      return l10n.t('ICMP fragmentation needed');
    case 'source route failed':
      return l10n.t('ICMP source route failed');
    case 'net unknown':
      return l10n.t('ICMP network unknown');
    case 'host unknown':
      return l10n.t('ICMP host unknown');
    case 'host isolated':
      return l10n.t('ICMP source host isolated');
    case 'net prohibited':
      return l10n.t('ICMP network administratively prohibited');
    case 'host prohibited':
      return l10n.t('ICMP host administratively prohibited');
    case 'communication prohibited':
      return l10n.t('ICMP communication administratively prohibited');
    case 'TOS net unreachable':
      return l10n.t('ICMP network unreachable for TOS');
    case 'TOS host unreachable':
      return l10n.t('ICMP host unreachable for TOS');
    case 'precedence violation':
      return l10n.t('ICMP host precedence violation');
    case 'precedence cutoff':
      return l10n.t('ICMP precedence cutoff in effect');
    case 'source quench':
      return l10n.t('ICMP source quench');
    case 'time exceeded':
      return l10n.t('ICMP time exceeded');
    case 'parameter problem':
      return l10n.t('ICMP parameter problem');
  }
}

/** The message with what it says besides: `ICMP fragmentation needed, MTU of next hop 1400 B`. */
export function icmpText({ message, mtu }: EventOf<'icmp.sent'>): string {
  const title = icmpTitle(message);
  return mtu === 0 ? title : l10n.t('{0}, MTU of next hop {1} B', title, mtu);
}

/** One sentence, without a full stop. */
export function describeIcmp(trace: Trace, event: IcmpEvent): string {
  const sent = event.kind === 'icmp.sent' ? event : trace.eventOf('icmp.sent', event.icmp);
  const title = icmpText(sent);
  const about = segmentTitle(trace, trace.eventOf('segment.sent', sent.segment));
  const by = trace.placeName(sent.place);
  switch (event.kind) {
    case 'icmp.sent':
      return isOwn(sent)
        ? l10n.t('The kernel of {0} tells itself of {1}, about {2}', by, title, about)
        : l10n.t('{0} sends {1} to {2}, about {3}', by, title, trace.placeName(sent.to), about);
    case 'icmp.delivered':
      return isOwn(sent)
        ? l10n.t('{0} hears of {1} from its own kernel, about {2}', placeTitle(trace, event.place), title, about)
        : l10n.t('{0} receives {1} from {2}, about {3}', placeTitle(trace, event.place), title, by, about);
    case 'icmp.dropped':
      return l10n.t('{0} from {1} is lost on its way to {2}', title, by, trace.placeName(sent.to));
    case 'icmp.ignored':
      return l10n.t('{0} ignores {1}: {2}', placeTitle(trace, event.place), title, icmpIgnored(event.reason));
  }
}

/** Whether a host said it about its own segment. */
export function isOwn(sent: EventOf<'icmp.sent'>): boolean {
  return sent.place === sent.to;
}

/** Why a message changed nothing, as the end of a sentence. */
export function icmpIgnored(reason: EventFields<'icmp.ignored'>['reason']): string {
  switch (reason) {
    case 'out-of-window':
      return l10n.t(
        'it quotes a sequence number that is not in flight (probes lie just before SND.UNA), so it could come from anybody',
      );
    case 'time-wait':
      return l10n.t('nothing is sent from TIME_WAIT that could get lost');
    case 'no-error':
      return l10n.t('messages of this kind mean nothing to TCP');
    case 'no-socket':
      return l10n.t('there is no socket any more that sent such a segment');
    case 'known':
      return l10n.t('it knows already that larger packets do not get through');
  }
}

/** What a message does to an end, as the end of an explanation; undefined when it only is what it is. */
export function icmpEffect(message: IcmpMessageName): string | undefined {
  return revertsBackoff(message)
    ? l10n.t(
        'Since the network says aloud that the segment did not get there, the last doubling of the retransmission timer is taken back.',
      )
    : undefined;
}

/** One sentence, without a full stop. */
export function describeFlow(trace: Trace, event: EventOf<'flow.state'>): string {
  const [box, flow] = [trace.placeName(event.place), trace.connection(event.connection).name];
  if (event.known) {
    return event.port === 0
      ? l10n.t('{0} begins to know the flow of {1}', box, flow)
      : l10n.t('{0} takes {1} for a new flow and shows it to the outside as port {2}', box, flow, event.port);
  }
  switch (event.reason) {
    case 'idle':
      return l10n.t('{0} forgets the flow of {1}: no segment passed for {2}', box, flow, span(event.after));
    case 'told':
      return l10n.t('{0} forgets the flow of {1}', box, flow);
    case 'reset':
    case 'segment-passed':
      return l10n.t('{0} forgets the flow of {1}: a RST passed', box, flow);
  }
}

/** That a flow had been forgotten, and why: what is behind a segment of it that does not get through. */
export function forgottenFlow(trace: Trace, blame: EventId): WhyStep | undefined {
  if (blame < 0 || trace.kindAt(blame) !== 'flow.state') return undefined;
  const text = l10n.t('{0}.', describeFlow(trace, trace.eventOf('flow.state', blame)));
  const action = trace.eventOf('flow.state', blame).reason === 'told' ? rootAction(trace, blame)?.action : undefined;
  return { event: blame, text, ...(action === undefined ? {} : { action }) };
}

/** How much segments carry from now on; one sentence, without a full stop. */
export function describeMss(trace: Trace, event: EventOf<'tcp.mss'>): string {
  const where = placeTitle(trace, event.place);
  const { mss, mtu } = event;
  switch (event.reason) {
    case 'path':
      return l10n.t(
        '{0}: a segment carries at most {1} B from now on, since the path takes packets of {2} B',
        where,
        mss,
        mtu,
      );
    case 'expired':
      return l10n.t(
        '{0}: what a router said of the path counts for 10 min, and that is over: a segment carries up to {1} B again',
        where,
        mss,
      );
    case 'black-hole':
      return l10n.t(
        '{0}: nothing but silence for long, so perhaps large packets get lost unheard: a segment carries at most {1} B from now on',
        where,
        mss,
      );
  }
}

/** The `icmp.delivered` that an event follows from; undefined when it does not. */
export function icmpBehind(trace: Trace, cause: EventId): EventOf<'icmp.delivered'> | undefined {
  return cause >= 0 && trace.kindAt(cause) === 'icmp.delivered' ? trace.eventOf('icmp.delivered', cause) : undefined;
}
