// Bundles what runs inside an extension host beside the extension: the tests, and what `npm start` does first.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { cache, root } from './shell.mjs';

/**
 * @param {object} options
 * @param {string} options.name of the folder that it goes to
 * @param {string} options.contents TypeScript that exports run(), with imports relative to test/
 * @param {boolean} options.browser for a host without Node
 * @param {Record<string, unknown>} options.define constants: a worker has no environment to read them from
 * @returns {Promise<string>} the file
 */
export async function bundleForHost({ name, contents, browser, define }) {
  const outfile = join(cache, 'bundles', name, 'index.js');
  await build({
    stdin: { contents, resolveDir: join(root, 'test'), loader: 'ts' },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: browser ? 'browser' : 'node',
    external: ['vscode'],
    sourcemap: 'inline',
    target: 'es2023',
    define: Object.fromEntries(
      Object.entries({ ...define, SAMPLES: browser ? readSamples() : {} }).map(([key, value]) => [
        key,
        JSON.stringify(value),
      ]),
    ),
    logLevel: 'warning',
    plugins: [mochaAsGlobal],
  });
  return outfile;
}

/** The files of media/scenarios, for a host that cannot read them from the disk. @returns {Record<string, string>} */
function readSamples() {
  const folder = join(root, 'media', 'scenarios');
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/**
 * Mocha's browser build is a script that asks whether it stands in a CommonJS module. In this bundle it would find the
 * bundle's own exports and put itself in their place.
 * @type {import('esbuild').Plugin}
 */
const mochaAsGlobal = {
  name: 'mocha-as-global',
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]mocha[\\/]mocha\.js$/ }, ({ path }) => ({
      contents: `(() => { const module = undefined, exports = undefined; ${readFileSync(path, 'utf8')} })()`,
    }));
  },
};
