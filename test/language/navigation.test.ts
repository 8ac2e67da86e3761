import { describe, expect, it } from 'vitest';
import type { Range, TextEdit } from 'vscode-languageserver';
import type { DocumentSymbol } from '../../extension/language/lsp.ts';
import { at, lsp, open } from './editor.ts';
import { BASE, withBase } from './support.ts';

const TEXT = `let rtt = 10ms
part dies { at 1s server loses power as fault }
variant "one" uses dies {
  let rtt = 20ms
  expect no segment after fault
}
variant "two" {
  at 1s web is killed as fault
  expect server sends FIN at rtt after fault
}`;

/** Each place as its line (from 1) and the text there. */
function places(text: string, ranges: readonly Range[]): string[] {
  const lines = text.split('\n');
  return ranges.map(
    ({ start, end }) => `${start.line + 1} ${lines[start.line]?.slice(start.character, end.character)}`,
  );
}

describe('go to definition', () => {
  it.each([
    ['at 5s <|>server boots', ['3 server']],
    ['at 5s serv<|>er boots', ['3 server']],
    ['at 5s server<|> boots', ['3 server']],
    ['expect co<|>nn on client is gone', ['8 conn']],
    ['expect no segment after fau<|>lt', ['10 fault', '16 fault']],
    ['at rt<|>t app closes conn', ['9 rtt', '12 rtt']],
    ['variant "three" uses di<|>es', ['10 dies']],
    ['at 5s w<|>eb closes conn', ['5 web']],
    ['at 5s web clo<|>ses conn', undefined],
  ])('%s', async (line, expected) => {
    const marked = withBase(`${TEXT}\n${line}`);
    const { document, position, uri } = await open(marked);
    const links = await lsp.DefinitionProvider?.getDefinition(document, at(uri, position));
    expect(
      links &&
        places(
          marked,
          links.map(({ targetSelectionRange }) => targetSelectionRange),
        ),
    ).toEqual(expected);
  });
});

it('references: all places of a name, with and without its declarations', async () => {
  const marked = withBase(TEXT.replace('let rtt', 'let r<|>tt'));
  const { document, position, uri } = await open(marked);
  const find = async (includeDeclaration: boolean): Promise<string[]> => {
    const params = { ...at(uri, position), context: { includeDeclaration } };
    const found = await lsp.ReferencesProvider?.findReferences(document, params);
    return places(
      document.textDocument.getText(),
      (found ?? []).map(({ range }) => range),
    );
  };
  expect(await find(true)).toEqual(['9 rtt', '12 rtt', '17 rtt']);
  expect(await find(false)).toEqual(['17 rtt']);
});

describe('rename', () => {
  it('changes a name everywhere in its scenario and nowhere else', async () => {
    const marked = `${withBase(TEXT.replace('after fault', 'after f<|>ault'))}${BASE}at 1s web is killed as fault\n`;
    const { document, position, uri } = await open(marked);
    const edit = await lsp.RenameProvider?.rename(document, { ...at(uri, position), newName: 'crash' });
    const renamed = applied(document.textDocument.getText(), edit?.changes?.[uri] ?? []);
    expect(renamed.match(/\bcrash\b/g)).toHaveLength(4);
    expect(renamed.match(/\bfault\b/g)).toHaveLength(1);
    expect((await open(renamed)).document.diagnostics).toEqual([]);
  });

  it('of a process leaves the host of the same name alone', async () => {
    const { document, position, uri } = await open(
      BASE.replaceAll('web', 'server').replace('process server', 'process se<|>rver'),
    );
    const edit = await lsp.RenameProvider?.rename(document, { ...at(uri, position), newName: 'web' });
    expect(applied(document.textDocument.getText(), edit?.changes?.[uri] ?? [])).toBe(BASE);
  });

  it('refuses what is no name', async () => {
    const { document, position, uri } = await open(BASE.replace('host client', 'host cl<|>ient'));
    const rename = (): unknown => lsp.RenameProvider?.rename(document, { ...at(uri, position), newName: '1 2' });
    expect(rename).toThrow(/name/);
  });

  it('is offered on names only', async () => {
    const { document, uri } = await open(BASE);
    const prepare = (character: number): unknown =>
      lsp.RenameProvider?.prepareRename(document, at(uri, { line: 1, character }));
    expect(prepare(7)).toEqual({ start: { line: 1, character: 5 }, end: { line: 1, character: 11 } });
    expect(prepare(2)).toBeUndefined();
  });
});

