// What a webview shows cannot be seen from the extension host. This is the way there: a small server on localhost that
// takes requests from the tests and carries them out in the window's page, over the debugging port that desktop VS Code
// and the served one both open. Tests also hand in their results here.
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { chromium } from 'playwright-core';
import { carryOut } from './page-operations.mjs';
import { parseJson, until } from './shell.mjs';

/**
 * @typedef {import('../vscode/support/page-request.ts').PageRequest} PageRequest
 * @typedef {import('../vscode/support/page-request.ts').Report} Report
 *
 * @typedef {object} Bridge
 * @property {string} url for the tests, with a path that no other page can guess
 * @property {() => Promise<import('playwright-core').Page>} page
 * @property {() => Promise<void>} closeWindow ends an editor that hangs
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ debuggingPort: number, onReport: (report: Report) => void }} options
 * @returns {Promise<Bridge>}
 */
export async function startPageBridge({ debuggingPort, onReport }) {
  const secret = crypto.randomUUID();
  /** @type {string[]} */
  const consoleErrors = [];
  /** @type {Promise<import('playwright-core').Page> | undefined} */
  let connected;
  /** @type {import('playwright-core').Browser | undefined} */
  let browser;
  const page = () =>
    (connected ??= connect(debuggingPort).then((window) => {
      browser = window.browser;
      window.page.on('console', (message) => {
        const { url } = message.location();
        if (message.type() === 'error' && isOurs(message.text(), url)) consoleErrors.push(`${message.text()} (${url})`);
      });
      window.page.on('pageerror', (error) => consoleErrors.push(error.stack ?? error.message));
      return window.page;
    }));

  const server = createServer((request, response) => {
    // The worker's extension host asks from another origin.
    response.setHeader('access-control-allow-origin', '*');
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      void answer(request.url ?? '', body).then(
        (value) => response.end(JSON.stringify({ value })),
        (/** @type {unknown} */ error) =>
          response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) })),
      );
    });
  });

  /** @param {string} path @param {string} body @returns {Promise<unknown>} */
  async function answer(path, body) {
    if (path === `/${secret}/report`) {
      onReport(/** @type {Report} */ (parseJson(body)));
      return undefined;
    }
    if (path !== `/${secret}/page`) throw new Error(`There is nothing at ${path}.`);
    const request = /** @type {PageRequest} */ (parseJson(body));
    if (request.operation === 'consoleErrors') return consoleErrors.splice(0);
    if (request.operation === 'screenshot') mkdirSync(dirname(request.path), { recursive: true });
    return carryOut(await page(), request);
  }

  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://localhost:${port}/${secret}`,
    page,
    closeWindow: async () => {
      await (await browser?.newBrowserCDPSession())?.send('Browser.close');
    },
    stop: async () => {
      await browser?.close().catch(() => undefined); // Closes the connection; the window may be gone already.
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * The window's own errors, about a marketplace that it does not reach for instance, are not ours; those that it passes on
 * for an extension name it.
 * @param {string} text
 * @param {string} url
 */
function isOurs(text, url) {
  if (text.startsWith('Failed to load resource')) return url.includes('vscode-resource');
  return !url.endsWith('/workbench.js') || text.includes('tcp-scenarios.tcp-scenarios');
}

/** @param {number} port */
async function connect(port) {
  return until(
    async () => {
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
      const pages = browser.contexts().flatMap((context) => context.pages());
      for (const page of pages) {
        if ((await page.locator('.monaco-workbench').count()) > 0) return { browser, page };
      }
      await browser.close();
      throw new Error(`no workbench among ${pages.map((page) => page.url()).join(', ') || 'no pages'}`);
    },
    { within: 120_000, every: 250, what: `VS Code's window at port ${port}` },
  );
}
