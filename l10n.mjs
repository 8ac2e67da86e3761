// Texts for people in other languages. Each room keeps its part (media/l10n/parts/<room>.<language>.json); the build merges
// them into the bundles that VS Code loads (dist/l10n/bundle.l10n.<language>.json).
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from './test/workbench/shell.mjs';

/** @typedef {Record<string, string>} Texts English → translation */

const PART = /^(?<room>[\w-]+)\.(?<language>[a-z-]+)\.json$/;

/**
 * The parts of one language, by room.
 * @param {string} root the repository
 * @param {string} language
 * @returns {Map<string, Texts>}
 */
export function readParts(root, language) {
  const folder = join(root, 'media', 'l10n', 'parts');
  /** @type {Map<string, Texts>} */
  const parts = new Map();
  for (const file of readdirSync(folder).sort()) {
    const name = PART.exec(file)?.groups;
    if (name?.language !== language) continue;
    parts.set(String(name.room), readTexts(join(folder, file)));
  }
  return parts;
}

/** @param {string} path @returns {Texts} */
function readTexts(path) {
  return /** @type {Texts} */ (parseJson(readFileSync(path, 'utf8')));
}

/**
 * One bundle out of all parts, in alphabetical order.
 * @param {Map<string, Texts>} parts
 * @returns {Texts}
 * @throws Error when two rooms translate the same text differently: a reader would see one of them in the wrong place
 */
export function mergeParts(parts) {
  /** @type {Map<string, string>} */
  const merged = new Map();
  for (const [room, texts] of parts) {
    for (const [english, translation] of Object.entries(texts)) {
      const known = merged.get(english);
      if (known !== undefined && known !== translation) {
        throw new Error(`"${english}" is "${known}" and, in ${room}, "${translation}".`);
      }
      merged.set(english, translation);
    }
  }
  return Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Writes the bundles of all languages.
 * @param {string} root the repository
 * @param {readonly string[]} languages
 */
export function writeBundles(root, languages = ['zh-cn']) {
  const folder = join(root, 'dist', 'l10n');
  mkdirSync(folder, { recursive: true });
  for (const language of languages) {
    const texts = mergeParts(readParts(root, language));
    writeFileSync(join(folder, `bundle.l10n.${language}.json`), `${JSON.stringify(texts, null, 2)}\n`);
  }
}
