import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PageOptions, PanelPage } from '../support/panel-page.ts';
import { PanelBrowser } from '../support/panel-page.ts';
import { catalogueFile, scenarioOf } from '../support/catalogue.ts';
import { KILLED, THREE_HOSTS, plan } from '../support/plans.ts';
import { THEMES } from '../support/themes.ts';

const POWER_LOSS = 0;
const KEEPALIVE = 1;
const TRANSFER = 3;

// A browser page takes its time when two cores do everything else as well.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let browser: PanelBrowser;
let page: PanelPage;

beforeAll(async () => {
  browser = await PanelBrowser.launch();
});

afterAll(() => browser.close());

afterEach(async () => {
  expect(page.errors).toEqual([]);
  await page.close();
});

const open = async (options: PageOptions = {}): Promise<PanelPage> => (page = await browser.open(options));
const press = (...keys: string[]): Promise<void> =>
  keys.reduce((before, key) => before.then(() => page.page.keyboard.press(key)), Promise.resolve());
const text = (selector: string): Promise<string> => page.page.locator(selector).innerText();

describe('the first sight', () => {
  test('speaks first, plays the run that the host names, and shows title, question, variants and take-away', async () => {
    await open({ show: KEEPALIVE });
    const posted = await page.posted();
    expect(posted.slice(0, 2)).toMatchObject([
      { kind: 'request', request: 'ready', params: { protocolVersion: 1 } },
      { kind: 'request', request: 'play', params: { run: KEEPALIVE, revision: 1 } },
    ]);
    expect(await text('h1')).toBe('Nobody is sending, and the server is gone');
    expect(await text('.question')).toBe('What does the client notice, and when?');
    expect(await page.page.getByRole('radio').allInnerTexts()).toHaveLength(4);
    expect(await page.page.getByRole('radio', { checked: true }).innerText()).toContain('keepalive on');
    expect(await text('.takeaway')).toContain('two beliefs');
  });

  test('a socket that is connected to itself: every segment is an arrow that comes back', async () => {
    const connect = {
      kind: 'connect',
      process: 'app',
      host: 'client',
      port: 6000,
      localPort: 6000,
      connection: 'own',
    } as const;
    await open({ plans: [plan([[1, 'at 1s app connects to client:6000 as own from port 6000', connect]])] });
    expect(await page.page.locator('.canvas line.part-message').count()).toBe(6);
  });

  test('draws every line once, and says that it is the whole run', async () => {
    await open({ show: KEEPALIVE });
    const lines = await page.lines();
    expect(lines).toHaveLength(16);
    expect(lines).toContain('… 7200 s, nothing is sent …');
    expect(lines).toContain('7 more keepalive probes, every 75 s');
    expect(await text('.caption')).toBe('The whole run: 16 lines, 0.000 s – 8000.000 s');
    // One arrow per segment that is not folded away.
    expect(await page.page.locator('.canvas line.part-message').count()).toBe(6);
  });

  test('begins where something goes wrong: there belief and truth part', async () => {
    await open({ show: KEEPALIVE });
    expect(await page.selected()).toBe('1.000 s: server loses power');
    const cards = await text('.cards');
    for (const word of ['ESTABLISHED', 'half-open', 'host has no power', '2 h 11 min 14 s', 'ETIMEDOUT'])
      expect(cards).toContain(word);
  });

  test('expectations stand there met and failed, with a word', async () => {
    await open({ show: KEEPALIVE });
    const words = await page.page.locator('.expectations li .verdict').allInnerTexts();
    expect(words.map((word) => word.trim())).toEqual(['met', 'met', 'failed']);
  });
});

