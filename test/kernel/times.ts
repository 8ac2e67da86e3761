/**
 * Whether the kernel did things when it should have. Each item is measured from what brought it about, at the time at which the
 * kernel did that: so lateness does not add up, and each timer is held against the wheel by itself.
 */
import { MILLISECOND, SECOND, type Micros } from '../../extension/base/time.ts';
import { wheelExpiry } from '../../extension/engine/tcp/timer-wheel.ts';
import type { EventId } from '../../extension/trace/event.ts';
import type { Trace } from '../../extension/trace/trace.ts';
import type { Lateness } from './lateness.ts';
import type { Match } from './match.ts';
import type { Recording } from './recording.ts';
import { seconds } from './recording.ts';

/** Recordings begin so far in a jiffy (native/clock.c). */
const INTO_JIFFY: Micros = 50;
/** What a busy machine adds to each step: scheduling of the cable and of the programs. */
const SCHEDULING: Micros = MILLISECOND;
/** Clocks are read one after the other; nothing is earlier than this. */
const CLOCK_READING: Micros = 150;
/** A program's call is written down when it has returned, after what it brought about. */
const CALL_REPORT: Micros = MILLISECOND;
/** States are read after each packet and call, and otherwise so often (native/main.c). */
const STATE_POLL: Micros = 21 * MILLISECOND;

interface Expected {
  readonly time: Micros;
  /** How much later it may be, and how much earlier. */
  readonly late: Micros;
  readonly early: Micros;
}

/** Something that came too early or too late. */
export interface TimeDifference {
  readonly match: Match;
  readonly line: string;
}

/**
 * @param mode `wheel`: timers fire as the wheel does, or one jiffy later where the processor that counts jiffies came second;
 *   `ideal`: not before their deadlines, and late by a granule of the wheel at most
 * @param shorter by their arming, waits that lateness shortens, and by how much
 * @returns what came too early or too late
 */
export function timeDifferences(
  trace: Trace,
  recording: Recording,
  matches: readonly Match[],
  mode: 'wheel' | 'ideal',
  shorter: Lateness['shorter'] = new Map(),
): TimeDifference[] {
  const jiffy = SECOND / recording.hz;
  const recorded = new Map<EventId, Micros>();
  for (const { engine, kernel } of matches) recorded.set(engine.event, kernel.time);
  const fates = fateEvents(trace);
  for (const { engine, kernel } of matches) {
    if (engine.kind !== 'segment' || kernel.kind !== 'segment' || engine.fate !== kernel.fate) continue;
    // When it was lost there nobody saw.
    if (kernel.fate === 'held') continue;
    const fate = fates.get(engine.event);
    if (fate !== undefined) recorded.set(fate, kernel.fateTime);
  }
  const expectedOf = (id: EventId): Expected => {
    const known = recorded.get(id);
    if (known !== undefined)
      return { time: known, late: 0, early: trace.kindAt(id) === 'call.returned' ? CALL_REPORT : 0 };
    return fromCause(id);
  };
  const fromCause = (id: EventId): Expected => {
    const cause = trace.causeAt(id);
    if (cause < 0) return { time: trace.timeAt(id), late: 0, early: 0 };
    const base = expectedOf(cause);
    if (sleptInKernel(trace, id)) {
      const wait = trace.timeAt(id) - trace.timeAt(cause);
      const late = base.late + (mode === 'wheel' ? jiffy : wait / 8 + 2 * jiffy);
      return { ...base, time: base.time + wait, late };
    }
    if (isNeighbourTimer(trace, id)) {
      const wait = trace.timeAt(id) - trace.timeAt(cause);
      const late = base.late + jiffy + (mode === 'wheel' ? granuleOf(wait, jiffy) : wait / 8 + jiffy);
      return {
        ...base,
        time: base.time + wait,
        late,
        early: base.early + (mode === 'wheel' ? granuleOf(wait, jiffy) : jiffy),
      };
    }
    if (trace.kindAt(id) !== 'timer.fired')
      return { ...base, time: base.time + trace.timeAt(id) - trace.timeAt(cause) };
    const armed = trace.eventOf('timer.armed', cause);
    const wait = armed.deadline - armed.time;
    // An hrtimer: it knows no ticks.
    if (armed.timer === 'compressed-ack') return { ...base, time: base.time + wait };
    const from = base.time + INTO_JIFFY;
    return mode === 'wheel'
      ? { ...base, time: wheelExpiry(from, from + wait, recording.hz) - INTO_JIFFY, late: base.late + jiffy }
      : {
          ...base,
          time: base.time + wait,
          late: base.late + wait / 8 + 2 * jiffy,
          early: base.early + jiffy + (shorter.get(cause) ?? 0),
        };
  };
  const jitter = SCHEDULING + recording.cableLate + recording.actionLate;
  return matches.flatMap((match) => {
    const { engine, kernel } = match;
    const expected = fromCause(engine.event);
    const allowed = expected.late + jitter + (engine.kind === 'state' ? STATE_POLL : 0);
    const late = kernel.time - expected.time;
    if (late >= -(expected.early + CLOCK_READING) && late <= allowed) return [];
    const line = `time: ${describe(kernel)} at ${seconds(kernel.time)}, expected ${seconds(expected.time)} (${mode} timers)`;
    return [{ match, line }];
  });
}

function describe(item: Match['kernel']): string {
  switch (item.kind) {
    case 'segment':
      return `segment of ${item.connection} from ${item.host} ${item.flags}`;
    case 'state':
      return `state of ${item.connection} on ${item.host} ${item.to}`;
    case 'call':
      return `${item.process}'s ${item.call} on ${item.connection}`;
    case 'action':
      return `statement ${item.index}`;
    case 'arp':
      return `ARP ${item.what} from ${item.host}`;
  }
}

/** A call that a timer of the kernel ended: close() with SO_LINGER. The engine's wait is that of its timers. */
function sleptInKernel(trace: Trace, id: EventId): boolean {
  const cause = trace.causeAt(id);
  return (
    trace.kindAt(id) === 'call.returned' &&
    trace.kindAt(cause) === 'call.entered' &&
    trace.timeAt(id) > trace.timeAt(cause)
  );
}

/** What a neighbour entry does after a wait: its timer is not among those of an end. */
function isNeighbourTimer(trace: Trace, id: EventId): boolean {
  const kind = trace.kindAt(id);
  return (kind === 'arp.sent' || kind === 'neighbour.state') && trace.timeAt(id) > trace.timeAt(trace.causeAt(id));
}

/** How coarse the wheel is for such a wait: a timer armed in another jiffy fires so much later or earlier. */
function granuleOf(wait: Micros, jiffy: Micros): Micros {
  let granule = 1;
  for (let reach = 63; wait / jiffy >= reach; reach *= 8) granule *= 8;
  return granule * jiffy;
}

/** By each segment's sending, the event in which it was delivered or lost. */
function fateEvents(trace: Trace): ReadonlyMap<EventId, EventId> {
  const fates = new Map<EventId, EventId>();
  for (const kind of ['segment.delivered', 'segment.dropped'] as const) {
    for (const { id, segment } of trace.eventsOf(kind)) fates.set(segment, id);
  }
  return fates;
}
