import * as vscode from 'vscode';
import type { LanguageClientOptions } from 'vscode-languageclient';
import { LANGUAGE_ID } from './scenario-files.ts';

/** Id and name under which the language server's output is listed. */
export const CLIENT_ID = 'tcpscn';
export const CLIENT_NAME = 'TCP Scenarios';

/** What the language server is told, wherever it runs: files of any scheme, and the language of its reader. */
export function clientOptions(): LanguageClientOptions {
  return {
    documentSelector: [{ language: LANGUAGE_ID }],
    initializationOptions: { locale: vscode.env.language, l10nBundle: vscode.l10n.bundle },
  };
}
