/** What connections leave to later ones, in sentences. */
import * as l10n from '@vscode/l10n';
import type { EventOf } from '../event.ts';
import type { Trace } from '../trace.ts';
import { METRICS_USED } from './rules.ts';
import type { WhyStep } from './step.ts';
import { clock, hostOf, placeTitle, span } from './words.ts';

/** One sentence, without a full stop. */
export function describeMetrics(trace: Trace, event: EventOf<'metrics.saved'> | EventOf<'metrics.used'>): string {
  const where = placeTitle(trace, event.place);
  return event.kind === 'metrics.saved'
    ? l10n.t('{0}: the connection has ended properly, and {1}', where, savedText(trace, event))
    : l10n.t(
        '{0}: it begins with what an earlier connection left {1}: {2}',
        where,
        whenText(trace, event),
        usedText(event),
      );
}

function savedText(trace: Trace, event: EventOf<'metrics.saved'>): string {
  const facts = [
    l10n.t('a round trip of {0}', span(Math.round(event.rtt))),
    event.ssthresh === 0 ? '' : l10n.t('ssthresh {0}', event.ssthresh),
    event.reordering === 0 ? '' : l10n.t('reordering by {0} segments', event.reordering),
  ];
  return l10n.t('{0} remembers for an hour: {1}', trace.placeName(hostOf(trace, event.place)), joined(facts));
}

/** What was taken over, in few words. */
export function usedText(event: EventOf<'metrics.used'>): string {
  return joined([
    event.rto === 0 ? '' : l10n.t('the first RTO is {0}', span(event.rto)),
    event.ssthresh === 0 ? '' : l10n.t('ssthresh {0}', event.ssthresh),
    event.reordering === 0 ? '' : l10n.t('reordering by {0} segments', event.reordering),
  ]);
}

function joined(facts: readonly string[]): string {
  return facts.filter((fact) => fact !== '').reduce((all, fact) => l10n.t('{0}, {1}', all, fact));
}

function whenText(trace: Trace, { saved }: EventOf<'metrics.used'>): string {
  return l10n.t('at {0}', clock(trace.timeAt(saved)));
}

/** That a wait is not what this connection measured, but what an earlier one left. */
export function cachedWait(trace: Trace, armed: EventOf<'timer.armed'>): WhyStep | undefined {
  if (armed.timer !== 'retransmission' || armed.backoff > 0) return undefined;
  for (const event of trace.eventsOf('metrics.used')) {
    if (event.id > armed.id) break;
    if (event.place !== armed.place || event.rto !== armed.deadline - armed.time) continue;
    return { event: event.id, text: l10n.t('{0}.', describeMetrics(trace, event)), rule: METRICS_USED };
  }
  return undefined;
}
