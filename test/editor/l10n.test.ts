import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { contradictions, mergeParts, readParts } from '../../l10n.mjs';

const root = join(import.meta.dirname, '..', '..');

describe('the texts of the code', () => {
  const used = usedTexts(['extension', 'webview']);
  const parts = readParts(root, 'zh-cn');
  const translated = mergeParts(parts);

  it('l10n.t is called with literal texts only, so that they can be found', () => {
    expect(used.unreadable).toEqual([]);
  });

  it('every text has a Chinese translation', () => {
    expect([...used.texts.keys()].filter((text) => !Object.hasOwn(translated, text))).toEqual([]);
  });

  it('no translation is left of a text that is gone', () => {
    expect(Object.keys(translated).filter((text) => !used.texts.has(text))).toEqual([]);
  });

  it('a translation has the placeholders of its text', () => {
    const differing = Object.entries(translated).filter(
      ([english, chinese]) => placeholders(english).join() !== placeholders(chinese).join(),
    );
    expect(differing).toEqual([]);
  });

  it('no two rooms translate the same text differently', () => {
    expect(contradictions(parts)).toEqual([]);
  });

  it('a translation is not empty', () => {
    expect(Object.entries(translated).filter(([, chinese]) => chinese.trim() === '')).toEqual([]);
  });
});

describe('the texts of the manifest', () => {
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  const english = readTexts('package.nls.json');
  const chinese = readTexts('package.nls.zh-cn.json');

  it('English and Chinese have the same keys', () => {
    expect(Object.keys(chinese)).toEqual(Object.keys(english));
  });

  it('every key that the manifest names is there, and no other', () => {
    const named = new Set([...manifest.matchAll(/"%([\w.-]+)%"/g)].map((match) => match[1]));
    expect(Object.keys(english).sort()).toEqual([...named].sort());
  });

  it('titles of commands are texts for people, not literals', () => {
    const { contributes } = JSON.parse(manifest) as { contributes: { commands: { title: string }[] } };
    expect(contributes.commands.map(({ title }) => title).filter((title) => !title.startsWith('%'))).toEqual([]);
  });
});

function readTexts(file: string): Record<string, string> {
  return JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, string>;
}

function placeholders(text: string): readonly string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(([placeholder]) => placeholder).sort();
}

/** Every text that is passed to `l10n.t`, with the file it stands in. */
function usedTexts(folders: readonly string[]) {
  const texts = new Map<string, string>();
  const unreadable: string[] = [];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !file.includes('generated'))
      .map((file) => join(folder, file)),
  );
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2023, true);
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && /\bl10n\.t$/.test(node.expression.getText(source))) {
        const text = literalOf(node.arguments[0]);
        if (text === undefined) unreadable.push(`${file}: ${node.getText(source)}`);
        else texts.set(text, file);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { texts, unreadable };
}

function literalOf(node: ts.Expression | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const message = node.properties.find((property) => property.name?.getText() === 'message');
  return message !== undefined && ts.isPropertyAssignment(message) ? literalOf(message.initializer) : undefined;
}
