/** Settings of links, at the beginning or as they change. */
import * as l10n from '@vscode/l10n';
import type { EventOf } from '../event.ts';
import type { Trace } from '../trace.ts';
import { span } from './words.ts';

/** `wire: bandwidth 10 Mbit/s`; one sentence, without a full stop. */
export function describeSetting(trace: Trace, event: EventOf<'link.changed'>): string {
  const link = trace.placeName(event.place);
  const setting = settingText(event);
  return event.from < 0
    ? l10n.t('{0}: {1}', link, setting)
    : l10n.t('{0}, for what {1} sends: {2}', link, trace.placeName(event.from), setting);
}

function settingText({ setting, value, by }: EventOf<'link.changed'>): string {
  switch (setting) {
    case 'delay':
      return l10n.t('delay {0}', span(value));
    case 'bandwidth':
      return l10n.t('bandwidth {0}', rateText(value));
    case 'queue-packets':
      return l10n.t('queue of {0} packets', value);
    case 'queue-bytes':
      return l10n.t('queue of {0} B', value);
    case 'jitter':
      return l10n.t('jitter up to {0}', span(value));
    case 'loss':
      return l10n.t('{0} of the packets are lost', percent(value));
    case 'duplication':
      return l10n.t('{0} of the packets are copied', percent(value));
    case 'reordering':
      return l10n.t('{0} of the packets are held up for {1}', percent(value), span(by));
    case 'mtu':
      return l10n.t('MTU {0} B', value);
  }
}

function percent(ppm: number): string {
  return `${ppm / 10_000} %`;
}

function rateText(bits: number): string {
  const [unit, factor] = RATES.find(([, each]) => bits >= each) ?? ['bit/s', 1];
  return `${Number((bits / factor).toFixed(3))} ${unit}`;
}

const RATES = [
  ['Gbit/s', 1_000_000_000],
  ['Mbit/s', 1_000_000],
  ['kbit/s', 1_000],
] as const;
