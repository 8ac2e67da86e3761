import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { CATALOGUE_SCHEME } from './catalogue.ts';
import type { RunReport, RunService } from './run-service.ts';
import type { ScenarioFile, ScenarioFiles } from './scenario-files.ts';
import { toRange } from './scenario-files.ts';

/** "Run" above every scenario and variant, beside it how its expectations came out last. */
export class RunCodeLenses implements vscode.CodeLensProvider {
  readonly onDidChangeCodeLenses: vscode.Event<void>;
  private readonly files: ScenarioFiles;
  private readonly service: RunService;

  constructor(files: ScenarioFiles, service: RunService) {
    this.files = files;
    this.service = service;
    this.onDidChangeCodeLenses = (listener, thisArgs, disposables) =>
      service.onDidPlay(() => void listener.call(thisArgs, undefined), undefined, disposables);
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const file = this.files.of(document);
    const lenses = file.errors.length > 0 ? lensesOfHeadings(file) : this.lensesOfRuns(file);
    return document.uri.scheme === CATALOGUE_SCHEME ? [saveCopyLens(document), ...lenses] : lenses;
  }

  private lensesOfRuns(file: ScenarioFile): vscode.CodeLens[] {
    const { uri } = file.document;
    let next = 0;
    return file.scenarios.flatMap((scenario) => {
      const first = next;
      next += scenario.runs.length;
      const hasVariants = scenario.runs.some(({ variant }) => variant !== undefined);
      const lensesOfEach = scenario.runs.flatMap((plan, index) => [
        runLens(uri, toRange(plan.range), first + index),
        ...resultLens(uri, toRange(plan.range), first + index, this.service.reportOn(plan)),
      ]);
      return hasVariants ? [runLens(uri, toRange(scenario.range)), ...lensesOfEach] : lensesOfEach;
    });
  }
}

/** In a file with errors nothing is played; "Run" is there all the same, and says what is wrong. */
function lensesOfHeadings({ document, scenarios }: ScenarioFile): vscode.CodeLens[] {
  return scenarios.map(({ range }) => runLens(document.uri, toRange(range)));
}

function runLens(uri: vscode.Uri, range: vscode.Range, run?: number): vscode.CodeLens {
  return new vscode.CodeLens(range, {
    command: 'tcpscn.runThisFile',
    title: `$(play) ${run === undefined ? l10n.t('Run All') : l10n.t('Run')}`,
    arguments: [uri, { run }],
  });
}

function resultLens(uri: vscode.Uri, range: vscode.Range, run: number, report?: RunReport): vscode.CodeLens[] {
  if (report === undefined || report.results.length === 0) return [];
  const { met, failed } = report.outcome;
  const title =
    failed === 0
      ? `$(pass) ${l10n.t('{0} of {1} met', met, met)}`
      : `$(error) ${l10n.t('{0} of {1} not met', failed, met + failed)}`;
  return [new vscode.CodeLens(range, { command: 'tcpscn.runThisFile', title, arguments: [uri, { run }] })];
}

function saveCopyLens({ uri }: vscode.TextDocument): vscode.CodeLens {
  const title = `$(edit) ${l10n.t('Save a Copy to Edit')}`;
  const top = new vscode.Range(0, 0, 0, 0);
  return new vscode.CodeLens(top, { command: 'tcpscn.saveCopy', title, arguments: [uri] });
}
