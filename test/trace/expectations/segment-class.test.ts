import { describe, expect, it } from 'vitest';
import { SEGMENT_CLASSES } from '../../../extension/scenario/expectation.ts';
import { isOfClass } from '../../../extension/trace/expectations/index.ts';
import type { SegmentPurpose } from '../../../extension/trace/schema.ts';
import { ACK, FIN, PSH, RST, SYN } from '../../../extension/trace/schema.ts';

describe('isOfClass', () => {
  it.each<[string, number, number, SegmentPurpose, boolean, string[]]>([
    ['SYN', SYN, 0, 'syn', true, ['SYN']],
    ['SYN again', SYN, 0, 'syn-retransmission', false, ['SYN', 'retransmission']],
    ['SYN-ACK', SYN + ACK, 0, 'syn-ack', true, ['SYN-ACK']],
    ['SYN-ACK again', SYN + ACK, 0, 'syn-ack-retransmission', false, ['SYN-ACK', 'retransmission']],
    ['ACK', ACK, 0, 'ack', false, ['ACK']],
    ['duplicate ACK', ACK, 0, 'duplicate-ack', false, ['ACK']],
    ['window update', ACK, 0, 'window-update', false, ['ACK', 'window update']],
    ['challenge ACK', ACK, 0, 'challenge-ack', false, ['ACK', 'challenge ACK']],
    ['keepalive probe', ACK, 0, 'keepalive-probe', false, ['keepalive probe']],
    ['bare window probe', ACK, 0, 'window-probe', false, ['window probe']],
    ['data', ACK + PSH, 100, 'data', true, ['data segment']],
    [
      'data again',
      ACK + PSH,
      100,
      'rto-retransmission',
      false,
      ['data segment', 'retransmission', 'RTO retransmission'],
    ],
    ['fast', ACK, 100, 'fast-retransmission', false, ['data segment', 'retransmission', 'fast retransmission']],
    ['loss probe', ACK, 100, 'tail-loss-probe', false, ['data segment', 'retransmission', 'tail loss probe']],
    ['loss probe with new data', ACK, 100, 'tail-loss-probe', true, ['data segment', 'tail loss probe']],
    ['FIN', FIN + ACK, 0, 'fin', true, ['FIN']],
    ['FIN again', FIN + ACK, 0, 'rto-retransmission', false, ['FIN', 'retransmission', 'RTO retransmission']],
    ['FIN with data', FIN + PSH + ACK, 9, 'data', true, ['FIN', 'data segment']],
    ['RST', RST, 0, 'rst', false, ['RST']],
    ['RST with ACK', RST + ACK, 0, 'rst', false, ['RST']],
  ])('%s', (_, flags, length, purpose, isNew, classes) => {
    const found = SEGMENT_CLASSES.filter((wanted) => isOfClass({ flags, length, window: 1, purpose, isNew }, wanted));
    expect([...found].sort()).toEqual(['segment', ...classes].sort());
  });

  it.each([
    ['an ACK', ACK, 'duplicate-ack', true],
    ['data', ACK + PSH, 'data', true],
    ['a RST', RST, 'rst', false],
    ['a FIN', FIN + ACK, 'fin', false],
  ] as const)('zero window: %s', (_, flags, purpose, is) => {
    expect(isOfClass({ flags, length: 0, window: 0, purpose, isNew: false }, 'zero window')).toBe(is);
  });
});
