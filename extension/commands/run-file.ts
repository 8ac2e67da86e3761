import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { CommandServices } from './services.ts';
import { chosenRun, targetFile } from './targets.ts';

/** Runs that take longer than this say how far they are. */
const QUIET_MS = 1_000;

/** "Run This File": shows a run in the panel, and plays the file's other runs too, so that all expectations are checked. */
export async function runFile(services: CommandServices, file: unknown, choice: unknown): Promise<void> {
  const uri = targetFile(file);
  if (uri === undefined) {
    void vscode.window.showInformationMessage(l10n.t('Open a .tcpscn file first, or run a scenario of the catalogue.'));
    return;
  }
  const run = chosenRun(choice);
  services.lastRun.uri = uri;
  await services.showRuns(uri, run);
  if (run === undefined) await playAll(services, uri);
}

/** "Run Again": the file that was run last, as its text stands now; the panel stays with the run that it shows. */
export async function runAgain(services: CommandServices): Promise<void> {
  await runFile(services, services.lastRun.uri, undefined);
}

/** Plays what has not been played yet. Ends early, without a word, when the text is edited or the reader cancels. */
async function playAll({ files, runs }: CommandServices, uri: vscode.Uri): Promise<void> {
  const file = await files.open(uri);
  if (file.errors.length > 0) return;
  const source = new vscode.CancellationTokenSource();
  const edited = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length > 0 && document.uri.toString() === uri.toString()) source.cancel();
  });
  const playing = (async () => {
    // The first one last: the panel is playing it already.
    const [first, ...others] = file.runs.entries();
    for (const [run, plan] of first === undefined ? [] : [...others, first]) {
      if (runs.reportOn(plan) === undefined) await runs.play(file, run, source.token, { inBackground: true });
    }
  })();
  try {
    const isOver = await Promise.race([playing.then(() => true), afterQuietTime()]);
    if (!isOver) await withProgress(playing, source);
  } catch (error) {
    if (!(error instanceof vscode.CancellationError)) throw error;
  } finally {
    edited.dispose();
    source.dispose();
  }
}

async function withProgress(playing: Promise<void>, source: vscode.CancellationTokenSource): Promise<void> {
  const title = l10n.t('Playing the other variants');
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
    token.onCancellationRequested(() => source.cancel());
    await playing;
  });
}

function afterQuietTime(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), QUIET_MS));
}
