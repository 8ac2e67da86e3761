import { describe, expect, it } from 'vitest';
import type { CatalogueEntry } from '../../extension/editor/catalogue-entry.ts';
import { findEntry, groupOf } from '../../extension/editor/catalogue-entry.ts';

const entries: CatalogueEntry[] = [
  { file: 'the-core-question.tcpscn', title: { en: 'All of it' } },
  { file: 'A1-process-killed.tcpscn', id: 'A1', title: { en: 'Killed' } },
  { file: 'A10-frozen.tcpscn', id: 'A10', title: { en: 'Frozen' } },
];

describe('the catalogue', () => {
  it.each([
    ['A1', 'A1-process-killed.tcpscn'],
    ['a10', 'A10-frozen.tcpscn'],
    ['the-core-question.tcpscn', 'the-core-question.tcpscn'],
    ['the-core-question', 'the-core-question.tcpscn'],
    ['A', undefined],
    ['../A1-process-killed.tcpscn', undefined],
  ])('%s is the file %s', (name, file) => {
    expect(findEntry(entries, name)?.file).toBe(file);
  });

  it('an entry belongs to the group of its letter, a family to none', () => {
    expect(entries.map(groupOf)).toEqual(['', 'A', 'A']);
  });
});
