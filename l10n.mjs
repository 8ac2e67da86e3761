// Texts for people in other languages. Each room keeps its part (media/l10n/parts/<room>.<language>.json); the build merges
// them into the bundles that VS Code loads (dist/l10n/bundle.l10n.<language>.json).
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
    /** @type {unknown} */
    const texts = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    parts.set(String(name.room), /** @type {Texts} */ (texts));
  }
  return parts;
}

/**
 * One bundle out of all parts, in alphabetical order.
 * @param {Map<string, Texts>} parts
 * @returns {Texts}
 */
export function mergeParts(parts) {
  const merged = [...parts.values()].flatMap((texts) => Object.entries(texts));
  return Object.fromEntries(merged.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/**
 * Texts that two rooms translate differently: a reader would see one of the two in the wrong place.
 * @param {Map<string, Texts>} parts
 * @returns {string[]}
 */
export function contradictions(parts) {
  const merged = mergeParts(parts);
  return [...parts].flatMap(([room, texts]) =>
    Object.entries(texts)
      .filter(([english, translation]) => merged[english] !== translation)
      .map(([english, translation]) => `${room}: "${english}" is "${translation}", elsewhere "${merged[english]}"`),
  );
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
