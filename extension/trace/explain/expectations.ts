import * as l10n from '@vscode/l10n';
import { ERRNOS } from '../../scenario/errno.ts';
import { pollEventText } from '../../scenario/poll-event.ts';
import { TCP_STATES } from '../../scenario/tcp-state.ts';
import type { EventOf } from '../event.ts';
import type { ResultCode } from '../expectations/result.ts';
import type { Trace } from '../trace.ts';
import { clock, statementLabel } from './words.ts';

/** What became of an expectation, as a sentence that stands beside its text: `expected at 7875 s, happened at 7954.2 s`. */
export function describeExpectation(trace: Trace, event: EventOf<'expectation'>): string {
  const [a = -1, b = -1, c = -1] = event.args;
  switch (event.code as ResultCode) {
    case 'met':
      return l10n.t('met');
    case 'other-time':
      return l10n.t('expected {0}, happened at {1}', windowText(a, b), clock(c));
    case 'other-order':
      return orderText(a, b, c === 1);
    case 'not-happened':
      return a === -1 && b === -1
        ? l10n.t('it never happened')
        : l10n.t('expected {0}, never happened', windowText(a, b));
    case 'other-state':
      return l10n.t('at {1} the state was {0}', TCP_STATES[a] ?? '?', clock(b));
    case 'other-error':
      return l10n.t('it failed with {0} instead, at {1}', errorName(a), clock(b));
    case 'failed':
      return l10n.t('it failed with {0} at {1}', errorName(a), clock(b));
    case 'other-outcome':
      return a === -1
        ? l10n.t('the call succeeded, at {0}', clock(b))
        : l10n.t('the call failed with {0} instead, at {1}', errorName(a), clock(b));
    case 'other-events':
      return l10n.t('it last reported {0}, at {1}', pollEventText(a), clock(b));
    case 'other-count':
      return l10n.t('counted {0}, expected {1}', a, b);
    case 'other-bytes':
      return c === -1
        ? l10n.t('nothing was read, expected {0} B', b)
        : l10n.t('{0} B were read, the last at {2}; expected {1} B', a, b, clock(c));
    case 'no-connection':
      return l10n.t('there never was such a connection');
    case 'moment-not-reached':
      return event.evidence === -1
        ? l10n.t('it speaks of a moment that never came: {0}', statementLabel(trace, a))
        : l10n.t('it speaks of a moment that could not come: {0} was not carried out', statementLabel(trace, a));
    case 'moment-unknown':
      return l10n.t('it speaks of a moment that has no such name in this run');
    case 'other-not-happened':
      return l10n.t('what it should come before or after never happened');
    case 'nothing-received':
      return l10n.t('it speaks of the last segment received, but none was');
    case 'run-ended-before':
      return l10n.t('the run ended at {0}, before this could be decided', clock(b));
  }
}

function errorName(index: number): string {
  return ERRNOS[index] ?? '?';
}

function orderText(other: number, actual: number, isBefore: boolean): string {
  if (other === actual)
    return isBefore
      ? l10n.t('both happened at {0}, this one second', clock(other))
      : l10n.t('both happened at {0}, this one first', clock(other));
  return isBefore
    ? l10n.t('expected before {0}, happened at {1}', clock(other), clock(actual))
    : l10n.t('expected after {0}, happened at {1}', clock(other), clock(actual));
}

function windowText(from: number, to: number): string {
  if (from === -1 && to === -1) return l10n.t('at any time');
  if (from === -1) return l10n.t('not after {0}', clock(to));
  if (to === -1) return l10n.t('not before {0}', clock(from));
  return from === to ? l10n.t('at {0}', clock(from)) : l10n.t('between {0} and {1}', clock(from), clock(to));
}
