import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';
import type { RunPlan } from '../scenario/plan.ts';
import { describeExpectation } from '../trace/explain/index.ts';
import type { PlayedRun, RunPlayed, RunService } from './run-service.ts';
import type { ScenarioFile } from './scenario-files.ts';
import { isCurrent, toRange } from './scenario-files.ts';
import { stoppedRun } from './stopped-run.ts';
import { inEditorsLanguage } from './texts.ts';

interface FoundInFile {
  readonly file: ScenarioFile;
  readonly byPlan: Map<RunPlan, vscode.Diagnostic[]>;
}

/** What runs have to say about their file: expectations that were not met, and runs that had to be stopped. */
export class RunDiagnostics implements vscode.Disposable {
  private readonly owned = new DisposableStore();
  private readonly collection = this.owned.add(vscode.languages.createDiagnosticCollection('tcpscn-runs'));
  /** By file: what each of its runs added. */
  private readonly found = new Map<string, FoundInFile>();

  constructor(runs: RunService) {
    this.owned.add(runs.onDidPlay((played) => this.add(played)));
    this.owned.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.clear(document.uri);
      }),
    );
    this.owned.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.clear(uri)));
  }

  dispose(): void {
    this.owned.dispose();
  }

  private add({ file, played }: RunPlayed): void {
    // Of a text that is no longer there.
    if (!isCurrent(file)) return;
    const { uri } = file.document;
    const known = this.found.get(uri.toString());
    const found = known?.file === file ? known : { file, byPlan: new Map<RunPlan, vscode.Diagnostic[]>() };
    this.found.set(uri.toString(), found);
    found.byPlan.set(played.plan, diagnosticsOf(played));
    this.collection.set(uri, [...found.byPlan.values()].flat());
  }

  private clear(uri: vscode.Uri): void {
    if (this.found.delete(uri.toString())) this.collection.delete(uri);
  }
}

function diagnosticsOf(played: PlayedRun): vscode.Diagnostic[] {
  return [...unmetExpectations(played), ...stops(played)];
}

function unmetExpectations({ plan, trace }: PlayedRun): vscode.Diagnostic[] {
  const unmet = [...trace.eventsOf('expectation')].filter(({ met }) => !met);
  return unmet.flatMap((event) => {
    const expectation = plan.expectations[event.expectation];
    if (expectation === undefined) return [];
    const told = describeExpectation(trace, event);
    const message =
      plan.variant === undefined
        ? l10n.t('Not met: {0}', told)
        : l10n.t('Not met in "{0}": {1}', inEditorsLanguage(plan.variant), told);
    return [diagnostic(toRange(expectation.range), message, 'expectation-not-met', vscode.DiagnosticSeverity.Error)];
  });
}

function stops({ plan, trace }: PlayedRun): vscode.Diagnostic[] {
  const stopped = stoppedRun(trace);
  if (stopped === undefined) return [];
  const lines = [stopped.message, l10n.t('The last events:'), ...stopped.lastEvents];
  const severity = vscode.DiagnosticSeverity.Warning;
  return [diagnostic(toRange(plan.range), lines.join('\n'), 'run-stopped', severity)];
}

function diagnostic(
  range: vscode.Range,
  message: string,
  code: string,
  severity: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  const result = new vscode.Diagnostic(range, message, severity);
  result.source = 'TCP Scenarios';
  result.code = code;
  return result;
}
