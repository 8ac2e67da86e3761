import { PassThrough } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { afterAll, expect, it } from 'vitest';
import {
  createConnection,
  type Diagnostic,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { createProtocolConnection } from 'vscode-languageserver/node';
import { startServer } from '../../extension/language/server.ts';
import { withBase } from './support.ts';

afterAll(() => l10n.config({ contents: {} }));

it('speaks the protocol, in the language that the editor asks for', async () => {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  startServer(
    createConnection(ProposedFeatures.all, new StreamMessageReader(toServer), new StreamMessageWriter(toClient)),
  );
  const client = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  const published = new Map<number, Diagnostic[]>();
  let arrived: () => void = () => undefined;
  client.onNotification('textDocument/publishDiagnostics', (params: { diagnostics: Diagnostic[] }) => {
    published.set(published.size + 1, params.diagnostics);
    arrived();
  });
  const next = (): Promise<void> => new Promise((resolve) => (arrived = resolve));
  client.listen();

  const l10nBundle = { 'There is no variant “{0}”.': '没有变体“{0}”。' };
  const initialized = await client.sendRequest<{ capabilities: Record<string, unknown> }>('initialize', {
    processId: null,
    rootUri: null,
    capabilities: {},
    initializationOptions: { locale: 'zh-cn', l10nBundle },
  });
  expect(initialized.capabilities).toMatchObject({
    completionProvider: {},
    hoverProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    documentSymbolProvider: true,
    foldingRangeProvider: true,
    renameProvider: { prepareProvider: true },
    codeActionProvider: true,
  });
  await client.sendNotification('initialized', {});

  const uri = 'untitled:Untitled-1';
  const text = withBase('variant "a" extends "nothing"');
  const first = next();
  await client.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'tcpscn', version: 1, text },
  });
  await first;
  expect([...published.values()].at(-1)).toMatchObject([
    { code: 'TCPSCN015', message: '没有变体“nothing”。', source: 'tcpscn' },
  ]);

  const second = next();
  const contentChanges = [{ text: withBase('variant "a"') }];
  await client.sendNotification('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges });
  await second;
  expect([...published.values()].at(-1)).toEqual([]);
  client.dispose();
});
