/** The first steps of an explanation: what is special about this very event. */
import * as l10n from '@vscode/l10n';
import type { EventId, EventOf, TraceEvent } from '../event.ts';
import { NO_CAUSE } from '../event.ts';
import type { TimerName } from '../schema.ts';
import type { Trace } from '../trace.ts';
import { variable } from '../world.ts';
import { callTimeout } from './calls.ts';
import { describeEvent, goneReason, ignoredReason } from './describe.ts';
import { giveUp } from './give-up.ts';
import { sendReason } from './reasons.ts';
import { linkStep, onTheWay } from './link-events.ts';
import { describeIcmp, icmpBehind, icmpEffect } from './middlebox-events.ts';
import type { Rule } from './rules.ts';
import {
  goneRule,
  ignoredRule,
  METRICS_SAVED,
  METRICS_USED,
  mssRule,
  segmentRule,
  timerRule,
  undoRule,
} from './rules.ts';
import type { WhyStep } from './step.ts';
import { clock, placeTitle, segmentTitle, timerTitle } from './words.ts';
import { rootAction } from './root.ts';
import { worldIndex } from './worlds.ts';

export interface Head {
  readonly steps: readonly WhyStep[];
  /** Where to go on; NO_CAUSE = nowhere. */
  readonly from: EventId;
  /** The timer that the steps have told of. */
  readonly tells?: TimerName;
}

const TIMER_OF_REASON: Partial<Record<EventOf<'segment.sent'>['reason'], TimerName>> = {
  'retransmission-timer': 'retransmission',
  'tail-loss-probe-timer': 'tail-loss-probe',
  'reordering-timer': 'reordering',
  'keepalive-timer': 'keepalive',
  'keepalive-gave-up': 'keepalive',
  'persist-timer': 'persist',
  'window-shrunk': 'retransmission',
  'corked-long-enough': 'persist',
  'host-had-refused': 'persist',
  'delayed-ack-timer': 'delayed-ack',
  'compressed-ack-timer': 'compressed-ack',
};

export function headStep(trace: Trace, event: TraceEvent): Head {
  switch (event.kind) {
    case 'segment.sent':
      return segmentHead(trace, event);
    case 'segment.delivered':
    case 'segment.held':
    case 'segment.dropped':
    case 'segment.duplicated':
    case 'segment.delayed':
    case 'segment.queued':
    case 'segment.ignored':
      return fateHead(trace, event);
    case 'tcp.error':
      return errorHead(trace, event);
    case 'tcp.state':
      return stateHead(trace, event);
    case 'end.gone':
      return giveUpHead(
        trace,
        event,
        step(event, l10n.t('It no longer exists: {0}.', goneReason(event.reason)), goneRule(event.reason)),
      );
    case 'timer.fired':
      return {
        steps: [
          step(
            event,
            l10n.t('The {0} reached the time it was set to.', timerTitle(event.timer)),
            timerRule(event.timer),
          ),
        ],
        from: event.id,
        tells: event.timer,
      };
    case 'tcp.mss':
      return own(trace, event, mssRule(event.reason));
    case 'metrics.saved':
      return own(trace, event, METRICS_SAVED);
    case 'metrics.used':
      return own(trace, event, METRICS_USED);
    case 'tcp.undo':
      return own(trace, event, undoRule(event.reason));
    case 'timer.armed':
    case 'timer.cancelled':
      return own(trace, event, timerRule(event.timer));
    case 'scenario.action':
      return {
        steps: [{ event: event.id, text: l10n.t('The scenario says so'), action: event.action }],
        from: NO_CAUSE,
      };
    case 'scenario.skipped':
      return {
        steps: [{ event: event.id, text: describeEvent(trace, event.id), action: event.action }],
        from: NO_CAUSE,
      };
    case 'call.returned':
      return event.errno === 'OK' ? own(trace, event) : failedCallHead(trace, event);
    default:
      return own(trace, event);
  }
}

function step(event: TraceEvent, text: string, rule?: Rule): WhyStep {
  return { event: event.id, text, ...(rule === undefined ? {} : { rule }) };
}

function own(trace: Trace, event: TraceEvent, rule?: Rule): Head {
  return { steps: [step(event, l10n.t('{0}.', describeEvent(trace, event.id)), rule)], from: event.cause };
}

function segmentHead(trace: Trace, event: EventOf<'segment.sent'>): Head {
  const steps = [step(event, sendReason(trace, event), segmentRule(event.purpose, event.reason))];
  if (event.reason === 'no-socket') steps.push(...whyNoSocket(trace, event));
  const tells = TIMER_OF_REASON[event.reason];
  return { steps, from: event.cause, ...(tells === undefined ? {} : { tells }) };
}

