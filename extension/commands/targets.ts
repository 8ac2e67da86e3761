import * as vscode from 'vscode';
import { LANGUAGE_ID } from '../editor/scenario-files.ts';

/** Which of a file's runs a command means: what a CodeLens passes along. */
export interface RunChoice {
  /** Index into the file's runs; absent: all of them, the first one shown. */
  readonly run?: number;
}

/** The file that a command means: its argument, or else the scenario that is being edited. */
export function targetFile(argument: unknown): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) return argument;
  if (typeof argument === 'string') return vscode.Uri.parse(argument, true);
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === LANGUAGE_ID) return active.uri;
  // The panel has the focus: the scenario is the one that is visible beside it.
  return vscode.window.visibleTextEditors.find(({ document }) => document.languageId === LANGUAGE_ID)?.document.uri;
}

/** The second argument of `tcpscn.runThisFile`; an editor's menu passes something else there. */
export function chosenRun(argument: unknown): number | undefined {
  const run = (argument as RunChoice | undefined | null)?.run;
  return typeof run === 'number' ? run : undefined;
}
