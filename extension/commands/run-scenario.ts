import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { CatalogueEntry } from '../editor/catalogue-entry.ts';
import { findEntry, groupOf } from '../editor/catalogue-entry.ts';
import { LANGUAGE_ID } from '../editor/scenario-files.ts';
import { inEditorsLanguage } from '../editor/texts.ts';
import { runFile } from './run-file.ts';
import type { CommandServices } from './services.ts';

type ScenarioItem = vscode.QuickPickItem & { readonly uri?: vscode.Uri };

/** "Run Scenario…": asks for one of the catalogue or the workspace, unless `name` (`B2`) already says which. */
export async function runScenario(services: CommandServices, name: unknown): Promise<void> {
  const uri = typeof name === 'string' ? await uriOfName(services, name) : await pick(services);
  if (uri === undefined) return;
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Active });
  await runFile(services, uri, undefined);
}

async function uriOfName({ catalogue }: CommandServices, name: string): Promise<vscode.Uri> {
  const entry = findEntry(await catalogue.entries(), name);
  if (entry === undefined) throw new Error(l10n.t('There is no scenario "{0}" in the catalogue.', name));
  return catalogue.uriOf(entry);
}

async function pick({ catalogue }: CommandServices): Promise<vscode.Uri | undefined> {
  const choice = await vscode.window.showQuickPick(scenarioItems(catalogue.entries(), catalogue), {
    title: l10n.t('Run Scenario'),
    placeHolder: l10n.t('What happens to the connection?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return choice?.uri;
}

async function scenarioItems(
  entries: Promise<readonly CatalogueEntry[]>,
  catalogue: CommandServices['catalogue'],
): Promise<ScenarioItem[]> {
  const [known, own] = await Promise.all([entries, workspaceScenarios()]);
  return [...catalogueItems(known, catalogue), ...ownItems(own)];
}

function catalogueItems(entries: readonly CatalogueEntry[], catalogue: CommandServices['catalogue']): ScenarioItem[] {
  const names = groupNames();
  let group: string | undefined;
  return entries.flatMap((entry) => {
    const { id, title, question } = entry;
    const item: ScenarioItem = {
      label: inEditorsLanguage(title),
      ...(id === undefined ? {} : { description: id }),
      ...(question === undefined ? {} : { detail: inEditorsLanguage(question) }),
      uri: catalogue.uriOf(entry),
    };
    if (groupOf(entry) === group) return [item];
    group = groupOf(entry);
    return [separator(names.get(group) ?? group), item];
  });
}

function ownItems(uris: readonly vscode.Uri[]): ScenarioItem[] {
  if (uris.length === 0) return [];
  const items = uris.map((uri): ScenarioItem => {
    const path = vscode.workspace.asRelativePath(uri);
    const slash = path.lastIndexOf('/');
    return { label: path.slice(slash + 1), description: path.slice(0, Math.max(0, slash)), uri };
  });
  return [separator(l10n.t('In this workspace')), ...items];
}

/** Files of the workspace, and documents that have not been saved yet. */
async function workspaceScenarios(): Promise<vscode.Uri[]> {
  const saved = await vscode.workspace.findFiles('**/*.tcpscn', '**/node_modules/**', 500);
  const untitled = vscode.workspace.textDocuments
    .filter(({ languageId, isUntitled }) => languageId === LANGUAGE_ID && isUntitled)
    .map(({ uri }) => uri);
  return [...untitled, ...saved.sort((a, b) => a.path.localeCompare(b.path))];
}

function separator(label: string): ScenarioItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** The catalogue's groups by their letter. */
function groupNames(): ReadonlyMap<string, string> {
  return new Map([
    ['', l10n.t('Start here')],
    ['A', l10n.t('Somebody dies, nothing is being sent')],
    ['B', l10n.t('Keepalive and its relatives')],
    ['C', l10n.t('Somebody dies, data is being sent')],
    ['D', l10n.t('The cable')],
    ['E', l10n.t('Opening a connection')],
    ['F', l10n.t('Closing a connection')],
    ['G', l10n.t('Loss and flow control')],
  ]);
}