function applied(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split('\n');
  const backward = [...edits].sort(
    (a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character,
  );
  for (const { range, newText } of backward) {
    const line = lines[range.start.line]!;
    lines[range.start.line] = line.slice(0, range.start.character) + newText + line.slice(range.end.character);
  }
  return lines.join('\n');
}

describe('hover', () => {
  it.each([
    ['sysctl tcp_re<|>tries2 = 8 on client', /net\.ipv4\.tcp_retries2[^]*924\.6 s[^]*Default: 15[^]*0 to 255/],
    [
      'sysctl tcp_rm<|>em = 4 KiB 1 MiB 6 MiB on client',
      /min, default, max[^]*Default: 4 KiB 128 KiB 6 MiB[^]*4 KiB to 2147483647 B/,
    ],
    ['web uses SO_RC<|>VBUF = 1 KiB', /At most what the sysctl rmem_max says/],
    ['at 1s app sends 1 B on conn with MSG_<|>MORE', /more to come/],
    ['app dies of SIG<|>PIPE', /comes with EPIPE/],
    ['web uses TCP_RTO_MAX<|>_MS = 2s', /Since Linux 6\.15/],
    ['sysctl tcp_keepalive_time<|> = 2h on client', /Default: 7200s[^]*1s to 32767s[^]*whole seconds/],
    ['route to server initc<|>wnd = 20 on client', /also after a pause[^]*1 to 65535/],
    ['at 1s app sets TCP_KEEP<|>CNT = 3 on conn', /tcp_keepalive_probes[^]*1 to 127/],
    ['expect conn on client is CLOSE<|>_WAIT at 1s', /The peer has closed/],
    ['expect conn on client is go<|>ne at 1s', /no such connection/],
    ['at 1s app closes co<|>nn', /at 10ms app connects to server:80 as conn[^]*line 8/],
  ])('%s', async (line, expected) => {
    const { document, position, uri } = await open(withBase(line));
    const hover = await lsp.HoverProvider?.getHoverContent(document, at(uri, position));
    expect((hover?.contents as { value: string }).value).toMatch(expected);
  });

  it.each(['# about tcp_re<|>tries2', 'question "tcp_re<|>tries2"', 'at 1s app clo<|>ses conn'])(
    'nothing: %s',
    async (line) => {
      const { document, position, uri } = await open(withBase(line));
      expect(await lsp.HoverProvider?.getHoverContent(document, at(uri, position))).toBeUndefined();
    },
  );
});

it('outline: scenarios, and what stands in them', async () => {
  const { document, uri } = await open(`${withBase(TEXT)}scenario "Second"\nhost a\n`);
  const symbols = await lsp.DocumentSymbolProvider?.getSymbols(document, { textDocument: { uri } });
  const tree = (list: readonly DocumentSymbol[] = [], depth = 0): string[] =>
    list.flatMap(({ name, children }) => [`${'  '.repeat(depth)}${name}`, ...tree(children, depth + 1)]);
  expect(tree(symbols)).toEqual([
    'Base',
    ...['client', 'server', 'wire', 'web', 'app', 'conn', 'rtt', 'dies'].map((name) => `  ${name}`),
    ...['    fault', '  one', '    rtt', '  two', '    fault'],
    ...['Second', '  a'],
  ]);
});

it('folding: scenarios and blocks', async () => {
  const { document, uri } = await open(`${withBase(TEXT)}scenario "Second"\nhost a\n`);
  const folds = await lsp.FoldingRangeProvider?.getFoldingRanges(document, { textDocument: { uri } });
  expect(folds?.map(({ startLine, endLine }) => [startLine, endLine])).toEqual([
    [0, 17],
    [10, 12],
    [14, 16],
    [18, 20],
  ]);
});

it('quick fixes write what was meant', async () => {
  const { document, uri } = await open(withBase('at 1s srver loses power'));
  const range = document.diagnostics![0]!.range;
  const params = { textDocument: { uri }, range, context: { diagnostics: document.diagnostics! } };
  const actions = await lsp.CodeActionProvider?.getCodeActions(document, params);
  expect(actions).toMatchObject([
    { title: 'Write “server”', edit: { changes: { [uri]: [{ range, newText: 'server' }] } } },
  ]);
});
