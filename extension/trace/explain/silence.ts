/** Why nothing is sent for a while: what would have to happen, and why it does not. */
import * as l10n from '@vscode/l10n';
import type { EventId, EventOf, PlaceId } from '../event.ts';
import type { TimerName } from '../schema.ts';
import type { Trace } from '../trace.ts';
import type { EndState, World } from '../world.ts';
import { variable } from '../world.ts';
import { keepaliveKnob } from './knobs.ts';
import { wasRefused } from './refused.ts';
import { rootAction } from './root.ts';
import { timerRule } from './rules.ts';
import type { WhyStep } from './step.ts';
import { clock, placeTitle, span, timerTitle } from './words.ts';
import { worldIndex } from './worlds.ts';

/**
 * Why nothing is sent between two events: for every end that exists in between, the timers it waits for, or that it waits
 * for nothing; and who is gone without anybody having been told.
 * @param from the last event before the silence
 * @param to the one that ends it
 */
export function explainSilence(trace: Trace, from: EventId, to: EventId): WhyStep[] {
  const last = Math.max(from, Math.min(to - 1, trace.lastEventAt(trace.timeAt(from))));
  const world = worldIndex(trace).after(last);
  const steps = [...world.ends].flatMap(([place, end]) => (end.exists ? endSteps(trace, place, end, last) : []));
  const gone = whoIsGone(trace, world, last);
  if (steps.length === 0 && gone.length === 0)
    return [{ event: Math.max(0, last), text: l10n.t('No connection exists: there is nobody who could send.') }];
  const next = nextStatement(trace, last, to);
  return [...steps, ...gone, ...next];
}

function endSteps(trace: Trace, place: PlaceId, end: EndState, last: EventId): WhyStep[] {
  const where = placeTitle(trace, place);
  const host = trace.endAt(place)?.host ?? -1;
  const frozen = worldIndex(trace).after(last).hostsFrozen.has(host)
    ? lastOf(trace, 'host.frozen', host, last)
    : undefined;
  if (frozen !== undefined) {
    const text = l10n.t(
      '{0} is frozen: its clock stands still, and no timer of {1} runs',
      trace.placeName(host),
      where,
    );
    const action = rootAction(trace, frozen.id)?.action;
    return [{ event: frozen.id, text, ...(action === undefined ? {} : { action }) }];
  }
  const timers = [...end.timers].filter(([timer]) => timer !== 'delayed-ack');
  if (timers.length > 0)
    return timers.map(([timer, deadline]) => ({
      event: armingOf(trace, place, timer, last),
      text: timerSentence(trace, { place, end, last }, timer, deadline),
      rule: timerRule(timer),
    }));
  const idle = variable(end, 'snd.una') === variable(end, 'snd.nxt') && variable(end, 'unsent') === 0;
  const text = idle
    ? l10n.t(
        '{0} ({1}) has nothing to send, everything it sent is acknowledged, and no timer is set: it waits for ever.',
        where,
        end.state,
      )
    : l10n.t('{0} ({1}) waits, and no timer is set.', where, end.state);
  const steps: WhyStep[] = [{ event: Math.max(0, last), text, rule: { rfc: 'RFC 9293 §3.5.1' } }];
  if (variable(end, 'keepalive') === 0)
    steps.push({
      event: Math.max(0, last),
      text: l10n.t(
        'Keepalive is off (SO_KEEPALIVE is not set on it), so nobody asks whether the other end is still there.',
      ),
      rule: { rfc: 'RFC 9293 §3.8.4', kernel: 'tcp_keepalive_timer', sysctl: 'SO_KEEPALIVE' },
    });
  return steps;
}

interface Waiting {
  readonly place: PlaceId;
  readonly end: EndState;
  readonly last: EventId;
}

