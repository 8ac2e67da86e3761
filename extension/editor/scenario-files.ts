import * as vscode from 'vscode';
import { parseScenarios, type Problem } from '../language/index.ts';
import type { RunPlan, ScenarioPlan } from '../scenario/plan.ts';

/** Id of the language of scenario files. */
export const LANGUAGE_ID = 'tcpscn';

/** A file as its text stood when it was read. */
export interface ScenarioFile {
  readonly document: vscode.TextDocument;
  /** The document's version when it was read. */
  readonly version: number;
  readonly scenarios: readonly ScenarioPlan[];
  /** All runs of all scenarios, in file order. */
  readonly runs: readonly RunPlan[];
  /** Errors only. With any of them nothing is played. */
  readonly errors: readonly Problem[];
}

/** Reads scenario files out of the editor: unsaved text counts, and any scheme will do. */
export class ScenarioFiles {
  private readonly read = new WeakMap<vscode.TextDocument, ScenarioFile>();

  /** The file as it is now. @throws when there is no such file */
  async open(uri: vscode.Uri): Promise<ScenarioFile> {
    return this.of(await vscode.workspace.openTextDocument(uri));
  }

  /** The document as it is now. The same version is parsed once. */
  of(document: vscode.TextDocument): ScenarioFile {
    const known = this.read.get(document);
    if (known?.version === document.version) return known;
    const file = readFile(document);
    this.read.set(document, file);
    return file;
  }
}

function readFile(document: vscode.TextDocument): ScenarioFile {
  const { version } = document;
  const { scenarios, problems } = parseScenarios(document.getText());
  const errors = problems.filter(({ severity }) => severity === 'error');
  return { document, version, scenarios, runs: scenarios.flatMap(({ runs }) => runs), errors };
}

/** Whether the file's text is still the one that was read. */
export function isCurrent({ document, version }: ScenarioFile): boolean {
  return !document.isClosed && document.version === version;
}

/** A range of the Plan as the editor's. */
export function toRange({ start, end }: RunPlan['range']): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
