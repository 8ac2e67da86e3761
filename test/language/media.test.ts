/** What ships beside the language: colours, snippets, documentation and Chinese. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBLEM_CODES } from '../../extension/language/problems/codes.ts';
import { parseScenarios } from '../../extension/language/parse.ts';
import { AstUtils, GrammarAST } from '../../extension/language/langium.ts';
import { BASE, withBase } from './support.ts';
import { scenario } from './editor.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

function serious(text: string): string[] {
  return parseScenarios(text)
    .problems.filter(({ severity }) => severity !== 'hint')
    .map(({ code, range, message }) => `${range.start.line + 1} ${code} ${message}`);
}

describe('the reference', () => {
  const readme = read('extension/language/README.md');
  const examples = [...readme.matchAll(/```tcpscn\n(.*?)```/gs)].map(([, example]) => example!);

  it('has examples', () => expect(examples.length).toBeGreaterThan(1));

  it.each(examples)('its example is right: %s', (example) => {
    expect(serious(example)).toEqual([]);
  });

  const expectations = [...readme.matchAll(/`(expect [^`]+)`/g)].map(([, line]) => line!);
  it.each(expectations)('its expectation is right: %s', (line) => {
    const moments = 'at 2s app sends 1 B on conn as send\nat 3s web is killed as fault';
    expect(serious(withBase(`${moments}\n${line}`))).toEqual([]);
  });

  const actions = [...readme.matchAll(/^\| `((?:app|web|server|wire|client|edge|wall|box) [^|]+)\|/gm)].flatMap(
    ([, cell]) =>
      [...cell!.matchAll(/`?([^`]+)`/g)]
        .map(([, action]) => action!.replace(/^, /, ''))
        .filter((action) => action.trim().includes(' ')),
  );
  it.each(actions)('its statement is right: %s', (action) => {
    const untimed =
      /ignores|after EOF|never|dies of|answers|closes connections|greets|streams|reconnects|accepts every|web uses|web reads/.test(
        action,
      );
    const dead = action.endsWith('boots')
      ? 'at 1s server loses power\n'
      : action.endsWith('starts')
        ? 'at 1s web is killed\n'
        : action.endsWith('resumes')
          ? 'at 1s server freezes\n'
          : action.endsWith('worker')
            ? 'process worker on server\n'
            : '';
    const boxes = 'nat box on wire\nfirewall wall on wire\nrouter edge on wire\n';
    const statement = action.replace('as conn', 'as another');
    expect(serious(withBase(`${boxes}${dead}run until 1h\nseed 1\n${untimed ? '' : 'at 2s '}${statement}`))).toEqual(
      [],
    );
  });

  it('lists every code', () => {
    for (const [code, meaning] of Object.entries(PROBLEM_CODES)) {
      expect(readme).toMatch(new RegExp(`\\| ${code} +\\| ${meaning.replace(/[`?.]/g, '\\$&')} +\\|`));
    }
  });
});

describe('snippets', () => {
  const snippets = JSON.parse(read('media/snippets/tcpscn.json')) as Record<string, { body: string | string[] }>;

  it.each(Object.entries(snippets))('%s', (name, { body }) => {
    const text = [body]
      .flat()
      .join('\n')
      .replace(/\$\{\d+\|([^,|]+)[^|]*\|\}/g, '$1')
      .replace(/\$\{\d+:([^}]*)\}/g, '$1')
      .replace(/\$\d+/g, '');
    const moments = name === 'Expect an error' ? 'at 2s app sends 1 B on conn as send\n' : '';
    expect(serious(name === 'Scenario' ? text : withBase(`run until 3h\n${moments}${text}`))).toEqual([]);
  });
});

it('colours: the TextMate grammar knows every word of the language', () => {
  const grammar = read('media/syntaxes/tcpscn.tmLanguage.json');
  const patterns = [...grammar.matchAll(/"(?:match|begin)": ("(?:\\.|[^"\\])*")/g)].map(
    ([, source]) => new RegExp(JSON.parse(source!) as string),
  );
  const keywords = AstUtils.streamAllContents(scenario.Grammar)
    .filter(GrammarAST.isKeyword)
    .map(({ value }) => value)
    .distinct()
    .filter((value) => /^\w/.test(value))
    .toArray();
  const contexts = (word: string): string[] => [
    word,
    `${word} name`,
    `title ${word} "x"`,
    `loses ${word}`,
    `is ${word}`,
    `${word} power`,
  ];
  const unknown = keywords.filter(
    (word) => !contexts(word).some((text) => patterns.some((pattern) => pattern.test(text))),
  );
  expect(unknown).toEqual([]);
});

describe('Chinese', () => {
  const bundle = JSON.parse(read('media/l10n/parts/language.zh-cn.json')) as Record<string, string>;
  const used = new Set<string>();
  for (const file of globSync('extension/language/**/*.ts', { cwd: root.pathname })) {
    if (file.includes('generated')) continue;
    for (const [, , text] of read(file).matchAll(/l10n\.t\(\s*(['"])((?:\\.|(?!\1).)*)\1/g)) used.add(text!);
  }

  it('every text is translated, and no translation is left over', () => {
    expect(Object.keys(bundle).sort()).toEqual([...used].sort());
  });

  it.each(Object.entries(bundle))('the same places are filled in: %s', (english, chinese) => {
    const holes = (text: string): string[] => [...new Set(text.match(/\{\d\}/g) ?? [])].sort();
    expect(holes(chinese)).toEqual(holes(english));
  });
});

it('what ships compiles: scenarios and templates', () => {
  for (const file of globSync('media/{scenarios,templates}/*.tcpscn', { cwd: root.pathname })) {
    expect(serious(read(file)), file).toEqual([]);
  }
  expect(serious(BASE)).toEqual([]);
});
