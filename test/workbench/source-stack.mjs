// Stacks from a bundle, told in the places of its sources.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { parseJson, root } from './shell.mjs';

/**
 * Replaces the bundle's places by those of the sources, and leaves out the lines of packages and of the editor.
 * @param {string} stack
 * @param {string} bundle with its source map inside
 * @returns {string}
 */
export function inSources(stack, bundle) {
  const map = readMap(bundle);
  if (map === undefined) return stack;
  return stack
    .split('\n')
    .flatMap((line) => {
      const [, where, row, column] = /^\s+at (?:(.*) \()?\S+?:(\d+):(\d+)\)?$/.exec(line) ?? [];
      if (row === undefined || column === undefined) return [line];
      if (!line.includes('/index.js:')) return [];
      const entry = map.findEntry(Number(row) - 1, Number(column) - 1);
      if (!('originalSource' in entry)) return [];
      const source = relative(root, resolve(dirname(bundle), entry.originalSource));
      if (source.startsWith('node_modules')) return [];
      return [`    at ${where ?? ''} (${source}:${entry.originalLine + 1}:${entry.originalColumn + 1})`];
    })
    .join('\n');
}

/** @param {string} bundle */
function readMap(bundle) {
  const [, data] =
    /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(readFileSync(bundle, 'utf8')) ?? [];
  if (data === undefined) return undefined;
  const payload = /** @type {import('node:module').SourceMapPayload} */ (
    parseJson(Buffer.from(data, 'base64').toString())
  );
  return new SourceMap(payload);
}
