/** What can be recorded: the catalogue, and scenarios that exercise what no file of the catalogue does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../support/catalogue.ts';
import type { CatalogueFile } from '../support/catalogue.ts';

const OWN_FOLDER = join(import.meta.dirname, 'scenarios');

/** Files of this folder; the id is the name without its ending. */
export function ownFiles(): readonly CatalogueFile[] {
  return readdirSync(OWN_FOLDER)
    .filter((name) => name.endsWith('.tcpscn'))
    .sort()
    .map((name) => ({
      id: name.replace(/\.tcpscn$/, ''),
      name,
      text: readFileSync(join(OWN_FOLDER, name), 'utf8'),
    }));
}

export function recordable(): readonly CatalogueFile[] {
  return [...catalogue(), ...ownFiles()];
}

/** @throws Error when there is none */
export function recordableFile(id: string): CatalogueFile {
  const file = recordable().find((each) => each.id === id);
  if (file === undefined) throw new Error(`No scenario ${id} in the catalogue or in ${OWN_FOLDER}`);
  return file;
}
