import fc from 'fast-check';
import type { Mermaid } from 'mermaid';
import { describe, expect, test, vi } from 'vitest';
import { foldRows } from '../../extension/trace/diagram/fold.ts';
import { mermaidText } from '../../extension/trace/diagram/mermaid-text.ts';
import { buildRows } from '../../extension/trace/diagram/rows.ts';
import { Trace } from '../../extension/trace/trace.ts';
import { open, page } from '../support/panel-session.ts';
import { silentPowerLoss } from '../support/panel-traces.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('hostile names', () => {
  test('are shown as the text that they are', async () => {
    const client = '<img src=x onerror=alert(1)>';
    const server = 'end; %%{init: {}}%% #quot;';
    await open({ names: { client, server } });
    expect(await page.page.locator('.head').allInnerTexts()).toEqual([`${client} · app`, `${server} · web`]);
    expect(await page.page.locator('.canvas').innerText()).toContain(`${server} loses power`);
    expect(await page.page.locator('img, script:not([src])').count()).toBe(0);
  });

  test('never break out of Mermaid: it parses, and draws one shape for every statement', async () => {
    await open();
    const tricky = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom(
        'end',
        'note over h0: x',
        '"quoted"',
        "it's",
        'a\nb->>c: d',
        '#quot;',
        '#9829;',
        '%% c',
        'style x:#y;',
        'wrap:x',
        '<br/>',
        '$$x$$',
        '`',
        'ﬂ°°35¶ß',
        '--x',
        'h0',
        '@{ "type": "actor" }',
        '---',
      ),
    );
    await fc.assert(
      fc.asyncProperty(tricky, tricky, async (client, server) => {
        const trace = new Trace(silentPowerLoss({ client, server }));
        const { all, stretches } = buildRows(trace);
        const drawing = mermaidText(trace, foldRows(all, stretches, new Set()));
        const drawn = await page.page.evaluate(async (source) => {
          const { mermaid } = globalThis as unknown as { mermaid: Mermaid };
          await mermaid.parse(source);
          const { svg } = await mermaid.render('hostile', source);
          const parsed = new DOMParser().parseFromString(svg, 'text/html');
          return {
            ids: [...parsed.querySelectorAll('[data-et="message"], [data-et="note"]')].map((element) =>
              element.getAttribute('data-id'),
            ),
            foreign: parsed.querySelectorAll('script, img, iframe, foreignObject, a').length,
          };
        }, drawing.text);
        expect(drawn.ids.sort()).toEqual(drawing.statements.map((_, i) => `i${i}`).sort());
        expect(drawn.foreign).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
