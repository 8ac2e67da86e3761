// `npm start`: from a fresh clone to a VS Code in which a sample scenario plays. Takes the desktop's VS Code where there is
// one, else a served one that any browser shows. `npm start -- --help` says what can be chosen.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, continueOnProjectNode, ensurePackages } from './setup.mjs';
import { freePort, root, say } from './shell.mjs';
import { readStartOptions } from './start-options.mjs';

const options = readStartOptions(process.argv.slice(2));
if ('help' in options) {
  console.log(options.help);
  process.exit(0);
}
if ('wrong' in options) {
  console.error(options.wrong);
  process.exit(2);
}
const { scenario, theme, locale, viewport, screenshot, served, browser } = options;

await ensurePackages();
await continueOnProjectNode(fileURLToPath(import.meta.url));
await build();
const { bundleForHost } = await import('./bundle-for-host.mjs');
const { downloadEditor, editorArguments, ensureServedEditor, hasDisplay, runInEditor } = await import('./editor.mjs');

const scratch = mkdtempSync(join(tmpdir(), 'tcp-scenarios-start-'));
const setup = {
  folder: join(root, 'media', 'scenarios'),
  userData: join(scratch, 'user'),
  settings: theme === undefined ? {} : { 'workbench.colorTheme': theme, 'window.autoDetectColorScheme': false },
  browser,
  ...(locale === undefined ? {} : { locale }),
};
try {
  if (screenshot !== undefined) await takePicture(resolve(screenshot));
  else if (served || browser || !(await openDesktop())) await openServed();
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
    await runInEditor(editor, { ...setup, testsPath, debuggingPort, viewport });
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
  const window = await serveWindow(readLaunchArguments(args), () => undefined);
  say(`VS Code with the extension is at\n\n    ${window.url}\n`);
  say('Open it in Chrome, Edge or Chromium. Scenario files are in media/scenarios. Ctrl-C here ends it.');
  if (process.platform === 'linux' && hasDisplay())
    spawn('xdg-open', [window.url], { stdio: 'ignore' }).on('error', () => undefined);
  // Told twice by some (the terminal and npm): the second time must not cut the tidying up short.
  await new Promise((ended) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, ended);
  });
  await window.stop();
  say('VS Code has ended.');
}

/** @param {string} bridgeUrl @param {string} picture the file to write it to; none is '' */
function bundle(bridgeUrl, picture) {
  return bundleForHost({
    name: 'start',
    contents: `export { run } from './workbench/open-scenario.ts';`,
    browser,
    define: { PAGE_BRIDGE: bridgeUrl, SCENARIO: scenario, SCREENSHOT: picture, THEME: theme ?? '' },
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
