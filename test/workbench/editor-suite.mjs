// Runs the tests of one folder inside a real VS Code and collects their results.
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bundleForHost } from './bundle-for-host.mjs';
import { ensureEditor, runInEditor } from './editor.mjs';
import { startPageBridge } from './page-bridge.mjs';
import { freePort, reason, root } from './shell.mjs';
import { inSources } from './source-stack.mjs';

/**
 * @typedef {object} EditorSuite
 * @property {string} name
 * @property {string} folder of the tests, below test/vscode
 * @property {string} [locale]
 * @property {boolean} [browser] extensions run in the browser's worker
 * @property {Record<string, unknown>} [settings]
 */

/** A suite that takes longer hangs: a test of its own has a minute. */
const longest = 15 * 60_000;

/**
 * @param {EditorSuite} suite
 * @param {import('./results.mjs').Results} results
 */
export async function runEditorSuite(suite, results) {
  const editor = await ensureEditor();
  const debuggingPort = await freePort();
  const scratch = mkdtempSync(join(tmpdir(), 'tcp-scenarios-'));
  const progress = { ended: false, bundle: '' };
  const bridge = await startPageBridge({
    debuggingPort,
    onReport: (report) => {
      if (report.kind === 'end') progress.ended = true;
      else if (report.kind === 'pass') results.passed(suite.name, report.title);
      else results.failed(suite.name, report.title, inSources(report.message, progress.bundle));
    },
  });
  // Connected from the beginning, so that no error in the window's console is missed.
  const listening = bridge.page().catch(() => undefined);
  const deadline = setTimeout(() => void bridge.closeWindow(), longest);
  /** @type {unknown} */
  let failure = 'The editor was closed.';
  try {
    const workspace = join(scratch, 'workspace');
    const samples = join(root, 'media', 'scenarios');
    if (existsSync(samples)) cpSync(samples, workspace, { recursive: true });
    progress.bundle = await bundle(suite, bridge.url);
    await runInEditor(editor, {
      testsPath: progress.bundle,
      folder: workspace,
      userData: join(scratch, 'user'),
      settings: suite.settings ?? {},
      debuggingPort,
      ...(suite.locale === undefined ? {} : { locale: suite.locale }),
      ...(suite.browser === undefined ? {} : { browser: suite.browser }),
    });
  } catch (error) {
    failure = error;
  } finally {
    clearTimeout(deadline);
    await bridge.stop();
    await listening;
    rmSync(scratch, { recursive: true, force: true });
  }
  if (!progress.ended) results.failed(suite.name, 'the suite runs to its end', reason(failure));
}

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
  const imports = files.map((file) => `await import(${JSON.stringify(join(folder, file))});`);
  return bundleForHost({
    name: suite.name,
    contents: `import { runMocha } from './vscode/support/mocha.ts';
      const load = async () => { ${imports.join(' ')} };
      export const run = () => runMocha({ name: ${JSON.stringify(suite.name)}, load });`,
    browser: suite.browser === true,
    define: { PAGE_BRIDGE: bridgeUrl },
  });
}
