/** The panel's real page in a browser: real bundles, real policy, a host that is played by `fake-host.ts`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import type { Plugin } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { panelHtml } from '../../extension/panel/html.ts';
import type { PanelToHost } from '../../extension/protocol/messages.ts';
import type { FakeHostOptions } from './fake-host.ts';
import { THEMES } from './themes.ts';

const root = join(import.meta.dirname, '..', '..');
const ORIGIN = 'http://panel.test';
const CODICONS = join(root, 'node_modules', '@vscode', 'codicons', 'dist');

export interface PageOptions extends Partial<FakeHostOptions> {
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
  readonly reducedMotion?: boolean;
}

/** A browser with the page's files, bundled once. */
export class PanelBrowser {
  private readonly browser: Browser;
  private readonly files: ReadonlyMap<string, { readonly body: Buffer | string; readonly type: string }>;
  private readonly fakeHost: string;

  private constructor(browser: Browser, files: PanelBrowser['files'], fakeHost: string) {
    this.browser = browser;
    this.files = files;
    this.fakeHost = fakeHost;
  }

  static async launch(): Promise<PanelBrowser> {
    const [page, mermaid, fakeHost] = await Promise.all([
      bundle('webview/main.ts'),
      bundle('webview/mermaid.ts', [sequenceDiagramsOnly]),
      bundle('test/support/fake-host.ts'),
    ]);
    const files = new Map([
      ['webview.js', { body: page.js, type: 'text/javascript' }],
      ['webview.css', { body: page.css, type: 'text/css' }],
      ['mermaid.js', { body: mermaid.js, type: 'text/javascript' }],
      ['codicon.css', { body: await readFile(join(CODICONS, 'codicon.css')), type: 'text/css' }],
      ['codicon.ttf', { body: await readFile(join(CODICONS, 'codicon.ttf')), type: 'font/ttf' }],
    ]);
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
    });
    return new PanelBrowser(browser, files, fakeHost.js);
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  /** Opens the panel and waits until its diagram is drawn (or says why there is none). */
  async open(options: PageOptions = {}): Promise<PanelPage> {
    const context = await this.browser.newContext({
      viewport: { width: options.width ?? 1180, height: options.height ?? 860 },
      deviceScaleFactor: 1,
      reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
    });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.route(`${ORIGIN}/**`, (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      const file = this.files.get(name);
      if (name === '') return route.fulfill({ body: html(options.locale ?? 'en'), contentType: 'text/html' });
      return file === undefined ? route.abort() : route.fulfill({ body: file.body, contentType: file.type });
    });
    const host: FakeHostOptions = { theme: THEMES.dark, ...options };
    await page.addInitScript(`window.fakeHostOptions = ${JSON.stringify(host)};\n${this.fakeHost}`);
    await page.goto(`${ORIGIN}/`);
    if (options.scale !== undefined)
      await page.evaluate((scale) => (document.documentElement.style.zoom = String(scale)), options.scale);
    await page.waitForSelector('[role="treeitem"], .problems, .empty, .failure, .banner.is-error');
    return new PanelPage(page, errors);
  }
}

export class PanelPage {
  readonly page: Page;
  /** What went wrong in the page: must stay empty. */
  readonly errors: readonly string[];

  constructor(page: Page, errors: readonly string[]) {
    this.page = page;
    this.errors = errors;
  }

  posted(): Promise<PanelToHost[]> {
    return this.page.evaluate(() => window.posted);
  }

  /** The lines of the diagram as a screen reader has them. */
  lines(): Promise<string[]> {
    return this.page
      .getByRole('treeitem')
      .evaluateAll((items) => items.map((item) => item.getAttribute('aria-label') ?? ''));
  }

  /** The label of the selected line. */
  selected(): Promise<string | null> {
    return this.page.locator('[role="treeitem"][aria-selected="true"]').getAttribute('aria-label');
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

function html(language: string): string {
  return panelHtml({
    nonce: 'test',
    source: ORIGIN,
    scripts: ['mermaid.js', 'webview.js'],
    styles: ['codicon.css', 'webview.css'],
    language,
  });
}

async function bundle(entry: string, plugins: Plugin[] = []): Promise<{ js: string; css: string }> {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    outdir: 'out',
    format: 'iife',
    platform: 'browser',
    target: 'es2023',
    mainFields: ['browser', 'module', 'main'],
    logLevel: 'error',
    plugins,
  });
  const text = (ending: string): string => result.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { js: text('.js'), css: text('.css') };
}

/** As in the product's build: what Mermaid would load on demand for other diagrams is left out. */
const sequenceDiagramsOnly: Plugin = {
  name: 'sequence-diagrams-only',
  setup(build) {
    build.onResolve({ filter: /.*/ }, (args) => {
      if (args.kind !== 'dynamic-import' || !/[\\/]mermaid[\\/]dist[\\/]/.test(args.importer)) return undefined;
      return args.path.includes('sequenceDiagram') ? undefined : { path: args.path, namespace: 'left-out' };
    });
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'throw new Error("left out");' }));
  },
};
