#!/usr/bin/env node
// Stands in for the `code` executable where no desktop VS Code can be had: takes the same arguments, opens a served VS Code
// in a headless Chromium, and ends with the exit code of the extension's tests.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { chromium } from 'playwright-core';
import { startCodeServer } from './code-server.mjs';
import { readLaunchArguments } from './launch-arguments.mjs';
import { ensureChromium } from './setup.mjs';
import { parseJson } from './shell.mjs';
import { serveStaticVSCode } from './static-vscode.mjs';

const args = readLaunchArguments(process.argv.slice(2));
const verbose = process.env.TCPSCN_VERBOSE !== undefined;
const log = verbose ? (/** @type {string} */ text) => process.stderr.write(text) : () => undefined;

const served = args.kind === 'web' ? await serveStatic() : await serveRemote();
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
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.on('console', (message) => log(`[page] ${message.text()}\n`));
  page.on('pageerror', (error) => log(`[page] ${error.stack ?? error.message}\n`));
  await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ values) => {
    log(`[${type}] ${values.map(String).join(' ')}\n`);
  });
  await page.exposeFunction('codeAutomationExit', (/** @type {number} */ exitCode) => exit(exitCode));
  await page.goto(served.url);
}

/** The desktop's way of running: extension host and language server in Node, the window a page of the same server. */
async function serveRemote() {
  const server = await startCodeServer({
    userData: args.userData,
    log,
    ...(args.extensions === undefined ? {} : { extensions: args.extensions }),
    ...(args.locale === undefined ? {} : { locale: args.locale }),
  });
  const at = (/** @type {string} */ path) => `vscode-remote://${server.authority}${path}`;
  const payload = args.developmentPaths.map((path) => ['extensionDevelopmentPath', at(path)]);
  if (args.testsPath !== undefined) payload.push(['extensionTestsPath', at(args.testsPath)]);
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (args.folder === undefined) query.set('ew', 'true');
  else query.set('folder', args.folder);
  return { url: `${server.origin}/?${query.toString()}`, stop: server.stop };
}

/** The browser's way of running: no server but one for files, extensions in a worker of the page. */
async function serveStatic() {
  mkdirSync(args.userData, { recursive: true });
  /** @type {Record<string, string>} */
  const folders = Object.fromEntries(args.developmentPaths.map((path, index) => [`/extension-${index}`, path]));
  const tests = args.testsPath === undefined ? undefined : inExtension(args.testsPath);
  const server = await serveStaticVSCode({
    folders,
    configuration: (authority) => ({
      developmentOptions: {
        enableSmokeTestDriver: true,
        extensions: Object.keys(folders).map((path) => ({ scheme: 'http', authority, path })),
        extensionTestsPath: tests && { scheme: 'http', authority, path: tests },
      },
      webviewEndpoint: '/vscode/out/vs/workbench/contrib/webview/browser/pre',
      configurationDefaults: readSettings(),
      // code-server's page insists on an answer to each of these.
      userDataPath: '/',
      isEnabledFileDownloads: true,
      isEnabledFileUploads: true,
      isEnabledCoderGettingStarted: false,
    }),
  });
  // A folder in memory, empty: the page has no other file system.
  return { url: `${server.origin}/?folder=tmp:/workspace`, stop: server.stop };
}

/** Where the static server shows a file: tests run in the host of the extension that they lie in. @param {string} file */
function inExtension(file) {
  const index = args.developmentPaths.findIndex((path) => !relative(path, file).startsWith('..'));
  if (index < 0) throw new Error(`${file} is in no extension under development`);
  return `/extension-${index}/${relative(args.developmentPaths[index] ?? '', file)
    .split(sep)
    .join('/')}`;
}

/** @returns {unknown} */
function readSettings() {
  try {
    return parseJson(readFileSync(join(args.userData, 'User', 'settings.json'), 'utf8'));
  } catch {
    return {}; // None were written for this run.
  }
}
