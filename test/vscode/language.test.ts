import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  FIRST_LINE,
  closeEverything,
  diagnostics,
  eventually,
  openText,
  replaceText,
  scenario,
} from './support/editor.ts';

describe('the language in the editor', () => {
  afterEach(closeEverything);

  it('an unsaved file with an unknown name has an error there, which goes when the name is corrected', async () => {
    const document = await openText(scenario('at 1s sever loses power'));
    const [problem] = await diagnostics(document, 'an error', (all) => all.length === 1);
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.getText(problem.range), 'sever');
    assert.equal(problem.range.start.line, FIRST_LINE);
    await replaceText(document, scenario('at 1s server loses power'));
    await diagnostics(document, 'no error', (all) => all.length === 0);
  });

  it('a host in place of a thing that happens is completed', async () => {
    const document = await openText(scenario('at 1s '));
    const end = new vscode.Position(FIRST_LINE, 6);
    const labels = await eventually('completions', async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        end,
      );
      const names = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return names.includes('server') ? names : undefined;
    });
    assert.ok(labels.includes('wire') && labels.includes('web'), labels.join());
  });

  it('a sysctl under the pointer is explained', async () => {
    const document = await openText(scenario('sysctl tcp_retries2 = 8 on client'));
    const hover = await eventually('a hover', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        new vscode.Position(FIRST_LINE, 10),
      );
      return hovers[0];
    });
    const text = hover.contents.map((part) => (part instanceof vscode.MarkdownString ? part.value : '')).join('\n');
    assert.match(text, /15/);
  });
});
