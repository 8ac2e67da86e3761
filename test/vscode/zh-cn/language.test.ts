import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('a Chinese VS Code', () => {
  it('tells extensions its language', () => {
    assert.equal(vscode.env.language, 'zh-cn');
  });
});
