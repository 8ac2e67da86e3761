import * as vscode from 'vscode';
import { equal, ok } from '../support/assert.ts';
import {
  closeEverything,
  codeLenses,
  diagnostics,
  eventually,
  openText,
  replaceText,
  scenario,
} from '../support/editor.ts';

describe('the browser build', () => {
  afterEach(closeEverything);

  it('runs where there is no Node', () => {
    equal(vscode.env.uiKind, vscode.UIKind.Web);
    equal(vscode.env.remoteName, undefined);
    // VS Code gives its worker a `process` with little in it; Node's has versions.
    equal((globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node, undefined);
    equal(typeof (globalThis as { WorkerGlobalScope?: unknown }).WorkerGlobalScope, 'function');
  });

  it('a file with an unknown name has an error there, which goes when the name is corrected', async () => {
    const document = await openText(scenario('at 1s sever loses power'));
    const [problem] = await diagnostics(document, 'an error', (all) => all.length === 1);
    equal(problem && document.getText(problem.range), 'sever');
    await replaceText(document, scenario('at 1s server loses power'));
    await diagnostics(document, 'no error', (all) => all.length === 0);
  });

  it('an expectation that is not met becomes a problem on its line', async () => {
    const document = await openText(scenario('at 1s web is killed', 'expect no segment'));
    await vscode.commands.executeCommand('tcpscn.runThisFile', document.uri);
    const [problem] = await diagnostics(document, 'the failure', (all) => all.length === 1);
    equal(problem?.range.start.line, 9);
  });

  it('a scenario of the catalogue is played, and all that it expects comes out', async () => {
    await vscode.commands.executeCommand('tcpscn.runScenario', 'A1');
    const document = await eventually('the scenario', () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'tcpscn-catalogue'),
    );
    const lenses = await eventually('its result', async () => {
      const found = await codeLenses(document);
      return found.some((lens) => lens.includes('$(pass)')) ? found : undefined;
    });
    ok(!lenses.some((lens) => lens.includes('$(error)')), lenses.join('\n'));
    equal(vscode.languages.getDiagnostics(document.uri).length, 0);
  });

  it('a copy of it is saved in the folder in memory, and played from there', async () => {
    await vscode.commands.executeCommand('tcpscn.runScenario', 'A3');
    const original = await eventually('the scenario', () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'tcpscn-catalogue' && uri.path.includes('A3')),
    );
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    equal(folder?.uri.scheme, 'tmp');
    const target = folder && vscode.Uri.joinPath(folder.uri, 'my-copy.tcpscn');
    await vscode.commands.executeCommand('tcpscn.saveCopy', original.uri, target);
    const copy = vscode.window.activeTextEditor?.document;
    equal(copy?.uri.toString(), target?.toString());
    equal(copy?.getText(), original.getText());
    await vscode.commands.executeCommand('tcpscn.runThisFile', target);
    await eventually(
      'its result',
      async () => copy && (await codeLenses(copy)).some((lens) => lens.includes('$(pass)')),
    );
    if (target) await vscode.workspace.fs.delete(target);
  });
});
