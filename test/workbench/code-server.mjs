// A real VS Code from the npm registry: the package `code-server` holds the workbench and the extension host. It is started
// as VS Code's own server, without code-server's wrapper, and its window is a page.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectNode } from './setup.mjs';
import { cache, freePort, npm, run, timed, withPath } from './shell.mjs';

/** The version of VS Code that the tests run in, wherever it comes from, and the package that carries it. */
export const vscodeVersion = '1.139.1';
const codeServerVersion = '4.139.1';

const home = join(cache, `code-server-${codeServerVersion}`);

/** The folder of VS Code's server inside the package. */
export const vscodeFolder = join(home, 'node_modules', 'code-server', 'lib', 'vscode');

/** Nothing is asked of a marketplace. */
const withoutMarketplace = { EXTENSIONS_GALLERY: '{}' };

/** Installs the editor under .vscode-test/, once. */
export async function ensureCodeServer() {
  const complete = join(home, 'complete');
  if (existsSync(complete)) return;
  await timed(`Installing VS Code ${vscodeVersion} from npm (code-server, about 600 MB, once)`, async () => {
    // A half-finished installation is worth nothing.
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true }));
    const env = withPath(dirname(projectNode));
    // Its install scripts want a compiler for native modules that no extension needs.
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
    await npm(['install', ...flags, `code-server@${codeServerVersion}`], { cwd: home, env, quiet: true });
    await npm(['install', '--omit=dev', ...flags], { cwd: vscodeFolder, env, quiet: true });
    writeFileSync(complete, '');
  });
}

/**
 * @typedef {object} Server
 * @property {string} origin
 * @property {number} port
 * @property {string} authority of vscode-remote addresses
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the server and waits until it listens.
 * @param {{ userData: string, extensions?: string, locale?: string, log: (line: string) => void }} options
 * @returns {Promise<Server>}
 */
export async function startCodeServer({ userData, extensions, locale, log }) {
  mkdirSync(userData, { recursive: true });
  if (locale !== undefined && locale !== 'en') writeLanguagePack(userData, locale);
  const port = await freePort();
  const args = [
    join(vscodeFolder, 'out', 'server-main.js'),
    '--host=127.0.0.1',
    `--port=${port}`,
    '--without-connection-token',
    '--accept-server-license-terms',
    '--telemetry-level=off',
    // Without this the page ignores a development extension.
    '--enable-smoke-test-driver',
    `--server-data-dir=${userData}`,
    `--user-data-dir=${userData}`,
    `--extensions-dir=${extensions ?? join(userData, 'extensions')}`,
    ...(locale === undefined ? [] : [`--locale=${locale}`]),
  ];
  const env = { ...process.env, ...withoutMarketplace };
  const child = spawn(projectNode, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {string[]} */
  const output = [];
  await new Promise((resolve, reject) => {
    const hear = (/** @type {Buffer} */ chunk) => {
      const text = chunk.toString();
      output.push(text);
      log(text);
      if (text.includes('Extension host agent listening on')) resolve(undefined);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`VS Code's server ended (${String(code)}):\n${output.join('')}`)));
  });
  return {
    port,
    origin: `http://localhost:${port}`,
    authority: `localhost:${port}`,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        if (child.exitCode !== null || child.signalCode !== null) resolve();
        // The server ends its extension hosts when it is told to stop; they end by themselves once it is gone.
        child.kill('SIGTERM');
      }),
  };
}

/**
 * Installs an extension from its package, as "Install from VSIX…" does.
 * @param {{ vsix: string, userData: string, extensions: string }} options
 */
export async function installExtension({ vsix, userData, extensions }) {
  const args = [`--install-extension=${vsix}`, `--server-data-dir=${userData}`, `--extensions-dir=${extensions}`];
  const env = { ...process.env, ...withoutMarketplace };
  await run(projectNode, [join(vscodeFolder, 'out', 'server-main.js'), ...args], { env, quiet: true });
}

/**
 * The server takes a display language from what language packs registered; registering one by hand is what installing one
 * does. It has no words for the workbench, which stays English; the extension's own are read from the extension.
 * @param {string} userData
 * @param {string} locale
 */
function writeLanguagePack(userData, locale) {
  const translations = join(userData, `vscode.${locale}.json`);
  writeFileSync(translations, JSON.stringify({ version: '1.0.0', contents: {} }));
  const pack = {
    hash: `tcp-scenarios-${locale}`,
    extensions: [{ extensionIdentifier: { id: `tcp-scenarios.language-pack-${locale}` }, version: '1.0.0' }],
    translations: { vscode: translations },
    label: locale,
  };
  writeFileSync(join(userData, 'languagepacks.json'), JSON.stringify({ [locale]: pack }));
}