/** Which end had the answer, and what became of it. */
function whyNoSocket(trace: Trace, event: EventOf<'segment.sent'>): WhyStep[] {
  for (let id = event.id - 1; id >= 0; id--) {
    if (trace.kindAt(id) !== 'end.gone') continue;
    const end = trace.endAt(trace.placeAt(id));
    if (end?.connection !== event.connection || end.host !== event.from) continue;
    const gone = trace.eventOf('end.gone', id);
    const action = rootAction(trace, id)?.action;
    const text = l10n.t(
      'Its end of {0} is gone since {1} ({2})',
      trace.placeName(gone.place),
      clock(gone.time),
      goneReason(gone.reason),
    );
    const rule = goneRule(gone.reason);
    return [action === undefined ? step(gone, l10n.t('{0}.', text), rule) : { event: id, text, action, rule }];
  }
  return [];
}

function fateHead(trace: Trace, event: Parameters<typeof onTheWay>[1]): Head {
  const segment = trace.eventOf('segment.sent', event.segment);
  const sent = step(
    segment,
    l10n.t(
      '{0} sent {1} at {2}: {3}',
      trace.placeName(segment.from),
      segmentTitle(trace, segment),
      clock(segment.time),
      sendReason(trace, segment),
    ),
    segmentRule(segment.purpose, segment.reason),
  );
  const tells = TIMER_OF_REASON[segment.reason];
  const rest = { from: segment.cause, ...(tells === undefined ? {} : { tells }) };
  const before = [...onTheWay(trace, event), sent];
  if (event.kind === 'segment.delivered') return { steps: before, ...rest };
  if (event.kind === 'segment.ignored') {
    const why = l10n.t('It has no effect: {0}.', ignoredReason(event.reason));
    return { steps: [step(event, why, ignoredRule(event.reason)), ...before], ...rest };
  }
  return { steps: [linkStep(trace, event), ...before], ...rest };
}

/** An error that an ICMP message brought: who said what about which segment, and what that changes. */
function icmpErrorHead(
  trace: Trace,
  event: EventOf<'tcp.error'>,
  said: EventOf<'icmp.delivered'>,
  isOpening: boolean,
): Head {
  const sent = trace.eventOf('icmp.sent', said.icmp);
  const rule: Rule = { rfc: 'RFC 1122 §4.2.3.9', kernel: 'tcp_v4_err' };
  const first = event.soft
    ? l10n.t('{0} is only remembered: the kernel goes on trying, and reports it if it gives up.', event.errno)
    : isOpening
      ? l10n.t('While a connection is being opened, such a message ends the attempt at once with {0}.', event.errno)
      : l10n.t('IP_RECVERR is set: the next call fails with {0} at once. The connection itself lives on.', event.errno);
  const effect = event.soft || !isOpening ? icmpEffect(sent.message) : undefined;
  const steps = [step(event, first, rule), step(said, l10n.t('{0}.', describeIcmp(trace, said)))];
  if (effect !== undefined) steps.push(step(said, effect, { rfc: 'RFC 6069 §3', kernel: 'tcp_ld_RTO_revert' }));
  return { steps, from: said.cause };
}

function errorHead(trace: Trace, event: EventOf<'tcp.error'>): Head {
  const said = icmpBehind(trace, event.cause);
  // An ended wait may also have been the last: then the kernel gave up, and the message is only the occasion.
  const before = worldIndex(trace)
    .after(event.id - 1)
    .ends.get(event.place)?.state;
  const isToldAtOnce = event.id + 1 < trace.length && trace.kindAt(event.id + 1) !== 'tcp.state';
  if (said !== undefined && (event.soft || before === 'SYN_SENT' || isToldAtOnce))
    return icmpErrorHead(trace, event, said, before === 'SYN_SENT');
  const plain = (text: string, rule: Rule): Head => ({ steps: [step(event, text, rule)], from: event.cause });
  if (event.soft)
    return plain(
      l10n.t('{0} is only remembered: the kernel goes on trying, and reports it if it gives up.', event.errno),
      { kernel: 'tcp_v4_err' },
    );
  switch (event.errno) {
    case 'ECONNREFUSED':
      return plain(l10n.t('A RST answered the SYN: nobody listens there.'), {
        rfc: 'RFC 9293 §3.10.7.3',
        kernel: 'tcp_reset',
      });
    case 'ECONNRESET':
      return plain(l10n.t('A RST arrived: the other end does not know this connection any more, or aborted it.'), {
        rfc: 'RFC 9293 §3.5.3',
        kernel: 'tcp_reset',
      });
    case 'EPIPE':
      return plain(
        l10n.t(
          'A RST arrived after the FIN of the other end (CLOSE_WAIT): Linux reports that as EPIPE to the next send().',
        ),
        { kernel: 'tcp_reset' },
      );
    default: {
      const text =
        event.errno === 'ETIMEDOUT'
          ? l10n.t('The kernel gave up waiting for an answer.')
          : l10n.t(
              'The kernel gave up waiting for an answer. It reports what the network had said last ({0}) instead of ETIMEDOUT.',
              event.errno,
            );
      return giveUpHead(trace, event, step(event, text, { rfc: 'RFC 9293 §3.8.3', kernel: 'tcp_write_err' }));
    }
  }
}

