/** What a line of the diagram says, in the reader's language. Plain text: escaping is for whoever draws it. */
import * as l10n from '@vscode/l10n';
import { pollEventText } from '../../scenario/poll-event.ts';
import { SECOND } from '../../base/time.ts';
import type { EventId, EventOf, PlaceId, TraceEvent } from '../event.ts';
import type { SegmentPurpose } from '../schema.ts';
import { ACK, RST } from '../schema.ts';
import type { Trace } from '../trace.ts';
import { ruleStatement } from '../explain/link-events.ts';
import { describeSetting } from '../explain/link-settings.ts';
import { describeFlow, icmpText, isOwn } from '../explain/middlebox-events.ts';
import { usedText } from '../explain/metrics-events.ts';
import { describeLastHop, neighbourTitle } from '../explain/neighbour-events.ts';
import { flagNames, segmentTitle, span } from '../explain/words.ts';
import { durationText, momentText } from './duration.ts';
import type { DisplayRow, FoldRow, NoteRow, SegmentRow, SilenceRow } from './row.ts';

/** A label's lines; the first is the important one. `compact`: more and shorter lines. */
export function rowLabel(trace: Trace, row: DisplayRow, compact = false): readonly string[] {
  switch (row.kind) {
    case 'segment':
      return segmentLabel(trace, row, compact);
    case 'note':
      return [noteLabel(trace, row)];
    case 'silence':
      return [silenceLabel(row)];
    case 'fold':
      return [foldLabel(trace, row)];
  }
}

/** What the flags alone say of a segment; any other purpose is worth its name. */
const PLAIN: ReadonlySet<SegmentPurpose> = new Set<SegmentPurpose>(['syn', 'syn-ack', 'data', 'ack', 'fin', 'rst']);

function segmentLabel(trace: Trace, row: SegmentRow, compact: boolean): readonly string[] {
  const segment = trace.eventOf('segment.sent', row.segment);
  const flags = flagNames(segment.flags);
  const plain = PLAIN.has(segment.purpose);
  const title = [rowTitle(row, plain ? flags : segmentTitle(trace, segment)), outcomeWord(row)];
  const details = plain ? [numbersText(trace, segment)] : [flags, numbersText(trace, segment)];
  const statement = shortened(statementOf(trace, row), compact ? COMPACT_STATEMENT : STATEMENT);
  const titles = compact && columnsOf(title.join(' · ')) > COMPACT_TITLE ? title.map((part) => [part]) : [title];
  const lines = compact
    ? [...titles, ...details.map((detail) => [detail]), [statement]]
    : columnsOf([...details, statement].join(' · ')) > STATEMENT
      ? [title, details, [statement]]
      : [title, [...details, statement]];
  return lines.map((parts) => parts.filter((part) => part !== '').join(' · ')).filter((line) => line !== '');
}

/** How long a line below an arrow's title may be, in letters, when a statement stands in it: all of it is told under "why". */
const STATEMENT = 42;
const COMPACT_STATEMENT = 28;
/** From here on a title and what became of the segment stand on two lines where there is little room. */
const COMPACT_TITLE = 30;

/** Chinese letters are twice as wide. */
const columnsOf = (text: string): number =>
  Array.from(text).reduce((sum, letter) => sum + (letter > '\u2e7f' ? 2 : 1), 0);

function shortened(text: string, longest: number): string {
  const letters = Array.from(text);
  return letters.length <= longest ? text : `${letters.slice(0, longest - 1).join('')}…`;
}

/** `seq 1 · ack 1 · len 100`, counted from each side's initial sequence number. */
export function numbersText(trace: Trace, segment: EventOf<'segment.sent'>): string {
  const { seq, ack } = trace.relative(segment);
  const parts = [`seq ${seq}`];
  if ((segment.flags & ACK) !== 0) parts.push(`ack ${ack}`);
  if (segment.length > 0) parts.push(`len ${segment.length}`);
  if (segment.windowBytes === 0 && (segment.flags & RST) === 0) parts.push('win 0');
  return parts.join(' · ');
}

