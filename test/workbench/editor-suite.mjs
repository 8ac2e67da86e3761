// Runs the tests of one folder inside a real VS Code and collects their results.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { runTests } from '@vscode/test-electron';
import { ensureEditor } from './editor.mjs';
import { startPageBridge } from './page-bridge.mjs';
import { cache, freePort, reason, root } from './shell.mjs';

/**
 * @typedef {object} EditorSuite
 * @property {string} name
 * @property {string} folder of the tests, below test/vscode
 * @property {string} [locale]
 * @property {boolean} [browser] extensions run in the browser's worker
 * @property {Record<string, unknown>} [settings]
 */

/** @typedef {import('./results.mjs').Results} Results */

/**
 * @param {EditorSuite} suite
 * @param {Results} results
 */
export async function runEditorSuite(suite, results) {
  const editor = await ensureEditor();
  const debuggingPort = await freePort();
  const scratch = mkdtempSync(join(tmpdir(), 'tcp-scenarios-'));
  const progress = { ended: false };
  const bridge = await startPageBridge({
    debuggingPort,
    onReport: (report) => {
      if (report.kind === 'end') progress.ended = true;
      else if (report.kind === 'pass') results.passed(suite.name, report.title);
      else results.failed(suite.name, report.title, report.message);
    },
  });
  // Listening to the page from the beginning, so that no error in its console is missed.
  const listening = bridge.page().catch(() => undefined);
  /** @type {unknown} */
  let failure = 'The editor was closed.';
  try {
    await runTests({
      vscodeExecutablePath: editor.executable,
      extensionDevelopmentPath: root,
      extensionTestsPath: await bundle(suite, bridge.url),
      launchArgs: launchArgs(suite, { scratch, debuggingPort }),
    });
  } catch (error) {
    failure = error;
  } finally {
    await bridge.stop();
    await listening;
    rmSync(scratch, { recursive: true, force: true });
  }
  if (!progress.ended) results.failed(suite.name, 'the suite runs to its end', reason(failure));
}

/** @param {EditorSuite} suite @param {{ scratch: string, debuggingPort: number }} place */
function launchArgs(suite, { scratch, debuggingPort }) {
  const userData = join(scratch, 'user');
  const workspace = join(scratch, 'workspace');
  const samples = join(root, 'media', 'scenarios');
  mkdirSync(join(userData, 'User'), { recursive: true });
  mkdirSync(workspace);
  if (existsSync(samples)) cpSync(samples, workspace, { recursive: true });
  writeFileSync(join(userData, 'User', 'settings.json'), JSON.stringify({ ...quiet, ...suite.settings }));
  return [
    workspace,
    `--user-data-dir=${userData}`,
    `--extensions-dir=${join(scratch, 'extensions')}`,
    `--remote-debugging-port=${debuggingPort}`,
    ...(suite.locale === undefined ? [] : [`--locale=${suite.locale}`]),
    ...(suite.browser === true ? ['--extensionDevelopmentKind=web'] : []),
  ];
}

/** Settings that keep VS Code's own greetings out of the way. */
export const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'chat.disableAIFeatures': true,
};

/**
 * One file with all tests of the folder.
 * @param {EditorSuite} suite
 * @param {string} bridgeUrl
 * @returns {Promise<string>}
 */
async function bundle(suite, bridgeUrl) {
  const folder = join(root, 'test', 'vscode', suite.folder);
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
  if (files.length === 0) throw new Error(`There is no test in ${relative(root, folder)}.`);
  const outfile = join(cache, 'tests', suite.name.replaceAll(' ', '-'), 'index.js');
  const imports = files.map((file) => `await import(${JSON.stringify(join(folder, file))});`);
  await build({
    stdin: {
      contents: `import { runMocha } from './support/mocha.ts';
        const load = async () => { ${imports.join(' ')} };
        export const run = () => runMocha({ name: ${JSON.stringify(suite.name)}, load });`,
      resolveDir: join(root, 'test', 'vscode'),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: suite.browser === true ? 'browser' : 'node',
    external: ['vscode'],
    sourcemap: 'inline',
    target: 'es2023',
    define: { PAGE_BRIDGE: JSON.stringify(bridgeUrl) },
    logLevel: 'warning',
    plugins: [mochaAsGlobal],
  });
  return outfile;
}

/**
 * Mocha's browser build is a script that asks whether it stands in a CommonJS module. In this bundle it would find the
 * bundle's own exports and put itself in their place. @type {import('esbuild').Plugin}
 */
const mochaAsGlobal = {
  name: 'mocha-as-global',
  setup(build) {
    build.onLoad({ filter: /[\\/]mocha[\\/]mocha\.js$/ }, ({ path }) => ({
      contents: `(() => { const module = undefined, exports = undefined; ${readFileSync(path, 'utf8')} })()`,
    }));
  },
};
