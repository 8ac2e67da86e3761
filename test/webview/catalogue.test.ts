import { describe, expect, test } from 'vitest';
import { catalogueFile, scenarioOf } from '../support/catalogue.ts';
import { open, page, text } from '../support/panel-session.ts';

describe('scenarios that ship', () => {
  const plans = (id: string) => scenarioOf(id, catalogueFile(id).text).runs;

  // What a link does, what waits at a frozen host, and microseconds are the longest that a line may say.
  test.each([
    ['F5', 0, 1160],
    ['G1', 0, 1160],
    ['A10', 1, 480],
    ['B10', 1, 1160],
    ['E3', 0, 480],
  ])('%s, run %i, %i px: nothing lies beyond the drawing, no time on another', async (id, show, width) => {
    await open({ plans: plans(id), show, width });
    const [over, times] = await page.page.evaluate(() => {
      const scroller = document.querySelector('.scroller')!;
      return [
        scroller.scrollWidth - scroller.clientWidth,
        [...document.querySelectorAll('.times-row')].filter((row) => {
          const [time, gap] = ['.row-time', '.row-gap'].map((part) => {
            const range = document.createRange();
            range.selectNodeContents(row.querySelector(part)!);
            return range.getBoundingClientRect();
          });
          const isBeside = time!.top < gap!.bottom - 4 && gap!.top < time!.bottom - 4;
          return gap!.width > 0 && isBeside && gap!.left < time!.right;
        }).length,
      ];
    });
    expect([over, times]).toEqual([0, 0]);
  });

  test('a socket that is connected to itself: no state lies on an arrow', async () => {
    await open({ plans: plans('E7'), show: 3, width: 1160 });
    const [state, arrow] = await page.page.evaluate(() =>
      ['.canvas g.part-state rect', '.canvas line.part-message'].map((shape) => {
        const { left, right } = document.querySelector(shape)!.getBoundingClientRect();
        return { left, right };
      }),
    );
    expect(state!.right).toBeLessThan(arrow!.left);
  });

  test('a frozen host is seen in the strip', async () => {
    await open({ plans: plans('A10'), show: 1, width: 1160 });
    const bar = page.page.locator('.bar-frozen');
    expect(await bar.evaluate((element) => getComputedStyle(element).backgroundImage)).toContain('gradient');
    const [name, lane] = [await bar.locator('span').boundingBox(), await bar.boundingBox()];
    expect(Math.abs(name!.y + name!.height / 2 - lane!.y - lane!.height / 2)).toBeLessThan(4);
  });

  test('where nothing breaks, it begins at the first segment that does not get through', async () => {
    await open({ plans: plans('G1'), width: 1160 });
    expect(await page.selected()).toMatch(/seq 8689, .*, lost$/);
    expect(await text('.why')).toContain('wire drops segment 7 from client');
  });

  test('what the network says again and again is marked and named a few times only', async () => {
    await open({ plans: plans('D7'), show: 1, width: 1160 });
    expect(await page.page.locator('.landmark').count()).toBeLessThan(80);
    const names = await page.page.locator('.strip-label').allInnerTexts();
    expect(names.filter((name) => name.startsWith('ARP: no answer'))).toHaveLength(1);
    expect(names.filter((name) => name.includes('carrier'))).toHaveLength(1);
  });
});