describe('a run of the engine', () => {
  test('process killed: FIN, EOF, FIN, ACK, then TIME_WAIT in silence', async () => {
    await open({ plans: [plan([KILLED], { until: 100 })] });
    expect((await page.lines()).slice(5)).toEqual([
      expect.stringContaining('web is killed'),
      expect.stringContaining('server sends FIN'),
      expect.stringContaining('EOF'),
      expect.stringContaining('client sends FIN'),
      expect.stringContaining('server sends ACK'),
      '… 60 s, nothing is sent …',
      expect.stringContaining('TIME_WAIT → CLOSED'),
      '… 38.99 s, nothing is sent …',
      expect.stringContaining('run ends'),
    ]);
    expect(await page.page.locator('.canvas .row-state').allTextContents()).toContain('CLOSE_WAIT');
    expect(await page.page.locator('.life-kernel').count()).toBe(1);
  });
});

describe('moving', () => {
  test('arrow keys, Home and End move line by line, the host hears of it, and a live region says it', async () => {
    await open({ show: POWER_LOSS });
    await press('Home', 'ArrowRight', 'ArrowRight');
    expect(await page.selected()).toContain('client sends SYN');
    expect((await page.posted()).at(-1)).toMatchObject({ kind: 'selection', range: { start: { line: 11 } } });
    expect(await text('[aria-live="polite"]')).toContain('client sends SYN');
    await press('ArrowLeft');
    expect(await page.selected()).not.toContain('client sends SYN');
    await press('End');
    expect(await page.page.locator('.cards').innerText()).toContain('half-open for 30 d');
    await press('Home');
    expect(await page.page.locator('.cards').innerText()).not.toContain('half-open');
  });

  test('a click on an arrow selects its segment, marks the change and explains it', async () => {
    await open({ show: KEEPALIVE });
    const arrow = await page.page.locator('.canvas line.part-message').nth(1).boundingBox();
    await page.page.mouse.click(arrow!.x + arrow!.width / 2, arrow!.y + arrow!.height / 2);
    expect(await page.selected()).toContain('server sends SYN-ACK');
    expect(await page.page.locator('.states tr.changed th').allInnerTexts()).toContain('state');
    expect(await page.page.locator('.canvas line.selected').count()).toBe(1);
    expect(await text('.why')).toContain('SYN');
  });

  test('Shift and an arrow goes event by event', async () => {
    await open({ show: POWER_LOSS });
    await press('Shift+ArrowRight', 'Shift+ArrowRight');
    expect(await text('.position')).toMatch(/^event \d+ of \d+$/);
  });

  test('"step by packet" stops at segments only', async () => {
    await open({ show: POWER_LOSS });
    await page.page.locator('.step-size select').selectOption('packet');
    await page.page.locator('h1').click();
    await press('Home', 'ArrowRight');
    expect(await page.selected()).toContain('sends SYN');
  });

  test('play goes on by itself and stops for a key', async () => {
    await open({ show: POWER_LOSS });
    const before = await page.selected();
    await press(' ');
    await page.page.waitForFunction(
      (label) => document.querySelector('[aria-selected="true"]')?.getAttribute('aria-label') !== label,
      before,
    );
    await press('ArrowRight');
    expect(await page.page.getByRole('button', { name: 'Play (Space)' }).count()).toBe(1);
  });

  test('a click on the strip moves the cursor, and the strip is a slider that says where it is', async () => {
    await open({ show: KEEPALIVE });
    const slider = page.page.getByRole('slider');
    const box = (await slider.boundingBox())!;
    await page.page.mouse.click(box.x + box.width - 2, box.y + 10);
    expect(await page.selected()).toContain('run ends');
    expect(await slider.getAttribute('aria-valuetext')).toContain('run ends');
    await slider.focus();
    await press('Home');
    expect(await slider.getAttribute('aria-valuenow')).toBe('0');
  });

  test('a fold opens and closes by click; Enter opens the one that hides the cursor', async () => {
    await open({ show: KEEPALIVE });
    const fold = page.page.locator('[role="treeitem"][aria-expanded]');
    const untilLines = (count: number) =>
      page.page.waitForFunction((wanted) => document.querySelectorAll('[role="treeitem"]').length === wanted, count);
    await fold.click();
    await untilLines(23);
    expect(await fold.getAttribute('aria-expanded')).toBe('true');
    await fold.click();
    await untilLines(16);
    await page.page.getByRole('tree').focus();
    await press('Home', ...new Array<string>(9).fill('ArrowDown'));
    expect(await fold.getAttribute('aria-selected')).toBe('true');
    await press('Enter');
    await untilLines(23);
    expect(await page.selected()).toContain('probe 2/9');
  });

  test('nothing above the diagram moves when the selection does', async () => {
    await open({ show: KEEPALIVE });
    await press('Home');
    const tops = (): Promise<(number | undefined)[]> =>
      Promise.all(
        ['.cards', '.strip', '.diagram', '.states', '.transport'].map(
          async (selector) => (await page.page.locator(selector).boundingBox())?.y,
        ),
      );
    const first = await tops();
    for (let i = 0; i < 21; i++) {
      await press('ArrowRight');
      expect(await tops()).toEqual(first);
    }
  });

  test('a long run is shown in parts: the caption says which, and the cursor turns the page', async () => {
    await open({ show: TRANSFER });
    expect(await text('.caption')).toMatch(/^Lines 1–60 of 247, /);
    await page.page.getByRole('button', { name: 'Later part of the run' }).click();
    await page.page.waitForFunction(() => document.querySelector('.caption')?.textContent.startsWith('Lines 61–120'));
    await press('End');
    await page.page.waitForFunction(() => document.querySelector('.caption')?.textContent.startsWith('Lines 241–247'));
    expect(await page.selected()).toContain('run ends');
  });
});

