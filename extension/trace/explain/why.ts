/** Why an event happened: the chain of causes up to the scenario's lines, with what repeats told once. */
import * as l10n from '@vscode/l10n';
import type { EventId, EventOf } from '../event.ts';
import { NO_CAUSE } from '../event.ts';
import type { TimerName } from '../schema.ts';
import type { Trace } from '../trace.ts';
import { describeCall, describeReturn } from './calls.ts';
import { describeEvent } from './describe.ts';
import { headStep } from './head.ts';
import { linkStep } from './link-events.ts';
import { keepaliveKnob, optionCall } from './knobs.ts';
import { cachedWait } from './metrics-events.ts';
import { sendReason } from './reasons.ts';
import { wasRefused } from './refused.ts';
import { rootAction } from './root.ts';
import { segmentRule, timerRule } from './rules.ts';
import type { WhyStep } from './step.ts';
import { hadNoEffect, nobodyAnswers } from './unanswered.ts';
import { clock, placeTitle, segmentTitle, span, timerTitle } from './words.ts';

/** Of a longer row of segments and calls that follow from each other, so many are told. */
const TOLD_IN_A_ROW = 4;
/** A story has at most so many steps: of a longer one the middle is left out. */
const LONGEST = 12;
const KEPT_AT_THE_END = 4;

/**
 * Why an event happened, from the event itself up to the line of the scenario that began it. When it happened because
 * nobody answered, or when it is a segment that had no effect, the reason for that stands at the end. Never empty.
 */
export function explainWhy(trace: Trace, id: EventId): WhyStep[] {
  const event = trace.event(id);
  if (event.kind === 'expectation') {
    const own: WhyStep = { event: id, text: `${describeEvent(trace, id)}.` };
    return event.evidence >= 0 ? [own, ...explainWhy(trace, event.evidence)] : [own];
  }
  const head = headStep(trace, event);
  const telling = new Telling(trace, head.tells);
  telling.addAll(head.steps);
  telling.follow(head.from);
  return [...telling.finish(), ...nobodyAnswers(trace, event), ...hadNoEffect(trace, event)];
}

/** Steps that are gathered while causes are followed upward. */
class Telling {
  private readonly trace: Trace;
  private readonly steps: WhyStep[] = [];
  /** Segments and calls that followed from each other, from the latest back: told when the row ends. */
  private row: EventId[] = [];
  /** A timer that the steps so far have told of already. */
  private told: TimerName | undefined;

  constructor(trace: Trace, told: TimerName | undefined) {
    this.trace = trace;
    this.told = told;
  }

  addAll(steps: readonly WhyStep[]): void {
    this.steps.push(...steps);
  }

  finish(): readonly WhyStep[] {
    this.tellRow();
    const { steps } = this;
    const hidden = steps.slice(LONGEST - KEPT_AT_THE_END, -KEPT_AT_THE_END);
    const [first] = hidden;
    if (steps.length <= LONGEST || first === undefined) return steps;
    return [
      ...steps.slice(0, LONGEST - KEPT_AT_THE_END),
      { event: first.event, text: l10n.t('… and {0} more steps before that.', hidden.length) },
      ...steps.slice(-KEPT_AT_THE_END),
    ];
  }

  follow(from: EventId): void {
    let id = from;
    while (id !== NO_CAUSE) id = this.tell(id);
  }

  private add(step: WhyStep): void {
    this.tellRow();
    this.steps.push(step);
  }

  /** Tells one event. @returns the next one to tell, or NO_CAUSE when the story is complete. */
  private tell(id: EventId): EventId {
    const { trace } = this;
    const event = trace.event(id);
    switch (event.kind) {
      case 'scenario.action':
        this.tellAction(event);
        return NO_CAUSE;
      case 'segment.delivered':
        return event.cause;
      case 'segment.duplicated':
      case 'segment.delayed':
      case 'segment.queued':
        this.add(linkStep(trace, event));
        return event.cause;
      case 'segment.sent':
      case 'call.entered':
      case 'call.returned':
        this.row.push(id);
        return event.cause;
      case 'timer.fired':
        return this.tellTimer(event);
      default:
        this.add({ event: id, text: sentence(describeEvent(trace, id)) });
        return event.cause;
    }
  }

  /** The line of the scenario: joined to the step that it brought about, when that says only what the line says. */
  private tellAction(event: EventOf<'scenario.action'>): void {
    this.tellRow();
    const last = this.steps.at(-1);
    if (
      last !== undefined &&
      last.action === undefined &&
      this.trace.causeAt(last.event) === event.id &&
      isPlain(last)
    ) {
      this.steps[this.steps.length - 1] = { ...last, text: last.text.replace(/[.。]$/, ''), action: event.action };
    } else {
      this.steps.push({ event: event.id, text: l10n.t('The scenario says so'), action: event.action });
    }
  }

