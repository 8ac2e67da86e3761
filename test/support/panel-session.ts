// One browser for a file of tests, and one panel at a time in it. Importing this starts the browser before the file's tests;
// after each of them the page must have met no error.
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { PageOptions, PanelPage } from './panel-page.ts';
import { PanelBrowser } from './panel-page.ts';

// A browser page takes its time when two cores do everything else as well.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let browser: PanelBrowser;

/** The panel that was opened last. */
export let page: PanelPage;

beforeAll(async () => {
  browser = await PanelBrowser.launch();
});

afterAll(() => browser.close());

afterEach(async () => {
  expect(page.errors).toEqual([]);
  await page.close();
});

/** Opens a panel; from then on it is `page`. */
export async function open(options: PageOptions = {}): Promise<PanelPage> {
  page = await browser.open(options);
  return page;
}

export async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await page.page.keyboard.press(key);
}

export function text(selector: string): Promise<string> {
  return page.page.locator(selector).innerText();
}
