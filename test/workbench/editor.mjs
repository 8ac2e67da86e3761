// Finds a VS Code to run in (a downloaded one, or the one from npm) and runs something inside it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { ensureCodeServer, vscodeVersion } from './code-server.mjs';
import { ensureChromium } from './setup.mjs';
import { cache, root, say } from './shell.mjs';

/**
 * @typedef {object} Editor
 * @property {'desktop' | 'served'} kind
 * @property {string} executable takes VS Code's command line
 */

/**
 * The editor for tests. On the desktop it needs a display; a machine without one gets the served VS Code.
 * @returns {Promise<Editor>}
 */
export async function ensureEditor() {
  const desktop = hasDisplay() ? await downloadEditor() : undefined;
  return desktop ?? ensureServedEditor();
}

/** @returns {Promise<Editor>} a VS Code that needs no display */
export async function ensureServedEditor() {
  await ensureCodeServer();
  await ensureChromium();
  return { kind: 'served', executable: join(dirname(fileURLToPath(import.meta.url)), 'served-code.mjs') };
}

/** @returns {Promise<Editor | undefined>} a desktop VS Code, where its maker's server can be reached */
export async function downloadEditor() {
  try {
    const executable = await downloadAndUnzipVSCode({ version: vscodeVersion, cachePath: cache });
    return { kind: 'desktop', executable };
  } catch (error) {
    say(`VS Code cannot be downloaded here (${String(error)}).`);
    return undefined;
  }
}

/** Whether a desktop window can open. */
export function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return (process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY ?? '') !== '';
}

/**
 * @typedef {object} EditorRun
 * @property {string} testsPath the file whose run() is called in the extension host
 * @property {string} folder the workspace
 * @property {string} userData
 * @property {Record<string, unknown>} settings
 * @property {number} debuggingPort
 * @property {string} [locale]
 * @property {boolean} [browser] extensions run in the browser's worker
 * @property {string} [viewport] such as 1280x800
 */

/**
 * Opens the editor with the extension under development; fails when run() does.
 * @param {Editor} editor
 * @param {EditorRun} run
 */
export async function runInEditor(editor, run) {
  await runTests({
    vscodeExecutablePath: editor.executable,
    extensionDevelopmentPath: root,
    extensionTestsPath: run.testsPath,
    launchArgs: editorArguments(run),
  });
}

/**
 * Prepares the profile of a run.
 * @param {Omit<EditorRun, 'testsPath' | 'debuggingPort'> & { debuggingPort?: number }} run
 * @returns {string[]} the arguments for VS Code
 */
export function editorArguments(run) {
  mkdirSync(join(run.userData, 'User'), { recursive: true });
  mkdirSync(run.folder, { recursive: true });
  writeFileSync(join(run.userData, 'User', 'settings.json'), JSON.stringify({ ...quiet, ...run.settings }, null, 2));
  return [
    run.folder,
    `--user-data-dir=${run.userData}`,
    `--extensions-dir=${join(run.userData, 'extensions')}`,
    ...(run.debuggingPort === undefined ? [] : [`--remote-debugging-port=${run.debuggingPort}`]),
    ...(run.locale === undefined ? [] : [`--locale=${run.locale}`]),
    ...(run.browser === true ? ['--extensionDevelopmentKind=web'] : []),
    ...(run.viewport === undefined ? [] : [`--viewport=${run.viewport}`]),
  ];
}

/** Settings that keep VS Code's own greetings out of the way. */
const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'chat.disableAIFeatures': true,
};