  private tellRow(): void {
    const { row, trace } = this;
    this.row = [];
    const isLong = row.length > TOLD_IN_A_ROW + 1;
    const hidden = isLong ? row.slice(TOLD_IN_A_ROW - 1, -1) : [];
    const segments = hidden.filter((id) => trace.kindAt(id) === 'segment.sent').length;
    for (const [i, id] of row.entries()) {
      if (hidden.length > 0 && i === TOLD_IN_A_ROW - 1)
        this.steps.push({ event: id, text: l10n.t('… and {0} more segments back and forth before that.', segments) });
      if (hidden.length === 0 || i < TOLD_IN_A_ROW - 1 || i === row.length - 1) this.steps.push(this.inRow(id));
    }
  }

  private inRow(id: EventId): WhyStep {
    const { trace } = this;
    const event = trace.event(id);
    if (event.kind === 'call.entered') return { event: id, text: sentence(describeCall(trace, event)) };
    if (event.kind === 'call.returned') return { event: id, text: sentence(describeReturn(trace, event)) };
    const segment = trace.eventOf('segment.sent', id);
    return {
      event: id,
      text: l10n.t(
        'Before that, {0} sent {1} at {2}: {3}',
        trace.placeName(segment.from),
        segmentTitle(trace, segment),
        clock(segment.time),
        sendReason(trace, segment),
      ),
      rule: segmentRule(segment.purpose, segment.reason),
    };
  }

  /** A timer and all the firings of the same wait before it: when it was set, by what, and how the row began. */
  private tellTimer(fired: EventOf<'timer.fired'>): EventId {
    const { trace } = this;
    if (this.told === undefined || !isSameWait(this.told, fired.timer)) {
      this.add({
        event: fired.id,
        text: l10n.t('{0}: the {1} fired.', placeTitle(trace, fired.place), timerTitle(fired.timer)),
        rule: timerRule(fired.timer),
      });
    }
    this.told = undefined;
    const firings = [fired];
    let armed = this.arming(fired);
    const latest = armed;
    this.tellFreeze(fired);
    while (armed !== undefined) {
      const before: EventId = armed.cause;
      if (before === NO_CAUSE || trace.kindAt(before) !== 'timer.fired') break;
      const previous = trace.eventOf('timer.fired', before);
      if (!isSameWait(previous.timer, fired.timer)) break;
      firings.push(previous);
      armed = this.arming(previous);
    }
    if (latest === undefined || armed === undefined) return fired.cause;
    this.tellArming(fired, latest, firings[1]);
    if (fired.timer === 'keepalive') return this.tellKeepalive(fired, firings);
    if (firings.length > 2) this.tellFirings(firings, armed);
    return armed.cause;
  }

  /** The arming behind a firing. A clock that stood still arms anew what was pending: the first arming counts. */
  private arming(fired: EventOf<'timer.fired'>): EventOf<'timer.armed'> | undefined {
    let found: EventOf<'timer.armed'> | undefined;
    for (let id = fired.cause; id !== NO_CAUSE && this.trace.kindAt(id) === 'timer.armed'; id = found.cause) {
      found = this.trace.eventOf('timer.armed', id);
    }
    return found;
  }

  /** The host was frozen while the timer was pending: the wait took so much longer. */
  private tellFreeze(fired: EventOf<'timer.fired'>): void {
    const { trace } = this;
    const first = this.arming(fired);
    if (first === undefined || first.id === fired.cause) return;
    const again = trace.eventOf('timer.armed', fired.cause);
    const host = trace.endAt(fired.place)?.host;
    let resumed = again.id;
    while (resumed > 0 && !(trace.kindAt(resumed) === 'host.frozen' && trace.placeAt(resumed) === host)) resumed--;
    const action = rootAction(trace, resumed)?.action;
    const text = l10n.t(
      '{0} was frozen meanwhile and its clock stood still, so the timer fired {1} later',
      trace.placeName(host ?? fired.place),
      span(again.deadline - first.deadline),
    );
    this.add({ event: again.id, text, ...(action === undefined ? {} : { action }) });
  }

