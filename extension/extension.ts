import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { registerFeatures } from './editor/features.ts';
import { CLIENT_ID, CLIENT_NAME, clientOptions } from './editor/language-client.ts';
import { speakTheEditorsLanguage } from './editor/texts.ts';

/** Called by VS Code on the desktop when a scenario is opened or a command is called. */
export function activate(context: vscode.ExtensionContext): void {
  speakTheEditorsLanguage();
  registerFeatures(context);
  const module = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath;
  const client = new LanguageClient(CLIENT_ID, CLIENT_NAME, { module, transport: TransportKind.ipc }, clientOptions());
  context.subscriptions.push(client);
  // Commands do not wait for the language server; a failure to start is shown by the client itself.
  void client.start();
}
