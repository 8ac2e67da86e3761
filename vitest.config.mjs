import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those run inside VS Code, and from the package that they install.
    exclude: ['test/vscode/**', 'test/installed/**'],
    allowOnly: false,
    // Properties and browser pages take their time on a busy machine; a hang is still found.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The machine of the continuous integration has two cores.
    maxWorkers: 2,
  },
});
