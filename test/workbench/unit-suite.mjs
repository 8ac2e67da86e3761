// The tests that need no editor, with vitest: test/**/*.test.ts outside test/vscode.
import { startVitest } from 'vitest/node';
import { ensureChromium } from './setup.mjs';
import { root } from './shell.mjs';

/** @param {import('./results.mjs').Results} results */
export async function runUnitSuite(results) {
  // The tests of the panel's page look for it there; they run in processes of their own.
  process.env.CHROMIUM = await ensureChromium();
  const vitest = await startVitest([], { root, watch: false, run: true });
  for (const module of vitest.state.getTestModules()) {
    for (const error of module.errors()) results.failed('unit', module.moduleId, error.stack ?? error.message);
    for (const test of module.children.allTests()) {
      const { state, errors } = test.result();
      if (state === 'passed') results.passedMany(1);
      else results.failed('unit', test.fullName, errors?.map((each) => each.stack ?? each.message).join('\n') ?? state);
    }
  }
  for (const error of vitest.state.getUnhandledErrors()) results.failed('unit', 'no unhandled error', String(error));
  await vitest.close();
}
