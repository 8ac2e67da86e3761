// The tests that do not run inside VS Code, with vitest.
import { startVitest } from 'vitest/node';
import { ensureServedEditor } from './editor.mjs';
import { ensureChromium } from './setup.mjs';
import { npm, root, timed } from './shell.mjs';

/** test/**\/*.test.ts outside of the editor's folders. @param {import('./results.mjs').Results} results */
export async function runUnitSuite(results) {
  // The tests of the panel's page look for it there; they run in processes of their own.
  process.env.CHROMIUM = await ensureChromium();
  await runVitest('unit', {}, results);
}

/** test/installed: the package in a VS Code of its own. @param {import('./results.mjs').Results} results */
export async function runInstalledSuite(results) {
  await ensureServedEditor();
  process.env.CHROMIUM = await ensureChromium();
  await timed('Packaging', () => npm(['run', '--silent', 'package'], { quiet: true }));
  await runVitest(
    'installed',
    { include: ['test/installed/**/*.test.ts'], exclude: [], testTimeout: 180_000 },
    results,
  );
}

/**
 * @param {string} suite
 * @param {import('vitest/node').CliOptions} options above those of vitest.config.mjs
 * @param {import('./results.mjs').Results} results
 */
async function runVitest(suite, options, results) {
  const vitest = await startVitest([], { root, watch: false, run: true, ...options });
  for (const module of vitest.state.getTestModules()) {
    for (const error of module.errors()) results.failed(suite, module.moduleId, error.stack ?? error.message);
    for (const test of module.children.allTests()) {
      const { state, errors } = test.result();
      if (state === 'passed') results.passedMany(1);
      else results.failed(suite, test.fullName, errors?.map((each) => each.stack ?? each.message).join('\n') ?? state);
    }
  }
  for (const error of vitest.state.getUnhandledErrors()) results.failed(suite, 'no unhandled error', String(error));
  await vitest.close();
}
