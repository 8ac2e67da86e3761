import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEverything, eventually, openText, replaceText, scenario } from './support/editor.ts';
import { webview } from './support/page.ts';
import { lines, panel, runOfCatalogue, selectLine, selectedLine, stateRow, textOf } from './support/panel.ts';

describe('the panel, read from its page', () => {
  afterEach(closeEverything);

  it('A1: three segments, the client reads EOF 5 ms after the kill, and why the kernel sent FIN', async () => {
    await runOfCatalogue('A1');
    const all = await lines();
    const after = all.slice(all.findIndex((line) => line.includes('The process web is killed')));
    assert.deepEqual(
      after.filter((line) => line.includes(' sends ')),
      [
        '1.000 s: server sends FIN: FIN, ACK, seq 1, ack 1, len 0',
        '1.005 s: client sends FIN: FIN, ACK, seq 1, ack 2, len 0',
        '1.010 s: server sends ACK: ACK, seq 2, ack 2, len 0',
      ],
    );
    await selectLine('server sends FIN');
    assert.deepEqual(await stateRow('state'), ['CLOSE_WAIT', 'FIN_WAIT_1']);
    assert.match(await textOf('.cards'), /5 ms.* EOF, at 1\.005 s/);
    assert.match(await textOf('.why'), /at 1s web is killed/);
    assert.match(await textOf('.expectations'), /19 of 19 met/);
  });

  it('A3: not one packet for 30 days, and the client still believes in ESTABLISHED', async () => {
    await runOfCatalogue('A3');
    await selectLine('server loses power');
    assert.deepEqual(await stateRow('state'), ['ESTABLISHED', 'gone']);
    await selectLine('30 d, nothing is sent');
    assert.match(await textOf('.cards'), /client believes ESTABLISHED half-open.* knows after never/);
    assert.match(await textOf('.why'), /Why is nothing sent\?.*SO_KEEPALIVE/);
  });

  it('B2: probes from 7200 s on, RST and ETIMEDOUT after 7875 s, and why', async () => {
    await runOfCatalogue('B2');
    const all = await lines();
    const probes = all.filter((line) => line.includes('keepalive probe'));
    assert.deepEqual(probes, [
      '7200.020 s: client sends keepalive probe 1/9: ACK, seq 0, ack 1, len 0, lost',
      '7 more keepalive probes, every 75 s',
      '7800.020 s: client sends keepalive probe 9/9: ACK, seq 0, ack 1, len 0, lost',
    ]);
    await selectLine('client sends RST');
    assert.deepEqual(await stateRow('last error'), ['ETIMEDOUT', '–']);
    assert.match(await textOf('.cards'), /ETIMEDOUT, at 7875\.020 s; 7875 s after the last segment/);
    const why = await textOf('.why');
    assert.match(why, /tcp_keepalive_probes = 9/);
    assert.match(why, /SO_KEEPALIVE on conn/);
    assert.match(why, /server loses power/);
  });

  it('C5: the fourth retransmission draws the RST of a host that knows nothing', async () => {
    await runOfCatalogue('C5');
    const all = await lines();
    assert.deepEqual(
      all.flatMap(
        (line) =>
          /^(\S+ s): client sends (tail loss probe|RTO retransmission \d)/.exec(line)?.slice(1, 3).join(' ') ?? [],
      ),
      [
        '2.210 s tail loss probe',
        '2.420 s RTO retransmission 1',
        '2.840 s RTO retransmission 2',
        '3.680 s RTO retransmission 3',
        '5.360 s RTO retransmission 4',
      ],
    );
    await selectLine('recv() fails with ECONNRESET');
    assert.deepEqual((await stateRow('last error'))[0], 'ECONNRESET');
    await selectLine('server sends RST');
    assert.match(await textOf('.why'), /no socket for the segment.*server loses power/);
  });

  it('the diagram is drawn with every host and an arrow for every segment that is not folded', async () => {
    await runOfCatalogue('A1');
    const drawing = await panel.waitFor(() => document.querySelector('.canvas svg')?.textContent);
    for (const label of ['SYN, ACK', 'FIN, ACK', 'TIME_WAIT']) assert.ok(drawing.includes(label), label);
    assert.match(await textOf('.heads'), /client · app server · web/);
  });

  it('the arrow keys go from line to line, and the tables go with them', async () => {
    await runOfCatalogue('A1');
    await panel.focus('[role=tree]');
    await panel.press('Home');
    assert.match(await selectedLine(), /listen/);
    for (let i = 0; i < 3; i++) await panel.press('ArrowDown');
    assert.match(await selectedLine(), /server sends SYN-ACK/);
    assert.deepEqual(await stateRow('state'), ['ESTABLISHED', 'SYN_RECEIVED']);
    await panel.press('ArrowUp');
    assert.match(await selectedLine(), /client sends SYN/);
    await panel.press('End');
    assert.match(await selectedLine(), /The run ends/);
  });

  it('a link to a line of the scenario shows that line in the editor', async () => {
    await runOfCatalogue('A3');
    await selectLine('server loses power');
    await panel.click('.why button.link');
    const line = await eventually('the line', () => {
      const editor = vscode.window.visibleTextEditors.find(({ document }) => document.languageId === 'tcpscn');
      return editor?.selection.isEmpty === false && editor.document.lineAt(editor.selection.start.line).text;
    });
    assert.match(line, /server loses power/);
  });

  it('after an edit it says that the file has changed, and runs it again when asked', async () => {
    const file = await openText(scenario('at 1s web is killed'));
    await vscode.commands.executeCommand('tcpscn.runThisFile', file.uri);
    await panel.waitFor(() => document.body.innerText.includes('web is killed'));
    await replaceText(file, scenario('at 2s server loses power'));
    await panel.waitFor(() => document.querySelector('.banner')?.textContent.includes('has changed'));
    await panel.click('.banner button');
    await panel.waitFor(() => document.body.innerText.includes('server loses power'));
    await panel.waitFor(() => document.querySelector('.banner') === null);
  });

  it('"Run Again" plays the text as it stands now', async () => {
    const file = await openText(scenario('at 1s web is killed'));
    await vscode.commands.executeCommand('tcpscn.runThisFile', file.uri);
    await panel.waitFor(() => document.body.innerText.includes('web is killed'));
    await replaceText(file, scenario('at 2s server loses power'));
    await vscode.commands.executeCommand('tcpscn.runAgain');
    await panel.waitFor(() => document.body.innerText.includes('server loses power'));
  });

  it('a file that is wrong is not played: the panel says what is wrong, and where', async () => {
    const wrong = await openText(scenario('at 1s sever loses power'));
    await vscode.commands.executeCommand('tcpscn.runThisFile', wrong.uri);
    const problems = webview({ has: '.problems' });
    assert.match((await problems.text('.problems')).replace(/\s+/g, ' '), /line 9 .*sever/);
  });
});