/** What a segment is called, with a word for the copies that a link makes. */
export function rowTitle(row: SegmentRow, title: string): string {
  return row.event === row.segment ? title : l10n.t('copy of {0}', title);
}

/** The statement of the scenario that did something to a segment: what dropped, copied or held it up; else empty. */
export function statementOf(trace: Trace, row: SegmentRow): string {
  const sender = trace.eventOf('segment.sent', row.segment).place;
  if (trace.places[sender]?.kind === 'middlebox') return l10n.t('sent by {0}', trace.placeName(sender));
  return ruleStatement(trace, blameOf(trace, row)) ?? '';
}

function blameOf(trace: Trace, { event, segment, outcome }: SegmentRow): EventId {
  if (outcome.where === 'rule' || outcome.where === 'filtered' || outcome.where === 'rejected')
    return trace.eventOf('segment.dropped', outcome.event).blame;
  if (event !== segment) return trace.eventOf('segment.duplicated', event).blame;
  if (outcome.heldUp === undefined || outcome.kind !== 'delivered') return -1;
  const { cause } = trace.eventOf('segment.delivered', outcome.event);
  return cause >= 0 && trace.kindAt(cause) === 'segment.delayed' ? trace.eventOf('segment.delayed', cause).blame : -1;
}

/** What took a segment longer than the way alone. */
export function onTheWayWords({ outcome: { heldUp, waits } }: SegmentRow): readonly string[] {
  return [
    ...(waits === undefined ? [] : [l10n.t('{0} in the queue', durationText(waits))]),
    ...(heldUp === undefined ? [] : [l10n.t('held up {0}', durationText(heldUp))]),
  ];
}

/** How a segment got lost, where the diagram does not show it otherwise. */
export function lossWord({ outcome }: SegmentRow): string {
  switch (outcome.where) {
    case 'queue-full':
      return l10n.t('lost: queue full');
    case 'too-big':
      return l10n.t('lost: larger than the MTU');
    case 'device-queue-full':
      return l10n.t('refused: own queue full');
    default:
      return l10n.t('lost');
  }
}

/** A word for what became of a segment; empty when it arrived and was taken. */
export function outcomeWord(row: SegmentRow): string {
  const word = fateWord(row);
  const { held } = row.outcome;
  if (held === undefined) return word;
  const waits = held.takenAt === undefined ? l10n.t('waits') : l10n.t('waits, taken at {0}', momentText(held.takenAt));
  return row.outcome.kind === 'ignored' ? `${waits} · ${word}` : waits;
}

function fateWord(row: SegmentRow): string {
  switch (row.outcome.kind) {
    case 'delivered':
      return onTheWayWords(row).join(' · ');
    case 'dropped':
      return lossWord(row);
    case 'ignored':
      return l10n.t('ignored');
    case 'in-flight':
      return l10n.t('still on its way');
  }
}

export function silenceLabel(row: SilenceRow): string {
  // Up to a few hours in seconds, as the kernel's knobs are written: 7200 s, 7875 s.
  const text = row.duration < 10_000 * SECOND ? span(row.duration) : durationText(row.duration);
  return l10n.t('… {0}, nothing is sent …', text);
}

/** `7 more keepalive probes, every 75 s`. */
export function foldLabel(trace: Trace, fold: FoldRow): string {
  const times = fold.rows.length / fold.period;
  const segments = fold.rows.filter((row) => row.kind === 'segment');
  const only = fold.period === 1 && segments[0] !== undefined ? segments[0] : undefined;
  const what =
    only === undefined
      ? times === 1
        ? l10n.t('the same once more')
        : l10n.t('the same {0} more times', times)
      : classText(trace.eventOf('segment.sent', only.segment).purpose, times);
  const rhythm = rhythmText(fold);
  return rhythm === '' ? what : l10n.t('{0}, {1}', what, rhythm);
}

