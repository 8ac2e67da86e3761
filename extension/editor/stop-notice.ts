import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { RunService } from './run-service.ts';
import { stoppedRun } from './stopped-run.ts';

/** Tells the reader at once when a run had to be stopped, and offers the setting that says where. */
export function announceStops(runs: RunService): vscode.Disposable {
  let isShown = false;
  return runs.onDidPlay(({ played }) => {
    const stopped = stoppedRun(played.trace);
    // One at a time: the variants of a file may all be stopped; the list of problems names each of them.
    if (stopped === undefined || isShown) return;
    isShown = true;
    const openSetting = l10n.t('Open the Setting');
    const told = [stopped.message, l10n.t('The last events:'), stopped.lastEvents.join(' · ')].join(' ');
    void vscode.window.showWarningMessage(told, openSetting).then((chosen) => {
      isShown = false;
      if (chosen === openSetting) void vscode.commands.executeCommand('workbench.action.openSettings', stopped.setting);
    });
  });
}
