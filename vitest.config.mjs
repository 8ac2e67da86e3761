import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those run inside VS Code.
    exclude: ['test/vscode/**'],
    allowOnly: false,
    // The machine of the continuous integration has two cores.
    maxWorkers: 2,
  },
});
