import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEverything, codeLenses, eventually } from './support/editor.ts';
import { workbench } from './support/page.ts';

const catalogueDocument = () =>
  eventually('a scenario of the catalogue', () => {
    const document = vscode.window.activeTextEditor?.document ?? vscode.window.visibleTextEditors[0]?.document;
    return document?.uri.scheme === 'tcpscn-catalogue' ? document : undefined;
  });

describe('the catalogue', () => {
  afterEach(closeEverything);

  it('a scenario is picked by its id, and opens with its panel beside it', async () => {
    await vscode.commands.executeCommand('tcpscn.runScenario', 'A1');
    const document = await catalogueDocument();
    assert.match(document.uri.path, /^\/A1-.*\.tcpscn$/);
    assert.equal(document.languageId, 'tcpscn');
    await eventually('the panel', () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .some(({ input }) => input instanceof vscode.TabInputWebview),
    );
  });

  it('the list shows the groups with their questions', async () => {
    const done = vscode.commands.executeCommand('tcpscn.runScenario');
    const list = await workbench.waitFor(() => {
      const text = document.querySelector<HTMLElement>('.quick-input-list')?.innerText ?? '';
      return text.includes('Somebody dies') ? text : undefined;
    });
    assert.match(list, /A1/);
    await workbench.press('Escape');
    await done;
  });

  it('a scenario of the catalogue cannot be changed', async () => {
    await vscode.commands.executeCommand('tcpscn.runScenario', 'A1');
    const document = await catalogueDocument();
    await assert.rejects(async () => vscode.workspace.fs.writeFile(document.uri, new Uint8Array()));
    assert.equal(vscode.workspace.fs.isWritableFileSystem(document.uri.scheme), false);
    assert.equal((await codeLenses(document))[0], '0: $(edit) Save a Copy to Edit');
  });

  it('a path that is not of the catalogue leads nowhere', async () => {
    const uri = vscode.Uri.parse('tcpscn-catalogue:/../../package.json');
    await assert.rejects(async () => vscode.workspace.fs.readFile(uri));
  });

  it('a copy that is saved can be changed, and is the same text', async () => {
    await vscode.commands.executeCommand('tcpscn.runScenario', 'A1');
    const original = await catalogueDocument();
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const target = vscode.Uri.joinPath(folder.uri, 'my-copy.tcpscn');
    await vscode.commands.executeCommand('tcpscn.saveCopy', original.uri, target);
    const copy = vscode.window.activeTextEditor?.document;
    assert.equal(copy?.uri.toString(), target.toString());
    assert.equal(copy.getText(), original.getText());
    await vscode.workspace.fs.delete(target);
  });

  it('every template opens as a new scenario without problems', async () => {
    for (const file of ['one-failure.tcpscn', 'variants.tcpscn', 'unplugged.tcpscn']) {
      await vscode.commands.executeCommand('tcpscn.newFromTemplate', file);
      const document = vscode.window.activeTextEditor?.document;
      assert.ok(document?.isUntitled);
      assert.equal(document.languageId, 'tcpscn');
      await vscode.commands.executeCommand('tcpscn.runThisFile', document.uri);
      await eventually('a result', async () => (await codeLenses(document)).some((lens) => lens.includes('$(pass)')));
      const unmet = (await codeLenses(document)).filter((lens) => lens.includes('$(error)'));
      assert.deepEqual(unmet, [], file);
      assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
    }
  });
});
