// What tests do in the editor, on the desktop and in the browser alike. Waiting is for conditions, never for a time.
import * as vscode from 'vscode';

/** The scenario that tests begin with; `lines` come after it. */
export function scenario(...lines: readonly string[]): string {
  return [
    'scenario "A connection"',
    'host client',
    'host server',
    'link wire between client and server { delay 5ms }',
    'process web on server',
    'process app on client',
    'at 0s web listens on 80',
    'at 10ms app connects to server:80 as conn',
    ...lines,
    '',
  ].join('\n');
}

/** Zero-based line of the first of the `lines` given to `scenario`. */
export const FIRST_LINE = 8;

/** Never comes to rest, and never reaches its end within any limit. */
export const RUNAWAY = scenario('every 1ms from 1s app sends 1 B on conn', 'run until 300d');

/** Opens a text as an untitled scenario. */
export async function openText(content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ language: 'tcpscn', content });
  await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  // An untitled file takes over the name of one that was closed, and where the editor has not discarded that one's backup yet, its text.
  if (document.getText() !== content) await replaceText(document, content);
  return document;
}

/** Puts another text in the place of the document's. */
export async function replaceText(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  await vscode.workspace.applyEdit(edit);
}

/** Closes all editors and panels, without being asked about what is not saved. */
export async function closeEverything(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isUntitled || !document.isDirty) continue;
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('notifications.clearAll');
}

/** The first value that counts as there, asked for again and again. @throws when the time is over */
export async function eventually<T>(
  what: string,
  probe: () => T | Promise<T>,
  within = 45_000,
): Promise<Exclude<T, undefined | false | null>> {
  const deadline = Date.now() + within;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false && value !== null) {
      return value as Exclude<T, undefined | false | null>;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${within / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The document's problems, once they are as wanted. */
export async function diagnostics(
  { uri }: vscode.TextDocument,
  what: string,
  wanted: (all: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  let all: readonly vscode.Diagnostic[] = [];
  try {
    return await eventually(what, () => {
      all = vscode.languages.getDiagnostics(uri);
      return wanted(all) ? all : undefined;
    });
  } catch (error) {
    const there = all.map(({ message, source = '' }) => `${source}: ${message}`).join('; ');
    throw new Error(`${(error as Error).message}; ${uri.toString()} has ${there || 'none'}`, { cause: error });
  }
}

/** The titles of the CodeLenses by their lines, as `line: title`. */
export async function codeLenses({ uri }: vscode.TextDocument): Promise<readonly string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
  return lenses
    .map(({ range, command }) => ({ line: range.start.line, title: command?.title ?? '' }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, title }) => `${line}: ${title}`);
}
