import { describe, expect, it } from 'vitest';
import { explainWhy } from '../../../extension/trace/explain/why.ts';
import { buildRows } from '../../../extension/trace/diagram/rows.ts';
import { rowLabel } from '../../../extension/trace/diagram/labels.ts';
import { at, close, run, send } from '../../engine/support/run.ts';

/** A connection over a round trip of 100 ms, then one over 10 ms, whose data is lost. */
const trace = run(
  [
    at(1, send('app', 1000)),
    at(2, close('app')),
    at(3, { kind: 'link-change', link: 'wire', setting: { kind: 'delay', delay: 5000 } }),
    at(4, { kind: 'connect', process: 'app', host: 'server', port: 80, connection: 'again' }),
    at(4.5, { kind: 'link-cut', link: 'wire' }),
    at(5, { kind: 'send', process: 'app', connection: 'again', bytes: 100 }),
  ],
  { delayMs: 50, until: 6, client: { tcp_early_retrans: 0 } },
);
const texts = (id: number): string[] => explainWhy(trace, id).map(({ text }) => text);

describe('what an earlier connection left', () => {
  it('is why the first wait of a retransmission is what it is', () => {
    const resent = [...trace.eventsOf('segment.sent')].find(({ purpose }) => purpose === 'rto-retransmission')!;
    expect(texts(resent.id)).toContain(
      'again on client: it begins with what an earlier connection left at 2.100 s: the first RTO is 300 ms.',
    );
  });

  it('says what was saved, and for how long', () => {
    const [saved] = [...trace.eventsOf('metrics.saved')];
    const [first] = explainWhy(trace, saved!.id);
    expect(first).toMatchObject({
      text: 'conn on client: the connection has ended properly, and client remembers for an hour: a round trip of 100 ms.',
      rule: { kernel: 'tcp_update_metrics', sysctl: 'tcp_no_metrics_save' },
    });
  });

  it('has a line in the diagram where it is used, and none where it is saved', () => {
    const labels = buildRows(trace).all.map((row) => rowLabel(trace, row)[0]);
    expect(labels.filter((label) => label?.includes('knows the way'))).toEqual([
      'again knows the way: the first RTO is 300 ms',
      'again knows the way: the first RTO is 300 ms',
    ]);
    expect(labels.join()).not.toContain('metrics.saved');
  });
});
