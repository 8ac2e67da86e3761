import * as vscode from 'vscode';
import { newFromTemplate } from './new-from-template.ts';
import { runAgain, runFile } from './run-file.ts';
import { runScenario } from './run-scenario.ts';
import { saveCopy } from './save-copy.ts';
import type { CommandServices } from './services.ts';

export type { CommandServices } from './services.ts';

/** Registers every command of the manifest. */
export function registerCommands(services: CommandServices): vscode.Disposable {
  const register = vscode.commands.registerCommand;
  return vscode.Disposable.from(
    register('tcpscn.runScenario', (name?: unknown) => runScenario(services, name)),
    register('tcpscn.runThisFile', (file?: unknown, choice?: unknown) => runFile(services, file, choice)),
    register('tcpscn.runAgain', () => runAgain(services)),
    register('tcpscn.newFromTemplate', (file?: unknown) => newFromTemplate(services.extensionUri, file)),
    register('tcpscn.saveCopy', (source?: unknown, to?: unknown) => saveCopy(source, to)),
  );
}