function classText(purpose: SegmentPurpose, count: number): string {
  switch (purpose) {
    case 'keepalive-probe':
      return l10n.t('{0} more keepalive probes', count);
    case 'rto-retransmission':
    case 'fast-retransmission':
    case 'path-mtu-retransmission':
      return l10n.t('{0} more retransmissions', count);
    case 'window-probe':
      return l10n.t('{0} more window probes', count);
    case 'syn-retransmission':
      return l10n.t('{0} more SYN', count);
    case 'syn-ack-retransmission':
      return l10n.t('{0} more SYN, ACK', count);
    case 'data':
      return l10n.t('{0} more data segments', count);
    default:
      return l10n.t('{0} more segments', count);
  }
}

/** How far apart the repetitions of a fold are. */
function rhythmText(fold: FoldRow): string {
  const times = fold.rows.filter((_, i) => i % fold.period === 0).map((row) => row.time);
  const gaps = times.slice(1).map((time, i) => time - (times[i] as number));
  // Not Math.min(...gaps): a fold may stand for more lines than a call takes arguments.
  const shortest = gaps.reduce((least, gap) => Math.min(least, gap), Infinity);
  const longest = gaps.reduce((most, gap) => Math.max(most, gap), 0);
  if (gaps.length === 0 || longest === 0) return '';
  return longest - shortest < 1000
    ? l10n.t('every {0}', durationText(shortest))
    : l10n.t('{0} to {1} apart', durationText(shortest), durationText(longest));
}

/** One short line for whatever is not a segment. */
export function noteLabel(trace: Trace, row: NoteRow): string {
  const event = trace.event(row.event);
  switch (event.kind) {
    case 'host.state':
      return hostText(trace, event);
    case 'host.frozen':
      return event.frozen
        ? l10n.t('{0} freezes', trace.placeName(event.place))
        : l10n.t('{0} resumes', trace.placeName(event.place));
    case 'process.state':
      return processText(trace, event);
    case 'link.state':
      return linkText(trace, event);
    case 'link.changed':
      return describeSetting(trace, event);
    case 'icmp.delivered': {
      const sent = trace.eventOf('icmp.sent', event.icmp);
      const title = icmpText(sent);
      return isOwn(sent)
        ? l10n.t('{0}, from its own kernel', title)
        : l10n.t('{0}, from {1}', title, trace.placeName(sent.place));
    }
    case 'flow.state':
      return describeFlow(trace, event);
    case 'carrier.state':
    case 'device-queue.state':
    case 'route.state':
      return describeLastHop(trace, event);
    case 'neighbour.state':
      return l10n.t('ARP: no answer from {0}', neighbourTitle(trace, event.neighbour));
    case 'arp.sent':
      return event.what === 'reply'
        ? l10n.t('ARP: here I am, {0}', trace.placeName(event.neighbour))
        : l10n.t('ARP: where is {0}?', neighbourTitle(trace, event.neighbour));
    case 'call.entered':
      return callText(trace, event);
    case 'call.returned': {
      const ok = event.call === 'poll' ? pollEventText(event.value) : l10n.t('EOF (0 bytes)');
      const outcome = event.errno === 'OK' ? ok : event.errno;
      return `${trace.placeName(event.process)}: ${event.call} → ${outcome}${signalBeside(trace, event)}`;
    }
    case 'tcp.error':
      return l10n.t('{0} fails: {1}', trace.placeName(event.place), event.errno);
    case 'tcp.state':
      return `${event.from} → ${event.to}`;
    case 'tcp.mss':
      return event.reason === 'expired'
        ? l10n.t('{0}: up to {1} B a segment again', trace.placeName(event.place), event.mss)
        : l10n.t('{0}: at most {1} B a segment', trace.placeName(event.place), event.mss);
    case 'metrics.used':
      return l10n.t('{0} knows the way: {1}', trace.placeName(event.place), usedText(event));
    case 'tcp.undo':
      return l10n.t('{0} sent again in vain: window restored', trace.placeName(event.place));
    case 'app.decided':
      return decisionText(trace, event);
    case 'end.gone':
      return l10n.t('{0} is gone', trace.placeName(event.place));
    case 'scenario.skipped':
      return l10n.t('not possible: {0}', trace.header.actions[event.action]?.text ?? '');
    case 'scenario.action':
      return ruleStatement(trace, event.id) ?? '';
    case 'run.ended':
      return endText(event);
    default:
      return event.kind;
  }
}

