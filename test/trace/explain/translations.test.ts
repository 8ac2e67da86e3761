import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const FOLDERS = ['extension/trace/explain', 'extension/trace/text', 'extension/cli'];

/** The English keys in the source, which must be literal: the first argument of every `l10n.t(`. */
function keysIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const source = readFileSync(join(root, folder, name), 'utf8');
      const keys = [...source.matchAll(/l10n\.t\(\s*'((?:[^'\\]|\\.)*)'/g)].map((found) => found[1] ?? '');
      expect([name, keys.length]).toEqual([name, source.match(/l10n\.t\(/g)?.length ?? 0]);
      return keys.map((key) => key.replaceAll("\\'", "'"));
    });
}

const placeholders = (text: string): string[] => [...new Set(text.match(/\{\d+\}/g) ?? [])].sort();

describe('Chinese texts of explanations, ladder and command line', () => {
  const chinese = JSON.parse(readFileSync(join(root, 'media/l10n/parts/explain.zh-cn.json'), 'utf8')) as Record<
    string,
    string
  >;
  const keys = new Set(FOLDERS.flatMap(keysIn));

  it('every sentence has a translation, and nothing else is translated', () => {
    expect(Object.keys(chinese).sort()).toEqual([...keys].sort());
  });

  it('every translation has the placeholders of its sentence', () => {
    const differing = Object.entries(chinese).filter(
      ([key, text]) => placeholders(key).join() !== placeholders(text).join(),
    );
    expect(differing).toEqual([]);
  });
});
