import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';
import type { PanelManager } from '../panel/panel-manager.ts';
import type { PanelSelection } from '../panel/scenario-panel.ts';
import { LANGUAGE_ID, toRange } from './scenario-files.ts';

/**
 * Editor and panel point at each other: the line behind the event that is selected in the panel is marked in the editor,
 * and the reader's cursor in the editor takes the panel to what that line brought about. Neither moves the other's view
 * away from what the reader is doing.
 */
export class SelectionSync implements vscode.Disposable {
  private readonly owned = new DisposableStore();
  private readonly mark = this.owned.add(
    vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
      overviewRulerColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
      overviewRulerLane: vscode.OverviewRulerLane.Center,
    }),
  );
  private readonly panels: PanelManager;

  constructor(panels: PanelManager) {
    this.panels = panels;
    this.owned.add(panels.onDidSelect((selection) => this.markLine(selection)));
    this.owned.add(vscode.window.onDidChangeTextEditorSelection((change) => this.follow(change)));
  }

  dispose(): void {
    this.owned.dispose();
  }

  private markLine({ uri, range }: PanelSelection): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.uri.toString() !== uri.toString()) continue;
      editor.setDecorations(this.mark, range === undefined ? [] : [toRange(range)]);
    }
  }

  private follow({ textEditor, selections, kind }: vscode.TextEditorSelectionChangeEvent): void {
    // Only what the reader does: a line that the panel itself revealed must not send it elsewhere.
    const isByHand =
      kind === vscode.TextEditorSelectionChangeKind.Mouse || kind === vscode.TextEditorSelectionChangeKind.Keyboard;
    const [selection] = selections;
    if (!isByHand || selection === undefined || textEditor.document.languageId !== LANGUAGE_ID) return;
    this.panels.panelOf(textEditor.document.uri)?.showLine(selection.active.line);
  }
}
