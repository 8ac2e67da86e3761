import * as vscode from 'vscode';
import { registerCommands } from '../commands/index.ts';
import { PanelManager } from '../panel/panel-manager.ts';
import { Catalogue } from './catalogue.ts';
import { RunCodeLenses } from './code-lenses.ts';
import { DocumentRunSource } from './document-run-source.ts';
import { RunDiagnostics } from './run-diagnostics.ts';
import { RunService } from './run-service.ts';
import { LANGUAGE_ID, ScenarioFiles } from './scenario-files.ts';
import { SelectionSync } from './selection-sync.ts';
import { announceStops } from './stop-notice.ts';

/** Everything but the language server: the same on the desktop and in the browser. */
export function registerFeatures(context: vscode.ExtensionContext): void {
  const owned = context.subscriptions;
  const catalogue = new Catalogue(context.extensionUri);
  const files = new ScenarioFiles();
  const runs = new RunService();
  owned.push(runs, catalogue.register());
  owned.push(new RunDiagnostics(runs), announceStops(runs));
  owned.push(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('tcpScenarios.run')) runs.forget();
    }),
  );
  owned.push(vscode.languages.registerCodeLensProvider({ language: LANGUAGE_ID }, new RunCodeLenses(files, runs)));
  const panels = new PanelManager(context.extensionUri, (uri) => new DocumentRunSource(uri, files, runs));
  owned.push(panels, new SelectionSync(panels));
  const showRuns = (uri: vscode.Uri, run?: number) => panels.open(uri, run === undefined ? {} : { run });
  owned.push(registerCommands({ extensionUri: context.extensionUri, catalogue, files, runs, showRuns, lastRun: {} }));
}
