/** The second branch of an explanation: why nobody answered. */
import * as l10n from '@vscode/l10n';
import type { EventId, EventOf, TraceEvent } from '../event.ts';
import { NO_CAUSE } from '../event.ts';
import type { SegmentPurpose } from '../schema.ts';
import type { Trace } from '../trace.ts';
import { describeEvent } from './describe.ts';
import { linkStep, silencePhrase } from './link-events.ts';
import { forgottenFlow } from './middlebox-events.ts';
import { rootAction } from './root.ts';
import { ignoredRule } from './rules.ts';
import type { WhyStep } from './step.ts';

const BECAUSE_OF_SILENCE: ReadonlySet<SegmentPurpose> = new Set<SegmentPurpose>([
  'syn-retransmission',
  'syn-ack-retransmission',
  'rto-retransmission',
  'fast-retransmission',
  'tail-loss-probe',
  'keepalive-probe',
  'window-probe',
]);

/** How far ahead the fate of a segment is looked for. */
const LOOK_AHEAD = 20_000;

/** What swallowed the segments that went unanswered, for an event that happened because nobody answered. */
export function nobodyAnswers(trace: Trace, event: TraceEvent): WhyStep[] {
  if (!isBecauseOfSilence(trace, event)) return [];
  const dropped = ownFate(trace, event) ?? lastLoss(trace, event);
  if (dropped === undefined) return [];
  const phrase = dropped.kind === 'segment.held' ? l10n.t('Nothing answers') : silencePhrase(dropped.reason);
  // By chance, or the way the link is: no statement is to blame.
  if (dropped.blame < 0) return [{ event: dropped.id, text: l10n.t('{0}.', phrase) }];
  const flow = forgottenFlow(trace, dropped.blame);
  if (flow !== undefined) return [flow];
  const action = rootAction(trace, dropped.blame)?.action;
  return [
    action === undefined
      ? { event: dropped.blame, text: l10n.t('{0}.', phrase) }
      : { event: dropped.blame, text: phrase, action },
  ];
}

/** What became of a segment that had no effect: it was lost, or whom it reached ignored it. Nothing for one that was taken. */
export function hadNoEffect(trace: Trace, event: TraceEvent): WhyStep[] {
  if (event.kind !== 'segment.sent') return [];
  const until = Math.min(trace.length, event.id + LOOK_AHEAD);
  for (let id = event.id + 1; id < until; id++) {
    const kind = trace.kindAt(id);
    if (kind === 'segment.dropped') {
      const dropped = trace.eventOf('segment.dropped', id);
      // Of what is sent since nobody answers, the loss is told already.
      if (dropped.segment === event.id) return isBecauseOfSilence(trace, event) ? [] : [linkStep(trace, dropped)];
    } else if (kind === 'segment.ignored') {
      const ignored = trace.eventOf('segment.ignored', id);
      if (ignored.segment === event.id)
        return [{ event: id, text: l10n.t('{0}.', describeEvent(trace, id)), rule: ignoredRule(ignored.reason) }];
    }
  }
  return [];
}

function isBecauseOfSilence(trace: Trace, event: TraceEvent): boolean {
  switch (event.kind) {
    case 'segment.sent':
      return BECAUSE_OF_SILENCE.has(event.purpose) || event.reason === 'keepalive-gave-up';
    case 'tcp.error':
      return event.errno === 'ETIMEDOUT' || event.errno === 'EHOSTUNREACH' || event.errno === 'ENETUNREACH';
    case 'end.gone':
      return event.reason === 'timed-out' || event.reason === 'orphan-timed-out';
    case 'tcp.state':
    case 'timer.fired':
      return event.cause !== NO_CAUSE && comesFromGivingUp(trace, event.id);
    case 'call.returned':
      return event.errno === 'ETIMEDOUT' || event.errno === 'EHOSTUNREACH' || event.errno === 'ENETUNREACH';
    default:
      return false;
  }
}

/** Entering CLOSED by a timer's firing. */
function comesFromGivingUp(trace: Trace, id: EventId): boolean {
  const event = trace.event(id);
  return event.kind === 'tcp.state' && event.to === 'CLOSED' && trace.kindAt(event.cause) === 'timer.fired';
}

/** Why a segment did not arrive, or not yet. */
type Fate = EventOf<'segment.dropped'> | EventOf<'segment.held'>;

function ownFate(trace: Trace, event: TraceEvent): Fate | undefined {
  if (event.kind !== 'segment.sent') return undefined;
  const until = Math.min(trace.length, event.id + LOOK_AHEAD);
  for (let id = event.id + 1; id < until; id++) {
    const kind = trace.kindAt(id);
    if (kind !== 'segment.dropped' && kind !== 'segment.held' && kind !== 'segment.delivered') continue;
    const fate = trace.event(id) as Fate | EventOf<'segment.delivered'>;
    if (fate.segment === event.id) return fate.kind === 'segment.delivered' ? undefined : fate;
  }
  return undefined;
}

/** The latest loss on this connection since its end received anything. */
function lastLoss(trace: Trace, event: TraceEvent): Fate | undefined {
  const connection = trace.endAt(event.place)?.connection;
  if (connection === undefined) return undefined;
  for (let id = event.id - 1; id >= 0; id--) {
    const kind = trace.kindAt(id);
    if (kind === 'segment.delivered' && trace.placeAt(id) === event.place) return undefined;
    if (kind !== 'segment.dropped' && kind !== 'segment.held') continue;
    const dropped = trace.event(id) as Fate;
    if (trace.eventOf('segment.sent', dropped.segment).connection === connection) return dropped;
  }
  return undefined;
}
