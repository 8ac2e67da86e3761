import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';
import { asSavedState } from '../protocol/validate.ts';
import type { RunSourceFactory } from './run-source.ts';
import type { PanelSelection } from './scenario-panel.ts';
import { ScenarioPanel } from './scenario-panel.ts';

/** The type under which VS Code keeps panels over a restart. */
export const PANEL_TYPE = 'tcpscn.panel';

export interface OpenOptions {
  /** Index into the file's runs; without it, the run that the panel shows is played again. */
  readonly run?: number;
  /** Leaves the focus in the editor. Default true. */
  readonly preserveFocus?: boolean;
}

/** All panels: one per scenario file, restored after a restart. */
export class PanelManager implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly dist: vscode.Uri;
  private readonly sourceOf: RunSourceFactory;
  private readonly panels = new Map<string, ScenarioPanel>();
  private readonly owned = new DisposableStore();
  private readonly selected = this.owned.add(new vscode.EventEmitter<PanelSelection>());

  /** Fires when the reader selects an event in any panel. */
  readonly onDidSelect = this.selected.event;

  /**
   * @param extensionUri folder of the extension; the page's files are in its `dist/`
   * @param sourceOf makes a file's runs; called once per panel
   */
  constructor(extensionUri: vscode.Uri, sourceOf: RunSourceFactory) {
    this.dist = vscode.Uri.joinPath(extensionUri, 'dist');
    this.sourceOf = sourceOf;
    this.owned.add(vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, this));
  }

  /** Opens the file's panel beside the editor, or shows the one that is open. */
  async open(uri: vscode.Uri, { run, preserveFocus = true }: OpenOptions = {}): Promise<void> {
    const known = this.panels.get(uri.toString());
    if (known !== undefined) {
      await known.show(run, preserveFocus);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      PANEL_TYPE,
      '',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus },
      { enableScripts: true, localResourceRoots: [this.dist], enableFindWidget: true },
    );
    this.adopt(panel, uri, run);
  }

  /** The panel of a file, when one is open. */
  panelOf(uri: vscode.Uri): ScenarioPanel | undefined {
    return this.panels.get(uri.toString());
  }

  /** Called by VS Code for every panel that was open when it was closed. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const saved = asSavedState(state);
    if (saved === undefined) {
      panel.dispose();
      return;
    }
    const uri = vscode.Uri.parse(saved.uri);
    try {
      await vscode.workspace.openTextDocument(uri);
    } catch {
      // The file is gone: there is nothing to show again.
      panel.dispose();
      return;
    }
    this.adopt(panel, uri, undefined);
  }

  dispose(): void {
    for (const panel of [...this.panels.values()]) panel.close();
    this.owned.dispose();
  }

  private adopt(panel: vscode.WebviewPanel, uri: vscode.Uri, run: number | undefined): void {
    const key = uri.toString();
    const scenario = new ScenarioPanel({
      panel,
      source: this.sourceOf(uri),
      dist: this.dist,
      ...(run === undefined ? {} : { run }),
    });
    this.panels.set(key, scenario);
    scenario.onDidSelect((selection) => this.selected.fire(selection));
    scenario.onDidDispose(() => {
      if (this.panels.get(key) === scenario) this.panels.delete(key);
    });
  }
}
