#!/usr/bin/env node
// Stands in for the `code` executable where no desktop VS Code can be had: takes the same arguments, opens a served VS Code
// in a headless Chromium, and ends with the exit code of the extension's tests.
import { chromium } from 'playwright-core';
import { readLaunchArguments } from './launch-arguments.mjs';
import { serveWindow } from './served-window.mjs';
import { ensureChromium } from './setup.mjs';

const args = readLaunchArguments(process.argv.slice(2));
const verbose = process.env.TCPSCN_VERBOSE !== undefined;
const log = verbose ? (/** @type {string} */ text) => void process.stderr.write(text) : () => undefined;

const served = await serveWindow(args, log);
const browser = await chromium.launch({
  executablePath: await ensureChromium(),
  args: [
    '--disable-background-networking',
    '--disable-quic',
    '--disable-sync',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...(args.debuggingPort === undefined ? [] : [`--remote-debugging-port=${args.debuggingPort}`]),
  ],
});

/** @type {Promise<number>} */
const ended = new Promise((resolve) => {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.once(signal, () => resolve(130));
  // Whoever started us holds the other end; nothing is left running when that process dies.
  process.stdin.on('end', () => resolve(130)).resume();
  browser.once('disconnected', () => resolve(1));
  void open(resolve).catch((/** @type {unknown} */ error) => {
    console.error(error);
    resolve(1);
  });
});
const code = await ended;
await browser.close();
await served.stop();
process.exit(code);

/** @param {(code: number) => void} exit */
async function open(exit) {
  const context = await browser.newContext({ viewport: args.viewport });
  const page = await context.newPage();
  page.on('console', (message) => {
    log(`[page] ${message.text()}\n`);
    // Said once and to nobody; the tests would be waited for in vain.
    if (!message.text().startsWith('No extension host found that can launch the test runner')) return;
    console.error(message.text());
    exit(1);
  });
  page.on('pageerror', (error) => log(`[page] ${error.stack ?? error.message}\n`));
  await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ values) => {
    log(`[${type}] ${values.map(String).join(' ')}\n`);
  });
  await page.exposeFunction('codeAutomationExit', (/** @type {number} */ exitCode) => exit(exitCode));
  await page.goto(served.url);
}
