// `npm test`: from a fresh clone with nothing installed to one line that says how many tests passed. Runs on Node 20 and
// without packages until it has installed them.
//   npm test -- --only unit        one suite
//   npm test -- --only vscode      tests inside VS Code; also 'zh-cn' and 'browser'
//   npm test -- --only installed   the package, installed as a user does it
import { fileURLToPath } from 'node:url';
import { build, continueOnProjectNode, ensurePackages } from './workbench/setup.mjs';
import { reason } from './workbench/shell.mjs';
import { Results } from './workbench/results.mjs';

const suites = {
  unit: async (/** @type {Results} */ results) => (await import('./workbench/vitest-suite.mjs')).runUnitSuite(results),
  vscode: inEditor({ name: 'vscode', folder: '.' }),
  'zh-cn': inEditor({ name: 'zh-cn', folder: 'zh-cn', locale: 'zh-cn' }),
  browser: inEditor({ name: 'browser', folder: 'browser', browser: true }),
  // Last: packaging leaves a build without source maps behind.
  installed: async (/** @type {Results} */ results) =>
    (await import('./workbench/vitest-suite.mjs')).runInstalledSuite(results),
};

const results = new Results();
const chosen = readChoice();
try {
  await ensurePackages();
  await continueOnProjectNode(fileURLToPath(import.meta.url));
  await build();
  for (const name of chosen) await runSuite(name);
} catch (error) {
  results.failed('set-up', 'what the tests need is there', reason(error));
}
process.exit(results.summarize() ? 0 : 1);

/** A suite that cannot start is a failure like any other. @param {keyof typeof suites} name */
async function runSuite(name) {
  console.log(`\n${name}`);
  try {
    await suites[name](results);
  } catch (error) {
    results.failed(name, 'the suite starts', reason(error));
  }
}

/** @param {import('./workbench/editor-suite.mjs').EditorSuite} suite */
function inEditor(suite) {
  return async (/** @type {Results} */ results) =>
    (await import('./workbench/editor-suite.mjs')).runEditorSuite(suite, results);
}

/** @returns {(keyof typeof suites)[]} */
function readChoice() {
  const names = /** @type {(keyof typeof suites)[]} */ (Object.keys(suites));
  const at = process.argv.indexOf('--only');
  if (at < 0) return names;
  const only = process.argv[at + 1];
  const found = names.filter((name) => name === only);
  if (found.length > 0) return found;
  console.error(`--only takes one of: ${names.join(', ')}`);
  process.exit(2);
}