function timerSentence(trace: Trace, { place, end, last }: Waiting, timer: TimerName, deadline: number): string {
  const where = placeTitle(trace, place);
  switch (timer) {
    case 'keepalive': {
      const probing = variable(end, 'probes_out') > 0;
      const knob = keepaliveKnob(trace, place, last + 1, probing ? 'TCP_KEEPINTVL' : 'TCP_KEEPIDLE');
      return l10n.t(
        '{0} waits for its keepalive timer, until {1} ({2} = {3} s).',
        where,
        clock(deadline),
        knob.name,
        knob.value,
      );
    }
    case 'retransmission':
      return l10n.t(
        '{0} has sent what nobody acknowledged, and sends it again when the retransmission timer fires, at {1}. Only the other end could wake it sooner, not a cable that is plugged back.',
        where,
        clock(deadline),
      );
    case 'time-wait':
      return l10n.t('{0} is in TIME_WAIT until {1}; it only answers.', where, clock(deadline));
    case 'fin-wait-2':
      return l10n.t(
        '{0} waits for the FIN of the other end, until {1}; then it is forgotten without a word.',
        where,
        clock(deadline),
      );
    case 'persist':
      if (isRefused(trace, place, last))
        return l10n.t(
          '{0} could send nothing: the queue of its own device was full. It tries again at {1}.',
          where,
          clock(deadline),
        );
      return l10n.t(
        '{0} may not send: the window of the other end is closed. It asks again at {1}.',
        where,
        clock(deadline),
      );
    case 'tail-loss-probe':
    case 'reordering':
    case 'delayed-ack':
    case 'compressed-ack':
    case 'syn-ack':
      return l10n.t('{0} waits for its {1}, until {2}.', where, timerTitle(timer), clock(deadline));
  }
}

/** Whether what the end sent last did not leave the host. */
function isRefused(trace: Trace, place: PlaceId, last: EventId): boolean {
  for (let id = last; id >= 0; id--) {
    if (trace.kindAt(id) === 'segment.sent' && trace.placeAt(id) === place)
      return wasRefused(trace, trace.eventOf('segment.sent', id));
  }
  return false;
}

function armingOf(trace: Trace, place: PlaceId, timer: TimerName, last: EventId): EventId {
  for (let id = last; id >= 0; id--) {
    if (
      trace.kindAt(id) === 'timer.armed' &&
      trace.placeAt(id) === place &&
      trace.eventOf('timer.armed', id).timer === timer
    )
      return id;
  }
  return Math.max(0, last);
}

/** Hosts without power, whose ends cannot say anything. */
function whoIsGone(trace: Trace, world: World, last: EventId): WhyStep[] {
  return [...world.hostsOn]
    .filter(([, on]) => !on)
    .flatMap(([host]) => {
      const off = lastOf(trace, 'host.state', host, last);
      if (off === undefined) return [];
      const action = rootAction(trace, off.id)?.action;
      const text = l10n.t('{0} has no power and said nothing: nobody was told', trace.placeName(host));
      return [action === undefined ? { event: off.id, text: l10n.t('{0}.', text) } : { event: off.id, text, action }];
    });
}

function lastOf<K extends 'host.state' | 'host.frozen'>(
  trace: Trace,
  kind: K,
  place: PlaceId,
  last: EventId,
): EventOf<K> | undefined {
  for (let id = last; id >= 0; id--) {
    if (trace.kindAt(id) === kind && trace.placeAt(id) === place) return trace.eventOf(kind, id);
  }
  return undefined;
}

/** When nothing ends the silence but the scenario itself. */
function nextStatement(trace: Trace, last: EventId, to: EventId): WhyStep[] {
  for (let id = last + 1; id <= to && id < trace.length; id++) {
    if (trace.kindAt(id) !== 'scenario.action') continue;
    const event = trace.eventOf('scenario.action', id);
    const text = l10n.t('A line of the scenario ends the silence after {0}', span(event.time - trace.timeAt(last)));
    return [{ event: id, text, action: event.action }];
  }
  return [];
}
