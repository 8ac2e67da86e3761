/** What it changes that the wheel's timers are late: more than times, where waits are summed up and held against a limit. */
import type { Micros } from '../../extension/base/time.ts';
import type { EventId } from '../../extension/trace/event.ts';
import type { Trace } from '../../extension/trace/trace.ts';
import { matchItems } from './match.ts';
import type { ObservedItem } from './observe.ts';

/** A run of the engine, and what is compared of it. */
export interface Run {
  readonly trace: Trace;
  readonly items: readonly ObservedItem[];
}

/** What the engine's own run on the wheel has otherwise than its run with ideal timers, whose events these are. */
export interface Lateness {
  /** By its arming, how much shorter a wait is that earlier ones left of a limit. */
  readonly shorter: ReadonlyMap<EventId, Micros>;
  /** Whether an event comes of something that turned out otherwise (a retransmission where the other gave up): then ideal timers cannot tell when. */
  decided(event: EventId): boolean;
}

export function latenessOf(ideal: Run, wheel: Run): Lateness {
  const { trace } = ideal;
  const { matches, engineOnly } = matchItems(ideal.items, wheel.items);
  const turns = new Set(engineOnly.map(({ event }) => trace.causeAt(event)));
  const shorter = new Map<EventId, Micros>();
  for (const { engine, kernel } of matches) {
    const own = lastWait(trace, engine.event);
    const other = lastWait(wheel.trace, (kernel as ObservedItem).event);
    if (own !== undefined && other !== undefined) shorter.set(own.armed, Math.max(0, own.wait - other.wait));
  }
  const decided = (event: EventId): boolean => {
    for (let id = trace.causeAt(event); id >= 0; id = trace.causeAt(id)) if (turns.has(id)) return true;
    return false;
  };
  return { shorter, decided };
}

/** The timer whose firing brought an event about, and for how long it was armed. */
function lastWait(trace: Trace, event: EventId): { readonly armed: EventId; readonly wait: Micros } | undefined {
  for (let id = event; id >= 0; id = trace.causeAt(id)) {
    if (trace.kindAt(id) !== 'timer.fired') continue;
    const { time, deadline } = trace.eventOf('timer.armed', trace.causeAt(id));
    return { armed: trace.causeAt(id), wait: deadline - time };
  }
  return undefined;
}
