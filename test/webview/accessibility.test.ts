import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Axe from 'axe-core';
import { describe, expect, test, vi } from 'vitest';
import { catalogueFile, scenarioOf } from '../support/catalogue.ts';
import type { PageOptions } from '../support/panel-page.ts';
import { open, page } from '../support/panel-session.ts';
import { THEMES } from '../support/themes.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PARTS = join(import.meta.dirname, '../../media/l10n/parts');
const CHINESE = {
  locale: 'zh-cn',
  l10n: Object.assign(
    {},
    ...readdirSync(PARTS).map((name) => JSON.parse(readFileSync(join(PARTS, name), 'utf8')) as object),
  ) as Record<string, string>,
};
const { runs } = scenarioOf('core-question', catalogueFile('core-question').text);

/** What axe finds wrong: its rule, and where. */
async function violations(options: PageOptions): Promise<string[]> {
  await open(options);
  await page.page.evaluate(AXE);
  return page.page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof Axe };
    const { violations: found } = await axe.run(document, { resultTypes: ['violations'] });
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any }) => `${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`),
    );
  });
}

describe.each(Object.keys(THEMES) as (keyof typeof THEMES)[])('%s', (theme) => {
  test.each([
    ['English', {}],
    ['Chinese', CHINESE],
  ])('%s: axe finds nothing wrong, at any width', async (_, language) => {
    for (const [show, width] of [
      [0, 1180],
      [2, 745],
      [3, 300],
    ] as const) {
      expect(await violations({ ...language, plans: runs, show, width, theme: THEMES[theme] })).toEqual([]);
      if (width !== 300) await page.close();
    }
  });
});

test('axe finds nothing wrong with failed expectations, an edit, errors in the file', async () => {
  expect(await violations({ show: 1, theme: THEMES.light })).toEqual([]);
  await page.close();
  const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 4 } };
  expect(await violations({ problems: [{ range, message: 'Unknown host.' }], theme: THEMES.light })).toEqual([]);
});