  private tellArming(
    fired: EventOf<'timer.fired'>,
    armed: EventOf<'timer.armed'>,
    previous: EventOf<'timer.fired'> | undefined,
  ): void {
    const { trace } = this;
    const wait = span(fired.time - armed.time);
    const by = previous === undefined ? undefined : sentBy(trace, previous.id);
    const interval =
      fired.timer === 'keepalive' && by !== undefined
        ? keepaliveKnob(trace, fired.place, fired.id, 'TCP_KEEPINTVL').name
        : undefined;
    const text =
      by === undefined
        ? l10n.t('It was set {0} earlier, at {1}.', wait, clock(armed.time))
        : wasRefused(trace, by)
          ? l10n.t(
              'It was set {0} earlier, when the host refused {1}: then the next try comes after 0.5 s, and the wait does not double.',
              wait,
              segmentTitle(trace, by),
            )
          : interval === undefined
            ? l10n.t('It was set {0} earlier, by {1}.', wait, segmentTitle(trace, by))
            : l10n.t('It was set {0} earlier, by {1} ({2}).', wait, segmentTitle(trace, by), interval);
    const rule = by !== undefined && wasRefused(trace, by) ? REFUSED : timerRule(armed.timer);
    this.add({ event: armed.id, text, rule });
    const cached = cachedWait(trace, armed);
    if (cached !== undefined) this.add(cached);
    if (armed.late === 0) return;
    this.add({
      event: armed.id,
      text: l10n.t(
        'It was armed for {0}; the wheel fired it at {1}: a timer waits for the end of its slot, and the slots of long waits are coarse.',
        clock(armed.deadline),
        clock(fired.time),
      ),
      rule: { kernel: 'calc_wheel_index' },
    });
  }

  /** How the probes began, and who wanted them. */
  private tellKeepalive(fired: EventOf<'timer.fired'>, firings: readonly EventOf<'timer.fired'>[]): EventId {
    const { trace } = this;
    const first = firings.map(({ id }) => sentBy(trace, id)).findLast((probe) => probe?.args[0] === 1);
    if (first !== undefined && first.time < fired.time) {
      const idle = keepaliveKnob(trace, first.place, first.id, 'TCP_KEEPIDLE');
      this.add({
        event: first.id,
        text: l10n.t(
          'The first probe followed {0} without anything received ({1}).',
          span(first.args[1] ?? 0),
          idle.name,
        ),
        rule: segmentRule(first.purpose, first.reason),
      });
    }
    const call = optionCall(trace, fired.place, fired.id, 'SO_KEEPALIVE');
    if (call === undefined) return firings.at(-1)?.cause ?? NO_CAUSE;
    const root = rootAction(trace, call.id);
    this.add({
      event: call.id,
      text: root === undefined ? l10n.t('Keepalive is on (SO_KEEPALIVE).') : l10n.t('Keepalive is on'),
      ...(root === undefined ? {} : { action: root.action }),
    });
    return NO_CAUSE;
  }

  private tellFirings(firings: readonly EventOf<'timer.fired'>[], first: EventOf<'timer.armed'>): void {
    const { trace } = this;
    const start = firings.at(-1);
    if (start === undefined) return;
    const wait = span(start.time - first.time);
    const refused = firings.some(({ id }) => {
      const by = sentBy(trace, id);
      return by !== undefined && wasRefused(trace, by);
    });
    this.add({
      event: first.id,
      text: refused
        ? l10n.t(
            'The row of {0} firings began at {1}, {2} after the timer was first set; waits are about twice the one before, up to 120 s, but 0.5 s where the own host refused what was sent.',
            firings.length,
            clock(start.time),
            wait,
          )
        : l10n.t(
            'The row of {0} firings began at {1}, {2} after the timer was first set; each wait is about twice the one before, up to 120 s.',
            firings.length,
            clock(start.time),
            wait,
          ),
      rule: timerRule(first.timer),
    });
  }
}

/** The segment that a firing sent at once. */
function sentBy(trace: Trace, fired: EventId): EventOf<'segment.sent'> | undefined {
  for (let id = fired + 1; id < trace.length && trace.timeAt(id) === trace.timeAt(fired); id++) {
    if (trace.kindAt(id) === 'segment.sent' && trace.causeAt(id) === fired) return trace.eventOf('segment.sent', id);
  }
  return undefined;
}

const REFUSED = { kernel: 'net_xmit_eval' } as const;

function isSameWait(a: TimerName, b: TimerName): boolean {
  const family = (timer: TimerName): TimerName => (timer === 'tail-loss-probe' ? 'retransmission' : timer);
  return family(a) === family(b);
}

function isPlain(step: WhyStep): boolean {
  return step.rule === undefined;
}

function sentence(text: string): string {
  return l10n.t('{0}.', text);
}
