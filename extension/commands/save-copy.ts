import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { LANGUAGE_ID } from '../editor/scenario-files.ts';
import { targetFile } from './targets.ts';

/**
 * "Save a Copy to Edit": the scenario as a file of the workspace, or as an untitled document where there is no workspace.
 * `to` says where without asking.
 */
export async function saveCopy(source: unknown, to?: unknown): Promise<void> {
  const uri = targetFile(source);
  if (uri === undefined) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) {
    await openUntitled(document.getText());
    return;
  }
  const target = to instanceof vscode.Uri ? to : await askWhere(vscode.Uri.joinPath(folder.uri, fileName(uri)));
  if (target === undefined) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(document.getText()));
  await vscode.window.showTextDocument(target, { preview: false });
}

/** Opens a text as a new scenario that is not saved anywhere yet. */
export async function openUntitled(content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ language: LANGUAGE_ID, content });
  return vscode.window.showTextDocument(document, { preview: false });
}

function askWhere(defaultUri: vscode.Uri): Thenable<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog({
    defaultUri,
    title: l10n.t('Save a Copy to Edit'),
    filters: { [l10n.t('TCP scenarios')]: ['tcpscn'] },
  });
}

function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
