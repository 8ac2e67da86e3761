import { test } from 'vitest';
import { PanelBrowser } from '../support/panel-page.ts';
import { THEMES } from '../support/themes.ts';
test('shots', async () => {
  const b = await PanelBrowser.launch();
  const shot = async (name: string, o: Parameters<PanelBrowser['open']>[0], act?: (p: Awaited<ReturnType<PanelBrowser['open']>>) => Promise<void>) => {
    const p = await b.open(o);
    await act?.(p);
    await p.page.waitForTimeout(250);
    await p.page.screenshot({ path: `/tmp/shots/${name}.png` });
    if (p.errors.length) console.log(name, p.errors);
    await p.close();
  };
  const end = async (p: any) => { for (let i = 0; i < 17; i++) await p.page.keyboard.press('ArrowRight'); };
  await shot('dark', { show: 1 }, end);
  await shot('light', { show: 1, theme: THEMES.light }, end);
  await shot('hc', { show: 1, theme: THEMES.highContrast }, end);
  await shot('a3', { show: 0 }, async (p) => { await p.page.keyboard.press('End'); });
  await shot('c1', { show: 2 }, async (p) => { await p.page.keyboard.press('End'); });
  await shot('narrow', { show: 1, width: 480, height: 900 }, end);
  await b.close();
}, 60000);
