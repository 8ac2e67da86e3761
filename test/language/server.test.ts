import { PassThrough } from 'node:stream';
import * as l10n from '@vscode/l10n';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import {
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  ProposedFeatures,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { type ServerOptions, startServer } from '../../extension/language/server.ts';
import { EmptyFileSystem } from '../../extension/language/langium.ts';
import { ScenarioValidator } from '../../extension/language/services/diagnostics.ts';
import { createScenarioServices } from '../../extension/language/services/module.ts';
import { withBase } from './support.ts';

let client: ProtocolConnection;
/** What the server said last of each document. */
let published: Map<string, readonly Diagnostic[]>;

afterEach(() => {
  client.dispose();
  vi.restoreAllMocks();
});
afterAll(() => l10n.config({ contents: {} }));

/** Starts a server and shakes hands with it. @returns what it says that it can do */
async function connect(initializationOptions: ServerOptions = {}): Promise<Record<string, unknown>> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  startServer(
    createConnection(ProposedFeatures.all, new StreamMessageReader(toServer), new StreamMessageWriter(toClient)),
  );
  client = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  published = new Map();
  client.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }: PublishDiagnosticsParams) => {
    published.set(uri, diagnostics);
  });
  client.listen();
  const { capabilities } = await client.sendRequest<{ capabilities: Record<string, unknown> }>('initialize', {
    processId: null,
    rootUri: null,
    capabilities: {},
    initializationOptions,
  });
  await client.sendNotification('initialized', {});
  return capabilities;
}

const open = (uri: string, text: string): Promise<void> =>
  client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'tcpscn', version: 1, text } });
const change = (uri: string, version: number, text: string): Promise<void> =>
  client.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] });
const close = (uri: string): Promise<void> =>
  client.sendNotification('textDocument/didClose', { textDocument: { uri } });

const scenarioServices = () => createScenarioServices(EmptyFileSystem).scenario;

const UNKNOWN_VARIANT = withBase('variant "a" extends "nothing"');

it('speaks the protocol, in the language that the editor asks for', async () => {
  const l10nBundle = { 'There is no variant “{0}”.': '没有变体“{0}”。' };
  expect(await connect({ locale: 'zh-cn', l10nBundle })).toMatchObject({
    completionProvider: {},
    hoverProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    documentSymbolProvider: true,
    foldingRangeProvider: true,
    renameProvider: { prepareProvider: true },
    codeActionProvider: true,
  });
  const uri = 'untitled:Untitled-1';
  await open(uri, UNKNOWN_VARIANT);
  await vi.waitFor(() =>
    expect(published.get(uri)).toMatchObject([{ code: 'TCPSCN015', message: '没有变体“nothing”。', source: 'tcpscn' }]),
  );
  await change(uri, 2, withBase('variant "a"'));
  await vi.waitFor(() => expect(published.get(uri)).toEqual([]));
});

it('checks files after others were closed before it came to check them', async () => {
  await connect();
  for (let i = 0; i < 40; i++) {
    await open(`untitled:Closed-${i}`, UNKNOWN_VARIANT);
    // Waits for a place in the middle of the build, a little later each time.
    for (let turns = 0; turns < i % 20; turns++) await new Promise(setImmediate);
    await close(`untitled:Closed-${i}`);
  }
  await open('untitled:Open', UNKNOWN_VARIANT);
  await vi.waitFor(() => expect(published.get('untitled:Open')).toHaveLength(1));
  await change('untitled:Open', 2, withBase('variant "a"'));
  await vi.waitFor(() => expect(published.get('untitled:Open')).toEqual([]));
});

it('takes back what it said of a file that is closed, and lets it change on the disk', async () => {
  await connect();
  const uri = 'file:///folder/closed.tcpscn';
  await open(uri, UNKNOWN_VARIANT);
  await vi.waitFor(() => expect(published.get(uri)).toHaveLength(1));
  await close(uri);
  await vi.waitFor(() => expect(published.get(uri)).toEqual([]));
  await client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
  await open('untitled:Open', UNKNOWN_VARIANT);
  await vi.waitFor(() => expect(published.get('untitled:Open')).toHaveLength(1));
});

it('tells the problems of a file also when another one is opened just as it has been checked', async () => {
  await connect();
  const check = vi.spyOn(ScenarioValidator.prototype, 'validateDocument');
  check.mockImplementationOnce(async (document) => {
    const problems = await new ScenarioValidator(scenarioServices()).validateDocument(document);
    await open('untitled:Second', UNKNOWN_VARIANT);
    // The server takes the message, and tells the build that it is overtaken.
    for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
    return problems;
  });
  await open('untitled:First', UNKNOWN_VARIANT);
  await vi.waitFor(() => expect(published.get('untitled:Second')).toHaveLength(1));
  expect(published.get('untitled:First')).toHaveLength(1);
});
