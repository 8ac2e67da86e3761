// A VS Code window with the product as a user has it: installed from its package, no folder of ours under development, and
// the workspace not trusted. It is driven from outside, as by a hand.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { installExtension } from '../workbench/code-server.mjs';
import { editorArguments } from '../workbench/editor.mjs';
import { readLaunchArguments } from '../workbench/launch-arguments.mjs';
import { serveWindow } from '../workbench/served-window.mjs';
import { root } from '../workbench/shell.mjs';

/** How long anything may take on a busy machine; a hang is still found. */
const PATIENCE = 60_000;

export class InstalledWindow {
  readonly page: Page;
  /** The page of the panel: there is one at a time. */
  readonly panel: FrameLocator;
  /** What the window said on the console about the extension. */
  readonly errors: readonly string[];
  private readonly end: () => Promise<void>;

  private constructor(page: Page, errors: readonly string[], end: () => Promise<void>) {
    this.page = page;
    this.errors = errors;
    this.end = end;
    this.panel = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** @param vsix the package */
  static async open(vsix: string, settings: Record<string, unknown>): Promise<InstalledWindow> {
    const scratch = mkdtempSync(join(tmpdir(), 'tcp-scenarios-installed-'));
    const [folder, userData] = [join(scratch, 'workspace'), join(scratch, 'user')];
    cpSync(join(root, 'media', 'templates'), folder, { recursive: true });
    const args = readLaunchArguments(editorArguments({ folder, userData, settings }));
    await installExtension({ vsix, userData, extensions: args.extensions ?? '' });
    const served = await serveWindow(args, () => undefined);
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const browser = await chromium.launch({
      ...(process.env.CHROMIUM === undefined ? {} : { executablePath: process.env.CHROMIUM }),
      args: ['--disable-background-networking', ...sandbox],
    });
    const page = await browser.newPage({ viewport: args.viewport });
    page.setDefaultTimeout(PATIENCE);
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && message.text().includes('tcp-scenarios')) errors.push(message.text());
    });
    await page.goto(served.url);
    // The palette lists what is known when it opens, and extensions become known a moment after the window.
    await page.locator('.explorer-folders-view .tcpscn-lang-file-icon').first().waitFor();
    return new InstalledWindow(page, errors, async () => {
      await browser.close();
      await served.stop();
      rmSync(scratch, { recursive: true, force: true });
    });
  }

  close(): Promise<void> {
    return this.end();
  }

  /** Calls a command by the name that the palette shows. */
  async command(name: string): Promise<void> {
    const { page } = this;
    await page.keyboard.press('F1');
    await this.type(`>${name}`);
    await this.pick(name);
  }

  /** Chooses from a list that is open, or opens; `among` is something that only it shows. */
  async choose(text: string, { among }: { readonly among: string }): Promise<void> {
    await this.page.locator('.quick-input-list', { hasText: among }).waitFor();
    await this.type(text);
    await this.pick(text);
  }

  /** Opens a file of the workspace. */
  async openFile(name: string): Promise<void> {
    await this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).dblclick();
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
  }

  /** What stands above a line of the editor, by its words. */
  lens(text: string): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: text });
  }

  /** Adds a line below the first that has the text. */
  async insertBelow(text: string, line: string): Promise<void> {
    await this.page
      .locator('.view-line', { hasText: text })
      .first()
      .click({ position: { x: 5, y: 5 } });
    await this.page.keyboard.press('End');
    await this.page.keyboard.press('Enter');
    await this.page.keyboard.insertText(line);
  }

  /** "Developer: Reload Window", to where the window answers again. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.command('Developer: Reload Window');
    await loaded;
  }

  private type(text: string): Promise<void> {
    return this.page.locator('.quick-input-widget input[type=text]').fill(text);
  }

  private pick(text: string): Promise<void> {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  }
}
