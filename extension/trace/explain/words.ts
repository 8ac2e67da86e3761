/** How the things of a trace are called where a person reads them. */
import * as l10n from '@vscode/l10n';
import { formatSeconds, MILLISECOND, SECOND } from '../../base/time.ts';
import type { EventOf, PlaceId } from '../event.ts';
import type { TimerName } from '../schema.ts';
import { ACK, FIN, PSH, RST, SYN } from '../schema.ts';
import type { Trace } from '../trace.ts';
import { keepaliveKnob, windowProbeLimit } from './knobs.ts';

/** A duration in one unit: `210 ms`, `7875 s`, `935.04 s`. */
export function span(duration: number): string {
  if (duration !== 0 && Math.abs(duration) < MILLISECOND) return `${duration} µs`;
  if (duration !== 0 && Math.abs(duration) < SECOND) return `${trimmed(duration / MILLISECOND, 3)} ms`;
  return `${trimmed(duration / SECOND, 6)} s`;
}

/** A long duration as people say it: `2 h 11 min 15 s`, `30 d`. Below a minute like `span`. */
export function longSpan(duration: number): string {
  if (duration < 60 * SECOND) return span(duration);
  const seconds = duration / SECOND;
  const whole = Math.floor(seconds / 60);
  const [days, hours, minutes] = [Math.floor(whole / 1440), Math.floor(whole / 60) % 24, whole % 60];
  const rest = trimmed(seconds - whole * 60, 3);
  return [
    days > 0 ? l10n.t('{0} d', days) : '',
    hours > 0 ? l10n.t('{0} h', hours) : '',
    minutes > 0 ? l10n.t('{0} min', minutes) : '',
    rest !== '0' ? l10n.t('{0} s', rest) : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** A moment of the run: `7200.020 s`. */
export function clock(time: number): string {
  return formatSeconds(time);
}

function trimmed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}

/** `SYN, ACK`; the empty text when there is none. */
export function flagNames(flags: number): string {
  const names: [number, string][] = [
    [SYN, 'SYN'],
    [FIN, 'FIN'],
    [RST, 'RST'],
    [PSH, 'PSH'],
    [ACK, 'ACK'],
  ];
  return names
    .filter(([bit]) => (flags & bit) !== 0)
    .map(([, name]) => name)
    .join(', ');
}

/** What a segment is, in few words: `SYN`, `data, 100 B`, `keepalive probe 9/9`, `RTO retransmission 3`. */
export function segmentTitle(trace: Trace, segment: EventOf<'segment.sent'>): string {
  const number = segment.args[0];
  switch (segment.purpose) {
    case 'syn':
      return 'SYN';
    case 'syn-ack':
      return 'SYN-ACK';
    case 'syn-retransmission':
      return l10n.t('SYN again');
    case 'syn-ack-retransmission':
      return l10n.t('SYN-ACK again');
    case 'data':
      return (segment.flags & FIN) === 0
        ? l10n.t('data, {0} B', segment.length)
        : l10n.t('data and FIN, {0} B', segment.length);
    case 'ack':
      return 'ACK';
    case 'fin':
      return 'FIN';
    case 'rst':
      return 'RST';
    case 'rto-retransmission':
      // What goes out again later, as ACKs come, is no firing of the timer.
      return number === undefined || segment.reason !== 'retransmission-timer'
        ? l10n.t('RTO retransmission')
        : l10n.t('RTO retransmission {0}', number);
    case 'fast-retransmission':
      return l10n.t('fast retransmission');
    case 'path-mtu-retransmission':
      return l10n.t('retransmission in a smaller segment');
    case 'tail-loss-probe':
      return l10n.t('tail loss probe');
    case 'keepalive-probe': {
      if (number === undefined) return l10n.t('keepalive probe');
      const limit = keepaliveKnob(trace, segment.place, segment.id, 'TCP_KEEPCNT').value;
      return l10n.t('keepalive probe {0}/{1}', number, limit);
    }
    case 'window-probe':
      return number === undefined
        ? l10n.t('window probe')
        : l10n.t('window probe {0}/{1}', number, windowProbeLimit(trace, segment.place));
    case 'challenge-ack':
      return l10n.t('challenge ACK');
    case 'duplicate-ack':
      return l10n.t('duplicate ACK');
    case 'window-update':
      return l10n.t('window update');
  }
}

export function timerTitle(timer: TimerName): string {
  switch (timer) {
    case 'retransmission':
      return l10n.t('retransmission timer');
    case 'tail-loss-probe':
      return l10n.t('tail loss probe timer');
    case 'persist':
      return l10n.t('persist timer');
    case 'compressed-ack':
      return l10n.t('compressed ACK timer');
    case 'delayed-ack':
      return l10n.t('delayed ACK timer');
    case 'keepalive':
      return l10n.t('keepalive timer');
    case 'fin-wait-2':
      return l10n.t('FIN_WAIT_2 timer');
    case 'time-wait':
      return l10n.t('TIME_WAIT timer');
    case 'syn-ack':
      return l10n.t('SYN-ACK timer');
    case 'reordering':
      return l10n.t('reordering timer');
  }
}

/** `conn on client` for an end, otherwise the place's name. */
export function placeTitle(trace: Trace, place: PlaceId): string {
  const end = trace.endAt(place);
  return end === undefined
    ? trace.placeName(place)
    : l10n.t('{0} on {1}', trace.placeName(place), trace.placeName(end.host));
}

/** The host that a place is on or is. */
export function hostOf(trace: Trace, place: PlaceId): PlaceId {
  const found = trace.places[place];
  return found?.kind === 'end' || found?.kind === 'process' ? found.host : place;
}

/** A statement of the scenario to point at: `line 24 · at 20ms app sets SO_KEEPALIVE on conn`. */
export function statementLabel(trace: Trace, action: number): string {
  const statement = trace.header.actions[action];
  return statement === undefined ? '' : l10n.t('line {0} · {1}', statement.range.start.line + 1, statement.text);
}
