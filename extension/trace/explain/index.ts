/** Sentences about what happened and why. Stand-in with the shape of the room that makes them. */
import * as l10n from '@vscode/l10n';
import { momentText } from '../diagram/duration.ts';
import { noteLabel, numbersText, flagsText, purposeText } from '../diagram/labels.ts';
import { hostOf } from '../diagram/rows.ts';
import type { EventId } from '../event.ts';
import type { EventOf } from '../event.ts';
import type { Trace } from '../trace.ts';

/** One link of the chain from an event back to a line of the scenario. */
export interface WhyStep {
  readonly event: EventId;
  readonly text: string;
  /** Index into the header's actions: the line to go to. */
  readonly action?: number;
  readonly rule?: { readonly rfc?: string; readonly kernel?: string; readonly sysctl?: string };
}

export function explainWhy(trace: Trace, id: EventId): readonly WhyStep[] {
  const steps: WhyStep[] = [];
  for (let at = id; at >= 0 && steps.length < 12; at = trace.causeAt(at)) {
    const event = trace.event(at);
    steps.push({
      event: at,
      text: describeEvent(trace, at),
      ...(event.kind === 'scenario.action' ? { action: event.action } : {}),
    });
  }
  return steps;
}

export function explainSilence(trace: Trace, from: EventId, to: EventId): readonly WhyStep[] {
  return [{ event: from, text: l10n.t('Nothing has to be sent.') }, ...explainWhy(trace, to)];
}

export function describeEvent(trace: Trace, id: EventId): string {
  const event = trace.event(id);
  const at = momentText(event.time);
  if (event.kind === 'segment.sent') {
    const what = purposeText(event) ?? flagsText(event.flags);
    return `${at}: ${trace.placeName(event.from)} → ${trace.placeName(event.to)}: ${what}, ${numbersText(trace, event)}`;
  }
  const host = trace.placeName(hostOf(trace, event.place));
  const text = noteLabel(trace, { kind: 'note', event: id, time: event.time, hosts: [], tone: 'plain', states: [] });
  return `${at}: ${host === '' ? '' : `${host}: `}${text}`;
}

export function describeExpectation(trace: Trace, event: EventOf<'expectation'>): string {
  const text = trace.header.expectations[event.expectation]?.text ?? '';
  return event.met ? text : `${text} (${event.code})`;
}