function endText({ reason }: EventOf<'run.ended'>): string {
  switch (reason) {
    case 'until':
    case 'idle':
      return l10n.t('end of the run');
    case 'event-limit':
    case 'time-limit':
      return l10n.t('stopped at a limit');
    case 'cancelled':
      return l10n.t('cancelled');
  }
}

/** What is called as the scenario's line says; an option that a program sets by itself before another call is named. */
/** ` (SIGPIPE)` beside an EPIPE that came with the signal. */
function signalBeside(trace: Trace, { id, errno }: EventOf<'call.returned'>): string {
  return errno === 'EPIPE' && trace.kindAt(id - 1) === 'process.signal' ? ' (SIGPIPE)' : '';
}

function callText(trace: Trace, event: EventOf<'call.entered'>): string {
  const statement = statementBehind(trace, event);
  const process = trace.placeName(event.process);
  if (event.call === 'setsockopt' && statement?.includes(event.detail) !== true)
    return `${process}: setsockopt(${event.detail} = ${event.value})`;
  return statement ?? `${process}: ${event.call}()`;
}

/** The line of the scenario that an event carries out, as written. */
function statementBehind(trace: Trace, event: TraceEvent): string | undefined {
  if (event.cause < 0 || trace.kindAt(event.cause) !== 'scenario.action') return undefined;
  const { action } = trace.eventOf('scenario.action', event.cause);
  // The time stands beside the line already.
  return trace.header.actions[action]?.text.replace(/^(?:at|after)\s+\S+\s+/, '');
}

function hostText(trace: Trace, event: EventOf<'host.state'>): string {
  const name = trace.placeName(event.place);
  switch (event.reason) {
    case 'power-loss':
      return l10n.t('{0} loses power', name);
    case 'boot':
      return l10n.t('{0} boots', name);
    case 'shutdown':
      return l10n.t('{0} is shut down', name);
  }
}

function processText(trace: Trace, event: EventOf<'process.state'>): string {
  const name = trace.placeName(event.place);
  switch (event.reason) {
    case 'started':
      return l10n.t('{0} starts', name);
    case 'forked':
      return l10n.t('{0} is forked', name);
    case 'killed':
      return l10n.t('{0} is killed', name);
    case 'signal':
      return l10n.t('{0} dies of SIGPIPE', name);
    case 'exited':
    case 'host-off':
    case 'shutdown':
      return l10n.t('{0} ends', name);
  }
}

function linkText(trace: Trace, event: EventOf<'link.state'>): string {
  const link = trace.placeName(event.place);
  const from: PlaceId = event.from;
  if (from < 0) return event.up ? l10n.t('{0} is restored', link) : l10n.t('{0} is cut', link);
  const host = trace.placeName(from);
  return event.up
    ? l10n.t('{0} carries again what {1} sends', link, host)
    : l10n.t('{0} loses all that {1} sends', link, host);
}

function decisionText(trace: Trace, event: EventOf<'app.decided'>): string {
  const name = trace.placeName(event.process);
  switch (event.what) {
    case 'heartbeat-missed':
      return l10n.t('{0}: heartbeat {1} not answered', name, event.value);
    case 'gave-up':
      return l10n.t('{0} gives up', name);
    case 'idle-limit':
      return l10n.t('{0}: idle for too long', name);
  }
}

/** What the column of times says beside a line. */
export function timeText(row: DisplayRow): string {
  if (row.kind !== 'fold') return momentText(row.time);
  const last = row.rows.at(-1) ?? row;
  return `${momentText(row.time)} – ${momentText(last.time)}`;
}
