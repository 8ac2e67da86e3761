/** The table of waits: when something was sent again, how long the wait before it was, and what ended it. */
import * as l10n from '@vscode/l10n';
import { SECOND } from '../../base/time.ts';
import type { EventId, EventOf, PlaceId } from '../event.ts';
import { dataLimit, keepaliveKnob, MODEL_BASE, sysctl } from '../explain/knobs.ts';
import { placeTitle, segmentTitle, span } from '../explain/words.ts';
import type { SegmentPurpose } from '../schema.ts';
import { FIN, SYN } from '../schema.ts';
import type { Trace } from '../trace.ts';
import { variable, WorldIndex } from '../world.ts';
import { padEnd, padStart, printable, textWidth, wrap } from './cells.ts';

/** What an end repeated without an answer. */
export type WaitKind = 'syn' | 'syn-ack' | 'data' | 'keepalive' | 'window';

/** One row of repetitions of one end, from what was first sent (or last received) to the answer or the give-up. */
export interface Wait {
  readonly end: PlaceId;
  readonly kind: WaitKind;
  /** Where the clock of "in all" starts: the first copy; for probes the last segment received. */
  readonly start: number;
  readonly repeats: readonly EventOf<'segment.sent'>[];
  /** The error, or the silent end of an orphan, that ended it. */
  readonly gaveUp?: EventOf<'tcp.error'> | EventOf<'end.gone'>;
}

const KINDS: Partial<Record<SegmentPurpose, WaitKind>> = {
  'syn-retransmission': 'syn',
  'syn-ack-retransmission': 'syn-ack',
  'rto-retransmission': 'data',
  'fast-retransmission': 'data',
  'tail-loss-probe': 'data',
  'keepalive-probe': 'keepalive',
  'window-probe': 'window',
};

/** All rows of repetitions in a trace, in the order in which they began. An answer begins a new one. */
export function findWaits(trace: Trace): readonly Wait[] {
  const waits: (Wait & { readonly repeats: EventOf<'segment.sent'>[] })[] = [];
  const open = new Map<PlaceId, (typeof waits)[number]>();
  const firstSent = new Map<string, number>();
  const lastReceived = new Map<PlaceId, number>();
  for (let id = 0; id < trace.length; id++) {
    const kind = trace.kindAt(id);
    const place = trace.placeAt(id);
    if (kind === 'segment.delivered') {
      lastReceived.set(place, trace.timeAt(id));
      open.delete(place);
    } else if (kind === 'segment.sent') {
      const segment = trace.eventOf('segment.sent', id);
      const copies = `${place} ${segment.seq}`;
      const repeats = trace.endAt(place) === undefined ? undefined : KINDS[segment.purpose];
      if (repeats === undefined) {
        const carries = segment.length > 0 || (segment.flags & (SYN | FIN)) !== 0;
        if (carries && !firstSent.has(copies)) firstSent.set(copies, segment.time);
        continue;
      }
      let wait = open.get(place);
      if (wait?.kind !== repeats) {
        const isProbe = repeats === 'keepalive' || repeats === 'window';
        const start = (isProbe ? lastReceived.get(place) : firstSent.get(copies)) ?? segment.time;
        wait = { end: place, kind: repeats, start, repeats: [] };
        waits.push(wait);
        open.set(place, wait);
      }
      wait.repeats.push(segment);
    }
  }
  return waits.map((wait) => {
    const gaveUp = giveUpAfter(trace, wait);
    return gaveUp === undefined ? wait : { ...wait, gaveUp };
  });
}

function giveUpAfter(trace: Trace, wait: Wait): Wait['gaveUp'] {
  const last = wait.repeats.at(-1);
  for (let id: EventId = (last?.id ?? 0) + 1; id < trace.length; id++) {
    if (trace.placeAt(id) !== wait.end) continue;
    const kind = trace.kindAt(id);
    if (kind === 'segment.delivered') return undefined;
    if (kind === 'tcp.error') {
      const error = trace.eventOf('tcp.error', id);
      if (!error.soft) return error;
    }
    if (kind === 'end.gone') {
      const gone = trace.eventOf('end.gone', id);
      return gone.reason === 'orphan-timed-out' || gone.reason === 'timed-out' ? gone : undefined;
    }
  }
  return undefined;
}

/** Whether a run repeated so much that the table is worth its lines. */
export function hasWaits(trace: Trace, least = 3): boolean {
  return findWaits(trace).some(({ repeats }) => repeats.length >= least);
}

/** The tables of all ends that repeated something, as text; empty when none did. */
export function waitsTable(trace: Trace, least = 1): string {
  const worlds = new WorldIndex(trace);
  return findWaits(trace)
    .filter(({ repeats }) => repeats.length >= least)
    .map((wait) => waitLines(trace, worlds, wait).join('\n'))
    .map((text) => `${text}\n`)
    .join('\n');
}

