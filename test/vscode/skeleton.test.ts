import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { webview } from './support/page.ts';

describe('the walking skeleton', () => {
  it('opens a page that answers clicks and keys', async () => {
    await vscode.commands.executeCommand('tcpscn.runScenario');
    const page = webview({ has: '#count' });
    assert.equal(await page.text('h1'), 'TCP Scenarios');
    await page.click('#count');
    await page.press('Enter');
    assert.equal(await page.waitFor(() => document.querySelector('#count')?.textContent === '2'), true);
  });

  it('runs in Node on the desktop', () => {
    assert.equal(typeof process.versions.node, 'string');
    assert.equal(vscode.env.language, 'en');
  });
});
