// `npm start`: from a fresh clone to a VS Code in which a sample scenario plays. Takes the desktop's VS Code where there is
// one, else a served one that any browser shows.
//   npm start -- --scenario C1                       another scenario
//   npm start -- --locale zh-cn --theme light        another language; light, dark, hc or hc-light
//   npm start -- --served                            in a browser, even where there is a desktop VS Code
//   npm start -- --browser                           as on the web: no Node behind the extension
//   npm start -- --screenshot FILE [--viewport WxH]  only a picture
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, continueOnProjectNode, ensurePackages } from './setup.mjs';
import { freePort, root, say } from './shell.mjs';

const { values: options } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'B2' },
    theme: { type: 'string' },
    locale: { type: 'string' },
    viewport: { type: 'string', default: '1280x800' },
    screenshot: { type: 'string' },
    served: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
  },
});

/** @type {Record<string, string>} */
const themes = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  hc: 'Default High Contrast',
  'hc-light': 'Default High Contrast Light',
};
const theme = options.theme === undefined ? undefined : themes[options.theme];
if (options.theme !== undefined && theme === undefined) {
  console.error(`--theme takes one of: ${Object.keys(themes).join(', ')}`);
  process.exit(2);
}
if (options.browser && options.locale !== undefined) {
  console.error(
    '--browser speaks English only: the editor on the web takes its language from a server that is not there.',
  );
  process.exit(2);
}

await ensurePackages();
continueOnProjectNode(fileURLToPath(import.meta.url));
await build();
const { bundleForHost } = await import('./bundle-for-host.mjs');
const { downloadEditor, editorArguments, ensureServedEditor, hasDisplay, runInEditor } = await import('./editor.mjs');

const scratch = mkdtempSync(join(tmpdir(), 'tcp-scenarios-start-'));
const setup = {
  folder: join(root, 'media', 'scenarios'),
  userData: join(scratch, 'user'),
  settings: theme === undefined ? {} : { 'workbench.colorTheme': theme, 'window.autoDetectColorScheme': false },
  browser: options.browser,
  ...(options.locale === undefined ? {} : { locale: options.locale }),
};
try {
  if (options.screenshot !== undefined) await takePicture(resolve(options.screenshot));
  else if (options.served || options.browser || !(await openDesktop())) await openServed();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** @param {string} file */
async function takePicture(file) {
  const { startPageBridge } = await import('./page-bridge.mjs');
  const editor = await ensureServedEditor();
  const debuggingPort = await freePort();
  const bridge = await startPageBridge({ debuggingPort, onReport: sayFailure });
  try {
    const testsPath = await bundle(bridge.url, file);
    await runInEditor(editor, { ...setup, testsPath, debuggingPort, viewport: options.viewport });
  } finally {
    await bridge.stop();
  }
  say(`Wrote ${file}.`);
}

/** @param {import('../vscode/support/page-request.ts').Report} report */
function sayFailure(report) {
  if (report.kind === 'fail') console.error(report.message);
}

/** @returns {Promise<boolean>} false where there is no desktop VS Code to be had; else ends when its window is closed */
async function openDesktop() {
  if (!hasDisplay()) return false;
  const executable = ownCode() ?? (await downloadEditor())?.executable;
  if (executable === undefined) return false;
  say(`Opening VS Code (${executable}) with the extension; Ctrl-C here ends it.`);
  const args = [
    ...editorArguments(setup),
    '--new-window',
    '--wait',
    '--disable-workspace-trust',
    `--extensionDevelopmentPath=${root}`,
    `--extensionTestsPath=${await bundle('', '')}`,
  ];
  const child = spawn(executable, args, { stdio: 'inherit', shell: executable.endsWith('.cmd') });
  await new Promise((ended) => child.once('exit', ended));
  return true;
}

/** Stays until Ctrl-C. */
async function openServed() {
  const { serveWindow } = await import('./served-window.mjs');
  const { readLaunchArguments } = await import('./launch-arguments.mjs');
  const { ensureCodeServer } = await import('./code-server.mjs');
  await ensureCodeServer();
  const args = [
    ...editorArguments(setup),
    `--extensionDevelopmentPath=${root}`,
    `--extensionTestsPath=${await bundle('', '')}`,
  ];
  const served = await serveWindow(readLaunchArguments(args), () => undefined);
  say(`VS Code with the extension is at\n\n    ${served.url}\n`);
  say('Open it in Chrome, Edge or Chromium. Scenario files are in media/scenarios. Ctrl-C here ends it.');
  if (process.platform === 'linux' && hasDisplay())
    spawn('xdg-open', [served.url], { stdio: 'ignore' }).on('error', () => undefined);
  await new Promise((ended) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.once(signal, ended);
  });
  await served.stop();
}

/** @param {string} bridgeUrl @param {string} screenshot */
function bundle(bridgeUrl, screenshot) {
  return bundleForHost({
    name: 'start',
    contents: `export { run } from './workbench/open-scenario.ts';`,
    browser: options.browser,
    define: { PAGE_BRIDGE: bridgeUrl, SCENARIO: options.scenario, SCREENSHOT: screenshot },
  });
}

/** @returns {string | undefined} the user's own VS Code, if it is new enough for the extension */
function ownCode() {
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) return undefined;
  const [major = 0, minor = 0] = (stdout.split('\n')[0] ?? '').split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 101) ? name : undefined;
}