function waitLines(trace: Trace, worlds: WorldIndex, wait: Wait): readonly string[] {
  const head = [
    '',
    l10n.t('what is sent'),
    l10n.t('at'),
    l10n.t('wait before it'),
    wait.kind === 'keepalive' || wait.kind === 'window' ? l10n.t('since last received') : l10n.t('since first sent'),
  ];
  let before = wait.start;
  const rows = wait.repeats.map((segment, i) => {
    const gap = segment.time - before;
    before = segment.time;
    return [`${i + 1}`, segmentTitle(trace, segment), ...times(segment.time, gap, segment.time - wait.start)];
  });
  const { gaveUp } = wait;
  if (gaveUp !== undefined) {
    const word = gaveUp.kind === 'tcp.error' ? gaveUp.errno : l10n.t('gone, nobody is told');
    rows.push(['', word, ...times(gaveUp.time, gaveUp.time - before, gaveUp.time - wait.start)]);
  }
  const widths = head.map((title, i) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[i] ?? '')), textWidth(title)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 1 ? padEnd(cell, widths[i] ?? 0) : padStart(cell, widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [
    printable(l10n.t('Waits: {0}', placeTitle(trace, wait.end))),
    line(head),
    ...rows.map(line),
    ...modelSentences(trace, worlds, wait).flatMap((sentence) => wrap(sentence, 100)),
  ];
}

function times(at: number, gap: number, total: number): readonly string[] {
  return [at, gap, total].map(inSeconds);
}

/** `935.040 s`: as many decimals in every row, so that the points stand below each other. */
function inSeconds(us: number): string {
  const text = (us / SECOND).toFixed(6);
  return `${text.endsWith('000') ? text.slice(0, -3) : text} s`;
}

/** What the limit was, and why the number of repetitions and the time are what they are. */
function modelSentences(trace: Trace, worlds: WorldIndex, wait: Wait): readonly string[] {
  const { gaveUp, end } = wait;
  if (gaveUp === undefined) return [];
  switch (wait.kind) {
    case 'data':
      return dataModel(trace, worlds, wait, gaveUp);
    case 'keepalive': {
      const [idle, interval, count] = (['TCP_KEEPIDLE', 'TCP_KEEPINTVL', 'TCP_KEEPCNT'] as const).map((option) =>
        keepaliveKnob(trace, end, gaveUp.id, option),
      );
      if (idle === undefined || interval === undefined || count === undefined) return [];
      const sum = idle.value + count.value * interval.value;
      return [
        l10n.t(
          '{0} + {1} × {2} = {3} + {4} × {5} s = {6} s after the last segment received; the last probe is waited for like the others.',
          idle.name,
          count.name,
          interval.name,
          idle.value,
          count.value,
          interval.value,
          sum,
        ),
      ];
    }
    case 'syn':
      return [
        l10n.t(
          'tcp_syn_retries = {0} counts SYNs here; since Linux 6.5 the first {1} waits stay at 1 s (tcp_syn_linear_timeouts).',
          sysctl(trace, end, 'tcp_syn_retries'),
          sysctl(trace, end, 'tcp_syn_linear_timeouts'),
        ),
      ];
    case 'syn-ack':
      return [l10n.t('tcp_synack_retries = {0}.', sysctl(trace, end, 'tcp_synack_retries'))];
    case 'window':
      return [
        l10n.t(
          'tcp_retries2 = {0} counts unanswered window probes here; any answer starts the count again.',
          sysctl(trace, end, 'tcp_retries2'),
        ),
      ];
  }
}

function dataModel(
  trace: Trace,
  worlds: WorldIndex,
  wait: Wait,
  gaveUp: NonNullable<Wait['gaveUp']>,
): readonly string[] {
  const state = worlds.after(gaveUp.id - 1).ends.get(wait.end);
  const orphan = state !== undefined && variable(state, 'orphan') === 1;
  const { name, shown, limit } = dataLimit(trace, wait.end, gaveUp.id, orphan);
  const first = wait.repeats.find(({ purpose }) => purpose !== 'tail-loss-probe');
  if (first === undefined) return [];
  const elapsed = gaveUp.time - first.time;
  const count = wait.repeats.filter(({ purpose }) => purpose === 'rto-retransmission').length;
  const sentences = [
    name === 'TCP_USER_TIMEOUT'
      ? l10n.t('TCP_USER_TIMEOUT = {0} ms replaces the limit of tcp_retries2.', shown)
      : l10n.t(
          '{0} = {1} is a limit of time, {2}: what so many retransmissions and the wait after the last would take, with waits from {3} on, doubling up to {4}.',
          name,
          shown,
          span(limit),
          span(MODEL_BASE),
          span(sysctl(trace, wait.end, 'tcp_rto_max_ms') * 1000),
        ),
    l10n.t(
      'The clock starts at the first retransmission by the RTO ({0} after the first copy), a tail loss probe does not start it, and it is looked at only when the timer fires: here after {1}, with {2} RTO retransmissions.',
      span(first.time - wait.start),
      span(elapsed),
      count,
    ),
  ];
  if (name === 'tcp_retries2')
    sentences.push(l10n.t('So neither the number of retransmissions nor {0} sharp is what ends it.', span(limit)));
  return sentences;
}
