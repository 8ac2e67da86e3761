// Builds everything that ships. `--production` minifies, `--watch` rebuilds on change, `--generate-only` stops after the
// language's generated code. Type checking is a separate step (npm run types).
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { writeBundles } from './l10n.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const dist = join(root, 'dist');

generateLanguage();
if (process.argv.includes('--generate-only')) process.exit(0);

const esbuild = await import('esbuild');

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  charset: 'utf8',
  legalComments: production ? 'none' : 'eof',
  logLevel: 'warning',
  metafile: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  target: 'es2023',
};
/** @type {import('esbuild').BuildOptions} */
const nodeHost = { platform: 'node', format: 'cjs', target: 'node22', external: ['vscode'] };
/** @type {import('esbuild').BuildOptions} */
const worker = { platform: 'browser', mainFields: ['browser', 'module', 'main'] };

/** Every bundle: the file in dist/, its entry, and where it runs. @type {Record<string, import('esbuild').BuildOptions>} */
const bundles = {
  'extension.js': { ...nodeHost, entryPoints: ['extension/extension.ts'] },
  'extension.browser.js': {
    ...worker,
    format: 'cjs',
    entryPoints: ['extension/extension.browser.ts'],
    external: ['vscode'],
  },
  'server.js': { ...nodeHost, entryPoints: ['extension/language/server.node.ts'] },
  'server.browser.js': { ...worker, format: 'iife', entryPoints: ['extension/language/server.browser.ts'] },
  'webview.js': { ...worker, format: 'iife', entryPoints: ['webview/main.ts'] },
  'mermaid.js': { ...worker, format: 'iife', entryPoints: ['webview/mermaid.ts'], plugins: [sequenceDiagramsOnly()] },
  'cli.js': {
    ...nodeHost,
    entryPoints: ['extension/cli/main.ts'],
    banner: { js: '#!/usr/bin/env node' },
    external: [],
  },
};

if (!watch) rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
copyCodicons();
writeBundles(root);
await (await import('./catalogue.mjs')).writeCatalogue(root);

const options = Object.entries(bundles).map(([file, bundle]) => ({
  ...common,
  ...bundle,
  outfile: join('dist', file),
}));
if (watch) {
  for (const option of options)
    await (await esbuild.context({ ...option, plugins: [...(option.plugins ?? []), says()] })).watch();
} else {
  try {
    const results = await Promise.all(options.map((option) => esbuild.build(option)));
    chmodSync(join(dist, 'cli.js'), 0o755);
    report(results.flatMap((result) => result.metafile ?? []));
  } catch {
    // esbuild has printed what is wrong, with file and line.
    process.exit(1);
  }
}

/** Langium's generated code is not committed: it is made from the grammar before anything that imports it. */
function generateLanguage() {
  const config = join(root, 'extension', 'language', 'langium-config.json');
  if (!existsSync(config)) return;
  const cli = join(root, 'node_modules', 'langium-cli', 'bin', 'langium.js');
  execFileSync(process.execPath, [cli, 'generate', '--file', config], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** The icons' font and its style sheet, beside the page that uses them. */
function copyCodicons() {
  const from = join(root, 'node_modules', '@vscode', 'codicons', 'dist');
  for (const file of ['codicon.css', 'codicon.ttf']) copyFileSync(join(from, file), join(dist, file));
}

/**
 * Mermaid loads each kind of diagram, each layout and KaTeX on demand. A page with a strict CSP takes one file, so what is
 * loaded on demand is either part of it (sequence diagrams) or left out.
 * @returns {import('esbuild').Plugin}
 */
function sequenceDiagramsOnly() {
  return {
    name: 'sequence-diagrams-only',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => {
        if (args.kind !== 'dynamic-import' || !/[\\/]mermaid[\\/]dist[\\/]/.test(args.importer)) return undefined;
        return args.path.includes('sequenceDiagram') ? undefined : { path: args.path, namespace: 'left-out' };
      });
      build.onLoad({ filter: /.*/, namespace: 'left-out' }, (args) => ({
        contents: `throw new Error(${JSON.stringify(`${args.path} is not part of this build of Mermaid.`)});`,
      }));
    },
  };
}

/** Task runners wait for these two lines. @returns {import('esbuild').Plugin} */
function says() {
  return {
    name: 'says',
    setup(build) {
      build.onStart(() => console.log('[watch] build started'));
      build.onEnd((result) => {
        for (const { text, location } of result.errors)
          console.error(`✘ ${text}\n    ${location?.file ?? ''}:${location?.line ?? 0}:${location?.column ?? 0}`);
        console.log('[watch] build finished');
      });
    },
  };
}

/** What each file weighs, printed and kept for esbuild's bundle analyzer. @param {import('esbuild').Metafile[]} metafiles */
function report(metafiles) {
  /** @type {import('esbuild').Metafile} */
  const all = { inputs: {}, outputs: {} };
  for (const { inputs, outputs } of metafiles) {
    Object.assign(all.inputs, inputs);
    Object.assign(all.outputs, outputs);
  }
  writeFileSync(join(dist, 'meta.json'), JSON.stringify(all));
  const kb = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(11);
  for (const file of Object.keys(all.outputs)
    .filter((name) => !name.endsWith('.map'))
    .sort()) {
    const path = join(root, file);
    console.log(`${file.padEnd(28)}${kb(statSync(path).size)}${kb(gzipSync(readFileSync(path)).length)} gzip`);
  }
}
