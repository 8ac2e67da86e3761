import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';
import type { RunProgress, RunSource } from '../panel/run-source.ts';
import type { FileRuns, RunInfo, RunOutcome } from '../protocol/messages.ts';
import type { RunPlan } from '../scenario/plan.ts';
import type { TraceData } from '../trace/columns.ts';
import type { RunReport, RunService } from './run-service.ts';
import type { ScenarioFile, ScenarioFiles } from './scenario-files.ts';

/** The runs of a file that is, or can be, open in the editor. */
export class DocumentRunSource implements RunSource {
  readonly uri: vscode.Uri;
  private readonly files: ScenarioFiles;
  private readonly service: RunService;
  private readonly owned = new DisposableStore();
  private readonly didChange = this.owned.add(new vscode.EventEmitter<void>());
  private readonly didLearn = this.owned.add(new vscode.EventEmitter<readonly (RunOutcome | undefined)[]>());
  private revision = 0;
  private newest: ScenarioFile | undefined;

  readonly onDidChange = this.didChange.event;
  readonly onDidLearnOutcomes = this.didLearn.event;

  constructor(uri: vscode.Uri, files: ScenarioFiles, service: RunService) {
    this.uri = uri;
    this.files = files;
    this.service = service;
    this.owned.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.isOurs(document.uri)) this.didChange.fire();
      }),
    );
    this.owned.add(
      service.onDidPlay(({ file }) => {
        if (file === this.newest) this.didLearn.fire(this.outcomes(file));
      }),
    );
  }

  async runs(): Promise<FileRuns> {
    const file = await this.files.open(this.uri);
    this.newest = file;
    this.revision += 1;
    const hasErrors = file.errors.length > 0;
    return {
      revision: this.revision,
      runs: hasErrors ? [] : file.runs.map((plan) => describe(plan, this.service.reportOn(plan))),
      problems: file.errors.map(({ range, message }) => ({ range, message })),
    };
  }

  async play(run: number, token: vscode.CancellationToken, progress: (at: RunProgress) => void): Promise<TraceData> {
    const file = this.newest ?? (await this.files.open(this.uri));
    const { trace } = await this.service.play(file, run, token, { progress });
    return trace.data;
  }

  dispose(): void {
    this.owned.dispose();
  }

  private isOurs(uri: vscode.Uri): boolean {
    return uri.toString() === this.uri.toString();
  }

  private outcomes(file: ScenarioFile): readonly (RunOutcome | undefined)[] {
    return file.runs.map((plan) => this.service.reportOn(plan)?.outcome);
  }
}

function describe(plan: RunPlan, report: RunReport | undefined): RunInfo {
  const { scenario, variant, question, range } = plan;
  return {
    scenario,
    ...(variant === undefined ? {} : { variant }),
    ...(question === undefined ? {} : { question }),
    range,
    ...(report === undefined ? {} : { outcome: report.outcome }),
  };
}
