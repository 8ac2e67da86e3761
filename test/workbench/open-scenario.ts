// What `npm start` does inside the editor: opens a sample scenario and plays it in the panel.
import * as vscode from 'vscode';
import { writeSamples } from '../vscode/support/samples.ts';
import { report, webview, workbench } from '../vscode/support/page.ts';

/** Put in when this is bundled. */
declare const SCENARIO: string;
declare const SCREENSHOT: string;
declare const THEME: string;

/** Called by VS Code. Ends, and with it the editor, only when all that is wanted is a picture. */
export async function run(): Promise<void> {
  if (SCREENSHOT === '') {
    await play();
    return new Promise(() => undefined);
  }
  try {
    await play();
    await takePicture();
  } catch (error) {
    await report({ kind: 'fail', title: 'the picture is taken', message: String(error) });
    throw error;
  }
}

async function play(): Promise<void> {
  await writeSamples();
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!folder) throw new Error('no folder is open');
  // The sample itself rather than the catalogue's copy: it can be changed at once.
  const file = vscode.Uri.joinPath(folder.uri, SCENARIO);
  await vscode.window.showTextDocument(file, { preview: false });
  await vscode.commands.executeCommand('tcpscn.runThisFile', file);
  if (THEME !== '') await chooseTheme();
}

/** A served window may read its settings before it knows the themes that they name, and stays as it was: chosen anew, it turns. */
async function chooseTheme(): Promise<void> {
  const settings = vscode.workspace.getConfiguration('workbench');
  await settings.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
  await settings.update('colorTheme', THEME, vscode.ConfigurationTarget.Global);
}

async function takePicture(): Promise<void> {
  const drawn = () => document.body.innerText.trim() !== '' && !document.querySelector('[aria-busy=true]');
  // Themes and file icons come with extensions of their own, a moment after the window, which is light or dark until then.
  await workbench.waitFor(
    () => document.querySelector('.monaco-workbench.file-icons-enabled[class*=vscode-theme-]') !== null,
  );
  const page = webview({ timeout: 60_000 });
  await page.waitFor((theme) => theme === '' || document.body.dataset.vscodeThemeId === theme, THEME);
  await page.waitFor(drawn);
  await vscode.commands.executeCommand('notifications.clearAll');
  await workbench.screenshot(SCREENSHOT);
}