describe('talking to the editor', () => {
  test('a line of the scenario in "why" and in the expectations is revealed', async () => {
    await open({ show: KEEPALIVE });
    await press('Home', 'ArrowRight', 'ArrowRight');
    await page.page.locator('.why button.link').last().click();
    expect((await page.posted()).at(-1)).toEqual({
      kind: 'reveal',
      revision: 1,
      range: { start: { line: 11, character: 2 }, end: { line: 11, character: 35 } },
    });
    await page.page.locator('.expectations button.code').first().click();
    expect((await page.posted()).at(-1)).toMatchObject({ kind: 'reveal', range: { start: { line: 25 } } });
  });

  test('an edit is announced, and "Run again" reads the file and plays the same variant', async () => {
    await open({ show: KEEPALIVE });
    await page.page.evaluate(() => window.say({ kind: 'changed', revision: 1 }));
    await page.page.getByRole('button', { name: 'Run again' }).click();
    await page.page.waitForSelector('.banner', { state: 'detached' });
    expect((await page.posted()).slice(-2)).toMatchObject([
      { request: 'reload' },
      { request: 'play', params: { revision: 2, run: KEEPALIVE } },
    ]);
  });

  test('a notice about an older reading of the file is dropped', async () => {
    await open({ show: KEEPALIVE });
    await page.page.evaluate(() => window.say({ kind: 'changed', revision: 0 }));
    await press('ArrowRight');
    expect(await page.page.locator('.banner').count()).toBe(0);
  });

  test("the line under the editor's cursor selects what it brought about", async () => {
    await open({ show: KEEPALIVE });
    await page.page.evaluate(() => window.say({ kind: 'line', revision: 1, line: 21 }));
    await page.page.waitForFunction(
      () => document.querySelector('[aria-selected="true"]')?.getAttribute('aria-label')?.includes('power') === true,
    );
  });

  test('a file with errors shows them, each a link to its place', async () => {
    const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 4 } };
    await open({ problems: [{ range, message: "Unknown host 'sever'." }] });
    expect(await text('.problems')).toContain("Unknown host 'sever'.");
    await page.page.getByRole('button', { name: 'line 4' }).click();
    expect((await page.posted()).at(-1)).toEqual({ kind: 'reveal', revision: 1, range });
  });

  test('the place is kept: variant, event, open folds', async () => {
    await open({ show: KEEPALIVE });
    await press('End');
    await page.page.locator('[role="treeitem"][aria-expanded]').click();
    const kept = await page.page.evaluate(() => window.kept);
    await page.close();
    await open({ show: KEEPALIVE, saved: kept });
    await page.page.waitForFunction(() => document.querySelectorAll('[role="treeitem"]').length === 23);
    expect(await page.selected()).toContain('run ends');
  });
});

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

