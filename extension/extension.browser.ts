import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import { registerFeatures } from './editor/features.ts';
import { CLIENT_ID, CLIENT_NAME, clientOptions } from './editor/language-client.ts';
import { speakTheEditorsLanguage } from './editor/texts.ts';

/** Called by VS Code in the browser, where extensions run in a worker without Node. */
export function activate(context: vscode.ExtensionContext): void {
  speakTheEditorsLanguage();
  registerFeatures(context);
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.browser.js');
  const worker = new Worker(script.toString(true));
  context.subscriptions.push({ dispose: () => worker.terminate() });
  const client = new LanguageClient(CLIENT_ID, CLIENT_NAME, worker, clientOptions());
  context.subscriptions.push(client);
  // Commands do not wait for the language server; a failure to start is shown by the client itself.
  void client.start();
}
