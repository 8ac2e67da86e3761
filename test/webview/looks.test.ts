import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { open, page, press, text } from '../support/panel-session.ts';
import { KILLED, plan } from '../support/plans.ts';
import { THEMES } from '../support/themes.ts';

const KEEPALIVE = 1;
const TRANSFER = 3;

describe('looks', () => {
  test.each(['dark', 'light', 'highContrast', 'highContrastLight'] as const)(
    '%s: text stands out from its background',
    async (theme) => {
      await open({ show: KEEPALIVE, theme: THEMES[theme] });
      await press('End');
      const worst = await page.page.evaluate(() => {
        const canvas = new OffscreenCanvas(1, 1).getContext('2d')!;
        const rgb = (color: string): number[] => {
          canvas.clearRect(0, 0, 1, 1);
          canvas.fillStyle = color;
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data];
        };
        const luminance = (parts: number[]): number =>
          parts.slice(0, 3).reduce((sum, part, i) => {
            const share = part / 255;
            return (
              sum + [0.2126, 0.7152, 0.0722][i]! * (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4)
            );
          }, 0);
        const page = luminance(rgb(getComputedStyle(document.body).backgroundColor));
        return Math.min(
          ...[...document.querySelectorAll('.canvas text:not([class*="detail"]), .card strong, td, .head')].map(
            (element) => {
              const style = getComputedStyle(element);
              const own = luminance(rgb(element instanceof SVGElement ? style.fill : style.color));
              return (Math.max(own, page) + 0.05) / (Math.min(own, page) + 0.05);
            },
          ),
        );
      });
      // 4.5 is WCAG's measure for text; bold headlines may have 3.
      expect(worst).toBeGreaterThan(3);
    },
  );

  test('Chinese: all of the page speaks it, and nothing is wider than its room', async () => {
    const l10n = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../media/l10n/parts/panel.zh-cn.json'), 'utf8'),
    ) as Record<string, string>;
    for (const width of [480, 1180]) {
      await open({ show: KEEPALIVE, locale: 'zh-cn', l10n, width });
      await press('End');
      expect(await text('h1')).toBe('没有人在发送，而服务器已经不在');
      expect(await text('.expectations summary')).toContain('预期');
      expect(await page.lines()).toContain('…… 7200 s 内没有发送任何报文 ……');
      expect(await page.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      if (width === 480) await page.close();
    }
  });

  test('445 × 640: the title and the answer are seen first; the page goes with the cursor once it moves', async () => {
    await open({ show: KEEPALIVE, width: 445, height: 640 });
    const inView = (selector: string): Promise<boolean> =>
      page.page.locator(selector).evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        return top >= 0 && bottom <= window.innerHeight;
      });
    expect([await inView('h1'), await inView('.cards')]).toEqual([true, true]);
    await press('End');
    await vi.waitFor(async () => expect(await inView('.row.selected')).toBe(true));
    await press('Home');
    await vi.waitFor(async () => expect(await inView('.row.selected')).toBe(true));
  });

  test('480 px: variants are a list, the table stands below the diagram, nothing sticks out', async () => {
    await open({ show: KEEPALIVE, width: 480 });
    expect(await page.page.getByRole('combobox', { name: 'Variant' }).isVisible()).toBe(true);
    const diagram = (await page.page.locator('.diagram').boundingBox())!;
    const table = (await page.page.locator('.states').boundingBox())!;
    expect(table.y).toBeGreaterThanOrEqual(diagram.y + diagram.height);
    expect(await page.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    const sheet = await page.page
      .locator('.scroller')
      .evaluate((element) => element.scrollWidth <= element.clientWidth);
    expect(sheet).toBe(true);
  });

  test.each([300, 480, 745, 1160])('%i px: what an end believes, with its badge, is never cut', async (width) => {
    await open({ show: KEEPALIVE, width, height: 900 });
    await press(...new Array<string>(11).fill('ArrowRight'));
    expect(await page.page.locator('.badge').first().innerText()).toBe('half-open for 2 h 9 min 59 s');
    const cut = await page.page.locator('.headline strong, .card h2 span, .detail').evaluateAll((all) =>
      all
        .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 2)
        .filter((one) => getComputedStyle(one).display !== 'inline')
        .map((one) => one.textContent),
    );
    expect(cut).toEqual([]);
  });

  test('300 px: both lifelines and all states fit, and each line begins with its time', async () => {
    await open({ plans: [plan([KILLED], { until: 100 })], width: 300 });
    const sheet = await page.page
      .locator('.scroller')
      .evaluate((element) => element.scrollWidth <= element.clientWidth);
    expect(sheet).toBe(true);
    const [client, server] = (await page.page
      .locator('.life')
      .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().x))) as [number, number];
    expect(await page.page.locator('.part-state rect').count()).toBeGreaterThan(5);
    for (const rect of await page.page.locator('.canvas .part-state rect').all()) {
      const box = (await rect.boundingBox())!;
      expect(box.x).toBeGreaterThan(Math.min(client, server));
      expect(box.x + box.width).toBeLessThanOrEqual(300);
    }
    expect(await page.page.locator('.row-time').first().innerText()).toBe('0.000 s');
  });

  test.each([
    [745, 900],
    [1160, 500],
    [900, 500],
    [1160, 860],
    [1800, 1000],
  ])('%i × %i: answers, diagram, table, "why" and buttons are in view at once', async (width, height) => {
    await open({ show: KEEPALIVE, width, height });
    await press(...new Array<string>(11).fill('ArrowRight'));
    for (const part of ['.cards', '.strip', '.highlight', '.states', '.why', '.expectations summary', '.transport']) {
      const box = (await page.page.locator(part).boundingBox())!;
      expect(box.y, part).toBeGreaterThanOrEqual(0);
      expect(box.y + box.height, part).toBeLessThanOrEqual(height);
    }
    expect((await page.page.locator('.why').boundingBox())!.height).toBeGreaterThan(80);
    expect(await page.page.evaluate(() => document.documentElement.scrollHeight <= window.innerHeight)).toBe(true);
  });

  test('"why" stands at one place, whatever is selected', async () => {
    await open({ show: KEEPALIVE });
    const places = new Set<number>();
    for (let i = 0; i < 12; i++) {
      places.add((await page.page.locator('.why').boundingBox())!.y);
      await press('ArrowRight');
    }
    expect(places.size).toBe(1);
  });

  test('a long lesson is cut in a low window until the reader wants it', async () => {
    await open({ show: KEEPALIVE, width: 900, height: 500 });
    const more = page.page.getByRole('button', { name: 'More' });
    const before = (await page.page.locator('.takeaway').boundingBox())!.height;
    await more.click();
    expect((await page.page.locator('.takeaway').boundingBox())!.height).toBeGreaterThan(before);
    await page.page.getByRole('button', { name: 'Less' }).click();
    expect((await page.page.locator('.takeaway').boundingBox())!.height).toBe(before);
  });

  test('very long names push nothing out of its place', async () => {
    const names = { client: 'c'.repeat(200), server: '服'.repeat(200) };
    for (const width of [300, 1160]) {
      await open({ show: KEEPALIVE, names, width });
      expect(await page.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      const [client, server] = await page.page
        .locator('.head')
        .evaluateAll((heads) => heads.map((head) => head.getBoundingClientRect().toJSON() as DOMRect));
      expect(client!.right).toBeLessThanOrEqual(server!.left);
      expect((await page.page.locator('.states thead').boundingBox())!.height).toBeLessThan(50);
      if (width === 300) await page.close();
    }
  });

  test('participants stay in view while the lines scroll', async () => {
    await open({ show: TRANSFER });
    await press(...new Array<string>(30).fill('ArrowRight'));
    expect(await page.page.locator('.head').first().innerText()).toBe('client · app');
    const head = (await page.page.locator('.head').first().boundingBox())!;
    const scroller = (await page.page.locator('.scroller').boundingBox())!;
    expect(head.y).toBeGreaterThanOrEqual(scroller.y);
    expect(head.y).toBeLessThan(scroller.y + 30);
  });
});
