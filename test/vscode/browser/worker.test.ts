import * as vscode from 'vscode';
import { webview } from '../support/page.ts';
import { equal, ok } from '../support/assert.ts';

describe('the browser build', () => {
  it('runs where there is no Node', () => {
    equal(vscode.env.uiKind, vscode.UIKind.Web);
    equal(vscode.env.remoteName, undefined);
    // VS Code gives its worker a `process` with little in it; Node's has versions.
    equal((globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node, undefined);
    equal(typeof (globalThis as { WorkerGlobalScope?: unknown }).WorkerGlobalScope, 'function');
  });

  it('has a workspace in memory that can be written', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    ok(folder, 'a folder is open');
    const file = vscode.Uri.joinPath(folder.uri, 'note.txt');
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('kept'));
    equal((await vscode.workspace.openTextDocument(file)).getText(), 'kept');
  });

  it('opens a page that answers clicks', async () => {
    await vscode.commands.executeCommand('tcpscn.runScenario');
    const page = webview({ has: '#count' });
    equal(await page.text('h1'), 'TCP Scenarios');
    await page.click('#count');
    equal(await page.text('#count'), '1');
  });
});
