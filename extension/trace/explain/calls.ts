/** System calls and their outcome in words. */
import * as l10n from '@vscode/l10n';
import { pollEventText } from '../../scenario/poll-event.ts';
import type { EventOf } from '../event.ts';
import type { Trace } from '../trace.ts';
import { span } from './words.ts';

/** `app calls send(100 B) on conn`. */
export function describeCall(trace: Trace, event: EventOf<'call.entered'>): string {
  const process = trace.placeName(event.process);
  const call = `${event.call}(${callArguments(event)})`;
  return trace.endAt(event.place) === undefined
    ? l10n.t('{0} calls {1}', process, call)
    : l10n.t('{0} calls {1} on {2}', process, call, trace.placeName(event.place));
}

function callArguments({ call, value, detail }: EventOf<'call.entered'>): string {
  switch (call) {
    case 'send':
      return detail === '' ? `${value} B` : `${value} B, ${detail}`;
    case 'listen':
      return detail === '' ? `${value}` : detail;
    case 'connect':
      return `${detail}:${value}`;
    case 'setsockopt':
      return `${detail} = ${value}`;
    case 'shutdown':
      return detail === '' ? 'SHUT_WR' : detail;
    case 'getsockopt':
      return detail;
    case 'accept':
    case 'poll':
    case 'recv':
    case 'close':
      return '';
  }
}

/** `app: recv() → ETIMEDOUT`, as short as a ladder needs it. */
export function callOutcome(trace: Trace, event: EventOf<'call.returned'>): string {
  return `${trace.placeName(event.process)}: ${event.call}() → ${outcome(event)}`;
}

function outcome({ call, value, errno }: EventOf<'call.returned'>): string {
  if (errno !== 'OK') return errno;
  if (call === 'poll') return pollEventText(value);
  if (call === 'recv') return value === 0 ? l10n.t('EOF') : `${value} B`;
  return call === 'send' ? `${value} B` : l10n.t('ok');
}

/** Whether a call returned because it had slept for as long as it may. */
export function gaveUpWaiting({ errno, value }: EventOf<'call.returned'>): boolean {
  return (errno === 'EAGAIN' || errno === 'EINPROGRESS') && value > 0;
}

/** Why a call gave up waiting; undefined when it did not. */
export function callTimeout(event: EventOf<'call.returned'>): string | undefined {
  if (!gaveUpWaiting(event)) return undefined;
  const time = span(event.value);
  switch (event.call) {
    case 'recv':
      return l10n.t(
        'Nothing arrived for {0}, the time that SO_RCVTIMEO lets recv() wait. TCP itself knows no such limit.',
        time,
      );
    case 'accept':
      return l10n.t(
        'Nobody connected for {0}, the time that SO_RCVTIMEO lets accept() wait. It is called again.',
        time,
      );
    case 'send':
      return l10n.t('The send buffer stayed full for {0}, the time that SO_SNDTIMEO lets send() wait.', time);
    case 'connect':
      return l10n.t(
        'The handshake was not over after {0}, the time that SO_SNDTIMEO lets connect() wait. The kernel would go on trying.',
        time,
      );
    default:
      return undefined;
  }
}

/** What a call that came back tells its process. */
export function describeReturn(trace: Trace, event: EventOf<'call.returned'>): string {
  const process = trace.placeName(event.process);
  const call = `${event.call}()`;
  if (event.errno !== 'OK') return l10n.t('{0} fails with {1}: {2} is told', call, event.errno, process);
  if (event.call === 'recv') {
    return event.value === 0
      ? l10n.t('{0} reads EOF: the other end will send nothing more', process)
      : l10n.t('{0} reads {1} B', process, event.value);
  }
  if (event.call === 'poll') return l10n.t('poll() tells {0}: {1}', process, pollEventText(event.value));
  return l10n.t('{0} of {1} succeeds', call, process);
}
