import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  RUNAWAY,
  closeEverything,
  codeLenses,
  diagnostics,
  eventually,
  openText,
  scenario,
} from '../support/editor.ts';
import { workbench } from '../support/page.ts';

describe('a reader of Chinese', () => {
  const settings = vscode.workspace.getConfiguration('tcpScenarios.run');
  afterEach(async () => {
    await settings.update('maxEvents', undefined, vscode.ConfigurationTarget.Global);
    await closeEverything();
  });

  it('finds the commands under their Chinese names', async () => {
    await vscode.commands.executeCommand('workbench.action.quickOpen', '>TCP');
    const list = await workbench.waitFor(() => {
      const text = document.querySelector<HTMLElement>('.quick-input-list')?.innerText ?? '';
      return text.includes('运行场景') ? text : undefined;
    });
    assert.match(list, /从模板新建场景/);
    await workbench.press('Escape');
  });

  it('is shown the groups of the catalogue in Chinese', async () => {
    const done = vscode.commands.executeCommand('tcpscn.runScenario');
    await workbench.waitFor(() =>
      document.querySelector<HTMLElement>('.quick-input-list')?.innerText.includes('没有数据在发送'),
    );
    await workbench.press('Escape');
    await done;
  });

  it('reads what is wrong with a file, and how a run came out', async () => {
    const wrong = await openText(scenario('at 1s sever loses power'));
    const [problem] = await diagnostics(wrong, 'an error', (all) => all.length === 1);
    assert.match(problem?.message ?? '', /\p{Script=Han}/u);
    const document = await openText(scenario('at 1s web is killed', 'expect no segment'));
    await vscode.commands.executeCommand('tcpscn.runThisFile', document.uri);
    const [failure] = await diagnostics(document, 'the failure', (all) => all.length === 1);
    assert.match(failure?.message ?? '', /^未满足：/);
    await eventually('the result', async () =>
      (await codeLenses(document)).includes('0: $(error) 1 条预期中 1 条未满足'),
    );
  });

  it('is told in Chinese that a run was stopped', async () => {
    await settings.update('maxEvents', 20_000, vscode.ConfigurationTarget.Global);
    const document = await openText(RUNAWAY);
    await vscode.commands.executeCommand('tcpscn.runThisFile', document.uri);
    const [problem] = await diagnostics(document, 'the stop', (all) => all.length > 0);
    assert.match(problem?.message ?? '', /^运行在产生 .* 个事件后停止.*\n最后的事件：\n.*\p{Script=Han}/u);
  });
});
