import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('a Chinese VS Code', () => {
  it('tells extensions its language', () => {
    assert.equal(vscode.env.language, 'zh-cn');
  });

  it('runs this extension', async () => {
    const extension = vscode.extensions.getExtension('tcp-scenarios.tcp-scenarios');
    assert.ok(extension);
    await extension.activate();
    assert.ok((await vscode.commands.getCommands()).includes('tcpscn.runScenario'));
  });
});
