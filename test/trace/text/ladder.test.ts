import { afterEach, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import { play } from '../../../extension/engine/play.ts';
import { ladderText, textWidth } from '../../../extension/trace/text/index.ts';
import { KEEPALIVE, KILLED, plan, POWER_LOSS, SEND_AT_2 } from '../../support/plans.ts';
import { expectation, TraceBuilder } from '../../support/trace-builder.ts';

const keepalive = play(plan([KEEPALIVE, POWER_LOSS]));

afterEach(() => {
  l10n.config({ contents: {} });
});

/** The lines that contain a text. */
const linesWith = (ladder: string, text: string): string[] => ladder.split('\n').filter((line) => line.includes(text));

describe('ladderText', () => {
  it('a killed process: three segments, the EOF, the states', () => {
    expect(ladderText(play(plan([KILLED])))).toMatchInlineSnapshot(`
      "Nobody is sending, and the server is gone

               time              client                            server
            0.000 s              │                                      ●  web listens on 80
            0.010 s      +10 ms  ● app connects to server:80 as conn    │
            0.010 s              │──────────────── SYN ────────────────▶│  seq 0
                                 │                                      │  client SYN_SENT, server SYN_RECEIVED
            0.015 s       +5 ms  │◀───────────── SYN, ACK ──────────────│  seq 0 · ack 1  client ESTABLISHED
            0.020 s       +5 ms  │──────────────── ACK ────────────────▶│  seq 1 · ack 1  server ESTABLISHED
            1.000 s     +980 ms  │                                      ●  ✗ web is killed
            1.000 s              │◀───────────── FIN, ACK ──────────────│  seq 1 · ack 1
                                 │                                      │  server FIN_WAIT_1, client CLOSE_WAIT
            1.005 s       +5 ms  ● app: recv → EOF (0 bytes)            │
            1.005 s              │────────────── FIN, ACK ─────────────▶│  seq 1 · ack 2
                                 │                                      │  client LAST_ACK, server FIN_WAIT_2,
                                 │                                      │  server TIME_WAIT
            1.010 s       +5 ms  │◀─────────────── ACK ─────────────────│  seq 2 · ack 2  client CLOSED
                                 │       … 60 s, nothing is sent …      │
           61.010 s       +60 s  │                                      ●  TIME_WAIT → CLOSED
           61.010 s              │            end of the run            │
      "
    `);
  });

  it('keepalive without an answer: probes folded, silence named, the loss and the error shown', () => {
    expect(ladderText(keepalive)).toMatchInlineSnapshot(`
      "Nobody is sending, and the server is gone

               time              client                            server
            0.000 s              │                                      ●  web listens on 80
            0.010 s      +10 ms  ● app connects to server:80 as conn    │
            0.010 s              │──────────────── SYN ────────────────▶│  seq 0
                                 │                                      │  client SYN_SENT, server SYN_RECEIVED
            0.015 s       +5 ms  │◀───────────── SYN, ACK ──────────────│  seq 0 · ack 1  client ESTABLISHED
            0.020 s       +5 ms  ● app sets SO_KEEPALIVE on conn        │
            0.020 s              │──────────────── ACK ────────────────▶│  seq 1 · ack 1  server ESTABLISHED
            1.000 s     +980 ms  │                                      ●  ✗ server loses power
                                 │      … 7200 s, nothing is sent …     │
         7200.020 s  +7199.02 s  │───── keepalive probe 1/9, lost ─x    │  seq 0 · ack 1
         7275.020 s       +75 s  │  ⋮ 7 more keepalive probes, every 75 s ⋮
         7800.020 s       +75 s  │───── keepalive probe 9/9, lost ─x    │  seq 0 · ack 1
                                 │       … 75 s, nothing is sent …      │
         7875.020 s       +75 s  │─────────── RST, ACK, lost ──────x    │  seq 1 · ack 1  client CLOSED
         7875.020 s              ● ✗ app: recv → ETIMEDOUT              │
         7875.025 s       +5 ms  │            end of the run            │
      "
    `);
  });

  it('unfolded: every probe', () => {
    expect(linesWith(ladderText(keepalive, { fold: false }), 'keepalive probe')).toHaveLength(9);
  });

  it('expectations: met and failed, with what happened instead and the line', () => {
    const trace = play(
      plan([POWER_LOSS, SEND_AT_2], {
        expectations: [
          {
            ...expectation({ kind: 'failure', connection: 'conn', host: 'client', errno: 'ETIMEDOUT' }),
            text: 'conn on client fails with ETIMEDOUT',
          },
          {
            ...expectation({ kind: 'count', class: 'RTO retransmission', count: 12, comparison: 'exactly' }),
            text: '12 RTO retransmissions',
          },
        ],
      }),
    );
    expect(ladderText(trace).trimEnd().split('\n').slice(-2)).toEqual([
      '✓ conn on client fails with ETIMEDOUT  (line 1)',
      '✗ 12 RTO retransmissions — counted 15, expected 12  (line 1)',
    ]);
    expect(ladderText(trace, { expectations: false })).not.toContain('✓');
  });

  it('English and Chinese, 110 and 80 columns: no line is wider', () => {
    const contents = readFileSync(join(import.meta.dirname, '../../../media/l10n/parts/explain.zh-cn.json'), 'utf8');
    for (const language of ['en', 'zh-cn'] as const) {
      if (language === 'zh-cn') l10n.config({ contents });
      for (const width of [80, 110]) {
        const lines = ladderText(keepalive, { language, width }).split('\n');
        expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(width);
      }
    }
  });

  it('Chinese: the title of the file in Chinese, and the lifelines in one column', () => {
    l10n.config({
      contents: readFileSync(join(import.meta.dirname, '../../../media/l10n/parts/explain.zh-cn.json'), 'utf8'),
    });
    const ladder = ladderText(keepalive, { language: 'zh-cn' });
    expect(ladder.split('\n')[0]).toBe('没有人在发送，而服务器已经不在');
    const columns = linesWith(ladder, '保活探测').map((line) => textWidth(line.slice(0, line.lastIndexOf('│'))));
    expect(new Set(columns).size).toBe(1);
  });

  it('a name with an escape sequence: shown, not sent to the terminal', () => {
    const b = new TraceBuilder({ actions: ['app \u001b[2J sends'] });
    b.at(1).action(0, b.app);
    expect(ladderText(b.done())).not.toContain('\u001b');
  });

  it('a trace without events: the head and nothing else', () => {
    expect(ladderText(new TraceBuilder().done()).split('\n')).toHaveLength(5);
  });
});
