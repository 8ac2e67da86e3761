import { describe, expect, test } from 'vitest';
import { open, page, press, text } from '../support/panel-session.ts';
import { KILLED, THREE_HOSTS, plan } from '../support/plans.ts';
import { THEMES } from '../support/themes.ts';

const POWER_LOSS = 0;
const KEEPALIVE = 1;
const TRANSFER = 3;

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