/** A call that failed: with the error that the kernel had put on the socket, when it is that. */
function failedCallHead(trace: Trace, event: EventOf<'call.returned'>): Head {
  for (let id = event.id - 1; id >= 0; id--) {
    if (trace.kindAt(id) !== 'tcp.error' || trace.placeAt(id) !== event.place) continue;
    const error = trace.eventOf('tcp.error', id);
    if (error.soft || error.errno !== event.errno) break;
    const first = step(
      event,
      l10n.t(
        'The kernel had put {0} on the socket at {1}; this call is the first to be told.',
        error.errno,
        clock(error.time),
      ),
      { kernel: 'sock_error' },
    );
    const rest = errorHead(trace, error);
    return { ...rest, steps: [first, ...rest.steps] };
  }
  const waited = callTimeout(event);
  if (waited !== undefined) return { steps: [step(event, waited, CALL_TIMEOUT_RULES[event.call])], from: event.cause };
  if (event.errno === 'EPIPE') {
    const text = l10n.t('This end cannot send any more: its connection is closed, or its sending side was shut down.');
    return { steps: [step(event, text, { kernel: 'sk_stream_error' })], from: event.cause };
  }
  return own(trace, event);
}

const CALL_TIMEOUT_RULES: Partial<Record<EventOf<'call.returned'>['call'], Rule>> = {
  recv: { kernel: 'sk_wait_data', sysctl: 'SO_RCVTIMEO' },
  send: { kernel: 'sk_stream_wait_memory', sysctl: 'SO_SNDTIMEO' },
  connect: { kernel: 'inet_wait_for_connect', sysctl: 'SO_SNDTIMEO' },
};

/** An end that gave up: with the limit that it kept to, where a timer was behind it. */
function giveUpHead(trace: Trace, event: EventOf<'tcp.error'> | EventOf<'end.gone'>, plain: WhyStep): Head {
  const isTimer = event.cause !== NO_CAUSE && trace.kindAt(event.cause) === 'timer.fired';
  if (!isTimer) return { steps: [plain], from: event.cause };
  const fired = trace.eventOf('timer.fired', event.cause);
  const limit = giveUp(trace, fired);
  return limit === undefined
    ? { steps: [plain], from: event.cause }
    : { steps: [plain, limit], from: event.cause, tells: fired.timer };
}

function stateHead(trace: Trace, event: EventOf<'tcp.state'>): Head {
  const world = worldIndex(trace).after(event.id).ends.get(event.place);
  const isOrphan = world !== undefined && variable(world, 'orphan') === 1;
  const where = placeTitle(trace, event.place);
  const rule: Rule = { rfc: 'RFC 9293 §3.3.2' };
  return { steps: [step(event, l10n.t('{0}: {1}', where, stateReason(event, isOrphan)), rule)], from: event.cause };
}

function stateReason({ from, to }: EventOf<'tcp.state'>, isOrphan: boolean): string {
  switch (to) {
    case 'LISTEN':
      return l10n.t('it waits for connections.');
    case 'SYN_SENT':
      return l10n.t('a SYN was sent; the answer is awaited.');
    case 'SYN_RECEIVED':
      return l10n.t('a SYN arrived; the acknowledgement of our SYN-ACK is awaited.');
    case 'ESTABLISHED':
      return from === 'SYN_SENT'
        ? l10n.t('our SYN was acknowledged: the connection is open as far as this end can tell.')
        : l10n.t('our SYN-ACK was acknowledged: the connection is open.');
    case 'FIN_WAIT_1':
      return isOrphan
        ? l10n.t('a FIN was sent, and no process owns this end any more.')
        : l10n.t('a FIN was sent; its acknowledgement is awaited.');
    case 'FIN_WAIT_2':
      return l10n.t('our FIN was acknowledged; the FIN of the other end is awaited.');
    case 'CLOSE_WAIT':
      return l10n.t('a FIN arrived: the other end sends nothing more, and this application has not closed yet.');
    case 'CLOSING':
      return l10n.t('both ends sent a FIN at once, and ours is not acknowledged yet.');
    case 'LAST_ACK':
      return l10n.t('after the FIN of the other end, ours was sent; its acknowledgement is awaited.');
    case 'TIME_WAIT':
      return l10n.t('both FINs are acknowledged; for 60 s this end answers late copies.');
    case 'CLOSED':
      return l10n.t('it was {0}, and is over.', from);
  }
}