describe('several hosts and connections', () => {
  test('all hosts are in view, and a state never lies on an arrow', async () => {
    await open({ plans: [THREE_HOSTS], width: 1160 });
    const scroller = (await page.page.locator('.scroller').boundingBox())!;
    expect(await page.page.locator('.head').allInnerTexts()).toEqual(['client · app', 'proxy · relay', 'db · store']);
    const last = (await page.page.locator('.head').last().boundingBox())!;
    expect(last.x + last.width).toBeLessThanOrEqual(scroller.x + scroller.width);
    const overlaps = await page.page.evaluate(() =>
      [...document.querySelectorAll('.canvas g.part-state')].filter((state) => {
        const box = state.querySelector('rect')!.getBoundingClientRect();
        const arrow = document.querySelector(`line.part-message[data-row="${state.getAttribute('data-row')}"]`);
        const line = arrow?.getBoundingClientRect();
        return line !== undefined && box.left < line.right && line.left < box.right;
      }),
    );
    expect(overlaps).toEqual([]);
  });

  test('cards and table follow the selection from connection to connection, until the reader chooses one', async () => {
    await open({ plans: [THREE_HOSTS], width: 1160 });
    const select = page.page.getByRole('combobox', { name: 'Connection' });
    // It begins at the fault, which is the database's.
    expect(await page.selected()).toContain('db loses power');
    expect(await text('.cards')).toContain('proxy believes\nback');
    await press('Home', 'ArrowRight', 'ArrowRight', 'ArrowRight');
    expect(await page.selected()).toContain('client sends SYN');
    expect(await text('.cards')).toContain('client believes\nfront');
    await select.selectOption({ label: 'back' });
    expect(await text('.cards .connection')).toBe('back');
    await page.page.locator('h1').click();
    await press('ArrowRight');
    expect(await text('.cards .connection')).toBe('back');
    await select.selectOption({ label: 'back (follows the selection)' });
    expect(await text('.cards .connection')).toBe('front');
  });
});

describe('keyboard', () => {
  test.each(['dark', 'light', 'highContrast', 'highContrastLight'] as const)(
    '%s: Tab goes through all of the page and out of it again, and the focus is always seen',
    async (theme) => {
      await open({ show: KEEPALIVE, theme: THEMES[theme] });
      const stops: string[] = [];
      for (let i = 0; i < 60; i++) {
        await press('Tab');
        const stop = await page.page.evaluate(() => {
          const { activeElement: at } = document;
          if (at === null || at === document.body) return undefined;
          const framed = at.matches('.rows') ? at.closest('.scroller')! : at;
          const { outlineStyle, outlineColor } = getComputedStyle(framed);
          const seen = outlineStyle !== 'none' && outlineColor !== 'rgba(0, 0, 0, 0)';
          return `${seen ? '' : 'unseen: '}${at.getAttribute('aria-label') ?? at.textContent}`;
        });
        if (stop === undefined) break;
        stops.push(stop);
      }
      expect(stops.filter((stop) => stop.startsWith('unseen'))).toEqual([]);
      expect(stops).toEqual(
        expect.arrayContaining([
          'keepalive on',
          'Look from the other end',
          'Place in the run',
          'What happened, line by line',
          'State of both ends',
          'Why',
          'Play (Space)',
          'step by',
        ]),
      );
      expect(stops.length).toBeLessThan(60);
    },
  );
});
