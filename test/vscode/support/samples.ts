// The sample scenarios as a workspace: VS Code on the web opens an empty folder in memory, and this fills it.
import * as vscode from 'vscode';

/** Name and text of each file, put in when the bundle is for a host without Node; else the folder is there already. */
declare const SAMPLES: Readonly<Record<string, string>>;

/** Writes the samples into the first workspace folder, where they are not there already. */
export async function writeSamples(): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder?.uri.scheme !== 'tmp') return;
  await vscode.workspace.fs.createDirectory(folder.uri);
  for (const [name, text] of Object.entries(SAMPLES)) {
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder.uri, name), new TextEncoder().encode(text));
  }
}
