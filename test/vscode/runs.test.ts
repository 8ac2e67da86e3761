import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  FIRST_LINE,
  RUNAWAY,
  closeEverything,
  codeLenses,
  diagnostics,
  eventually,
  openText,
  replaceText,
  scenario,
} from './support/editor.ts';
import { webview, workbench } from './support/page.ts';

const VARIANTS = scenario(
  'variant "killed" {',
  '  at 1s web is killed as fault',
  '  expect server sends FIN at fault',
  '}',
  'variant "power loss" {',
  '  at 1s server loses power as fault',
  '  expect server sends FIN at fault',
  '}',
);

const run = (document: vscode.TextDocument, choice?: { run: number }) =>
  vscode.commands.executeCommand('tcpscn.runThisFile', document.uri, choice);

describe('running a file', () => {
  const settings = vscode.workspace.getConfiguration('tcpScenarios.run');
  afterEach(async () => {
    await settings.update('maxEvents', undefined, vscode.ConfigurationTarget.Global);
    await closeEverything();
  });

  it('the commands of the manifest are there', async () => {
    const extension = vscode.extensions.all.find(({ id }) => id.endsWith('.tcp-scenarios'));
    await extension?.activate();
    const { contributes } = extension?.packageJSON as { contributes: { commands: { command: string }[] } };
    const all = new Set(await vscode.commands.getCommands());
    assert.deepEqual(
      contributes.commands.filter(({ command }) => !all.has(command)),
      [],
    );
  });

  it('"Run" stands above a scenario and each of its variants', async () => {
    const document = await openText(VARIANTS);
    const lenses = await eventually('CodeLenses', async () => {
      const found = await codeLenses(document);
      return found.length === 3 ? found : undefined;
    });
    assert.deepEqual(lenses, ['0: $(play) Run All', '8: $(play) Run', '12: $(play) Run']);
  });

  it('an expectation that is not met becomes a problem on its line, and goes with the next edit', async () => {
    const document = await openText(VARIANTS);
    await run(document);
    const [problem] = await diagnostics(document, 'the failure', (all) => all.length === 1);
    assert.equal(problem?.code, 'expectation-not-met');
    assert.equal(problem.range.start.line, FIRST_LINE + 6);
    assert.match(problem.message, /power loss/);
    await replaceText(document, `${VARIANTS}# edited\n`);
    await diagnostics(document, 'no problem', (all) => all.length === 0);
  });

  it('after a run its result stands beside "Run"', async () => {
    const document = await openText(VARIANTS);
    await run(document);
    await eventually('the results', async () => {
      const found = await codeLenses(document);
      return found.includes('8: $(pass) 1 of 1 met') && found.includes('12: $(error) 1 of 1 not met');
    });
  });

  it('one variant is run, and the others are not', async () => {
    const document = await openText(VARIANTS);
    await run(document, { run: 1 });
    await eventually('the result', async () => (await codeLenses(document)).includes('12: $(error) 1 of 1 not met'));
    assert.equal((await codeLenses(document)).length, 4);
  });

  it('a file with an error keeps its "Run", and running it plays nothing', async () => {
    const document = await openText(scenario('at 1s sever loses power', 'expect no segment'));
    await diagnostics(document, 'the error', (all) => all.length === 1);
    assert.deepEqual(await codeLenses(document), ['0: $(play) Run All']);
    await run(document);
    assert.equal(vscode.languages.getDiagnostics(document.uri).length, 1);
  });

  it('a scenario that never rests is stopped at the limit, and the message names it and the last events', async () => {
    await settings.update('maxEvents', 20_000, vscode.ConfigurationTarget.Global);
    const document = await openText(RUNAWAY);
    await run(document);
    const [problem] = await diagnostics(document, 'the stop', (all) => all.length > 0);
    assert.equal(problem?.code, 'run-stopped');
    assert.match(problem.message, /after 20,?0\d\d events.*tcpScenarios\.run\.maxEvents/);
    assert.match(problem.message, /The last events:\n.+\n.+\n.+/);
    await vscode.commands.executeCommand('notifications.showList');
    const notice = await workbench.text('.notification-list-item-message');
    assert.match(notice, /tcpScenarios\.run\.maxEvents/);
  });

  it('a scenario that never rests is cancelled in the panel, and stays cancelled', async () => {
    await settings.update('maxEvents', 20_000_000, vscode.ConfigurationTarget.Global);
    const document = await openText(RUNAWAY);
    const ran = run(document);
    const panel = webview({ has: '.banner.is-running' });
    await panel.click('.banner.is-running button');
    await webview().waitFor(() => !globalThis.document.querySelector('.banner.is-running'));
    await ran;
    assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
  });
});
