/** The limit behind a give-up: what was counted, against which knob. */
import * as l10n from '@vscode/l10n';
import type { EventId, EventOf, PlaceId } from '../event.ts';
import { NO_CAUSE } from '../event.ts';
import type { Trace } from '../trace.ts';
import { variable } from '../world.ts';
import { dataLimit, keepaliveKnob, optionCall, sysctl, userTimeout, windowProbeLimit } from './knobs.ts';
import type { WhyStep } from './step.ts';
import { span } from './words.ts';
import { worldIndex } from './worlds.ts';

/** Why an end gave up at this firing; undefined when the timer is none that gives up. */
export function giveUp(trace: Trace, fired: EventOf<'timer.fired'>): WhyStep | undefined {
  switch (fired.timer) {
    case 'retransmission':
    case 'tail-loss-probe':
      return retransmission(trace, fired);
    case 'keepalive':
      return keepalive(trace, fired);
    case 'persist': {
      const user = userTimeout(trace, fired.place, fired.id);
      if (user !== undefined)
        return {
          event: fired.id,
          text: l10n.t('The window stayed closed for longer than TCP_USER_TIMEOUT = {0} ms.', user / 1000),
          rule: { rfc: 'RFC 9293 §3.8.6.1', kernel: 'tcp_probe_timer', sysctl: 'TCP_USER_TIMEOUT' },
        };
      return {
        event: fired.id,
        text: l10n.t(
          '{0} window probes stayed unanswered ({1} = {2}).',
          windowProbeLimit(trace, fired.place),
          'tcp_retries2',
          windowProbeLimit(trace, fired.place),
        ),
        rule: { rfc: 'RFC 9293 §3.8.6.1', kernel: 'tcp_probe_timer', sysctl: 'tcp_retries2' },
      };
    }
    case 'syn-ack':
      return {
        event: fired.id,
        text: l10n.t(
          'The SYN-ACK was sent again {0} times without an answer (tcp_synack_retries).',
          sysctl(trace, fired.place, 'tcp_synack_retries'),
        ),
        rule: { kernel: 'reqsk_timer_handler', sysctl: 'tcp_synack_retries' },
      };
    case 'reordering':
    case 'delayed-ack':
    case 'compressed-ack':
    case 'fin-wait-2':
    case 'time-wait':
      return undefined;
  }
}

function retransmission(trace: Trace, fired: EventOf<'timer.fired'>): WhyStep {
  const end = worldIndex(trace).after(fired.id).ends.get(fired.place);
  if (end?.state === 'SYN_SENT') return syn(trace, fired);
  const orphan = end !== undefined && variable(end, 'orphan') === 1;
  const { name, shown, limit } = dataLimit(trace, fired.place, fired.id, orphan);
  const since = firstRetransmission(trace, fired);
  const elapsed = since === undefined ? 0 : fired.time - since;
  const rule = { rfc: 'RFC 9293 §3.8.3', kernel: 'retransmits_timed_out', sysctl: name };
  if (name === 'TCP_USER_TIMEOUT')
    return {
      event: fired.id,
      text: l10n.t(
        'The timer fired {0} after the first retransmission; TCP_USER_TIMEOUT = {1} ms allows {2}.',
        span(elapsed),
        shown,
        span(limit),
      ),
      rule,
    };
  return {
    event: fired.id,
    text: l10n.t(
      'The timer fired {0} after the first retransmission. That is at least {1}, the time that {2} = {3} stands for; it is looked at only when the timer fires.',
      span(elapsed),
      span(limit),
      name,
      shown,
    ),
    rule,
  };
}

function syn(trace: Trace, fired: EventOf<'timer.fired'>): WhyStep {
  const set = optionCall(trace, fired.place, fired.id, 'TCP_SYNCNT');
  const name = set === undefined ? 'tcp_syn_retries' : 'TCP_SYNCNT';
  const value = set?.value ?? sysctl(trace, fired.place, 'tcp_syn_retries');
  return {
    event: fired.id,
    text: l10n.t('No SYN was answered, and {0} = {1} allows no more.', name, value),
    rule: { rfc: 'RFC 9293 §3.8.3', kernel: 'tcp_write_timeout', sysctl: name },
  };
}

function keepalive(trace: Trace, fired: EventOf<'timer.fired'>): WhyStep {
  const silence = lastSilence(trace, fired.place, fired.id);
  const user = userTimeout(trace, fired.place, fired.id);
  const count = keepaliveKnob(trace, fired.place, fired.id, 'TCP_KEEPCNT');
  const knob = user === undefined ? count : { name: 'TCP_USER_TIMEOUT', value: user / 1000 };
  return {
    event: fired.id,
    text: l10n.t(
      'Keepalive probes stayed unanswered up to the limit ({0} = {1}); nothing was received for {2}.',
      knob.name,
      knob.value,
      span(silence),
    ),
    rule: { rfc: 'RFC 9293 §3.8.4', kernel: 'tcp_keepalive_timer', sysctl: knob.name },
  };
}

/** How long an end has received nothing. */
function lastSilence(trace: Trace, place: PlaceId, at: EventId): number {
  for (let id = at; id >= 0; id--) {
    if (trace.kindAt(id) === 'segment.delivered' && trace.placeAt(id) === place)
      return trace.timeAt(at) - trace.timeAt(id);
  }
  return trace.timeAt(at);
}

/** Time of the first firing of this row that was the retransmission timer's: where the clock of the limit starts. */
function firstRetransmission(trace: Trace, last: EventOf<'timer.fired'>): number | undefined {
  let first: number | undefined;
  let fired: EventOf<'timer.fired'> | undefined = last;
  while (fired !== undefined) {
    if (fired.timer === 'retransmission') first = fired.time;
    const armed = fired.cause;
    const before: EventId = armed === NO_CAUSE ? NO_CAUSE : trace.causeAt(armed);
    fired =
      before !== NO_CAUSE && trace.kindAt(before) === 'timer.fired' ? trace.eventOf('timer.fired', before) : undefined;
  }
  return first;
}
