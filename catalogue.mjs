// The index of the scenarios that ship (dist/catalogue.json): what the list of scenarios shows without reading them all.
// Titles and questions are the files' own, read by the language's own parser.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @typedef {import('./extension/editor/catalogue-entry.ts').CatalogueEntry} CatalogueEntry */

const ID = /^(?<id>[A-Z]\d+)-/;

/**
 * The entries in their order: files that gather a family first, then by id.
 * @param {string} root the repository
 * @returns {Promise<CatalogueEntry[]>}
 * @throws Error when a file is not a scenario
 */
export async function readCatalogue(root) {
  const folder = join(root, 'media', 'scenarios');
  if (!existsSync(folder)) return [];
  const parseScenarios = await loadParser(root);
  const files = readdirSync(folder).filter((file) => file.endsWith('.tcpscn'));
  /** @type {CatalogueEntry[]} */
  const entries = [];
  for (const file of files.sort(byId)) {
    const { scenarios } = parseScenarios(readFileSync(join(folder, file), 'utf8'));
    const [scenario] = scenarios;
    if (scenario === undefined) throw new Error(`media/scenarios/${file} holds no scenario that can be run.`);
    const id = idOf(file);
    const { title, question } = scenario;
    entries.push({ file, ...(id && { id }), title, ...(question && { question }) });
  }
  return entries;
}

/** Writes the index. @param {string} root the repository */
export async function writeCatalogue(root) {
  writeFileSync(join(root, 'dist', 'catalogue.json'), JSON.stringify(await readCatalogue(root)));
}

/**
 * The language's parser, bundled for the Node that builds.
 * @param {string} root the repository
 * @returns {Promise<typeof import('./extension/language/index.ts').parseScenarios>}
 */
async function loadParser(root) {
  const folder = mkdtempSync(join(tmpdir(), 'tcp-scenarios-'));
  try {
    const outfile = join(folder, 'parser.cjs');
    const entryPoints = [join(root, 'extension', 'language', 'index.ts')];
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
    /** @type {unknown} */
    const parser = await import(pathToFileURL(outfile).href);
    return /** @type {typeof import('./extension/language/index.ts')} */ (parser).parseScenarios;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} file */
function idOf(file) {
  return ID.exec(file)?.groups?.id;
}

/** @param {string} a @param {string} b */
function byId(a, b) {
  const [left, right] = [idOf(a) ?? '', idOf(b) ?? ''];
  return (
    left.charAt(0).localeCompare(right.charAt(0)) ||
    Number(left.slice(1)) - Number(right.slice(1)) ||
    a.localeCompare(b)
  );
}
