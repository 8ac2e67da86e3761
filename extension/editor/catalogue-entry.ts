import type { LocalizedText } from '../scenario/source.ts';

/** One scenario that ships with the extension, as its index (dist/catalogue.json, made by catalogue.mjs) names it. */
export interface CatalogueEntry {
  /** File name below media/scenarios. */
  readonly file: string;
  /** `A1`, `B2`; absent for files that gather a family. */
  readonly id?: string;
  readonly title: LocalizedText;
  readonly question?: LocalizedText;
}

/** Letter of the group that the entry belongs to; empty for what stands before all groups. */
export function groupOf(entry: CatalogueEntry): string {
  return entry.id?.charAt(0) ?? '';
}

/** The entry that somebody means by an id (`b2`) or a file name, with its ending or without. */
export function findEntry(entries: readonly CatalogueEntry[], name: string): CatalogueEntry | undefined {
  const wanted = name.toLowerCase();
  return entries.find(({ id, file }) =>
    [id, file, file.replace(/\.tcpscn$/, '')].some((each) => each?.toLowerCase() === wanted),
  );
}
